"""Organizations, their API keys, and the bearer tokens of the Bigcapital-style endpoint.

A key is shown once, and only its SHA-256 is stored. Every invalid credential raises the same `AccessError`, whatever is wrong with it.
"""

import hashlib
import re
from collections.abc import Mapping
from math import isfinite
from secrets import token_hex
from typing import Any, Final

import jwt

from app.errors import AccessError, ResourceMissing, ScopeTooLow
from app.objects.change import Actor
from app.objects.ids import new_id
from app.objects.organization import Key, Organization, Scope
from app.services.accounts import changes
from app.store.protocol import Store

KEY_PREFIX: Final = "bc_"
KEY_BYTES: Final = 48
_KEY: Final = re.compile(rf"(?P<prefix>(?:[sr]k_(?P<mode>test|live)_)?){KEY_PREFIX}")
LAST_USED_INTERVAL: Final = 60
"""How many seconds pass before the last use of a key is stored again."""

_CREDENTIAL_MAXIMUM: Final = 4096


def create_organization(store: Store, name: str, now: int, *, stripe_account: str | None = None) -> Organization:
    """Store a new organization. `stripe_account` is the connected account that its sessions are created for."""
    organization = Organization(id=new_id("org"), created=now, name=name, stripe_account=stripe_account)
    store.add_organization(organization)
    return organization


def retrieve_organization(store: Store, id: str) -> Organization:
    """Return the organization. Raises `ResourceMissing`."""
    organization = store.organization(id)
    if organization is None:
        raise ResourceMissing(f"No such organization: '{id[:100]}'.", param="organization")
    return organization


def create_key(
    store: Store,
    organization_id: str,
    now: int,
    *,
    actor: Actor,
    name: str | None = None,
    scope: Scope = "write",
    expires_at: int | None = None,
) -> tuple[Key, str]:
    """Store a new key of the organization. Return it with its secret, which is shown only once. Raises `ResourceMissing`."""
    retrieve_organization(store, organization_id)
    secret = KEY_PREFIX + token_hex(KEY_BYTES)
    key = Key(
        id=new_id("key"),
        created=now,
        expires_at=expires_at,
        hash=_hash(secret),
        last4=secret[-4:],
        name=name,
        organization=organization_id,
        scope=scope,
    )

    def work() -> None:
        store.add_key(key)
        changes.record(store, actor, "key.created", key.id, now, organization=organization_id, name=key.name)

    store.run(work)
    return key, secret


def list_keys(store: Store, organization_id: str) -> list[Key]:
    """Return the keys of the organization, oldest first."""
    return store.keys(organization_id)


def retrieve_key(store: Store, organization_id: str, id: str) -> Key:
    """Return a key of the organization. Raises `ResourceMissing`."""
    key = next((key for key in store.keys(organization_id) if key.id == id), None)
    if key is None:
        raise ResourceMissing(f"No such key: '{id[:100]}'.", param="key")
    return key


def ensure_may_write(key: Key) -> None:
    """Raise `ScopeTooLow` for a key that may only read."""
    if key.scope != "write":
        raise ScopeTooLow


def revoke_key(store: Store, organization_id: str, id: str, now: int, *, actor: Actor) -> Key:
    """Revoke a key and return it. A revoked key stays as it is. Raises `ResourceMissing`."""

    def work() -> Key:
        key = retrieve_key(store, organization_id, id)
        if key.revoked_at is not None:
            return key
        revoked = key.model_copy(update={"revoked_at": now})
        store.save_key(revoked)
        changes.record(store, actor, "key.revoked", id, now, organization=organization_id, name=key.name)
        return revoked

    return store.run(work)


def is_key(token: str | None) -> bool:
    """Return whether a credential looks like one of our keys, with or without a prefix of Stripe's keys."""
    return token is not None and _KEY.match(token) is not None


def authenticate(store: Store, token: str | None, now: int, *, livemode: bool) -> Organization:
    """Return the organization of this key. Raises `AccessError`. See `authenticate_key`."""
    return authenticate_key(store, token, now, livemode=livemode)[1]


def authenticate_key(store: Store, token: str | None, now: int, *, livemode: bool) -> tuple[Key, Organization]:
    """Return the key with this secret and its organization. Raises `AccessError`.

    Some clients insist on Stripe's prefixes. So `sk_test_bc_…` is the key `bc_…` in the sandbox and with a test key of Stripe, and
    `sk_live_bc_…` with a live key. The prefix of the other mode is refused. `rk_` is the same as `sk_`.
    """
    if not token or len(token) > _CREDENTIAL_MAXIMUM or not (found := _KEY.match(token)):
        raise AccessError
    if found["mode"] and (found["mode"] == "live") != livemode:
        raise AccessError
    owned = store.key_and_organization(_hash(token[found.end("prefix") :]))
    if owned is None:
        raise AccessError
    key, organization = owned
    if key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now):
        raise AccessError
    if key.last_used_at is None or now - key.last_used_at >= LAST_USED_INTERVAL:
        store.run(lambda: _save_last_use(store, key.hash, now))
    return key, organization


def _save_last_use(store: Store, hash: str, now: int) -> None:
    """Store when a key was used. The key is read again in the transaction: it may have been revoked in between."""
    key = store.key_by_hash(hash)
    if key is not None:
        store.save_key(key.model_copy(update={"last_used_at": now}))


def actor_of(key: Key) -> Actor:
    """Return the key as the actor of a change."""
    return Actor(kind="key", id=key.id, name=key.name or f"…{key.last4}")


def token_organizations(token: str | None, secret: str | None, now: int) -> frozenset[str]:
    """Return the ids of the organizations that the bearer of this JWT may act for. Raises `AccessError`.

    The token must be signed with HS256. `exp` is required and must be in the future; `nbf` must not be. The claims are
    `organization_id`, one id, and `organizations`, a list of ids.
    """
    if not token or not secret or len(token) > _CREDENTIAL_MAXIMUM:
        raise AccessError
    # The times are compared with `now` below; PyJWT would read the clock.
    options: Any = {
        "require": ["exp"],
        "verify_exp": False,
        "verify_nbf": False,
        "verify_iat": False,
        "verify_aud": False,
    }
    try:
        claims = jwt.decode(token, secret, algorithms=["HS256"], options=options)
    except (jwt.PyJWTError, RecursionError, ValueError):
        raise AccessError from None
    expires, starts = _seconds(claims, "exp"), _seconds(claims, "nbf")
    if expires is None or expires <= now or (starts is not None and starts > now):
        raise AccessError
    several = claims.get("organizations")
    named = [claims.get("organization_id"), *(several if isinstance(several, list) else [])]
    return frozenset(id for id in named if isinstance(id, str) and id)


def _seconds(claims: Mapping[str, Any], name: str) -> float | None:
    """Return a claim in Unix seconds, or None. Raises `AccessError` for anything but a finite number."""
    value = claims.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise AccessError
    if isinstance(value, float) and not isfinite(value):
        raise AccessError
    return value


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
