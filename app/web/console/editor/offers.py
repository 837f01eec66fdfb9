"""What a control of the form offers: currencies, languages, payment methods, and the rates and coupons of the account."""

from typing import Any, Final

from app.objects.currency import CURRENCIES
from app.objects.shipping_rate import ShippingRate
from app.pricing.money import format_amount
from app.services.links.stock import Stock
from app.web.console.editor.control import Control, Options
from app.web.console.editor.texts import Manner
from app.web.display.formatting import percent, with_commas
from app.web.display.languages import NAMES
from app.web.display.locale import shown_locale
from app.web.display.payment_methods import method_name
from app.web.display.translation import gettext as _
from app.web.display.translation import pgettext

_USUAL: Final = ("eur", "usd", "gbp", "chf", "jpy")
"""The currencies at the top of the list, after the one of the form."""

_MORE: Final = (
    "cny",
    "try",
    "twd",
    "bgn",
    "uah",
    "egp",
    "mad",
    "ngn",
    "kes",
    "pkr",
    "bdt",
    "lkr",
    "vnd",
    "clp",
    "pen",
    "uyu",
)


def offered(control: Control, stock: Stock, manner: Manner) -> Options:
    """Return the choices of a control: those of the account, or those that it always has."""
    match control.name:
        case "line_items[0][price_data][currency]":
            return tuple((code, _currency_name(code), "") for code in _currencies(manner))
        case "counterfoil[coupon]":
            return (("", pgettext("coupon", "None"), ""), *((it.id, it.name or it.id, "") for it in stock.coupons))
        case "counterfoil[tax_rates][{n}]":
            return tuple(
                (it.id, f"{it.display_name} {_percent(it.percentage)}".strip(), _included(it.inclusive))
                for it in stock.tax_rates
            )
        case "shipping_options[{n}][shipping_rate]":
            return tuple((it.id, _shipping_text(it, manner), "") for it in stock.shipping_rates)
        case "counterfoil[locale]":
            return tuple((code, language_name(code) if code else text, hint) for code, text, hint in control.options)
        case "payment_method_types[]":
            return tuple((code, method_name(code), "") for code, _text, _hint in control.options)
    return control.options


def _currency_name(code: str) -> str:
    """Return a currency for a list: "EUR Euro"."""
    name = shown_locale().currencies.get(code.upper(), "")
    return f"{code.upper()} {name}".strip()


def language_name(code: str) -> str:
    """Return the name of a language in that language: "Deutsch"."""
    return _("The language of the buyer’s browser") if code == "auto" else NAMES.get(code, code)


def _currencies(manner: Manner) -> list[str]:
    rest = sorted({*CURRENCIES, *_MORE}, key=_currency_name)
    return list(dict.fromkeys([manner.currency, *_USUAL, *rest]))


def _shipping_text(rate: ShippingRate, manner: Manner) -> str:
    fixed = rate.fixed_amount
    if fixed is None:
        return rate.display_name or rate.id
    amount = format_amount(fixed.amount, fixed.currency, manner.locale) if fixed.amount else _("free")
    return with_commas(rate.display_name or rate.id, amount)


def _percent(value: Any) -> str:
    return "" if value is None else percent(value)


def _included(inclusive: bool) -> str:
    return _("included in the price") if inclusive else _("added to the price")
