"""The reference of a payment that people read out and type: `CF-7K2M-94QX`. It has eight characters of Crockford's base 32 (40 bits)."""

import re
from secrets import randbits
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and capital letters without I, L, O and U, which are mistaken for others or spell words."""

PREFIX: Final = "CF"

_MISREAD: Final = str.maketrans("ILO", "110")
_BETWEEN: Final = re.compile(r"[^0-9A-Z]+")


def new_reference() -> str:
    """Return a new random reference. The store keeps it unique within its organization."""
    number = randbits(40)
    return _written("".join([ALPHABET[number >> shift & 31] for shift in range(0, 40, 5)]))


def read_reference(text: str) -> str | None:
    """Return the reference that people mean, or None: `cf 7k2m-94qx` and `7K2M94QX` are `CF-7K2M-94QX`.

    As Crockford says, I and L are read as 1, and O as 0.
    """
    letters = _BETWEEN.sub("", text.upper())
    if len(letters) == 8 + len(PREFIX):
        letters = letters.removeprefix(PREFIX)
    letters = letters.translate(_MISREAD)
    return _written(letters) if len(letters) == 8 and set(letters) <= set(ALPHABET) else None


def _written(letters: str) -> str:
    return f"{PREFIX}-{letters[:4]}-{letters[4:]}"
