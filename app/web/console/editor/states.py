"""The line of each closed group: its settings in a few words."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from app.pricing.money import format_amount
from app.web.console.editor.kinds import Kinds
from app.web.console.editor.texts import Manner
from app.web.console.editor.values import Values
from app.web.display.formatting import date, with_commas
from app.web.display.languages import NAMES
from app.web.display.locale import country_name
from app.web.display.translation import gettext as _
from app.web.display.translation import ngettext, pgettext

State = tuple[str, bool]
"""The line, and whether the group differs from what a new form has."""

_COUNT_DIGITS: Final = 4
"""Digits of the longest number of intervals between two payments: Stripe allows 3 years, which are 1,095 days."""


def states_of(params: Mapping[str, Any], values: Values, kinds: Kinds, manner: Manner) -> dict[str, State]:
    """Return the line of each group by its name. `params` is what the form says."""
    return {
        "items": _items(params),
        "questions": _questions(params),
        "texts": _texts(params),
        "type": (_type(values, kinds), kinds.recurring or kinds.price != "once"),
        "shipping": _shipping(params, kinds),
        "tax": _TAX[kinds.tax]() if kinds.tax in _TAX else ("", False),
        "discounts": _DISCOUNT[kinds.discount]() if kinds.discount in _DISCOUNT else ("", False),
        "limits": _limits(params, manner),
        "after": (_("A page of yours"), True) if kinds.after == "redirect" else (_("Our receipt page"), False),
        "invoice": _invoice(params),
        "sites": _sites(params),
        "language": _language(params),
        "translations": _translations(params),
        "advanced": (_("For developers and platforms"), False),
    }


def summary_of(values: Values, kinds: Kinds, params: Mapping[str, Any], manner: Manner) -> str:
    """Return the line beside the button: "€9.50, paid once"."""
    amounts = [item["price_data"].get("unit_amount") for item in params.get("line_items", ()) if "price_data" in item]
    parts = []
    if amounts and None not in amounts:
        quantities = [int(item.get("quantity") or 1) for item in params["line_items"] if "price_data" in item]
        total = sum(amount * quantity for amount, quantity in zip(amounts, quantities, strict=True))
        parts.append(format_amount(total, manner.currency, manner.locale))
    how = _type(values, kinds)
    parts.append(how if not parts else how[:1].lower() + how[1:])
    return with_commas(*parts)


def _items(params: Mapping[str, Any]) -> State:
    count, options = len(params.get("line_items", ())), len(params.get("optional_items", ()))
    items = ngettext("One item", "%(num)s items", max(count, 1))
    extra = ngettext("one optional item", "%(num)s optional items", options) if options else ""
    return with_commas(items, extra), count > 1 or options > 0


def _questions(params: Mapping[str, Any]) -> State:
    labels = [
        question["label"]["custom"] for question in params.get("custom_fields", ()) if question["label"]["custom"]
    ]
    asked = [
        text
        for name, text in (
            ("phone_number_collection", _("phone number")),
            ("billing_address_collection", _("billing address")),
            ("name_collection", _("name")),
        )
        if name in params
    ]
    found = [*labels, *asked]
    return (with_commas(*found), True) if found else (_("No questions"), False)


def _texts(params: Mapping[str, Any]) -> State:
    consents = params.get("consent_collection", {})
    ours = params.get("counterfoil", {})
    found = [
        text
        for present, text in (
            (consents.get("terms_of_service") == "required", _("Terms")),
            (consents.get("promotions") == "auto", _("News")),
            (bool(params.get("custom_text")) or bool({"title", "description", "image"} & ours.keys()), _("Own texts")),
        )
        if present
    ]
    return (with_commas(*found), True) if found else (_("No consents, no own texts"), False)


def _type(values: Values, kinds: Kinds) -> str:
    if kinds.price == "custom" and not kinds.recurring:
        return _("Buyers choose the amount")
    if not kinds.recurring:
        return _("Paid once")
    prefix = "line_items[0][price_data][recurring]"
    count = values.get(f"{prefix}[interval_count]") or "1"
    interval = values.get(f"{prefix}[interval]") or "month"
    if f"{prefix}[interval]" not in values and kinds.price != "recurring":
        return _("A subscription")
    if count == "1":
        every = {"day": _("Every day"), "week": _("Every week"), "month": _("Every month"), "year": _("Every year")}
        return every.get(interval, _("A subscription"))
    return _every(interval, int(count)) if count.isdecimal() and len(count) <= _COUNT_DIGITS else _("A subscription")


def _every(interval: str, count: int) -> str:
    match interval:
        case "day":
            return ngettext("Every %(num)s day", "Every %(num)s days", count)
        case "week":
            return ngettext("Every %(num)s week", "Every %(num)s weeks", count)
        case "month":
            return ngettext("Every %(num)s month", "Every %(num)s months", count)
        case "year":
            return ngettext("Every %(num)s year", "Every %(num)s years", count)
    return _("A subscription")


def _shipping(params: Mapping[str, Any], kinds: Kinds) -> State:
    if kinds.ships != "yes":
        return _("Nothing to ship"), False
    countries = params.get("shipping_address_collection", {}).get("allowed_countries", [])
    if len(countries) > 3:
        return ngettext("%(num)s country", "%(num)s countries", len(countries)), True
    return with_commas(*(country_name(code) for code in countries)) or _("With delivery options"), True


_TAX: Final[Mapping[str, Callable[[], State]]] = {
    "none": lambda: (_("Nothing is added"), False),
    "rates": lambda: (_("A fixed rate"), True),
    "automatic": lambda: (_("Stripe works it out"), True),
}
_DISCOUNT: Final[Mapping[str, Callable[[], State]]] = {
    "none": lambda: (_("No discount"), False),
    "codes": lambda: (_("Buyers can enter a code"), True),
    "always": lambda: (_("A coupon for everybody"), True),
}


def _limits(params: Mapping[str, Any], manner: Manner) -> State:
    limit = params.get("restrictions", {}).get("completed_sessions", {}).get("limit")
    ours = params.get("counterfoil", {})
    zone = str(manner.zone)
    if limit is None:
        first = _("Any number")
    elif str(limit) == "1":
        first = _("Can be paid once")
    else:
        first = ngettext("%(num)s can pay", "%(num)s can pay", int(limit))
    opens, closes = ours.get("opens_at"), ours.get("closes_at")
    parts = [first, _("from %(date)s", date=date(opens, zone)) if opens else _("from now on")]
    if closes:
        parts.append(_("until %(date)s", date=date(closes, zone)))
    return with_commas(*parts), limit is not None or bool(opens or closes)


def _invoice(params: Mapping[str, Any]) -> State:
    reference = params.get("counterfoil", {}).get("reference")
    enabled = params.get("invoice_creation", {}).get("enabled")
    first = _("Number %(reference)s", reference=reference) if reference else _("No reference")
    second = _("an invoice from Stripe") if enabled else _("no invoice from Stripe")
    return with_commas(first, second), bool(reference or enabled)


def _sites(params: Mapping[str, Any]) -> State:
    origins = params.get("counterfoil", {}).get("embed_origins", [])
    return (
        (with_commas(*(origin.partition("://")[2] or origin for origin in origins)), True)
        if origins
        else (_("None: the link only"), False)
    )


def _translations(params: Mapping[str, Any]) -> State:
    found = params.get("counterfoil", {}).get("translations", {})
    return (
        (with_commas(*(NAMES[language] for language in found)), True)
        if found
        else (pgettext("languages", "None"), False)
    )


def _language(params: Mapping[str, Any]) -> State:
    ours = params.get("counterfoil", {})
    locale, slug = ours.get("locale"), ours.get("slug")
    language = _("Language %(code)s", code=locale) if locale else _("The buyer’s language")
    address = f"/pay/{slug}" if slug else _("random address")
    return with_commas(language, address), bool(locale or slug)
