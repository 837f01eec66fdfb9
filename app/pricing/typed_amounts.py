"""The amounts that the text of a search may mean."""

import re
from contextlib import suppress
from typing import Final

from app.pricing.money import AmountError, parse_amount

_AMOUNT: Final = re.compile(r"[^\d.,'’-]*\d[\d.,'’ \u00a0]*[^\d.,'’-]*")
"""A number, with at most a currency's sign or code before or after it."""

_NUMBER: Final = re.compile(r"\d[\d.,'’ \u00a0]*")
_SEPARATORS: Final = re.compile(r"\D")
_CURRENCY_WITH_DECIMALS: Final = {0: "jpy", 2: "eur", 3: "kwd"}


def amounts_of(text: str, locale: str) -> tuple[tuple[int, int], ...]:
    """Return the amounts that a text may mean, in minor units by the number of a currency's decimals.

    >>> amounts_of("19.00", "en")
    ((2, 1900), (3, 19000))
    """
    number = _NUMBER.search(text)
    if number is None or _AMOUNT.fullmatch(text) is None:
        return ()
    reading = number.group().strip()
    # If a separator may group digits or begin the decimals, as in "1,250", it groups.
    return _read_amounts(reading, locale) or _read_amounts(_SEPARATORS.sub("", reading), locale)


def _read_amounts(number: str, locale: str) -> tuple[tuple[int, int], ...]:
    found = []
    for decimals, currency in _CURRENCY_WITH_DECIMALS.items():
        with suppress(AmountError):
            found.append((decimals, parse_amount(number, currency, locale)))
    return tuple(found)
