"""A body in brotli whose holes are filled without compressing anything.

All parts are one stream, compressed once, with a filler in each hole. Each part and each filler ends at a byte. For an answer, a stored
block of the same length (RFC 7932, section 9.2), which holds the value, replaces the filler. That must change nothing that the parts are
decoded from:

- The two bytes after a hole stand in its block, because a decoder looks at two bytes to choose a code for the next one.
- A filler has no bytes of a page and repeats nothing, so the compressor copies nothing into it or out of it.

A body that is not decoded rightly with other bytes in its holes is not used.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import brotli

_QUALITY: Final = 5
"""As fast as gzip, and a fifth smaller. The highest quality takes fifty times as long, while a visitor waits."""

_WINDOW: Final = 16
"""64 KB: nearly every page is smaller."""

_CONTEXT: Final = 2
_NO_TEXT: Final = (*range(9), *range(14, 32), 0x7F, 0xC0, 0xC1, *range(0xF5, 0x100))
"""Bytes that no page has: control characters, and what no text in UTF-8 has."""

FILLER: Final = bytes(
    code
    for place, first in enumerate(_NO_TEXT)
    for code in (first, *(code for second in _NO_TEXT[place + 1 :] for code in (first, second)))
)
"""Each pair of those bytes stands in it once (a de Bruijn sequence), so the compressor finds nothing to copy."""


@dataclass(frozen=True)
class BrotliBody:
    """The compressed parts, and between each two of them a hole: the length of its value, and the bytes that follow the value."""

    parts: tuple[bytes, ...]
    holes: tuple[tuple[int, bytes], ...]

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return sum(map(len, self.parts))

    def fill(self, values: Sequence[bytes]) -> bytes | None:
        """Return the body with these values in its holes, or None if one has another length."""
        pieces = [self.parts[0]]
        for (length, after), value, part in zip(self.holes, values, self.parts[1:], strict=True):
            if len(value) != length:
                return None
            pieces += (_stored(value + after), part)
        return b"".join(pieces)


def compress_parts(parts: Sequence[bytes], lengths: Sequence[int]) -> BrotliBody | None:
    """Compress the parts of a body, with a hole of each length between them. None: this body must be sent in another coding."""
    if not parts[0] or not all(lengths) or sum(lengths) > len(FILLER):
        return None
    compressor = brotli.Compressor(mode=brotli.MODE_TEXT, quality=_QUALITY, lgwin=_WINDOW)
    made = [_add(compressor, parts[0])]
    holes, used = [], 0
    for length, part in zip(lengths, parts[1:], strict=True):
        after, rest = part[:_CONTEXT], part[_CONTEXT:]
        _add(compressor, FILLER[used : used + length] + after)
        used += length
        holes.append((length, after))
        made.append(_add(compressor, rest) if rest else b"")
    made[-1] += compressor.finish()
    body = BrotliBody(tuple(made), tuple(holes))
    return body if _is_right(body, parts) else None


def _add(compressor: brotli.Compressor, data: bytes) -> bytes:
    return bytes(compressor.process(data) + compressor.flush())


def _stored(data: bytes) -> bytes:
    """Return a block that is not compressed. Its head says that it is not the last one, its length minus 1 in 16 bits, and its kind."""
    return (len(data) - 1 << 3 | 1 << 19).to_bytes(3, "little") + data


def _is_right(body: BrotliBody, parts: Sequence[bytes]) -> bool:
    """Return whether the body is decoded rightly with bytes in its holes that are not the fillers'."""
    values = [bytes(length) for length, _ in body.holes]
    expected = b"".join(value + part for value, part in zip([b"", *values], parts, strict=True))
    filled = body.fill(values)
    try:
        return filled is not None and brotli.decompress(filled) == expected
    except brotli.error:
        return False
