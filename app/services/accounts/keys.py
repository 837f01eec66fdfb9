"""Who may act: organizations, their API keys, and the bearer tokens of programs that speak Bigcapital's way.

A key is shown once and only its SHA-256 is kept. What is wrong with a credential is never told: there is one `AccessError`.
"""

import hashlib
from collections.abc import Mapping
from math import isfinite
from secrets import token_hex
from typing import Any, Final

import jwt

from app.errors import AccessError, ResourceMissing
from app.objects.ids import new_id
from app.objects.organization import Key, Organization
from app.store.protocol import Store

KEY_PREFIX: Final = "bc_"
KEY_BYTES: Final = 48
TOUCHED_EVERY: Final = 60
"""Seconds between two notes of a key's last use."""

_LONGEST_CREDENTIAL: Final = 4096


def create_organization(store: Store, name: str, now: int, *, stripe_account: str | None = None) -> Organization:
    """Keep a new organization; `stripe_account` is the connected account that its sessions are made for."""
    organization = Organization(id=new_id("org"), created=now, name=name, stripe_account=stripe_account)
    store.add_organization(organization)
    return organization


def retrieve_organization(store: Store, id: str) -> Organization:
    """Raises `ResourceMissing`."""
    organization = store.organization(id)
    if organization is None:
        raise ResourceMissing(f"No such organization: '{id[:100]}'.", param="organization")
    return organization


def create_key(
    store: Store, organization_id: str, now: int, *, name: str | None = None, expires_at: int | None = None
) -> tuple[Key, str]:
    """A new key of the organization, and the secret itself, which cannot be had again. Raises `ResourceMissing`."""
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
    )
    store.add_key(key)
    return key, secret


def revoke_key(store: Store, organization_id: str, id: str, now: int) -> Key:
    """Let a key open nothing any more; a second time changes nothing. Raises `ResourceMissing`."""
    key = next((key for key in store.keys(organization_id) if key.id == id), None)
    if key is None:
        raise ResourceMissing(f"No such key: '{id[:100]}'.", param="key")
    if key.revoked_at is None:
        key = key.model_copy(update={"revoked_at": now})
        store.save_key(key)
    return key


def authenticate(store: Store, token: str | None, now: int) -> Organization:
    """The organization that this key opens. Raises `AccessError`."""
    if not token or len(token) > _LONGEST_CREDENTIAL or not token.startswith(KEY_PREFIX):
        raise AccessError
    key = store.key_by_hash(_hash(token))
    if key is None or key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now):
        raise AccessError
    organization = store.organization(key.organization)
    if organization is None:
        raise AccessError
    if key.last_used_at is None or now - key.last_used_at >= TOUCHED_EVERY:
        store.save_key(key.model_copy(update={"last_used_at": now}))
    return organization


def token_organizations(token: str | None, secret: str | None, now: int) -> frozenset[str]:
    """The ids of the organizations for which the bearer of this JWT may act. Raises `AccessError`.

    HS256 alone; `exp` must be there and lie ahead, `nbf` must not. The claims are `organization_id`, one id, and
    `organizations`, a list of them.
    """
    if not token or not secret or len(token) > _LONGEST_CREDENTIAL:
        raise AccessError
    # The times are compared here, with the time that we were told; PyJWT would read the clock.
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
    """A claim that is a time. Raises `AccessError` for one that is something else: no moment comes after NaN, or after Infinity."""
    value = claims.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise AccessError
    if isinstance(value, float) and not isfinite(value):
        raise AccessError
    return value


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
