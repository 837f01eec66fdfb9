"""Console users, their roles in organizations, and their log-ins. Only hashes of passwords and tokens are stored."""

from typing import Final, Literal

from app.objects.base import Object
from app.objects.scalars import Timestamp

Role = Literal["viewer", "manager", "owner"]
"""What a user may do in an organization. A viewer sees everything. A manager changes links, orders and the catalogue. An owner also
changes settings, team and keys."""

ROLES: Final[tuple[Role, ...]] = ("viewer", "manager", "owner")
"""Every role. Each may do what the roles before it may do."""


def includes(role: Role, needed: Role) -> bool:
    """Return whether a role may do what `needed` may do: `includes("owner", "manager")` is true."""
    return ROLES.index(role) >= ROLES.index(needed)


class User(Object):
    """A person who may use a merchant's console. They log in with `email`, which is in lower case and unique on the server. `name` is
    what the team calls them.

    `organization` is the one that they were created for. A new log-in opens it, as long as the user is a member of it.

    With a `totp_secret` a log-in needs a second step: a code of that secret, whose counter must be higher than `totp_counter`, or one of
    the codes whose hashes are `recovery_hashes`, once each.
    """

    id: str
    object: Literal["user"] = "user"
    created: Timestamp
    email: str
    name: str | None = None
    organization: str
    password_hash: str
    recovery_hashes: tuple[str, ...] = ()
    totp_counter: int = 0
    totp_secret: str | None = None


class Member(Object):
    """The role of a user in an organization."""

    object: Literal["member"] = "member"
    created: Timestamp
    organization: str
    role: Role
    user: str


class Invitation(Object):
    """An invitation to an organization, until `ends_at`. `hash` is the SHA-256 of the token in its address."""

    id: str
    object: Literal["invitation"] = "invitation"
    created: Timestamp
    email: str
    ends_at: Timestamp
    hash: str
    organization: str
    role: Role


class Login(Object):
    """A log-in of one browser, until `ends_at`. `hash` is the SHA-256 of the token in its cookie.

    `organization` is the one that the user chose in this browser, or None for the one that opens first. While it `awaits_code`, it gives
    no access; `tries` counts wrong codes. One that `trusts_device` gives no access either: it only spares the second step.
    """

    hash: str
    object: Literal["login"] = "login"
    awaits_code: bool = False
    created: Timestamp
    ends_at: Timestamp
    organization: str | None = None
    tries: int = 0
    trusts_device: bool = False
    user: str
