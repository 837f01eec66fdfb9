"""Which content codings a client takes, and files in each of them."""

import gzip
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import brotli
from werkzeug.http import parse_accept_header

_LONGEST_HEADER: Final = 200
_CODINGS: Final = ("br", "gzip")
"""The codings that are made here, the smallest first."""


def content_coding(accept_encoding: str) -> str:
    """Return the best coding that a client with this `Accept-Encoding` takes. Empty: it is sent the plain body.

    >>> content_coding("gzip, deflate, br"), content_coding("br;q=0.1, gzip"), content_coding("br;q=0, *"), content_coding("")
    ('br', 'gzip', '', '')
    """
    return _best(accept_encoding) if len(accept_encoding) <= _LONGEST_HEADER else ""


def accepts_gzip(accept_encoding: str) -> bool:
    """Return whether a client with this `Accept-Encoding` takes gzip. A client without the header is sent the plain body.

    >>> accepts_gzip("gzip, deflate, br"), accepts_gzip("gzip;q=0, *"), accepts_gzip("")
    (True, False, False)
    """
    return len(accept_encoding) <= _LONGEST_HEADER and _qualities(accept_encoding).get("gzip", 0) > 0


@lru_cache(maxsize=256)
def _best(accept_encoding: str) -> str:
    qualities = _qualities(accept_encoding)
    taken = [coding for coding in _CODINGS if qualities.get(coding, 0) > 0]
    return max(taken, key=lambda coding: qualities[coding], default="")


@lru_cache(maxsize=256)
def _qualities(accept_encoding: str) -> dict[str, float]:
    return {str(value).lower(): quality for value, quality in parse_accept_header(accept_encoding)}


@dataclass(frozen=True)
class Coded:
    """A body in each coding that makes it smaller. The plain body has an empty name."""

    bodies: dict[str, bytes]

    def find(self, accept_encoding: str) -> tuple[str, bytes]:
        """Return the coding and the body for a client with this `Accept-Encoding`."""
        coding = content_coding(accept_encoding)
        return (coding, self.bodies[coding]) if coding in self.bodies else ("", self.bodies[""])

    @property
    def size(self) -> int:
        """How many bytes all of them take."""
        return sum(map(len, self.bodies.values()))


@lru_cache(maxsize=128)
def compress_text(body: bytes) -> Coded:
    """Compress a text in every coding, as small as it gets. That takes up to a tenth of a second, so it is done once for each text."""
    return _code(body, brotli.compress(body, mode=brotli.MODE_TEXT, quality=11))


def compress_text_fast(body: bytes) -> Coded:
    """Compress a text in every coding within a few milliseconds. Its brotli is a little larger."""
    return _code(body, brotli.compress(body, mode=brotli.MODE_TEXT, quality=6, lgwin=16))


def _code(body: bytes, in_brotli: bytes) -> Coded:
    made = {"br": in_brotli, "gzip": gzip.compress(body, 9, mtime=0)}
    return Coded({"": body, **{coding: small for coding, small in made.items() if len(small) < len(body)}})
