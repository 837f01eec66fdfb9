"""Maps Checkout's locales to Babel's."""

from functools import lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError

from app.objects.enumerations import CHECKOUT_LOCALES

DEFAULT: Final = "en"

_BABEL: Final = {
    "auto": DEFAULT,
    # For these codes, Stripe means another country than Babel.
    "pt": "pt-PT",
    "zh": "zh-Hans-CN",
    "zh-HK": "zh-Hant-HK",
    "zh-TW": "zh-Hant-TW",
}


@lru_cache(maxsize=256)
def babel_locale(locale: str) -> Locale:
    """Return Babel's locale for one of Checkout's: `zh-HK` is Chinese in traditional script, `auto` and unknown ones are English.

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


@lru_cache(maxsize=256)
def locale_tag(identifier: str) -> str:
    """Return how pages write Babel's name of a locale: `zh-HK` for `zh_Hant_HK`, `pt` for `pt_PT`, `de` for `de`."""
    tags = (tag for tag in CHECKOUT_LOCALES if tag != "auto" and str(babel_locale(tag)) == identifier)
    return next(tags, identifier.replace("_", "-"))
