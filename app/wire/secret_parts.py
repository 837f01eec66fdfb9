"""Which parts of an address or a setting are secret, and the text without them. Pure."""

import re
from typing import Final
from urllib.parse import unquote

MASK: Final = "••••••"

_USERINFO: Final = re.compile(r"^((?:[a-z][a-z0-9+.-]*:)?//|)(.*)@", re.IGNORECASE | re.DOTALL)
"""Everything between the scheme and the last @: a password may contain any character that should have been encoded."""

_PARAMETER: Final = re.compile(r"(?<=[?&;#])([^=&;#]*)=([^&;#]*)")
_SECRET_NAME: Final = re.compile(r"pass|pwd|secret|token|key|auth|cred|sig", re.IGNORECASE)
_TOKEN: Final = re.compile(r"\b(?:sk|rk|bc|whsec)_[A-Za-z0-9_]+")
_API_KEY: Final = re.compile(r"\b(?:((?:sk|rk|pk)_(?:live|test)_|whsec_)[A-Za-z0-9_]{8,}|(bc_)[0-9a-f]{16,})")
_PIECES: Final = re.compile(r"[/:@?#&;=\s]+")
SHORTEST_PIECE: Final = 2
"""Shorter parts of a secret occur in too many ordinary words."""


def masked(text: str) -> str:
    """Return the text with a mask in place of each secret: userinfo, parameters with a secret's name, keys.

    "postgresql://shop:pw@db/x?sslpassword=pw" -> "postgresql://••••••@db/x?sslpassword=••••••"
    """
    text = _USERINFO.sub(rf"\1{MASK}@", text)
    text = _PARAMETER.sub(lambda found: f"{found[1]}={MASK}" if _is_secret(found[1]) else found[0], text)
    return _TOKEN.sub(MASK, text)


def without_keys(message: str) -> str:
    """Return a message without the API keys in it. Their prefix stays, so that a mix-up can be seen.

    >>> without_keys("No such price: 'sk_test_4eC39HqLyjWDarjtT1'.")
    "No such price: 'sk_test_…'."
    """
    return _API_KEY.sub(lambda found: f"{found[1] or found[2]}…", message)


def without_secrets(message: str, address: str) -> str:
    """Return a driver's message without any piece of the secrets of the address that it is about."""
    userinfo = _USERINFO.match(address)
    secrets = [userinfo[2].partition(":")[2] or userinfo[2]] if userinfo else []
    secrets += [found[2] for found in _PARAMETER.finditer(address) if _is_secret(found[1])]
    pieces = {piece for secret in secrets for text in (secret, unquote(secret)) for piece in _PIECES.split(text)}
    for piece in sorted(pieces, key=len, reverse=True):
        if len(piece) >= SHORTEST_PIECE:
            message = message.replace(piece, MASK)
    return message


def _is_secret(name: str) -> bool:
    return _SECRET_NAME.search(unquote(name)) is not None
