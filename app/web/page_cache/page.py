"""One kept page: its headers, and its body in parts with holes between them, plain and compressed."""

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.objects.page_state import PageState
from app.web.http.encodings import accepts_gzip, content_coding
from app.web.page_cache.answers import Header
from app.web.page_cache.brotli_body import BrotliBody

_GZIP_HEAD: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
_DEFLATE_END: Final = b"\x01\x00\x00\xff\xff"
"""An empty stored block that is the last one."""

_LEVEL: Final = 9
_OVERHEAD: Final = 4096
"""What a page takes besides its body, roughly."""


@dataclass(frozen=True)
class Part:
    """A part of a body that is the same for every visitor. `deflated` ends at a byte, so that anything may follow."""

    plain: bytes
    deflated: bytes

    @classmethod
    def of(cls, plain: bytes) -> "Part":
        """Return the part with its compressed form."""
        compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        return cls(plain, compressor.compress(plain) + compressor.flush(zlib.Z_FULL_FLUSH))


@dataclass(frozen=True)
class Page:
    """A page as it was made in one state of the database. `holes` names the value between each two parts.

    Without parts it stands for a page that may not be kept in this state.
    """

    state: PageState
    since: int
    until: int
    status: str = ""
    headers: tuple[Header, ...] = ()
    parts: tuple[Part, ...] = ()
    holes: tuple[str, ...] = ()
    embed_origins: frozenset[str] | None = None
    """The sites that may frame the page. None: the page is not for frames."""
    brotli: BrotliBody | None = None
    """The body in brotli. None: the page is sent in another coding."""

    @property
    def size(self) -> int:
        """How many bytes the page takes, roughly."""
        small = self.brotli.size if self.brotli else 0
        return _OVERHEAD + sum(len(part.plain) + len(part.deflated) for part in self.parts) + small

    def coded_body(self, accept_encoding: str, values: Mapping[str, bytes]) -> tuple[str, bytes]:
        """Return the best coding for a client with this `Accept-Encoding`, and the body in it. The plain body has an empty name."""
        if content_coding(accept_encoding) == "br" and self.brotli is not None:
            filled = self.brotli.fill([values[name] for name in self.holes])
            if filled is not None:
                return "br", filled
        if accepts_gzip(accept_encoding):
            return "gzip", self.gzip_body(values)
        return "", self.plain_body(values)

    def plain_body(self, values: Mapping[str, bytes]) -> bytes:
        """Return the body with its holes filled."""
        pieces = [self.parts[0].plain]
        for name, part in zip(self.holes, self.parts[1:], strict=True):
            pieces += (values[name], part.plain)
        return b"".join(pieces)

    def gzip_body(self, values: Mapping[str, bytes]) -> bytes:
        """Return the body in gzip with its holes filled."""
        return join_gzip(self.parts, [values[name] for name in self.holes])


def join_gzip(parts: Sequence[Part], values: Sequence[bytes]) -> bytes:
    """Join parts to a body in gzip. Nothing is compressed for it: each value between two parts is a stored block."""
    first = parts[0]
    pieces, length, crc = [_GZIP_HEAD, first.deflated], len(first.plain), zlib.crc32(first.plain)
    for value, part in zip(values, parts[1:], strict=True):
        pieces += (b"\x00", struct.pack("<HH", len(value), len(value) ^ 0xFFFF), value, part.deflated)
        length += len(value) + len(part.plain)
        crc = zlib.crc32(part.plain, zlib.crc32(value, crc))
    pieces += (_DEFLATE_END, struct.pack("<II", crc, length))
    return b"".join(pieces)


def cut(body: bytes, values: Mapping[str, bytes]) -> tuple[list[bytes], list[str]]:
    """Cut the values out of a body. Return the parts between them, and the name of the value between each two parts.

    >>> cut(b"a=1 b=22 c=1", {"one": b"1", "two": b"22"})
    ([b'a=', b' b=', b' c=', b''], ['one', 'two', 'one'])
    """
    parts, holes, start = [], [], 0
    while found := _next_value(body, values, start):
        name, at = found
        parts.append(body[start:at])
        holes.append(name)
        start = at + len(values[name])
    return [*parts, body[start:]], holes


def _next_value(body: bytes, values: Mapping[str, bytes], start: int) -> tuple[str, int] | None:
    found = [(at, name) for name, value in values.items() if (at := body.find(value, start)) >= 0]
    return min(found)[::-1] if found else None
