"""Random ids and codes in base 62, as Stripe writes them."""

from secrets import token_bytes
from string import ascii_letters, digits
from typing import Final

BASE62: Final = digits + ascii_letters

_CHARACTERS: Final = bytes(ord(BASE62[byte % 64 % 62]) for byte in range(256))
_SURPLUS: Final = bytes(byte for byte in range(256) if byte % 64 >= 62)
"""Four bytes name each character. The rest are left out, so that each character is equally likely."""


def new_id(prefix: str, length: int = 24) -> str:
    """Return a new random id, for example `new_id("plink")`: `plink_` and 24 characters of base 62, which are 142 bits."""
    return f"{prefix}_{random_base62(length)}"


def random_base62(length: int) -> str:
    """Return `length` random characters of base 62. 22 of them have 130 bits."""
    found = b""
    while len(found) < length:
        found += token_bytes(2 * length).translate(_CHARACTERS, _SURPLUS)
    return found[:length].decode()
