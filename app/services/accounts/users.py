"""Users of the console: creating them, logging in and out, and passwords.

Passwords are stored as Argon2id hashes, tokens as their SHA-256. Every refused log-in raises the same `AccessError`, and takes the same
time whether or not the user exists.
"""

import hashlib
import logging
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from secrets import token_urlsafe
from typing import Final, NoReturn

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from email_validator import EmailNotValidError, validate_email

from app.errors import AccessError, InvalidRequest, ResourceMissing
from app.objects.change import Actor
from app.objects.user import Login, Role, User
from app.services.accounts import changes
from app.services.accounts.keys import retrieve_organization
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

PASSWORD_MINIMUM: Final = 12
PASSWORD_MAXIMUM: Final = 200
_MINIMUM_DIFFERENT: Final = 4
"""How many different characters a password must have."""

_TYPED_MAXIMUM: Final = 4 * PASSWORD_MAXIMUM
"""Characters of a password that are normalized: some keyboards send a letter and its accents apart."""

EMAIL_MAXIMUM: Final = 254
_TOKEN_MAXIMUM: Final = 100

_hasher: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""The minimum for Argon2id in OWASP's cheat sheet on password storage. Many log-ins at once run one hash in every thread, so a hash uses
19 MiB, not the library's 64 MiB.
"""


def create(
    store: Store,
    organization_id: str,
    email: str,
    password: str,
    now: int,
    *,
    actor: Actor,
    role: Role = "owner",
) -> User:
    """Store a new user of the organization. Raises `InvalidRequest` (`email`, `password`), `ResourceMissing`."""
    retrieve_organization(store, organization_id)
    user = draft(organization_id, email, password, now)
    store.run(lambda: add(store, user, now, actor=actor, role=role))
    return user


def draft(organization_id: str, email: str, password: str, now: int) -> User:
    """Return a new user that is not stored yet. Hashing the password is slow. Raises `InvalidRequest` (`email`, `password`)."""
    address = checked_address(email)
    return User(
        id=f"user_{token_urlsafe(18)}",
        created=now,
        email=address,
        organization=organization_id,
        password_hash=_hash(password, address),
    )


def add(store: Store, user: User, now: int, *, actor: Actor, role: Role) -> None:
    """Store a new user in the open transaction. Raises `InvalidRequest` (`email`)."""
    if not store.add_user(user, role):
        raise InvalidRequest("A user with this e-mail address exists already.", param="email")
    changes.record(store, actor, "user.created", user.id, now, organization=user.organization, name=user.email)


def checked_address(email: str) -> str:
    """Return the stored form of an e-mail address. Raises `InvalidRequest` (`email`)."""
    if len(email) > EMAIL_MAXIMUM:
        raise InvalidRequest(f"email must have at most {EMAIL_MAXIMUM} characters.", param="email")
    address = _address(email)
    try:
        validate_email(address, check_deliverability=False)
    except (EmailNotValidError, UnicodeError) as error:
        why = f" {error}" if isinstance(error, EmailNotValidError) else ""
        raise InvalidRequest(f"email must be an address like ada@example.com.{why}", param="email") from None
    return address


def retrieve(store: Store, email: str) -> User:
    """Return the user with this e-mail address. Raises `ResourceMissing`."""
    user = _user_by_email(store, email)
    if user is None:
        raise ResourceMissing("There is no user with this e-mail address.", param="email")
    return user


def set_password(store: Store, user: User, password: str, now: int, *, actor: Actor) -> User:
    """Change a user's password and end all of their log-ins. Raises `InvalidRequest` (`password`)."""
    hash = _hash(password, user.email)
    return store.run(lambda: _replace_password(store, user, hash, now, actor))


@dataclass(frozen=True)
class LoginNetwork:
    """Where a log-in comes from: the address as a keyed hash. `count` counts a try by e-mail address, and raises to refuse it.

    It is not called where the user has logged in from this address before, so that strangers cannot keep the owner out.
    """

    address: str
    count: Callable[[str], None]


def change_password(
    store: Store, user: User, old: str, password: str, now: int, *, network: LoginNetwork | None = None
) -> str:
    """Change the password of a user who knows the old one, and end all of their log-ins. Return the token of a new log-in.

    Every address but this one is forgotten. Raises `AccessError` if `old` is not the current password, `InvalidRequest` (`password`).
    """
    _count_try(store, user, user.email, now, network)
    if not has_password(user, old):
        raise AccessError
    hash = _hash(password, user.email)

    def work() -> str:
        if store.lock_user(user.id) != user:
            raise AccessError
        return create_login(
            store, _replace_password(store, user, hash, now, actor_of(user)), now, network=network, confirmed=True
        )

    return store.run(work)


def has_password(user: User | None, password: str) -> bool:
    """Return whether this is the user's password. Without a user it takes as long, so the time does not reveal who is one."""
    kept = user.password_hash if user is not None else _dummy_hash()
    try:
        _hasher.verify(kept, _normal(password[:_TYPED_MAXIMUM]))
    except (VerificationError, InvalidHashError):
        return False
    return user is not None and len(password) <= _TYPED_MAXIMUM


def log_in(store: Store, email: str, password: str, now: int, *, network: LoginNetwork | None = None) -> str:
    """Log a user in. Return the token for the user's browser; only its hash is stored. Raises `AccessError`."""
    user = _user_by_email(store, email)
    _count_try(store, user, email, now, network)
    if not has_password(user, password) or user is None:
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


def _refuse(user: User | None) -> NoReturn:
    log.warning("log-in refused", extra={"user": user.id if user is not None else None})
    raise AccessError


def _count_try(store: Store, user: User | None, email: str, now: int, network: LoginNetwork | None) -> None:
    """Count a try to log in, unless its address is known. A user who does not exist is counted in the same way."""
    if network is None:
        return
    if user is None or not store.knows_address(user.id, network.address, now - KNOWN_SECONDS):
        network.count(_address(email[:EMAIL_MAXIMUM]))


def _create_login_with(store: Store, user: User, password: str, now: int, network: LoginNetwork | None) -> str | None:
    """Create a log-in with a password that was checked, unless the password or the user was changed since. Return its token."""
    weak = _hasher.check_needs_rehash(user.password_hash)
    rehashed = user.model_copy(update={"password_hash": _hasher.hash(_normal(password))}) if weak else user

    def work() -> str | None:
        kept = store.lock_user(user.id)
        if kept is None or (kept != user and not has_password(kept, password)) or not store.memberships(kept.id):
            return None
        if kept == user != rehashed:
            store.save_user(rehashed)
        return create_login(store, user, now, network=network)

    return store.run(work)


def create_login(
    store: Store, user: User, now: int, *, network: LoginNetwork | None = None, confirmed: bool = False
) -> str:
    """Create a log-in for a user whose password was checked, and remember its address. Return its token.

    Where the user has a second step that is not `confirmed`, the log-in waits for its code and opens nothing.
    """
    token, awaits_code = token_urlsafe(32), user.totp_secret is not None and not confirmed
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
    if login is None or login.ends_at <= now or login.awaits_code:
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
    return [login for login in store.logins(user.id) if login.hash != own and login.ends_at > now]


def end_other_logins(store: Store, user: User, token: str) -> None:
    """End every log-in of the user but this one, and forget the addresses from which they logged in."""
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


def actor_of(user: User) -> Actor:
    """Return the user as the actor of what they change."""
    return Actor(kind="user", id=user.id, name=user.email)


def _replace_password(store: Store, user: User, hash: str, now: int, actor: Actor) -> User:
    changed = user.model_copy(update={"password_hash": hash})
    store.save_user(changed)
    store.delete_logins(user.id)
    store.forget_addresses(user.id)
    for _member, organization in store.memberships(user.id):
        changes.record(
            store, actor, "user.password_changed", user.id, now, organization=organization.id, name=user.email
        )
    return changed


def _user_by_email(store: Store, email: str) -> User | None:
    return store.user_by_email(_address(email)) if len(email) <= EMAIL_MAXIMUM else None


def _address(email: str) -> str:
    """Return the stored form of an address: lower case, the domain in Unicode. Browsers send the domain in ASCII (xn--…)."""
    with suppress(EmailNotValidError, UnicodeError):
        email = validate_email(email.strip(), check_deliverability=False).normalized
    return email.strip().lower()


def _hash(password: str, email: str) -> str:
    """Return the hash of a new password. Raises `InvalidRequest` for one that is too short, too long or too simple."""
    length = len(password)
    if not PASSWORD_MINIMUM <= length <= PASSWORD_MAXIMUM:
        rule = f"from {PASSWORD_MINIMUM} to {PASSWORD_MAXIMUM}"
        raise InvalidRequest(f"password must have {rule} characters; this one has {length}.", param="password")
    if any("\ud800" <= letter <= "\udfff" for letter in password):
        raise InvalidRequest("password must be text in UTF-8.", param="password")
    if password.strip().lower() == email or len(set(password)) < _MINIMUM_DIFFERENT:
        raise InvalidRequest("password must not be the e-mail address or a few characters repeated.", param="password")
    return _hasher.hash(_normal(password))


@cache
def _dummy_hash() -> str:
    return _hasher.hash(token_urlsafe(18))


def _normal(password: str) -> str:
    """Return the password with composed letters, so that every keyboard produces the same text."""
    return unicodedata.normalize("NFKC", password)


def _one_time_hash(token: str) -> str:
    """Return another hash than that of a browser's token: neither can be used in place of the other."""
    return _token_hash(f"one-time {token}")


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
