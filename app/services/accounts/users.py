"""Users of the console, their e-mail addresses and their passwords. Passwords are stored as Argon2id hashes."""

import unicodedata
from contextlib import suppress
from functools import cache
from secrets import token_urlsafe
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from email_validator import EmailNotValidError, validate_email

from app.errors import InvalidRequest, ResourceMissing
from app.objects.change import Actor
from app.objects.user import Role, User
from app.services.accounts import changes
from app.services.accounts.keys import retrieve_organization
from app.store.protocol import Store

PASSWORD_MINIMUM: Final = 12
PASSWORD_MAXIMUM: Final = 200
_MINIMUM_DIFFERENT: Final = 4
"""How many different characters a password must have."""

_TYPED_MAXIMUM: Final = 4 * PASSWORD_MAXIMUM
"""Characters of a password that are normalized: some keyboards send a letter and its accents apart."""

EMAIL_MAXIMUM: Final = 254
NAME_MAXIMUM: Final = 80

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


def draft(organization_id: str, email: str, password: str, now: int, *, name: str = "") -> User:
    """Return a new user that is not stored yet. Hashing the password is slow. Raises `InvalidRequest` (`email`, `name`, `password`)."""
    address = checked_address(email)
    _check_name(name)
    return User(
        id=f"user_{token_urlsafe(18)}",
        created=now,
        email=address,
        name=name or None,
        organization=organization_id,
        password_hash=hash_password(password, address),
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
    address = stored_address(email)
    try:
        validate_email(address, check_deliverability=False)
    except (EmailNotValidError, UnicodeError) as error:
        why = f" {error}" if isinstance(error, EmailNotValidError) else ""
        raise InvalidRequest(f"email must be an address like ada@example.com.{why}", param="email") from None
    return address


def retrieve(store: Store, email: str) -> User:
    """Return the user with this e-mail address. Raises `ResourceMissing`."""
    user = find(store, email)
    if user is None:
        raise ResourceMissing("There is no user with this e-mail address.", param="email")
    return user


def set_password(store: Store, user: User, password: str, now: int, *, actor: Actor) -> User:
    """Change a user's password and end all of their log-ins. Raises `InvalidRequest` (`password`)."""
    hash = hash_password(password, user.email)
    return store.run(lambda: replace_password(store, user, hash, now, actor))


def rename(store: Store, user: User, name: str, now: int) -> None:
    """Change what the team calls a user. An empty name removes it. Raises `InvalidRequest` (`name`)."""
    _check_name(name)

    def work() -> None:
        kept = store.lock_user(user.id)
        if kept is None or (kept.name or "") == name:
            return
        store.save_user(kept.model_copy(update={"name": name or None}))
        for _member, organization in store.memberships(user.id):
            changes.record(
                store, actor_of(user), "user.updated", user.id, now, organization=organization.id, name=user.email
            )

    store.run(work)


def _check_name(name: str) -> None:
    if len(name) > NAME_MAXIMUM:
        raise InvalidRequest(f"name must have at most {NAME_MAXIMUM} characters.", param="name")


def has_password(user: User | None, password: str) -> bool:
    """Return whether this is the user's password. Without a user it takes as long, so the time does not reveal who is one."""
    kept = user.password_hash if user is not None else _dummy_hash()
    try:
        _hasher.verify(kept, _normal(password[:_TYPED_MAXIMUM]))
    except (VerificationError, InvalidHashError):
        return False
    return user is not None and len(password) <= _TYPED_MAXIMUM


def actor_of(user: User) -> Actor:
    """Return the user as the actor of a change. The e-mail address stays beside the name, because a name is not unique."""
    return Actor(kind="user", id=user.id, name=f"{user.name} ({user.email})" if user.name else user.email)


def replace_password(store: Store, user: User, hash: str, now: int, actor: Actor) -> User:
    """Store a hash of a user's password in the open transaction, and end all of their log-ins. Return the changed user."""
    changed = user.model_copy(update={"password_hash": hash})
    store.save_user(changed)
    store.delete_logins(user.id)
    store.forget_addresses(user.id)
    for _member, organization in store.memberships(user.id):
        changes.record(
            store, actor, "user.password_changed", user.id, now, organization=organization.id, name=user.email
        )
    return changed


def find(store: Store, email: str) -> User | None:
    """Return the user with this e-mail address, or None."""
    return store.user_by_email(stored_address(email)) if len(email) <= EMAIL_MAXIMUM else None


def stored_address(email: str) -> str:
    """Return the stored form of an address: lower case, the domain in Unicode. Browsers send the domain in ASCII (xn--…)."""
    with suppress(EmailNotValidError, UnicodeError):
        email = validate_email(email.strip(), check_deliverability=False).normalized
    return email.strip().lower()


def hash_password(password: str, email: str) -> str:
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


def with_strong_hash(user: User, password: str) -> User:
    """Return the user, with a new hash of their password where the stored one is weaker than those made now."""
    if not _hasher.check_needs_rehash(user.password_hash):
        return user
    return user.model_copy(update={"password_hash": _hasher.hash(_normal(password))})


@cache
def _dummy_hash() -> str:
    return _hasher.hash(token_urlsafe(18))


def _normal(password: str) -> str:
    """Return the password with composed letters, so that every keyboard produces the same text."""
    return unicodedata.normalize("NFKC", password)
