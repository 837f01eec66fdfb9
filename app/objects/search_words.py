"""The words by which an order is found, and the words of a search text. Pure.

Both are cut the same way: in lower case, without accents, at each character that is no letter and no digit. A search finds words by
their beginning.
"""

import re
import unicodedata
from typing import Final

import regex

from app.objects.attempt import Attempt
from app.objects.typed_text import fold

WORD_MAXIMUM: Final = 60
"""Characters of a word that are kept."""

WORDS_MAXIMUM: Final = 60
"""Words of an order that are kept."""

SEARCH_WORDS_MAXIMUM: Final = 6
"""Words of a search text that are read."""

_WORD: Final = regex.compile(r"[\p{L}\p{N}\p{M}]+", regex.V1)
_ASCII_WORD: Final = re.compile("[a-z0-9]+")
_SPOKEN_TOGETHER: Final = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]", regex.V1
)
"""Scripts that put no space between words. A word in them is found by any part that begins within it."""

_LETTERS: Final = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "\u0131": "i"})
"""Letters that Unicode does not split into letter and accent, and the plain letters that people type for them."""


def words_of(text: str) -> list[str]:
    """Return the words of a text, each once: `"Jana Novák"` has `jana` and `novak`."""
    plain = fold(text).casefold()
    if plain.isascii():
        words = _ASCII_WORD.findall(plain)
    else:
        decomposed = unicodedata.normalize("NFKD", plain.translate(_LETTERS))
        words = _WORD.findall("".join(letter for letter in decomposed if not unicodedata.combining(letter)))
    return list(dict.fromkeys(word[:WORD_MAXIMUM] for word in words))


def search_words(text: str) -> tuple[str, ...]:
    """Return the words of a search text that must all be found."""
    return tuple(words_of(text)[:SEARCH_WORDS_MAXIMUM])


def words_of_order(attempt: Attempt) -> frozenset[str]:
    """Return the words by which an order is found: names, e-mail address, phone and references."""
    delivery, params = attempt.shipping_details, attempt.session_params
    texts = (
        attempt.reference,
        attempt.customer_name,
        attempt.customer_email or attempt.selection.answers.email,
        delivery.name if delivery else None,
        attempt.selection.url_parameters.client_reference_id or params.get("client_reference_id"),
        attempt.customer_phone,
        attempt.tracking_number,
    )
    words: dict[str, None] = {}
    for text in texts:
        found = words_of(text) if isinstance(text, str) else []
        words |= dict.fromkeys(found)
        if 1 < len(found) <= 4:
            # "INV-2041" is also found as "inv2041".
            words["".join(found)[:WORD_MAXIMUM]] = None
        for word in found:
            if not word.isascii() and _SPOKEN_TOGETHER.search(word):
                words |= dict.fromkeys(word[start:] for start in range(1, len(word)))
    return frozenset(list(words)[:WORDS_MAXIMUM])
