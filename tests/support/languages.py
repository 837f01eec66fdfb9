"""The translations of today, and two languages that exist in tests alone.

Those have the buyer's texts 40 % longer, and in letters that are read from right to left. They show whether pages hold longer texts and
mirror, before the texts are translated.
"""

import io
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import get_babel

from app.languages.locales import babel_locale
from app.web.display.locale import BUYER, CATALOGUES

_KEPT: Final = re.compile(r"%\(\w+\)[sd]|%%|<[^>]*>|&\w+;")
"""Placeholders and markup, which a translation keeps."""

_VOWELS: Final = str.maketrans({letter: letter * 2 for letter in "aeiouAEIOU"})
_ARABIC: Final = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ابتثجحخدذرزسشصضطظعغفقكلمنه", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def lengthen(text: str) -> str:
    """Return a text with every vowel doubled and a last word, so that it is 40 % longer and its words are longer too."""
    longer = _outside_placeholders(text, lambda part: part.translate(_VOWELS))
    missing = round(len(text) * 1.4) - len(longer)
    return f"{longer} {'zusatz'[: max(missing - 1, 1)]}" if missing > 1 else longer


def mirror(text: str) -> str:
    """Return a text in Arabic letters, without meaning."""
    return _outside_placeholders(text, lambda part: part.lower().translate(_ARABIC))


def _outside_placeholders(text: str, change: Callable[[str], str]) -> str:
    kept = _KEPT.findall(text)
    parts = [change(part) for part in _KEPT.split(text)]
    return "".join(part + end for part, end in zip(parts, [*kept, ""], strict=True))


def in_language(language: str, text: str, **values: str) -> str:
    """Return the translation of a text as the catalogues have it today, so that a correction of its words breaks no test."""
    folder = CATALOGUES / str(babel_locale(language)) / "LC_MESSAGES"
    found = [message for path in sorted(folder.glob("*.po")) if (message := read_catalogue(path).get(text))]
    translated = str(found[0].string)
    assert translated not in {"", text}, f"“{text}” has no translation in {language}"
    return translated % values


@cache
def read_catalogue(path: Path) -> Catalog:
    """Return the catalogue in a file. Each process reads a file once, which takes as long as several pages."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parents[1].name, domain=path.stem)


@cache
def _originals() -> list[Message]:
    """Return the texts of buyers in English."""
    return [message for message in read_catalogue(CATALOGUES / "en" / "LC_MESSAGES" / f"{BUYER}.po") if message.id]


@cache
def _compiled(language: str, change: Callable[[str], str]) -> bytes:
    """Return a compiled catalogue in which every text is changed. Each process makes it once."""
    made = Catalog(locale=language)
    for message in _originals():
        if isinstance(message.id, str):
            made.add(message.id, change(message.id), context=message.context)
        else:
            one, other = map(change, message.id)
            made.add(message.id, (one, *[other] * (made.num_plurals - 1)), context=message.context)
    file = io.BytesIO()
    write_mo(file, made)
    return file.getvalue()


def speak(app: Flask, folder: Path, **changes: Callable[[str], str]) -> None:
    """Give an application languages by their directory's name (`de=lengthen`), in a folder of its own. Call it before the first request."""
    for language, change in changes.items():
        target = folder / language / "LC_MESSAGES" / f"{BUYER}.mo"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_compiled(language, change))
    get_babel(app).translation_directories[:] = [str(folder)]
