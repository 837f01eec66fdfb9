"""Sorts names as the readers of a language expect them: "Österreich" stands among the O in German, and after Z in Swedish."""

import re
import unicodedata
from functools import cache
from typing import Final

from babel import Locale

_LETTERS: Final = {
    "bg": "и й",
    "cs": "c č|h ch|r ř|s š|z ž",
    "da": "z æ ø å",
    "es": "n ñ",
    "et": "s š z ž|w õ ä ö ü",
    "fi": "z å ä ö",
    "fil": "n ñ",
    "hr": "c č ć|d dž đ|l lj|n nj|s š|z ž",
    "hu": "c cs|d dz dzs|g gy|l ly|n ny|o ö|s sz|t ty|u ü|z zs",
    "lt": "c č|i y|s š|z ž",
    "lv": "c č|g ģ|k ķ|l ļ|n ņ|s š|z ž",
    "mt": "b ċ|f ġ|h ħ|y ż",
    "nb": "z æ ø å",
    "pl": "a ą|c ć|e ę|l ł|n ń|o ó|s ś|z ź ż",
    "ro": "a ă â|i î|s ș|t ț",
    "ru": "и й",
    "sk": "a ä|c č|h ch|o ô|s š|z ž",
    "sl": "c č|s š|z ž",
    "sv": "z å ä ö",
    "tr": "c ç|g ğ|h ı|o ö|s ş|u ü",  # noqa: RUF001
    "vi": "a ă â|d đ|e ê|o ô ơ|u ư",
}
"""The letters of a language that stand after another one, each row after its first. Other accents only matter between equal words."""

_THAI_VOWEL: Final = re.compile("([\u0e40-\u0e44])(.)")
"""A vowel that is written before its consonant, and sorted after it."""

Key = tuple[tuple[tuple[str, int], ...], str]


def sort_key(text: str, locale: Locale) -> Key:
    """Return the key that sorts a text among others of a language."""
    places, marks, pattern = _alphabet(locale.language)
    lower = text.casefold()
    if locale.language == "th":
        lower = _THAI_VOWEL.sub(r"\2\1", lower)
    shown = (mark for mark in unicodedata.normalize("NFKD", lower) if mark in marks or not unicodedata.combining(mark))
    letters = pattern.findall(unicodedata.normalize("NFC", "".join(shown)))
    return tuple(places.get(letter, (letter, 0)) for letter in letters), lower


@cache
def _alphabet(language: str) -> tuple[dict[str, tuple[str, int]], frozenset[str], re.Pattern[str]]:
    """Return the places of a language's own letters, the marks that make them, and a pattern that finds a letter."""
    places: dict[str, tuple[str, int]] = {}
    for row in filter(None, _LETTERS.get(language, "").split("|")):
        first, *others = row.split()
        places |= {letter: (first, place) for place, letter in enumerate(others, 1)}
    marks = {mark for letter in places for mark in unicodedata.normalize("NFD", letter) if unicodedata.combining(mark)}
    alternatives = "|".join([*sorted(places, key=len, reverse=True), "."])
    return places, frozenset(marks), re.compile(alternatives, re.DOTALL)
