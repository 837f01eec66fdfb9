"""The language of a page: first that of the address, then of the link, then of the browser, then English.

A language needs a catalogue. Amounts and dates are always written in the language of the page. Buyers' pages read the catalogue
`buyer` alone. The console's pages read `console` and `buyer`, in the languages that have both. Each is loaded when a page first needs it.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

from babel import Locale, UnknownLocaleError
from flask import Flask, g, request
from flask_babel import Babel, Domain, get_locale, refresh

from app.objects.enumerations import CHECKOUT_LOCALES
from app.pricing.locales import babel_locale, locale_tag
from app.resources import PACKAGE

DEFAULT: Final = "en"
_LONGEST_LOCALE: Final = 35
"""Characters that a language tag has at most (RFC 5646, 4.4.1)."""

CATALOGUES: Final = PACKAGE / "locale"
BUYER: Final = "buyer"
CONSOLE: Final = "console"

_CONSOLE_TEXTS: Final = Domain([str(CATALOGUES)] * 2, f"{CONSOLE};{BUYER}")


@cache
def languages(catalogue: str = BUYER) -> frozenset[str]:
    """Return the languages with a compiled catalogue, as pages write them ("pt-BR"), and English, which needs none."""
    compiled = CATALOGUES.glob(f"*/LC_MESSAGES/{catalogue}.mo")
    return frozenset({DEFAULT, *(locale_tag(path.parents[1].name) for path in compiled)})


def use_console_texts() -> None:
    """Translate the texts of this request by both catalogues, into a language that the console has."""
    _CONSOLE_TEXTS.as_default()
    g.page_locale = choose_locale([request.args.get("locale"), *accepted_languages()], languages(CONSOLE))
    refresh()


def choose_locale(wishes: Iterable[str | None], spoken: frozenset[str]) -> str:
    """Return the first wish that is supported, as a Checkout locale ("en-GB") or a plain language ("de")."""
    for wish in wishes:
        if wish and len(wish) <= _LONGEST_LOCALE and (found := _met(wish, spoken)):
            return found
    return DEFAULT


def _met(wish: str, spoken: frozenset[str]) -> str | None:
    language = wish.replace("_", "-").partition("-")[0].lower()
    for known in CHECKOUT_LOCALES:
        if known.lower() == wish.replace("_", "-").lower() and language in spoken:
            return known
    return language if language in spoken else None


def accepted_languages() -> Sequence[str]:
    """Return the languages that the browser accepts, best first."""
    return [value for value, quality in request.accept_languages if quality > 0][:10]


def choose_language(*wishes: str | None) -> None:
    """Set the language of this request once the link is known: first the address, then `wishes`, then the browser."""
    g.page_locale = choose_locale([request.args.get("locale"), *wishes, *accepted_languages()], languages())
    refresh()


def fix_language(*wishes: str | None) -> None:
    """Set the language of this request by `wishes` alone, for an answer that caches keep for everyone."""
    g.page_locale = choose_locale(wishes, languages())
    refresh()


def checkout_locale(*wishes: str | None) -> str:
    """Return the language for Checkout, which supports more languages than our pages."""
    known = {locale.lower(): locale for locale in CHECKOUT_LOCALES}
    for wish in (request.args.get("locale"), *wishes):
        if wish and len(wish) <= _LONGEST_LOCALE and wish.lower() in known:
            return known[wish.lower()]
    return "auto"


def page_locale() -> str:
    """Return the locale of this request as Checkout and the `lang` attribute write it ("en-GB")."""
    if "page_locale" not in g:
        g.page_locale = choose_locale([request.args.get("locale"), *accepted_languages()], languages())
    chosen: str = g.page_locale
    return chosen


def shown_locale() -> Locale:
    """Return the locale of this request for Babel."""
    return get_locale() or Locale.parse(DEFAULT)


def language_name(code: str) -> str:
    """Return the name of a language in the language of the page, for example "Czech" for `cs`."""
    try:
        return Locale.parse(code, sep="-").get_display_name(shown_locale()) or code
    except (UnknownLocaleError, ValueError):
        return code


def page_direction() -> str:
    """Return the value of the `dir` attribute."""
    return str(shown_locale().text_direction)


def register(app: Flask) -> None:
    """Set up Babel on an application."""
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", str(CATALOGUES))
    Babel(app, default_domain=BUYER, locale_selector=lambda: str(babel_locale(page_locale())))

    @app.context_processor
    def _language() -> dict[str, object]:
        return {"page_language": page_locale(), "page_direction": page_direction()}
