"""The first run: an address that works once makes the first user of this server, and an organization if there is none.

Only the hash of the address's token is stored. Several processes may each have an address. The first use of one ends all of them.
"""

import hashlib
from collections.abc import Mapping
from secrets import token_urlsafe
from typing import Any, Final, Literal

from app.errors import ResourceMissing
from app.objects.organization import Organization
from app.objects.user import User
from app.services.accounts import organizations, users
from app.store.protocol import Store

_TOKEN_MAXIMUM: Final = 100

Missing = Literal["none", "first", "several"]
"""Which user a server lacks: none, the first one, or the first one while there are several organizations to choose from."""


def missing_user(store: Store) -> Missing:
    """Return whether this server needs its first user, and whether an address can make it."""
    if store.has_users():
        return "none"
    return "first" if store.only_organization() is not None or not store.organizations() else "several"


def create_token(store: Store, now: int) -> str:
    """Return a token for the address that makes the first user."""
    token = token_urlsafe(32)
    store.add_setup_token(_hash(token), now)
    return token


def is_open(store: Store, token: str) -> bool:
    """Return whether a token can make the first user. Raises `ResourceMissing` for a token that was never given out."""
    used = store.setup_token_is_used(_hash(token))
    if used is None:
        raise ResourceMissing("There is no such address.", param="token")
    return not used and missing_user(store) == "first"


def set_up(
    store: Store, token: str, email: str, password: str, fields: Mapping[str, Any], now: int, *, name: str = ""
) -> User:
    """Create the first user. Without an organization, create one with these fields. `name` is what the team calls the user.

    Raises `InvalidRequest` (the fields, `email`, `name`, `password`), and `ResourceMissing` for a token that was used by then.
    """
    draft = users.draft("", email, password, now, name=name)  # hashing is slow, so it comes before the transaction

    def work() -> User:
        if missing_user(store) != "first" or not store.use_setup_token(_hash(token), now):
            raise ResourceMissing("This address was used already.", param="token")
        actor = users.actor_of(draft)
        found = store.only_organization() or organizations.create(store, fields, now, actor=actor)
        user = draft.model_copy(update={"organization": found.id})
        users.add(store, user, now, actor=actor, role="owner")
        return user

    return store.run(work)


def joined_organization(store: Store) -> Organization | None:
    """Return the organization that the first user joins, or None if the first user creates one."""
    return store.only_organization()


def _hash(token: str) -> str:
    return hashlib.sha256(f"set-up {token[:_TOKEN_MAXIMUM]}".encode()).hexdigest()
