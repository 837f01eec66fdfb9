"""The link that people mean by the last part of its address, as they type or paste it."""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from app.objects.payment_link import PaymentLink
from app.objects.typed_text import fold, plain_dashes
from app.store.protocol import Store

_MAXIMUM_LENGTH: Final = 300
_TURKISH: Final = str.maketrans({"\N{LATIN SMALL LETTER DOTLESS I}": "i", "\N{COMBINING DOT ABOVE}": None})
"""A Turkish keyboard writes a capital i with its dot. In small letters, the dot is a character of its own."""

_AROUND: Final = re.compile(r"^[^A-Za-z0-9_-]+|[^A-Za-z0-9_-]+$")


def find_typed(store: Store, text: str) -> PaymentLink | None:
    """Return the link whose code or slug people mean, or None.

    A random code is exact, except for what stands around it. A slug is found in any case, with invisible characters and other dashes.
    For example `find_typed(store, "Spring–Box.")` finds the link with the slug `spring-box`.
    """
    if len(text) > _MAXIMUM_LENGTH:
        return None
    code = trim(text)
    found = store.link_by_code(code) if code else None
    if found is not None:
        return found
    for slug in _slugs(text):
        link = store.link_by_code(slug)
        if link is not None and link.counterfoil.slug == slug:
            return link
    return None


def trim(text: str) -> str:
    """Return a text without the characters around it that no code has."""
    return _AROUND.sub("", text)


def _slugs(text: str) -> Iterator[str]:
    """Yield the slugs that a text may stand for. A dash at an end may belong to the sentence around the address."""
    plain = trim(plain_dashes(fold(unquote(text))).lower().translate(_TURKISH))
    yield from (slug for slug in dict.fromkeys((plain, plain.strip("-_"))) if slug)
