"""Parses and formats amounts as people write them. No amount is ever a float.

The number of decimals is Stripe's (`app/objects/currency.py`). Symbols, separators and their positions are Babel's.
"""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.numbers import NumberPattern, get_currency_symbol, get_decimal_symbol, get_group_symbol, parse_pattern

from app.languages.locales import babel_locale
from app.objects.currency import exponent, has_zero_cents, is_chargeable
from app.pricing.currency_signs import currency_signs

MAXIMUM_DIGITS: Final = 15
"""More digits than any charge has. Longer numbers are refused before they are parsed."""

NO_BREAK_SPACE: Final = "\u00a0"

# Characters with one meaning in every locale: an apostrophe groups digits, an Arabic decimal separator does not.
_GROUP: Final = " "
_DECIMAL: Final = "\u066b"
_SAME: Final = {
    "'": _GROUP,
    "\u2019": _GROUP,
    "\u02bc": _GROUP,
    "\uff07": _GROUP,
    "\u066c": _GROUP,
    "\uff0e": ".",
    "\uff0c": ",",
    # The keyboards of Arabic and of Japanese and Chinese write these for a comma and a point.
    "\u060c": ",",
    "\u3001": ",",
    "\u3002": ".",
    "\u2212": "-",
    "\uff0d": "-",
    "\u2010": "-",
    "\u2011": "-",
    "\u2012": "-",
    "\u2013": "-",
    "\u2014": "-",
    "\u2015": "-",
}
_NO_CENTS: Final = re.compile(r"(?<=\d)[.,:] ?-{1,2}$")
"""A dash after the decimal separator: "25.–", "25,--", "25:-"."""

_MARKS: Final = 3
"""How many signs may stand on each side of a number: "US$ 25.– USD" has two."""


class AmountError(ValueError):
    """A text is not an amount in this currency. `code` says why:

    empty, negative, not_a_number, ambiguous (1.234 where a point neither groups nor divides), too_many_decimals (12.345 euros,
    or a half króna), too_large.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def parse_amount(text: str, currency: str, locale: str) -> int:
    """Return the amount in minor units of a text in the major unit: "12.50", "12,50", "1 234,5".

    Digits may be of any script, groups of three or as in India, with spaces, apostrophes or the locale's own sign. The currency may
    stand before or after, as people write it ("US$25", "1500円", "Fr. 25", "25 Euro").
    Where one separator could mean either thing, the locale decides. Raises `AmountError` for what is
    no amount, and for an amount that Stripe does not charge in this currency.
    """
    plain = _without_currency(_plain(text), currency, babel_locale(locale))
    if not plain:
        raise AmountError("empty")
    if plain.startswith("-"):
        raise AmountError("negative")
    whole, decimals = _split(plain, babel_locale(locale))
    places = exponent(currency)
    if len(decimals) > places:
        raise AmountError("too_many_decimals")
    if len(whole) > MAXIMUM_DIGITS:
        raise AmountError("too_large")
    amount = int(whole + decimals.ljust(places, "0") or "0")
    if not is_chargeable(amount, currency):
        raise AmountError("too_many_decimals")
    return amount


@lru_cache(maxsize=4096)
def format_amount(amount: int, currency: str, locale: str) -> str:
    """Format an amount in minor units for people: "12,50 €". Króna and shilling are shown without their zero cents."""
    places = 0 if has_zero_cents(currency) and is_chargeable(amount, currency) else exponent(currency)
    return _format(_major(Decimal(amount), currency), currency, locale, places)


@lru_cache(maxsize=1024)
def format_decimal_amount(amount: Decimal, currency: str, locale: str) -> str:
    """Format an amount with a fraction of a minor unit, with all of its decimals: half a cent is "0,005 €"."""
    value = _major(amount, currency).normalize()
    places = max(exponent(currency), -int(value.as_tuple().exponent))
    return _format(value, currency, locale, places)


def format_amount_plain(amount: int, currency: str, locale: str) -> str:
    """Format an amount for an input: no symbol, no groups, the locale's decimal separator: "12.50" or "12,50"."""
    text = format(_major(Decimal(amount), currency), f".{exponent(currency)}f")
    if has_zero_cents(currency) and is_chargeable(amount, currency):
        text = text.partition(".")[0]
    return text.replace(".", get_decimal_symbol(babel_locale(locale)))


def _major(amount: Decimal, currency: str) -> Decimal:
    return amount.scaleb(-exponent(currency))


def _format(value: Decimal, currency: str, locale: str, places: int) -> str:
    known = babel_locale(locale)
    pattern = _pattern(currency, known, places)
    return str(pattern.apply(value, known, currency=currency.upper(), currency_digits=False))


@lru_cache(maxsize=1024)
def _pattern(currency: str, locale: Locale, places: int) -> NumberPattern:
    """Return the locale's pattern with a number of decimals. A symbol of letters is separated from the digits, as CLDR requires."""
    text = locale.currency_formats["standard"].pattern
    symbol = get_currency_symbol(currency.upper(), locale)
    if symbol[-1].isalpha():
        text = text.replace("¤#", f"¤{NO_BREAK_SPACE}#")
    if symbol[0].isalpha():
        text = text.replace("0¤", f"0{NO_BREAK_SPACE}¤")
    pattern = parse_pattern(text)
    pattern.frac_prec = (places, places)
    return pattern


def _plain(text: str) -> str:
    """Return the text with ASCII digits, one kind of space and no invisible characters, trimmed."""
    characters = []
    for character in text:
        digit = unicodedata.decimal(character, None)
        category = unicodedata.category(character)
        if digit is not None:
            characters.append(str(digit))
        elif category == "Zs":
            characters.append(_GROUP)
        elif category != "Cf":
            characters.append(_SAME.get(character, _narrow(character)))
    return "".join(characters).strip()


def _narrow(character: str) -> str:
    """Return the plain form of a full-width letter or currency sign, and any other character as it is."""
    # Other forms of digits, such as the raised ones, have another meaning.
    return unicodedata.normalize("NFKC", character) if "\uff01" <= character <= "\uffee" else character


def _without_currency(plain: str, currency: str, locale: Locale) -> str:
    """Remove the currency's sign, code or name before and after the number, and a dash that stands for no cents: "25.–"."""
    signs = _plain_signs(currency, locale)
    rest = plain.casefold()
    for _ in range(_MARKS):
        before = rest
        rest = _NO_CENTS.sub("", rest)
        sign = next((sign for sign in signs if rest.startswith(sign)), "")
        rest = rest.removeprefix(sign).strip()
        sign = next((sign for sign in signs if rest.endswith(sign)), "")
        rest = rest.removesuffix(sign).strip()
        if rest == before:
            break
    return rest


@lru_cache(maxsize=1024)
def _plain_signs(currency: str, locale: Locale) -> tuple[str, ...]:
    """Return the signs of a currency as `_plain` writes them, in the order in which they are tried."""
    return tuple(filter(None, dict.fromkeys(map(_plain, currency_signs(currency, locale)))))


def _split(plain: str, locale: Locale) -> tuple[str, str]:
    """Return the digits before and after the decimal separator. Raises `AmountError` if the separator is ambiguous."""
    if not set(plain) <= {*"0123456789.,", _GROUP, _DECIMAL} or not set(plain) & set("0123456789"):
        raise AmountError("not_a_number")
    mark = _decimal_mark(plain, locale)
    whole, _, decimals = plain.rpartition(mark) if mark else (plain, "", "")
    groups = _groups(whole)
    if (decimals and not decimals.isdigit()) or not _is_well_grouped(groups):
        raise AmountError("not_a_number")
    return "".join(groups), decimals


def _decimal_mark(plain: str, locale: Locale) -> str | None:
    """Return the character before the decimals, or None if every separator groups digits."""
    marks = [character for character in plain if character in (".", ",", _DECIMAL)]
    if not marks:
        return None
    last = marks[-1]
    if marks.count(last) > 1:
        return None
    if last == _DECIMAL or len(marks) > 1 or _GROUP in plain or last == get_decimal_symbol(locale):
        return last
    before, _, after = plain.partition(last)
    if len(after) != 3 or not 1 <= len(before) <= 3 or before.startswith("0"):
        return last  # a group of digits has another length, or another start
    if last == get_group_symbol(locale):
        return None
    raise AmountError("ambiguous")


def _groups(whole: str) -> list[str]:
    """Split the digits into groups. A second kind of separator stays in its group, which then is not digits."""
    separators = [character for character in whole if not character.isdigit()]
    return whole.split(separators[0]) if separators else [whole]


def _is_well_grouped(groups: Sequence[str]) -> bool:
    """Return whether the groups have three digits, or two before the last three, as in India. A single group has any length."""
    if len(groups) == 1:
        return not groups[0] or groups[0].isdigit()
    if not all(group.isdigit() for group in groups) or not 1 <= len(groups[0]) <= 3 or len(groups[-1]) != 3:
        return False
    lengths = {len(group) for group in groups[1:-1]}
    return lengths <= {3} or (lengths == {2} and len(groups[0]) <= 2)
