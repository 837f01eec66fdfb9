"""Log-ins of the console: logging in and out, and which of their log-ins a user has.

Tokens are stored as their SHA-256. Every refused log-in raises the same `AccessError`, and takes the same time whether or not the user
exists.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Final, NoReturn

from app.errors import AccessError, ResourceMissing
from app.objects.user import Login, User
from app.services.accounts import devices, users
from app.services.accounts.members import Access, access_of
from app.store.protocol import Store

log: Final = logging.getLogger(__name__)

IDLE_SECONDS: Final = 12 * 3600
"""How long after its last use a log-in ends."""

MAXIMUM_SECONDS: Final = 7 * 24 * 3600
"""How long after its start a log-in ends, even if it is used."""

EXTENSION_INTERVAL: Final = 60
"""How many seconds pass before a log-in that is used is extended again."""

ONE_TIME_SECONDS: Final = 15 * 60
"""How long an address that logs in once can be used."""

CODE_SECONDS: Final = 10 * 60
"""How long a log-in waits for the code of its second step."""

KNOWN_SECONDS: Final = 90 * 24 * 3600
"""How long after a log-in its address counts as known to the user."""

_TOKEN_MAXIMUM: Final = 100


@dataclass(frozen=True)
class LoginNetwork:
    """Where a log-in comes from: the address as a keyed hash. `count` counts a try by e-mail address, and raises to refuse it.

    It is not called where the user has logged in from this address before, so that strangers cannot keep the owner out. `device` is the
    token of a device that a user trusts.
    """

    address: str
    count: Callable[[str], None]
    device: str | None = None


def log_in(store: Store, email: str, password: str, now: int, *, network: LoginNetwork | None = None) -> str:
    """Log a user in. Return the token for the user's browser; only its hash is stored. Raises `AccessError`."""
    user = users.find(store, email)
    _count_try(store, user, email, now, network)
    if not users.has_password(user, password) or user is None:
        _refuse(user)
    token = _create_login_with(store, user, password, now, network)
    if token is None:
        _refuse(user)
    log.info("logged in", extra={"user": user.id})
    return token


def create_one_time_login(store: Store, user: User, now: int) -> str:
    """Return a token that logs the user in once, within `ONE_TIME_SECONDS`, however many tries are counted against the account."""
    token = token_urlsafe(32)
    login = Login(hash=_one_time_hash(token), created=now, ends_at=now + ONE_TIME_SECONDS, user=user.id)
    store.add_login(login)
    return token


def log_in_once(store: Store, token: str, now: int, *, network: LoginNetwork | None = None) -> str:
    """Use up a token of `create_one_time_login`. Return the token of the new log-in. Raises `AccessError`."""
    hash = _one_time_hash(token[:_TOKEN_MAXIMUM])

    def work() -> tuple[User, str]:
        login = store.login(hash)
        user = store.lock_user(login.user) if login is not None else None
        # Another request may have used it while this one waited for the user.
        login = store.login(hash)
        if user is None or login is None or login.ends_at <= now:
            _refuse(user)
        store.delete_login(hash)
        return user, create_login(store, user, now, network=network)

    user, created = store.run(work)
    log.info("logged in once", extra={"user": user.id})
    return created


def change_password(
    store: Store, user: User, old: str, password: str, now: int, *, network: LoginNetwork | None = None
) -> str:
    """Change the password of a user who knows the old one, and end all of their log-ins. Return the token of a new log-in.

    Every address but this one is forgotten. Raises `AccessError` if `old` is not the current password, `InvalidRequest` (`password`).
    """
    _count_try(store, user, user.email, now, network)
    if not users.has_password(user, old):
        raise AccessError
    hash = users.hash_password(password, user.email)

    def work() -> str:
        if store.lock_user(user.id) != user:
            raise AccessError
        return create_login(
            store,
            users.replace_password(store, user, hash, now, users.actor_of(user)),
            now,
            network=network,
            confirmed=True,
        )

    return store.run(work)


def create_login(
    store: Store, user: User, now: int, *, network: LoginNetwork | None = None, confirmed: bool = False
) -> str:
    """Create a log-in for a user whose password was checked, and remember its address. Return its token.

    Where the user has a second step that is not `confirmed`, the log-in waits for its code and opens nothing, except on a device that
    the user trusts.
    """
    trusted = network is not None and devices.is_trusted(store, user, network.device, now)
    token, awaits_code = token_urlsafe(32), user.totp_secret is not None and not (confirmed or trusted)
    ends_at = now + (CODE_SECONDS if awaits_code else IDLE_SECONDS)
    store.add_login(Login(hash=_token_hash(token), created=now, ends_at=ends_at, user=user.id, awaits_code=awaits_code))
    if network is not None and not awaits_code:
        store.remember_address(user.id, network.address, now, now - KNOWN_SECONDS)
    return token


def authenticate(store: Store, token: str | None, now: int) -> Access:
    """Return who has this token and what they may do, and extend the log-in. Raises `AccessError`."""
    if not token or len(token) > _TOKEN_MAXIMUM:
        raise AccessError
    login = store.login(_token_hash(token))
    if login is None or login.ends_at <= now or login.awaits_code or login.trusts_device:
        raise AccessError
    user = store.user(login.user)
    if user is None:
        raise AccessError
    access = access_of(store, user, login.organization)
    ends_at = min(now + IDLE_SECONDS, login.created + MAXIMUM_SECONDS)
    if ends_at - login.ends_at >= EXTENSION_INTERVAL:
        store.save_login(login.model_copy(update={"ends_at": ends_at}))
    return access


def choose_organization(store: Store, token: str, access: Access, organization_id: str) -> None:
    """Make this log-in show another organization of its user. Raises `ResourceMissing` where the user is no member."""
    if organization_id not in {organization.id for organization in access.organizations}:
        raise ResourceMissing(f"No such organization: '{organization_id[:100]}'.", param="organization")
    login = store.login(_token_hash(token))
    if login is not None:
        store.save_login(login.model_copy(update={"organization": organization_id}))


def waiting_login(store: Store, token: str, now: int) -> Login | None:
    """Return the log-in with this token where it waits for its code, or None."""
    login = store.login(_token_hash(token)) if len(token) <= _TOKEN_MAXIMUM else None
    return login if login is not None and login.awaits_code and login.ends_at > now else None


def waiting_user(store: Store, token: str, now: int) -> User | None:
    """Return the user whose log-in waits for its code, or None."""
    login = waiting_login(store, token, now)
    return store.user(login.user) if login is not None else None


def other_logins(store: Store, user: User, token: str, now: int) -> list[Login]:
    """Return the log-ins of the user in other browsers, without those that have timed out."""
    own = _token_hash(token)
    return [
        login
        for login in store.logins(user.id)
        if login.hash != own and login.ends_at > now and not login.trusts_device
    ]


def end_other_logins(store: Store, user: User, token: str) -> None:
    """End every log-in of the user but this one. Forget the addresses from which they logged in, and the devices that they trust."""
    own = store.login(_token_hash(token))

    def work() -> None:
        store.delete_logins(user.id)
        store.forget_addresses(user.id)
        if own is not None:
            store.add_login(own)

    store.run(work)


def log_out(store: Store, token: str) -> None:
    """End a log-in."""
    store.delete_login(_token_hash(token))


def _refuse(user: User | None) -> NoReturn:
    log.warning("log-in refused", extra={"user": user.id if user is not None else None})
    raise AccessError


def _count_try(store: Store, user: User | None, email: str, now: int, network: LoginNetwork | None) -> None:
    """Count a try to log in, unless its address is known. A user who does not exist is counted in the same way."""
    if network is None:
        return
    if user is None or not store.knows_address(user.id, network.address, now - KNOWN_SECONDS):
        network.count(users.stored_address(email[: users.EMAIL_MAXIMUM]))


def _create_login_with(store: Store, user: User, password: str, now: int, network: LoginNetwork | None) -> str | None:
    """Create a log-in with a password that was checked, unless the password or the user was changed since. Return its token."""
    rehashed = users.with_strong_hash(user, password)

    def work() -> str | None:
        kept = store.lock_user(user.id)
        if kept is None or (kept != user and not users.has_password(kept, password)) or not store.memberships(kept.id):
            return None
        if kept == user != rehashed:
            store.save_user(rehashed)
        return create_login(store, user, now, network=network)

    return store.run(work)


def _one_time_hash(token: str) -> str:
    """Return another hash than that of a browser's token: neither can be used in place of the other."""
    return _token_hash(f"one-time {token}")


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
