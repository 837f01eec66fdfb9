"""Users of the console: made, logged in, recognised by the token of a log-in, logged out.

Passwords are kept as Argon2id hashes, tokens as their SHA-256. What is wrong with a log-in is never told, and takes as long to refuse
whether or not there is such a user: there is one `AccessError`.
"""

import hashlib
import logging
import unicodedata
from contextlib import suppress
from functools import cache
from secrets import token_urlsafe
from typing import Final, NoReturn

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from email_validator import EmailNotValidError, validate_email

from app.errors import AccessError, InvalidRequest, ResourceMissing
from app.objects.organization import Organization
from app.objects.user import Login, User
from app.services.accounts.keys import retrieve_organization
from app.store.protocol import Store

log: Final = logging.getLogger(__name__)

IDLE_SECONDS: Final = 12 * 3600
"""How long after its last use a log-in ends."""

LONGEST_SECONDS: Final = 7 * 24 * 3600
"""How long after its beginning a log-in ends, however much it is used."""

EXTENDED_EVERY: Final = 60
"""Seconds between two notes of a log-in's last use."""

PASSWORD_MINIMUM: Final = 12
PASSWORD_MAXIMUM: Final = 200
_LEAST_DIFFERENT: Final = 4
"""Characters of a password that are not the same."""

_TYPED_MAXIMUM: Final = 4 * PASSWORD_MAXIMUM
"""Characters of a password that are normalized: some keyboards send a letter and its accents apart."""

EMAIL_MAXIMUM: Final = 254
_TOKEN_MAXIMUM: Final = 100

_hasher: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""Argon2id as OWASP's cheat sheet on storing passwords asks for at least. A flood of log-ins fills every thread of a server with this,
so it takes 19 MiB each and not the library's 64.
"""


def create(store: Store, organization_id: str, email: str, password: str, now: int) -> User:
    """Keep a new user of the organization. Raises `InvalidRequest` (`email`, `password`), `ResourceMissing`."""
    retrieve_organization(store, organization_id)
    if len(email) > EMAIL_MAXIMUM:
        raise InvalidRequest(f"email must have at most {EMAIL_MAXIMUM} characters.", param="email")
    address = _address(email)
    try:
        validate_email(address, check_deliverability=False)
    except (EmailNotValidError, UnicodeError) as error:
        why = f" {error}" if isinstance(error, EmailNotValidError) else ""
        raise InvalidRequest(f"email must be an address like ada@example.com.{why}", param="email") from None
    user = User(
        id=f"user_{token_urlsafe(18)}",
        created=now,
        email=address,
        organization=organization_id,
        password_hash=_hash(password, address),
    )
    if not store.add_user(user):
        raise InvalidRequest("There is a user with this e-mail address already.", param="email")
    return user


def retrieve(store: Store, email: str) -> User:
    """The user with this e-mail address. Raises `ResourceMissing`."""
    user = _user_by_email(store, email)
    if user is None:
        raise ResourceMissing("There is no user with this e-mail address.", param="email")
    return user


def set_password(store: Store, user: User, password: str) -> User:
    """Give a user another password, and end every log-in that there was with the old one. Raises `InvalidRequest` (`password`)."""
    hash = _hash(password, user.email)
    return store.run(lambda: _replace_password(store, user, hash))


def change_password(store: Store, user: User, old: str, password: str, now: int) -> str:
    """Another password for whoever knows the old one, in place of every log-in one new; its token.

    Raises `AccessError` where `old` is not the password (any more), `InvalidRequest` (`password`).
    """
    if not has_password(user, old):
        raise AccessError
    hash = _hash(password, user.email)

    def work() -> str:
        if store.lock_user(user.id) != user:
            raise AccessError
        return create_login(store, _replace_password(store, user, hash), now)

    return store.run(work)


def has_password(user: User | None, password: str) -> bool:
    """Whether this is the user's password; takes as long without a user, so that nobody learns who is one."""
    kept = user.password_hash if user is not None else _dummy_hash()
    try:
        _hasher.verify(kept, _normal(password[:_TYPED_MAXIMUM]))
    except (VerificationError, InvalidHashError):
        return False
    return user is not None and len(password) <= _TYPED_MAXIMUM


def log_in(store: Store, email: str, password: str, now: int) -> str:
    """Begin a log-in; the token for the user's browser, which cannot be had again. Raises `AccessError`."""
    user = _user_by_email(store, email)
    if not has_password(user, password) or user is None:
        _refuse(user)
    token = _create_login_with(store, user, password, now)
    if token is None:
        _refuse(user)
    log.info("logged in", extra={"user": user.id})
    return token


def _refuse(user: User | None) -> NoReturn:
    log.warning("log-in refused", extra={"user": user.id if user is not None else None})
    raise AccessError


def _create_login_with(store: Store, user: User, password: str, now: int) -> str | None:
    """A log-in with a password that was right when the user was read, unless it was changed, or its user forgotten, meanwhile."""
    weak = _hasher.check_needs_rehash(user.password_hash)
    rehashed = user.model_copy(update={"password_hash": _hasher.hash(_normal(password))}) if weak else user

    def work() -> str | None:
        kept = store.lock_user(user.id)
        if kept is None or (kept != user and not has_password(kept, password)):
            return None
        if kept == user != rehashed:
            store.save_user(rehashed)
        return create_login(store, user, now)

    return store.run(work)


def create_login(store: Store, user: User, now: int) -> str:
    """A log-in for a browser that has shown whose it is; its token."""
    token = token_urlsafe(32)
    store.add_login(Login(hash=_token_hash(token), created=now, ends_at=now + IDLE_SECONDS, user=user.id))
    return token


def authenticate(store: Store, token: str | None, now: int) -> tuple[User, Organization]:
    """Who holds this token, and for whom they work; that it was used keeps the log-in from ending. Raises `AccessError`."""
    if not token or len(token) > _TOKEN_MAXIMUM:
        raise AccessError
    login = store.login(_token_hash(token))
    if login is None or login.ends_at <= now:
        raise AccessError
    user = store.user(login.user)
    organization = store.organization(user.organization) if user is not None else None
    if user is None or organization is None:
        raise AccessError
    ends_at = min(now + IDLE_SECONDS, login.created + LONGEST_SECONDS)
    if ends_at - login.ends_at >= EXTENDED_EVERY:
        store.save_login(login.model_copy(update={"ends_at": ends_at}))
    return user, organization


def log_out(store: Store, token: str) -> None:
    """End a log-in; its token opens nothing any more."""
    store.delete_login(_token_hash(token))


def _replace_password(store: Store, user: User, hash: str) -> User:
    changed = user.model_copy(update={"password_hash": hash})
    store.save_user(changed)
    store.delete_logins(user.id)
    return changed


def _user_by_email(store: Store, email: str) -> User | None:
    return store.user_by_email(_address(email)) if len(email) <= EMAIL_MAXIMUM else None


def _address(email: str) -> str:
    """What an address is kept and found by: lower case, and the domain in its own letters; browsers send it in ASCII (xn--…)."""
    with suppress(EmailNotValidError, UnicodeError):
        email = validate_email(email.strip(), check_deliverability=False).normalized
    return email.strip().lower()


def _hash(password: str, email: str) -> str:
    """Raises `InvalidRequest` for a password that is too easy to guess, or longer than anybody types."""
    length = len(password)
    if not PASSWORD_MINIMUM <= length <= PASSWORD_MAXIMUM:
        rule = f"from {PASSWORD_MINIMUM} to {PASSWORD_MAXIMUM}"
        raise InvalidRequest(f"password must have {rule} characters; this one has {length}.", param="password")
    if any("\ud800" <= letter <= "\udfff" for letter in password):
        raise InvalidRequest("password must be text in UTF-8.", param="password")
    if password.strip().lower() == email or len(set(password)) < _LEAST_DIFFERENT:
        raise InvalidRequest("password must not be the e-mail address or a few characters repeated.", param="password")
    return _hasher.hash(_normal(password))


@cache
def _dummy_hash() -> str:
    return _hasher.hash(token_urlsafe(18))


def _normal(password: str) -> str:
    """The same password, however a keyboard composes its letters."""
    return unicodedata.normalize("NFKC", password)


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
