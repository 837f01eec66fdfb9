"""Users of the console: passwords, and log-ins that end."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from app.errors import AccessError, InvalidRequest, ResourceMissing
from app.objects.change import COMMAND_LINE
from app.objects.organization import Organization
from app.objects.user import User
from app.services.accounts import keys, logins, users
from app.services.accounts.logins import IDLE_SECONDS, MAXIMUM_SECONDS
from app.services.accounts.members import Access
from app.store import Store
from tests.support.build import NOW
from tests.support.files import files_that_hold
from tests.support.shop import PASSWORD


@pytest.fixture
def ada(store: Store, organization: Organization) -> User:
    return users.create(store, organization.id, "Ada@Example.com", PASSWORD, NOW, actor=COMMAND_LINE)


def test_a_user_is_stored_with_the_address_in_lower_case(store: Store, ada: User, organization: Organization) -> None:
    assert ada.id.startswith("user_")
    assert (ada.email, ada.organization, ada.created) == ("ada@example.com", organization.id, NOW)
    assert users.retrieve(store, " ADA@example.COM ") == ada
    with pytest.raises(ResourceMissing):
        users.retrieve(store, "bob@example.com")


def test_neither_password_nor_token_is_in_the_database(store: Store, ada: User, tmp_path: Path) -> None:
    token = logins.log_in(store, ada.email, PASSWORD, NOW)
    assert ada.password_hash.startswith("$argon2id$")
    store.close()
    for secret in (PASSWORD, token):
        assert files_that_hold(secret, tmp_path) == []


def test_an_address_is_unique_in_any_case(store: Store, ada: User, organization: Organization) -> None:
    other = keys.create_organization(store, "Other", NOW)
    for owner in (organization, other):
        with pytest.raises(InvalidRequest, match="already") as refused:
            users.create(store, owner.id, "ADA@EXAMPLE.COM", PASSWORD, NOW, actor=COMMAND_LINE)
        assert refused.value.param == "email"


@pytest.mark.parametrize("email", ["", "ada", "ada@", "@example.com", "ada@exa mple.com", f"{'a' * 250}@example.com"])
def test_an_invalid_address_is_refused(store: Store, organization: Organization, email: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        users.create(store, organization.id, email, PASSWORD, NOW, actor=COMMAND_LINE)
    assert refused.value.param == "email"


def test_an_address_that_mail_cannot_reach_is_refused_with_the_reason(store: Store, organization: Organization) -> None:
    with pytest.raises(InvalidRequest, match="special-use or reserved"):
        users.create(store, organization.id, "ada@shop.local", PASSWORD, NOW, actor=COMMAND_LINE)


def test_an_unknown_organization_gets_no_user(store: Store) -> None:
    with pytest.raises(ResourceMissing):
        users.create(store, "org_none", "ada@example.com", PASSWORD, NOW, actor=COMMAND_LINE)


@pytest.mark.parametrize("password", ["", "eleven char", "x" * 201, "abababababab", "Ada@example.com"])
def test_a_password_that_is_easy_to_guess_is_refused(store: Store, ada: User, password: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        users.set_password(store, ada, password, NOW, actor=COMMAND_LINE)
    assert refused.value.param == "password"
    logins.log_in(store, ada.email, PASSWORD, NOW)


@pytest.mark.parametrize("password", ["twelve chars", "y" * 96 + "zabc" * 26, "käferköniginüber", "пчела на тимьяне"])
def test_a_good_password_is_accepted(store: Store, ada: User, password: str) -> None:
    users.set_password(store, ada, password, NOW, actor=COMMAND_LINE)
    logins.log_in(store, ada.email, password, NOW)


def test_a_log_in_is_for_the_organization_of_its_user(store: Store, ada: User, organization: Organization) -> None:
    token = logins.log_in(store, " Ada@EXAMPLE.com", PASSWORD, NOW)
    assert logins.authenticate(store, token, NOW) == Access(ada, organization, "owner", (organization,))


WRONG = {
    "another password": ("ada@example.com", "nine bees on sage"),
    "no password": ("ada@example.com", ""),
    "in capitals": ("ada@example.com", PASSWORD.upper()),
    "with a space": ("ada@example.com", f"{PASSWORD} "),
    "a very long one": ("ada@example.com", PASSWORD + "x" * 100_000),
    "another user": ("bob@example.com", PASSWORD),
    "no address": ("", PASSWORD),
    "a NUL": ("ada@example.com\x00", PASSWORD),
    "a very long address": ("a" * 100_000, PASSWORD),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_log_in_is_refused(store: Store, ada: User, wrong: str) -> None:
    with pytest.raises(AccessError) as refused:
        logins.log_in(store, *WRONG[wrong], NOW)
    assert str(refused.value) == AccessError.message


def test_the_time_of_a_refusal_does_not_reveal_whether_the_user_exists(store: Store, ada: User) -> None:
    """Compare processor time, which other work on the machine does not change."""

    def seconds(email: str) -> float:
        began = time.process_time()
        with pytest.raises(AccessError):
            logins.log_in(store, email, "another password", NOW)
        return time.process_time() - began

    seconds("bob@example.com")
    known, unknown = (min(seconds(email) for _ in range(5)) for email in (ada.email, "bob@example.com"))
    assert known / 3 < unknown < known * 3


@pytest.mark.parametrize("token", [None, "", "x", "x" * 100_000, "\x00"])
def test_an_invalid_token_is_refused(store: Store, ada: User, token: str | None) -> None:
    with pytest.raises(AccessError):
        logins.authenticate(store, token, NOW)


def test_an_unused_log_in_ends(store: Store, ada: User) -> None:
    token = logins.log_in(store, ada.email, PASSWORD, NOW)
    logins.authenticate(store, token, NOW + IDLE_SECONDS - 1)
    logins.authenticate(store, token, NOW + 2 * IDLE_SECONDS - 2)
    with pytest.raises(AccessError):
        logins.authenticate(store, token, NOW + 3 * IDLE_SECONDS - 2)


def test_a_log_in_that_is_used_ends_as_well(store: Store, ada: User) -> None:
    token = logins.log_in(store, ada.email, PASSWORD, NOW)
    last = NOW + MAXIMUM_SECONDS
    for now in range(NOW, last, IDLE_SECONDS // 2):
        logins.authenticate(store, token, now)
    logins.authenticate(store, token, last - 1)
    with pytest.raises(AccessError):
        logins.authenticate(store, token, last)


def test_a_used_log_in_is_extended_once_a_minute(store: Store, ada: User) -> None:
    token = logins.log_in(store, ada.email, PASSWORD, NOW)
    (hash,) = (row["hash"] for row in store.engine.rows("SELECT hash FROM logins"))  # type: ignore[attr-defined]

    def ends_at() -> int:
        login = store.login(hash)
        assert login is not None
        return login.ends_at - IDLE_SECONDS - NOW

    seen = []
    for later in (0, 59, 60, 119, 120):
        logins.authenticate(store, token, NOW + later)
        seen.append(ends_at())
    assert seen == [0, 0, 60, 60, 120]


def test_a_log_out_ends_one_log_in(store: Store, ada: User) -> None:
    one, other = (logins.log_in(store, ada.email, PASSWORD, NOW) for _ in range(2))
    assert one != other
    logins.log_out(store, one)
    with pytest.raises(AccessError):
        logins.authenticate(store, one, NOW)
    logins.authenticate(store, other, NOW)


def test_a_new_password_ends_the_old_one_and_every_log_in(store: Store, ada: User) -> None:
    token = logins.log_in(store, ada.email, PASSWORD, NOW)
    changed = users.set_password(store, ada, "ten bees on lavender", NOW, actor=COMMAND_LINE)
    with pytest.raises(AccessError):
        logins.authenticate(store, token, NOW)
    with pytest.raises(AccessError):
        logins.log_in(store, ada.email, PASSWORD, NOW)
    token = logins.log_in(store, ada.email, "ten bees on lavender", NOW)
    assert logins.authenticate(store, token, NOW)[0] == changed


class Meanwhile:
    """A store in which something happens after the user was read and before anything is written."""

    def __init__(self, store: Store, happens: Callable[[], object]) -> None:
        self._store = store
        self._happens = happens

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def run(self, work: Callable[[], Any]) -> Any:
        self._happens()
        return self._store.run(work)


def weakly_hashed(store: Store, user: User) -> User:
    weak = user.model_copy(
        update={"password_hash": PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)}
    )
    store.save_user(weak)
    return weak


@pytest.mark.parametrize("weak", [False, True])
def test_a_log_in_is_refused_if_the_password_changes_meanwhile(store: Store, ada: User, *, weak: bool) -> None:
    ada = weakly_hashed(store, ada) if weak else ada
    changing = Meanwhile(store, lambda: users.set_password(store, ada, "ten bees on lavender", NOW, actor=COMMAND_LINE))
    with pytest.raises(AccessError):
        logins.log_in(changing, ada.email, PASSWORD, NOW)
    assert store.engine.rows("SELECT hash FROM logins") == []  # type: ignore[attr-defined]
    logins.log_in(store, ada.email, "ten bees on lavender", NOW)


def test_a_user_who_is_deleted_during_a_log_in_is_refused(store: Store, ada: User) -> None:
    leaving = Meanwhile(store, lambda: store.delete_user(ada.id))
    with pytest.raises(AccessError):
        logins.log_in(leaving, ada.email, PASSWORD, NOW)


def test_two_log_ins_at_the_same_time_may_both_replace_a_weak_hash(store: Store, ada: User) -> None:
    ada = weakly_hashed(store, ada)
    together = Meanwhile(store, lambda: logins.log_in(store, ada.email, PASSWORD, NOW))
    token = logins.log_in(together, ada.email, PASSWORD, NOW)
    assert logins.authenticate(store, token, NOW)[0].id == ada.id


def test_the_second_of_two_password_changes_at_the_same_time_is_refused(store: Store, ada: User) -> None:
    first = Meanwhile(store, lambda: logins.change_password(store, ada, PASSWORD, "ten bees on lavender", NOW))
    with pytest.raises(AccessError):
        logins.change_password(first, ada, PASSWORD, "six bees on rosemary", NOW)
    logins.log_in(store, ada.email, "ten bees on lavender", NOW)


def test_a_domain_in_unicode_and_in_ascii_is_the_same(store: Store, organization: Organization) -> None:
    users.create(store, organization.id, "mara@k\u00e4fer.example.com", PASSWORD, NOW, actor=COMMAND_LINE)
    for email in ("mara@xn--kfer-loa.example.com", "Mara@K\u00c4FER.example.com", "mara@ka\u0308fer.example.com"):
        logins.log_in(store, email, PASSWORD, NOW)
        with pytest.raises(InvalidRequest, match="already"):
            users.create(store, organization.id, email, PASSWORD, NOW, actor=COMMAND_LINE)


def test_bytes_that_are_no_text_are_refused(store: Store, ada: User, organization: Organization) -> None:
    with pytest.raises(InvalidRequest, match="UTF-8"):
        users.set_password(store, ada, "nine bees on caf\udce9", NOW, actor=COMMAND_LINE)
    with pytest.raises(InvalidRequest) as refused:
        users.create(store, organization.id, "ad\udce9@example.com", PASSWORD, NOW, actor=COMMAND_LINE)
    assert refused.value.param == "email"
    with pytest.raises(ResourceMissing):
        users.retrieve(store, "ad\udce9@example.com")


def test_the_token_of_a_deleted_user_is_refused(store: Store, ada: User) -> None:
    token = logins.log_in(store, ada.email, PASSWORD, NOW)
    store.delete_user(ada.id)
    with pytest.raises(AccessError):
        logins.authenticate(store, token, NOW)


def test_a_weak_hash_is_replaced_at_the_next_log_in(store: Store, ada: User) -> None:
    weakly_hashed(store, ada)
    token = logins.log_in(store, ada.email, PASSWORD, NOW)
    kept = store.user(ada.id)
    assert kept is not None
    assert kept.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert logins.authenticate(store, token, NOW)[0] == kept
    logins.log_in(store, ada.email, PASSWORD, NOW)
    assert store.user(ada.id) == kept


def test_composed_and_decomposed_letters_are_the_same_password(store: Store, ada: User) -> None:
    users.set_password(store, ada, "k\u00f6nigin der bienen", NOW, actor=COMMAND_LINE)
    logins.log_in(store, ada.email, "ko\u0308nigin der bienen", NOW)
