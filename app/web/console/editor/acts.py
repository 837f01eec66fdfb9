"""What the buttons of the form do without a script: add, remove, move and find. The whole form comes back with its values."""

import re
from typing import Final

from app.objects.price import Price
from app.web.console.editor.controls.first import AMOUNT, NAME
from app.web.console.editor.translations import add_language, remove_language
from app.web.console.editor.values import Values

ACTS: Final = ("add", "remove", "move_up", "move_down", "find", "resume")

LISTS: Final = {
    "item": "line_items",
    "optional item": "optional_items",
    "question": "custom_fields",
    "tier": "line_items[0][tiers]",
}
"""The lists of the form, as the values of their buttons name an entry: "question 2"."""

_GROUPS: Final = {
    "line_items": "items",
    "optional_items": "items",
    "custom_fields": "questions",
    "line_items[0][tiers]": "type",
}
_ADDED: Final = {
    "line_item": "line_items",
    "optional_item": "optional_items",
    "custom_field": "custom_fields",
    "tier": "line_items[0][tiers]",
}
_ENTRY: Final = re.compile(r"(item|optional item|question|tier) ([1-9][0-9]{0,3})")
_FIRST_FIELD: Final = {
    "line_items": "[quantity]",
    "optional_items": "[quantity]",
    "custom_fields": "[type]",
    "line_items[0][tiers]": "[up_to]",
}
_FIRST_VALUE: Final = {"line_items": "1", "optional_items": "1", "custom_fields": "text", "line_items[0][tiers]": ""}

SHIPPING_RATE: Final = "shipping_rate"
"""What the button says that makes a new delivery option."""

COUNTRIES: Final = "shipping_address_collection[allowed_countries]"
EUROPEAN_UNION: Final = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"


def do(values: Values, known: dict[str, Price]) -> str:
    """Do what the pressed button says. Return the group that it belongs to."""
    act = next((name for name in ACTS if name in values), "")
    target = values.get(act)
    for name in ACTS:
        values.set(name, "")
    if act == "resume":
        return ""  # the form came back after a log-in
    if act == "add":
        return _add(values, target, known)
    kind, _separator, language = target.partition(" ")
    if act == "remove" and kind == "translation":
        remove_language(values, language)
        return "translations"
    found = _ENTRY.fullmatch(target)
    if found is None:
        return "items"
    name, position = LISTS[found[1]], int(found[2]) - 1
    indices = values.indices(name)
    if position < len(indices):
        if act == "remove":
            _remove(values, name, indices, position)
        else:
            _swap(values, name, indices, position, position + (1 if act == "move_down" else -1))
    return _GROUPS[name]


def added_price(values: Values) -> str | None:
    """Return the id of the price that the pressed button adds, or None."""
    kind, _separator, id = values.get("add").partition(":")
    return id if kind in {"price", "optional"} and id else None


def _add(values: Values, target: str, known: dict[str, Price]) -> str:
    if target == "eu_countries":
        given = values.get(COUNTRIES).replace(",", " ").split()
        values.set(COUNTRIES, " ".join(dict.fromkeys([*given, *EUROPEAN_UNION.split()])))
        values.set("ships", "yes")
        return "shipping"
    if target == "translation":
        add_language(values, values.get("add_language"))
        return "translations"
    if target == SHIPPING_RATE:
        return "shipping"  # the view makes it at Stripe
    kind, _separator, id = target.partition(":")
    if kind in {"price", "optional"} and id:
        _add_price(values, kind, id, known)
        return "items"
    if target in _ADDED:
        name = _ADDED[target]
        index = max(values.indices(name), default=-1) + 1
        values.fields.setlist(f"{name}[{index}]{_FIRST_FIELD[name]}", [_FIRST_VALUE[name]])
        return _GROUPS[name]
    # One more pair of a name and a value.
    for part in ("key", "value"):
        field = f"{target}_{part}[]"
        values.fields.setlist(field, [*values.all(field), ""])
    return "invoice" if target.startswith("invoice_creation") else "advanced"


def _add_price(values: Values, kind: str, id: str, known: dict[str, Price]) -> None:
    """Add an item with a price that exists. It takes the place of a first item that nothing was entered for."""
    if kind == "optional":
        index = max(values.indices("optional_items"), default=-1) + 1
        values.set(f"optional_items[{index}][price]", id)
        values.set(f"optional_items[{index}][quantity]", "1")
        return
    indices = values.indices("line_items")
    empty = [index for index in indices if not _is_described(values, index)]
    index = empty[0] if empty else max(indices, default=-1) + 1
    values.set(f"line_items[{index}][price]", id)
    if not values.get(f"line_items[{index}][quantity]"):
        values.set(f"line_items[{index}][quantity]", "1")
    if id in known and known[id].recurring is not None:
        values.set("price_kind", "recurring")
    if index == 0 and id in known:
        values.set("line_items[0][price_data][currency]", known[id].currency)


def _is_described(values: Values, index: int) -> bool:
    names = (f"line_items[{index}][price]", NAME.at(index).name, AMOUNT.at(index).name)
    return any(values.get(name).strip() for name in names)


def _remove(values: Values, name: str, indices: list[int], position: int) -> None:
    values.drop(f"{name}[{indices[position]}]")
    for before, after in zip(indices[position + 1 :], indices[position:], strict=False):
        values.move(f"{name}[{before}]", f"{name}[{after}]")


def _swap(values: Values, name: str, indices: list[int], one: int, other: int) -> None:
    if not 0 <= other < len(indices):
        return
    first, second = f"{name}[{indices[one]}]", f"{name}[{indices[other]}]"
    values.move(first, "moved")
    values.move(second, first)
    values.move("moved", second)
