"""The font of cards, and which characters it has. It has Latin, Greek and Cyrillic letters, which need no shaping."""

import struct
import unicodedata
from functools import cache
from typing import Final

from PIL import ImageFont

from app.resources import resource

FILE: Final = "static/fonts/inter.ttf"

_SMALLEST_OPTICAL_SIZE: Final = 14
_LARGEST_OPTICAL_SIZE: Final = 32
_POINTS: Final = 0.75
"""Points of one CSS pixel."""

_DECORATION: Final = frozenset({"Cf", "Cn", "Co", "Me", "Sk", "So"})
"""Categories of emoji, their parts, and invisible characters. A text is complete without them."""

_VARIATION_SELECTORS: Final = range(0xFE00, 0xFE10)


def open_font(size: int, weight: int) -> ImageFont.FreeTypeFont:
    """Return the font in a size in pixels and a weight from 100 to 900. Each caller gets its own, because a font is not thread-safe."""
    font = ImageFont.truetype(resource(FILE), size)
    font.set_variation_by_axes([min(max(_SMALLEST_OPTICAL_SIZE, size * _POINTS), _LARGEST_OPTICAL_SIZE), weight])
    return font


def drawable(text: str) -> str | None:
    """Return the text as the font can draw it, or None where it lacks a letter. Emoji and invisible characters are left out.

    >>> drawable("Christmas box 🎄")
    'Christmas box'
    """
    known = code_points()
    kept = []
    for character in unicodedata.normalize("NFC", text):
        if character.isspace():
            kept.append(" ")
        elif ord(character) in known and unicodedata.category(character) != "Cf":
            kept.append(character)
        elif unicodedata.category(character) not in _DECORATION and ord(character) not in _VARIATION_SELECTORS:
            return None
    return " ".join("".join(kept).split()) or None


@cache
def code_points() -> frozenset[int]:
    """Return the characters that the font has, from its table `cmap` (OpenType, format 12)."""
    data = resource(FILE).read_bytes()
    cmap = _table(data, b"cmap")
    for number in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        platform, _, offset = struct.unpack_from(">HHI", data, cmap + 4 + 8 * number)
        if platform == 0 and struct.unpack_from(">H", data, cmap + offset)[0] == 12:
            return _read_groups(data, cmap + offset)
    raise ValueError(f"{FILE} has no table of characters in format 12.")


def _table(data: bytes, tag: bytes) -> int:
    """Return where a table of a font begins."""
    for number in range(struct.unpack_from(">H", data, 4)[0]):
        name, _, offset = struct.unpack_from(">4sII", data, 12 + 16 * number)
        if name == tag:
            return int(offset)
    raise ValueError(f"{FILE} has no table {tag.decode()}.")


def _read_groups(data: bytes, start: int) -> frozenset[int]:
    """Return the characters of a subtable in format 12: groups of first character, last character and glyph."""
    count = struct.unpack_from(">I", data, start + 12)[0]
    groups = (struct.unpack_from(">III", data, start + 16 + 12 * number) for number in range(count))
    return frozenset(point for first, last, _ in groups for point in range(first, last + 1))
