"""Who may open the console: users of one organization each, and their log-ins. Of passwords and tokens only hashes are kept."""

from typing import Literal

from app.objects.base import Object
from app.objects.scalars import Timestamp


class User(Object):
    """Somebody who works for a merchant; `email`, in lower case, is what they log in with, and nobody else's on this server."""

    id: str
    object: Literal["user"] = "user"
    created: Timestamp
    email: str
    organization: str
    password_hash: str


class Login(Object):
    """One browser that a user is logged in with, until `ends_at`; `hash` is the SHA-256 of the token in its cookie."""

    hash: str
    object: Literal["login"] = "login"
    created: Timestamp
    ends_at: Timestamp
    user: str
