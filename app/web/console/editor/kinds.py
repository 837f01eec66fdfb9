"""The kind of link that a form describes. If the form names no kind, its other fields decide."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from app.objects.price import Price
from app.web.console.editor.values import Values

_COLLECTION: Final = "shipping_address_collection[allowed_countries]"


@dataclass(frozen=True)
class Kinds:
    """The chosen kinds. `recurring` says whether the link is a subscription, also because of a price that exists already."""

    price: str
    tax: str
    discount: str
    ships: str
    after: str
    recurring: bool

    def chosen(self, name: str) -> str:
        """Return the choice of a helper field of the form."""
        if name == "price_kind":
            return self.price if self.price == "tiers" or not self.recurring else "recurring"
        return {
            "tax_kind": self.tax,
            "discount_kind": self.discount,
            "ships": self.ships,
            "after_completion[type]": self.after,
        }[name]


PriceKind = Literal["once", "recurring", "custom", "tiers"]


def kinds_of(values: Values, known: Mapping[str, Price], *, editing: bool = False) -> Kinds:
    """Return the kinds of a form. `known` has the prices that it names by id."""
    price = values.get("price_kind") or (
        "recurring" if "line_items[0][price_data][recurring][interval]" in values else "once"
    )
    return Kinds(
        price=price,
        tax=values.get("tax_kind") or _tax(values),
        discount=values.get("discount_kind") or _discount(values),
        ships=values.get("ships") or _ships(values),
        after=values.get("after_completion[type]") or "hosted_confirmation",
        recurring=_is_recurring(values, price, known, editing=editing),
    )


def _is_recurring(values: Values, price: str, known: Mapping[str, Price], *, editing: bool) -> bool:
    """Return whether a price of the link recurs. Items that are described in the form recur with the chosen kind."""
    if editing:
        return price in {"recurring", "tiers"}
    ids = [values.get(f"line_items[{index}][price]") for index in values.indices("line_items")]
    if any(id in known and known[id].recurring for id in ids):
        return True
    return price in {"recurring", "tiers"} and (not ids or not all(ids))


def _tax(values: Values) -> str:
    if values.get("automatic_tax[enabled]") == "true":
        return "automatic"
    return "rates" if values.entries("counterfoil[tax_rates]") else "none"


def _discount(values: Values) -> str:
    if values.get("allow_promotion_codes") == "true":
        return "codes"
    return "always" if values.get("counterfoil[coupon]") else "none"


def _ships(values: Values) -> str:
    named = values.get(_COLLECTION) or values.entries(_COLLECTION)
    return "yes" if named or values.entries("shipping_options", "[shipping_rate]") else "no"
