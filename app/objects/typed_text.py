"""Texts that people type or paste: without invisible characters, and counted as people see them.

Pasted texts bring marks of direction, zero-width spaces and full-width forms along. A field with an alphabet of its own (digits, codes,
addresses) folds them. A free text keeps the invisible characters that join visible ones: in emoji, Persian and the scripts of India.
"""

import unicodedata
from typing import Final

import regex

# Characters that are never seen, except the format characters with a shape, such as the Arabic number sign.
_INVISIBLE_SET: Final = r"[[\p{Default_Ignorable_Code_Point}\p{Cf}]--\p{Prepended_Concatenation_Mark}]"
_ZERO_WIDTH_JOINERS: Final = r"\u200c\u200d"
_JOINERS: Final = (
    rf"{_ZERO_WIDTH_JOINERS}\u034f\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0020-\U000e007f\U000e0100-\U000e01ef"
)

_INVISIBLE: Final = regex.compile(_INVISIBLE_SET, regex.V1)
_NEVER_NEEDED: Final = regex.compile(rf"[{_INVISIBLE_SET}--[{_JOINERS}]]", regex.V1)
_STRAY_JOINERS: Final = regex.compile(rf"(?<!\S)[{_JOINERS}]+|[{_ZERO_WIDTH_JOINERS}]+(?!\S)", regex.V1)
_CONTROL: Final = regex.compile(r"[\p{Cc}\p{Zl}\p{Zp}]", regex.V1)
_BLANK: Final = regex.compile(r"[\s\u2800]*", regex.V1)
_DASHES: Final = regex.compile(r"[\p{Pd}\u2212]", regex.V1)
_SPACES: Final = regex.compile(r"\s+", regex.V1)
_CHARACTER: Final = regex.compile(r"\X", regex.V1)

CODE_POINTS_PER_CHARACTER: Final = 16
"""How many code points a text may have for each character that its field takes. The longest emoji have about ten."""


def characters(text: str) -> list[str]:
    """Return the characters of a text as people see them: a letter with its accents is one, and so is a flag."""
    return list(text) if text.isascii() else _CHARACTER.findall(text)


def count_characters(text: str) -> int:
    """Return how many characters people see: grapheme clusters, so a family emoji or a letter with its accents is one.

    >>> count_characters("nai\u0308ve")
    5
    """
    return len(text) if text.isascii() else len(characters(text))


def is_longer(text: str, maximum: int) -> bool:
    """Return whether a text has more characters than `maximum`, or so many marks on them that it would fill many times their space."""
    return len(text) > maximum and (len(text) > CODE_POINTS_PER_CHARACTER * maximum or count_characters(text) > maximum)


def clean_line(text: str) -> str:
    """Return a line of free text: composed, trimmed, without control and invisible characters. Empty if nothing of it can be seen."""
    line = _STRAY_JOINERS.sub("", _NEVER_NEEDED.sub("", _CONTROL.sub(" ", text)))
    composed = unicodedata.normalize("NFC", line).strip()
    return "" if _BLANK.fullmatch(composed) else composed


def clean_lines(text: str) -> str:
    """Return a text of several lines, without invisible characters that join nothing."""
    return str(_STRAY_JOINERS.sub("", _NEVER_NEEDED.sub("", text)))


def fold(text: str) -> str:
    """Return a text with plain forms of its characters, without invisible ones: a full-width A is an A."""
    if text.isascii() and text.isprintable():
        return text.strip()  # ASCII has no other forms, and no invisible characters but control characters
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", _CONTROL.sub(" ", text))).strip()


def clean_digits(text: str) -> str:
    """Return digits of any script as ASCII, without spaces and invisible characters. Other characters stay as they are."""
    visible = unicodedata.normalize("NFC", _SPACES.sub("", _INVISIBLE.sub("", _CONTROL.sub(" ", text))))
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in visible)


def clean_code(text: str) -> str:
    """Return a code as it was printed: without spaces, with plain hyphens and plain forms of its characters."""
    return unicodedata.normalize("NFC", _SPACES.sub("", plain_dashes(fold(text))))


def plain_dashes(text: str) -> str:
    """Return the text with a hyphen in place of each kind of dash."""
    return str(_DASHES.sub("-", text))
