"""What a buyer has sent, field by field: the entries of a form, and the selection that they make."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from wtforms.validators import StopValidation, ValidationError

from app.objects.payment_link import PaymentLink
from app.objects.selection import Answers, Consent, Selection, UrlParameters
from app.pricing.items import line_items, price_of
from app.pricing.selling import offered_items

FormData = MultiDict[str, str] | ImmutableMultiDict[str, str]

_EVERYTHING: Final = "everything"
_OF_EVERY_PAGE: Final = frozenset({"csrf_token"})


@dataclass(slots=True)
class Entry:
    """What a rule reads and writes of a field. `number` is the value of a quantity or an amount."""

    data: Any
    number: int | None = None


Entries = Mapping[str, Entry]
"""The valid entries of a form by the names of their fields."""


def check_entry(data: Any, rules: Iterable[Callable[[Any, Any], object]]) -> Entry | None:
    """Return the entry if every rule takes it, as WTForms checks a field, or None."""
    entry = Entry(data)
    try:
        for rule in rules:
            rule(None, entry)
    except StopValidation as stop:
        return None if any(stop.args) else entry  # without a message, the entry needs no further rule
    except ValidationError:
        return None
    return entry


def is_of_page(sent: FormData, fields: Collection[str]) -> bool:
    """Whether a page with these fields can have sent a post: it has no unknown name, and no name twice."""
    return all(
        name == _EVERYTHING or ((name in fields or name in _OF_EVERY_PAGE) and len(texts) == 1)
        for name, texts in sent.lists()
    )


def code_of(entries: Entries) -> str | None:
    """Return the promotion code that was typed, or that came with the page's address."""
    entry = entries.get("promotion_code")
    return (entry.data or None) if entry else None


def selection_of(link: PaymentLink, url_parameters: UrlParameters, entries: Entries) -> Selection:
    """Return what was chosen and answered. Without an entry, a quantity or an amount is the link's own."""
    quantities, unit_amounts, optional_quantities = {}, {}, {}
    for item in line_items(link):
        if (number := _number(entries, f"line_items[{item.id}][quantity]")) is not None:
            quantities[item.id] = number
        if (number := _number(entries, f"line_items[{item.id}][unit_amount]")) is not None:
            unit_amounts[item.id] = number
    for option in offered_items(link):
        if number := _number(entries, f"optional_items[{price_of(option).id}][quantity]"):
            optional_quantities[price_of(option).id] = number
    return Selection(
        answers=_answers(link, entries),
        quantities=quantities,
        unit_amounts=unit_amounts,
        optional_quantities=optional_quantities,
        url_parameters=url_parameters,
    )


def _answers(link: PaymentLink, entries: Entries) -> Answers:
    named = ((field.key, entries.get(f"custom_fields[{field.key}]")) for field in link.custom_fields)
    terms, promotions = entries.get("consent[terms_of_service]"), entries.get("consent[promotions]")
    consent = Consent(
        terms_of_service="accepted" if terms and terms.data else None,
        promotions=None if promotions is None else "opt_in" if promotions.data else "opt_out",
    )
    email = entries.get("email")
    return Answers(
        consent=consent,
        custom_fields={key: entry.data for key, entry in named if entry and entry.data},
        email=(email.data or None) if email else None,
    )


def _number(entries: Entries, name: str) -> int | None:
    entry = entries.get(name)
    return entry.number if entry else None
