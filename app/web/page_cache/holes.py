"""The values of one visitor in the HTML of a page. A page is kept only where each of them is a hole."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

TOKENS: Final = re.compile(rb' (?:name="csrf_token" value|data-form)="([^"]+)')
"""A form token, or the public name of a form, as templates write it."""

_OPTIONAL: Final = frozenset({"name"})
"""Only forms of links with limited places have a name."""


def has_every_hole(parts: Sequence[bytes], holes: Sequence[str], values: Mapping[str, bytes]) -> bool:
    """Return whether a page has a hole for each of these values, one for the token, and no token in its parts.

    >>> parts = [b'<input name="csrf_token" value="', b'">']
    >>> has_every_hole(parts, ["token"], {"token": b"T", "name": b"N"}), has_every_hole(parts, [], {"token": b"T"})
    (True, False)
    >>> has_every_hole([b'<input name="csrf_token" value="T">'], [], {})
    False
    """
    if holes.count("token") != int("token" in values) or not values.keys() - _OPTIONAL <= set(holes):
        return False
    return not any(TOKENS.search(part) for part in parts)
