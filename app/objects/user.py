"""Console users and their log-ins. A user belongs to one organization. Only hashes of passwords and tokens are stored."""

from typing import Literal

from app.objects.base import Object
from app.objects.scalars import Timestamp


class User(Object):
    """A person who may use a merchant's console. They log in with `email`, which is in lower case and unique on the server."""

    id: str
    object: Literal["user"] = "user"
    created: Timestamp
    email: str
    organization: str
    password_hash: str


class Login(Object):
    """A log-in of one browser, until `ends_at`. `hash` is the SHA-256 of the token in its cookie."""

    hash: str
    object: Literal["login"] = "login"
    created: Timestamp
    ends_at: Timestamp
    user: str
