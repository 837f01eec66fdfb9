"""Devices that a user trusts: a log-in there needs no second step. They are stored like log-ins.

So what ends all log-ins of a user ends this trust as well: a new password, and a log-out in every other browser.
"""

import hashlib
from secrets import token_urlsafe
from typing import Final

from app.objects.user import Login, User
from app.store.protocol import Store

TRUSTED_SECONDS: Final = 30 * 24 * 3600
"""How long a device is trusted."""

_TOKEN_MAXIMUM: Final = 100


def trust_device(store: Store, user: User, now: int) -> str:
    """Trust the device of a user whose second step was confirmed. Return the token for its browser; only its hash is stored."""
    token = token_urlsafe(32)
    ends_at = now + TRUSTED_SECONDS
    store.add_login(Login(hash=_hash(token), created=now, ends_at=ends_at, user=user.id, trusts_device=True))
    return token


def is_trusted(store: Store, user: User, token: str | None, now: int) -> bool:
    """Return whether this user trusts the device that has the token."""
    login = store.login(_hash(token)) if token and len(token) <= _TOKEN_MAXIMUM else None
    return login is not None and login.trusts_device and login.user == user.id and login.ends_at > now


def count_devices(store: Store, user: User, now: int) -> int:
    """Return how many devices a user trusts."""
    return sum(login.trusts_device and login.ends_at > now for login in store.logins(user.id))


def forget_devices(store: Store, user_id: str) -> None:
    """Trust no device of a user any more."""
    for login in store.logins(user_id):
        if login.trusts_device:
            store.delete_login(login.hash)


def _hash(token: str) -> str:
    """Return another hash than that of a log-in: neither can be used in place of the other."""
    return hashlib.sha256(f"device {token}".encode()).hexdigest()
