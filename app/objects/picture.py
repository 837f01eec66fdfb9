"""A picture that was checked and encoded by us. Its hash is its name, so its content never changes."""

import re
from typing import Final, Literal

from app.objects.base import Object

Extension = Literal["jpg", "png", "webp"]

PICTURE_PATH: Final = re.compile(r"/pictures/[0-9a-f]{64}\.(?:jpg|png|webp)")
"""The path of a stored picture, as links and branding name it."""


_STATIC: Final = re.compile(r"/static/[A-Za-z0-9_./-]+")


def is_own_image(text: str) -> bool:
    """Whether a text is the path of an image on this server: a stored picture or one of our own files."""
    return bool(PICTURE_PATH.fullmatch(text) or (_STATIC.fullmatch(text) and ".." not in text))


MEDIA_TYPES: Final[dict[Extension, str]] = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


def hash_in(path: str) -> str | None:
    """Return the hash in the path of a stored picture, or None for any other text."""
    return path.rpartition("/")[2].partition(".")[0] if PICTURE_PATH.fullmatch(path) else None


class Picture(Object):
    """One stored picture. `hash` is the SHA-256 of `content`, `width` and `height` are in pixels."""

    hash: str
    extension: Extension
    width: int
    height: int
    content: bytes

    @property
    def path(self) -> str:
        """The path below `PUBLIC_URL` at which the picture is served."""
        return f"/pictures/{self.hash}.{self.extension}"
