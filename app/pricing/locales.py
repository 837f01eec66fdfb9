"""Checkout's locales as Babel knows them: the one place where the two are matched."""

from functools import lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError

DEFAULT: Final = "en"

_BABEL: Final = {
    "auto": DEFAULT,
    # Stripe's plain codes stand for the country where Babel's stand for another one, or for none.
    "pt": "pt-PT",
    "zh": "zh-Hans-CN",
    "zh-HK": "zh-Hant-HK",
    "zh-TW": "zh-Hant-TW",
}


@lru_cache(maxsize=256)
def babel_locale(locale: str) -> Locale:
    """Babel's locale for one of Checkout's: `zh-HK` is Chinese in traditional script, `auto` and unknown ones are English.

    Any other language tag is read as well, by its language alone where its region is unknown.
    """
    tag = locale.replace("_", "-")
    tag = _BABEL.get(tag, tag)
    for candidate in (tag, tag.partition("-")[0], DEFAULT):
        try:
            return Locale.parse(candidate, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    raise AssertionError("Babel always knows English")
