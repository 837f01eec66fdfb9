"""The language of a page: first that of the address, then of the link, then of the browser, then English.

A language needs a catalogue. Amounts and dates are always written in the language of the page. Buyers' pages read the catalogue
`buyer` alone. The console's pages read `console` and `buyer`, in the languages that have both. Each is loaded when a page first needs it.
"""

from functools import cache
from pathlib import Path
from typing import Final

from babel import Locale, UnknownLocaleError
from flask import Flask, Response, g, request
from flask_babel import Babel, Domain, get_babel, get_locale

from app.languages.locales import babel_locale, locale_tag
from app.objects.enumerations import CHECKOUT_LOCALES
from app.resources import PACKAGE
from app.web.display import translation
from app.web.display.languages import AUTO, DEFAULT, NAMES, choose_locale, link_locale

CATALOGUES: Final = PACKAGE / "locale"
BUYER: Final = "buyer"
CONSOLE: Final = "console"

_CONSOLE_TEXTS: Final = Domain([str(CATALOGUES)] * 2, f"{CONSOLE};{BUYER}")


def languages(catalogue: str = BUYER) -> frozenset[str]:
    """Return the languages with a compiled catalogue, as pages write them ("pt-BR"), and English, which needs none."""
    return _compiled(tuple(get_babel().translation_directories), catalogue)


@cache
def _compiled(directories: tuple[str, ...], catalogue: str) -> frozenset[str]:
    compiled = [found for folder in directories for found in Path(folder).glob(f"*/LC_MESSAGES/{catalogue}.mo")]
    return frozenset({DEFAULT, *(locale_tag(path.parents[1].name) for path in compiled)})


def use_console_texts() -> None:
    """Translate the texts of this request by both catalogues, into a language that the console has."""
    _CONSOLE_TEXTS.as_default()
    g.page_locale = choose_locale((_asked(),), languages(CONSOLE), _accepted_languages())
    translation.refresh()


def locale_of_page(asked: str | None, *wishes: str | None, accept_language: str = "") -> str:
    """Return the locale of a page whose address asks for one, whose link has one, and whose browser accepts some."""
    return choose_locale((asked, *wishes), languages(), accept_language)


def choose_language(*wishes: str | None) -> None:
    """Set the language of this request once the link is known: first the address, then `wishes`, then the browser."""
    _use_locale(_requested_locale(*wishes))


def _use_locale(locale: str) -> None:
    """Set the language of this request. Drop what was loaded for another one; before the first one, nothing is loaded."""
    known: str | None = g.get("page_locale")
    g.page_locale = locale
    if known not in {None, locale}:
        translation.refresh()


def _requested_locale(*wishes: str | None) -> str:
    return locale_of_page(_asked(), *wishes, accept_language=_accepted_languages())


def _asked() -> str | None:
    """Return what the address of this page asks for."""
    arguments = request.args
    return arguments["locale"] if "locale" in arguments else None  # noqa: SIM401 - `get` raises and catches an error


def _accepted_languages() -> str:
    return request.headers.get("Accept-Language", "")


def fix_language(*wishes: str | None) -> None:
    """Set the language of this request by `wishes` alone, for an answer that caches keep for everyone."""
    _use_locale(choose_locale(wishes, languages()))


def checkout_locale(*wishes: str | None) -> str:
    """Return the language for Checkout: that of the first wish, or `auto` where Checkout does not have it."""
    wished = (link_locale(wish) for wish in (_asked(), *wishes) if wish)
    locale = next((locale for locale in wished if locale), AUTO)
    return locale if locale in CHECKOUT_LOCALES else AUTO


def asked_locale() -> str | None:
    """Return the locale that the address of this page asks for, as a link can have it, or None."""
    return link_locale(_asked() or "")


def keep_locale(path: str) -> str:
    """Return the address of another page of this server, in the language that the address of this page asks for."""
    locale = asked_locale()
    return f"{path}?locale={locale}" if locale else path


def page_locale() -> str:
    """Return the locale of this request as Checkout and the `lang` attribute write it ("en-GB")."""
    chosen: str | None = g.get("page_locale")
    if chosen is None:
        chosen = g.page_locale = _requested_locale()
    return chosen


def shown_locale() -> Locale:
    """Return the locale of this request for Babel."""
    return get_locale() or Locale.parse(DEFAULT)


def country_name(code: str) -> str:
    """Return the name of a country in the language of the page. A code without a name is its own name."""
    name: str = shown_locale().territories.get(code, code)
    return name


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
    translation.register(app)
    app.after_request(_name_language)

    @app.context_processor
    def _language() -> dict[str, object]:
        locale = page_locale()
        return {
            "asked_locale": asked_locale(),
            "keep_locale": keep_locale,
            "page_direction": page_direction(),
            "page_language": locale,
            "page_language_name": NAMES.get(locale, locale),
        }


def _name_language(response: Response) -> Response:
    """Say which language a page has, and that the browser's languages may change it."""
    locale: str | None = g.get("page_locale") if response.mimetype == "text/html" else None
    if locale is not None:
        response.headers["Content-Language"] = locale
        if response.headers.getlist("Vary"):
            response.vary.add("Accept-Language")
        else:
            response.headers.add("Vary", "Accept-Language")
    return response
