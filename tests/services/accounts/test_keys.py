"""API keys, which are shown once, and bearer tokens that act for organizations."""

import hashlib
from pathlib import Path
from typing import Any, cast

import jwt
import pytest

from app.errors import AccessError, ResourceMissing
from app.objects.change import COMMAND_LINE
from app.objects.organization import Key, Organization
from app.services.accounts import keys
from app.store import Store
from tests.support.build import NOW
from tests.support.files import files_that_hold

SECRET = "a secret of thirty-two characters and more"


def test_an_organization_is_stored(store: Store, organization: Organization) -> None:
    assert organization.id.startswith("org_")
    assert keys.retrieve_organization(store, organization.id) == organization
    assert organization.stripe_account == "acct_1"
    with pytest.raises(ResourceMissing):
        keys.retrieve_organization(store, "org_none")


def test_a_key_is_shown_once_and_only_its_hash_is_stored(
    store: Store, organization: Organization, tmp_path: Path
) -> None:
    key, secret = keys.create_key(store, organization.id, NOW, name="Shop", actor=COMMAND_LINE)
    assert secret.startswith("bc_")
    assert len(bytes.fromhex(secret.removeprefix("bc_"))) == 48
    assert key.hash == hashlib.sha256(secret.encode()).hexdigest()
    assert key.last4 == secret[-4:]
    assert keys.authenticate(store, secret, NOW, livemode=False) == organization
    store.close()
    assert files_that_hold(secret, tmp_path) == []


def test_two_keys_differ(store: Store, organization: Organization) -> None:
    assert len({keys.create_key(store, organization.id, NOW, actor=COMMAND_LINE)[1] for _ in range(5)}) == 5


def test_an_unknown_organization_gets_no_key(store: Store) -> None:
    with pytest.raises(ResourceMissing):
        keys.create_key(store, "org_none", NOW, actor=COMMAND_LINE)


@pytest.mark.parametrize(
    ("prefix", "livemode"), [("sk_test_", False), ("rk_test_", False), ("sk_live_", True), ("rk_live_", True)]
)
def test_a_key_may_have_the_prefix_of_its_mode(
    store: Store, organization: Organization, prefix: str, livemode: bool
) -> None:
    _, secret = keys.create_key(store, organization.id, NOW, actor=COMMAND_LINE)
    assert keys.authenticate(store, prefix + secret, NOW, livemode=livemode) == organization
    assert keys.authenticate(store, secret, NOW, livemode=livemode) == organization
    with pytest.raises(AccessError):
        keys.authenticate(store, prefix + secret, NOW, livemode=not livemode)


@pytest.mark.parametrize(
    "prefix", ["sk_", "pk_test_", "sk_test", "SK_TEST_", "sk_test_sk_test_", "sk_test_ ", "whsec_"]
)
def test_other_prefixes_are_refused(store: Store, organization: Organization, prefix: str) -> None:
    _, secret = keys.create_key(store, organization.id, NOW, actor=COMMAND_LINE)
    with pytest.raises(AccessError):
        keys.authenticate(store, prefix + secret, NOW, livemode=False)


def wrong_keys(secret: str) -> list[str | None]:
    return [
        None,
        "",
        "bc_",
        secret[:-1],
        secret + "0",
        secret.upper(),
        f" {secret}",
        secret.removeprefix("bc_"),
        "x" * 9999,
    ]


def test_an_invalid_key_is_refused(store: Store, organization: Organization) -> None:
    _, secret = keys.create_key(store, organization.id, NOW, actor=COMMAND_LINE)
    for wrong in wrong_keys(secret):
        with pytest.raises(AccessError):
            keys.authenticate(store, wrong, NOW, livemode=False)


def test_a_key_expires_at_the_exact_second(store: Store, organization: Organization) -> None:
    _, secret = keys.create_key(store, organization.id, NOW, expires_at=NOW + 10, actor=COMMAND_LINE)
    assert keys.authenticate(store, secret, NOW + 9, livemode=False) == organization
    with pytest.raises(AccessError):
        keys.authenticate(store, secret, NOW + 10, livemode=False)


def test_a_revoked_key_is_refused_and_stays_revoked(store: Store, organization: Organization) -> None:
    key, secret = keys.create_key(store, organization.id, NOW, actor=COMMAND_LINE)
    assert keys.revoke_key(store, organization.id, key.id, NOW + 1, actor=COMMAND_LINE).revoked_at == NOW + 1
    assert keys.revoke_key(store, organization.id, key.id, NOW + 9, actor=COMMAND_LINE).revoked_at == NOW + 1
    with pytest.raises(AccessError):
        keys.authenticate(store, secret, NOW + 2, livemode=False)


def test_an_organization_can_revoke_only_its_own_keys(store: Store, organization: Organization) -> None:
    other = keys.create_organization(store, "Bakery", NOW)
    key, secret = keys.create_key(store, other.id, NOW, actor=COMMAND_LINE)
    with pytest.raises(ResourceMissing):
        keys.revoke_key(store, organization.id, key.id, NOW, actor=COMMAND_LINE)
    assert keys.authenticate(store, secret, NOW, livemode=False) == other


def test_the_last_use_is_stored_once_a_minute(store: Store, organization: Organization) -> None:
    key, secret = keys.create_key(store, organization.id, NOW, actor=COMMAND_LINE)

    def last_used_at(now: int) -> int | None:
        keys.authenticate(store, secret, now, livemode=False)
        found = store.key_by_hash(key.hash)
        assert found is not None
        return found.last_used_at

    assert last_used_at(NOW) == NOW
    assert last_used_at(NOW + 59) == NOW
    assert last_used_at(NOW + 60) == NOW + 60


def test_a_key_that_is_revoked_while_it_is_used_stays_revoked(store: Store, organization: Organization) -> None:
    key, secret = keys.create_key(store, organization.id, NOW, actor=COMMAND_LINE)
    found = store.key_and_organization

    class RevokingStore:
        """The store, in which the key is revoked right after it was read for the first time."""

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        def key_and_organization(self, hash: str) -> tuple[Key, Organization] | None:
            read = found(hash)
            if read is not None and read[0].revoked_at is None:
                keys.revoke_key(store, organization.id, key.id, NOW + 1, actor=COMMAND_LINE)
            return read

    keys.authenticate(cast(Store, RevokingStore()), secret, NOW, livemode=False)
    with pytest.raises(AccessError):
        keys.authenticate(store, secret, NOW + 2, livemode=False)


def token(**claims: Any) -> str:
    return jwt.encode({"exp": NOW + 1, **claims}, SECRET, algorithm="HS256")


def nested(payload: str) -> str:
    """Return a signed token with deeply nested claims."""
    return jwt.api_jws.encode(payload.encode(), SECRET, algorithm="HS256")


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"organization_id": "org_1"}, {"org_1"}),
        ({"organizations": ["org_1", "org_2"]}, {"org_1", "org_2"}),
        ({"organization_id": "org_1", "organizations": ["org_2"]}, {"org_1", "org_2"}),
        ({}, set()),
        ({"organization_id": 1, "organizations": "org_1"}, set()),
        ({"organizations": [None, 1, "", ["org_1"]]}, set()),
        ({"organization_id": "org_1", "exp": NOW + 0.5, "nbf": NOW, "iat": NOW + 99, "aud": "others"}, {"org_1"}),
    ],
    ids=["one", "several", "both", "none", "other types", "other entries", "other claims"],
)
def test_a_token_names_the_organizations_it_acts_for(claims: dict[str, Any], expected: set[str]) -> None:
    assert keys.token_organizations(token(**claims), SECRET, NOW) == expected


@pytest.mark.parametrize(
    "bad",
    [
        None,
        "",
        "abc",
        "a.b.c",
        token(exp=NOW),
        token(exp=NOW - 1),
        token(exp="later"),
        token(exp=None),
        token(exp=False),
        token(nbf=NOW + 1),
        token(nbf="now"),
        *(token(**{name: float(value)}) for name in ("exp", "nbf") for value in ("nan", "inf", "-inf")),
        nested("[" * 2000 + "]" * 2000),
        jwt.encode({"organization_id": "org_1"}, SECRET, algorithm="HS256"),
        jwt.encode({"exp": NOW + 1}, None, algorithm="none"),
        jwt.encode({"exp": NOW + 1}, SECRET * 2, algorithm="HS384"),
        jwt.encode({"exp": NOW + 1}, SECRET * 2, algorithm="HS512"),
        jwt.encode({"exp": NOW + 1}, SECRET[::-1], algorithm="HS256"),
    ],
)
def test_a_bad_token_is_refused(bad: str | None) -> None:
    with pytest.raises(AccessError):
        keys.token_organizations(bad, SECRET, NOW)


@pytest.mark.parametrize("secret", [None, ""])
def test_every_token_is_refused_without_a_secret(secret: str | None) -> None:
    with pytest.raises(AccessError):
        keys.token_organizations(token(organization_id="org_1"), secret, NOW)
