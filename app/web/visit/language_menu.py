"""The menu of languages: each by its own name, with the address that shows the page in it."""

from typing import NamedTuple

from app.web.display.languages import NAMES
from app.web.display.locale import languages, page_locale
from app.web.visit.visit import Visit


class Language(NamedTuple):
    """One entry of the menu. `url` is where its button or link leads."""

    locale: str
    name: str
    url: str
    is_current: bool


def language_menu(path: str, visit: Visit | None = None) -> list[Language]:
    """Return the languages that have a catalogue, each with the address of a page in it. A menu of one language is empty.

    The addresses keep the other URL parameters of a visit. An empty `path` is the page itself.
    """
    spoken = languages()
    if len(spoken) < 2:
        return []
    rest = visit.query_without_locale if visit else ""
    current = page_locale()
    return [
        Language(locale, name, f"{path}?locale={locale}{rest}", locale == current)
        for locale, name in NAMES.items()
        if locale in spoken
    ]


def alternates(visit: Visit) -> list[tuple[str, str]]:
    """Return every language of a page with the page's public address in it, and as `x-default` the address that leaves the choice open."""
    menu = language_menu(visit.public_address)
    return [*((it.locale, it.url) for it in menu), ("x-default", visit.public_address)] if menu else []
