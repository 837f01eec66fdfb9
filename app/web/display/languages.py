"""The choice of a page's language, without a request: which locale a wish means, and which of several wishes is taken.

Locales are named as Checkout names them (`pt` is Portugal, `zh` is simplified Chinese), with `ar` and `he` added.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from app.objects.enumerations import LINK_LOCALES

DEFAULT: Final = "en"

AUTO: Final = "auto"
"""The wish to leave the language to the browser."""

NAMES: Final = {
    "id": "Bahasa Indonesia",
    "ms": "Bahasa Melayu",
    "cs": "Čeština",
    "da": "Dansk",
    "de": "Deutsch",
    "et": "Eesti",
    "en": "English",
    "en-GB": "English (United Kingdom)",
    "es": "Español",
    "es-419": "Español (Latinoamérica)",
    "fil": "Filipino",
    "fr": "Français",
    "fr-CA": "Français (Canada)",
    "hr": "Hrvatski",
    "it": "Italiano",
    "lv": "Latviešu",
    "lt": "Lietuvių",
    "hu": "Magyar",
    "mt": "Malti",
    "nl": "Nederlands",
    "nb": "Norsk bokmål",
    "pl": "Polski",
    "pt": "Português",
    "pt-BR": "Português (Brasil)",
    "ro": "Română",
    "sk": "Slovenčina",
    "sl": "Slovenščina",
    "fi": "Suomi",
    "sv": "Svenska",
    "vi": "Tiếng Việt",
    "tr": "Türkçe",
    "el": "Ελληνικά",
    "bg": "Български",
    "ru": "Русский",
    "he": "עברית",
    "ar": "العربية",
    "hi-IN": "हिन्दी",
    "th": "ไทย",
    "ko": "한국어",
    "ja": "日本語",
    "zh": "简体中文",
    "zh-TW": "繁體中文（台灣）",  # noqa: RUF001
    "zh-HK": "繁體中文（香港）",  # noqa: RUF001
}
"""Each language by its own name, in alphabetical order. Reading the names from Babel would load the data of all languages."""

_TAG: Final = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*")
_LONGEST_TAG: Final = 35
"""Characters that a language tag has at most (RFC 5646, 4.4.1)."""

_LONGEST_HEADER: Final = 500
"""Characters of `Accept-Language` that are read. Browsers send far fewer."""

_OTHER_NAMES: Final = {
    "cmn": "zh",
    "gsw": "de",
    "in": "id",
    "iw": "he",
    "mo": "ro",
    "nn": "nb",
    "no": "nb",
    "tl": "fil",
    "yue": "zh",
}
"""Old codes, and languages whose readers read another one."""

_AMERICAN_ENGLISH: Final = frozenset(("as", "bi", "ca", "gu", "mh", "mp", "ph", "pr", "um", "us", "vi"))
_LATIN_AMERICA: Final = frozenset(
    "419 ar bo br bz cl co cr cu do ec gt hn jp mx ni pa pe pr py sv us uy ve".split()
)  # fmt: skip
_HONG_KONG: Final = frozenset(("hk", "mo"))


@lru_cache(maxsize=1024)
def nearest_locales(tag: str) -> tuple[str, ...]:
    """Return the locales that a language tag means, nearest first: `es-MX` is `es-419`, else `es`. A text that is no tag has none."""
    tag = tag.replace("_", "-").lower()
    if len(tag) > _LONGEST_TAG or not _TAG.fullmatch(tag):
        return ()
    first, *rest = tag.split("-")
    language = _OTHER_NAMES.get(first, first)
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), "")
    region = next((part for part in rest if len(part) == 2 or (len(part) == 3 and part.isdigit())), "")
    if language == "zh":
        return _chinese(script, region, cantonese="yue" in (first, *rest))
    if language == "en":
        return ("en", "en-GB") if not region or region in _AMERICAN_ENGLISH else ("en-GB", "en")
    if language == "es":
        return ("es-419", "es") if region in _LATIN_AMERICA else ("es", "es-419")
    if language == "fr":
        return ("fr-CA", "fr") if region == "ca" else ("fr", "fr-CA")
    if language == "pt":
        return ("pt-BR", "pt") if region == "br" else ("pt", "pt-BR")
    return ("hi-IN",) if language == "hi" else (language,)


def _chinese(script: str, region: str, *, cantonese: bool) -> tuple[str, ...]:
    if script == "hans" or not (script or cantonese or region in {"tw", *_HONG_KONG}):
        return ("zh", "zh-TW", "zh-HK")
    return ("zh-HK", "zh-TW", "zh") if cantonese or region in _HONG_KONG else ("zh-TW", "zh-HK", "zh")


def link_locale(tag: str) -> str | None:
    """Return the locale that a link can have for a language tag: one of Checkout's, `ar` or `he`. None if there is none."""
    if tag.lower() == AUTO:
        return AUTO
    return next((locale for locale in nearest_locales(tag) if locale in LINK_LOCALES), None)


def choose_locale(wishes: Iterable[str | None], spoken: frozenset[str], accept_language: str = "") -> str:
    """Return the locale of a page: the first wish that is spoken, else the browser's best, else English.

    `spoken` names the locales that have a catalogue. A locale without one uses that of its language: `en-GB` that of `en`.
    The wish `auto` leaves the choice to the browser.
    """
    for wish in wishes:
        if wish and wish.lower() == AUTO and accept_language:
            break
        if wish and (found := _spoken(wish, spoken)):
            return found
    return _accepted(accept_language[:_LONGEST_HEADER], spoken) or DEFAULT


def _spoken(tag: str, spoken: frozenset[str], refused: frozenset[str] = frozenset()) -> str | None:
    return next((it for it in nearest_locales(tag) if it not in refused and is_spoken(it, spoken)), None)


def is_spoken(locale: str, spoken: frozenset[str]) -> bool:
    """Whether a catalogue has the texts of a locale. Traditional Chinese needs one of its own."""
    language = locale.partition("-")[0]
    return locale in spoken or (language in spoken and language != "zh")


@lru_cache(maxsize=1024)
def _accepted(header: str, spoken: frozenset[str]) -> str | None:
    """Return the best locale of an `Accept-Language` header. A quality of 0 refuses a language."""
    accepted = parse_accept_header(header, LanguageAccept)
    refused = frozenset(filter(None, (_named(tag) for tag, quality in accepted if quality <= 0)))
    for tag, quality in sorted(accepted, key=lambda it: -it[1]):
        if quality <= 0:
            break
        if tag == "*":
            return DEFAULT if DEFAULT not in refused else min(spoken - refused, default=None)
        if found := _spoken(tag, spoken, refused):
            return found
    return None


def _named(tag: str) -> str | None:
    """Return the locale that a tag names exactly. `en-US` names none, because there are English texts for other countries, too."""
    nearest = nearest_locales(tag)
    if not nearest:
        return None
    region = tag.replace("_", "-").lower().partition("-")[2]
    exact = not region or region in {"hans", "hant"} or nearest[0].lower().endswith(f"-{region.rpartition('-')[2]}")
    return nearest[0] if exact else None
