"""Random ids and codes in base 62, as Stripe writes them."""

from secrets import randbits
from string import ascii_letters, digits
from typing import Final

BASE62: Final = digits + ascii_letters

_SPARE_BITS: Final = 64
"""How many more bits are drawn than the characters take, so that each character is equally likely, to 1 in 2^64."""


def new_id(prefix: str, length: int = 24) -> str:
    """Return a new random id, for example `new_id("plink")`: `plink_` and 24 characters of base 62, which are 142 bits."""
    return f"{prefix}_{random_base62(length)}"


def random_base62(length: int) -> str:
    """Return `length` random characters of base 62. 22 of them have 130 bits."""
    number = randbits(6 * length + _SPARE_BITS)
    characters = []
    for _ in range(length):
        number, index = divmod(number, len(BASE62))
        characters.append(BASE62[index])
    return "".join(characters)
