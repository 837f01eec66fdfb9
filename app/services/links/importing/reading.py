"""Reads a Payment Link as Stripe answers it: the same id and content, with an address on this server. Pure.

Everything that Stripe has stays: new words of enumerations, longer texts, attributes that we do not know. What cannot be sold any more
is switched off, with a note that says why.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from pydantic import ValidationError

from app.errors import InvalidRequest
from app.objects.base import whole
from app.objects.payment_link import Counterfoil, PaymentLink
from app.objects.price import Price, Product
from app.objects.scalars import UNSTORABLE
from app.pricing.selling import why_not_sold
from app.services.links.rules import money
from app.wire.errors import invalid_request, missing_paths, null_paths
from app.wire.form import bracketed

_OURS: Final = frozenset({"counterfoil", "id", "livemode", "object", "url"})
"""The attributes of a link that an update from Stripe never changes."""

Path = tuple[str | int, ...]

_GONE: Final = object()


@dataclass(frozen=True)
class Read:
    """A link that was read, and notes for the merchant about what differs from Stripe."""

    link: PaymentLink
    notes: tuple[str, ...] = ()


def read_link(data: Mapping[str, Any], counterfoil: Counterfoil) -> Read:
    """Return Stripe's object with line items and prices as our link. Raises `InvalidRequest` if it cannot be read."""
    # A copy, in the plain types of JSON.
    attributes: dict[str, Any] = json.loads(json.dumps(data))
    _check_texts(attributes, ())
    attributes["counterfoil"] = counterfoil
    link, dropped = _read_without_nulls(attributes)
    if link.restrictions is not None and link.restrictions.completed_sessions.count < 0:
        raise InvalidRequest("The count must not be negative.", param="restrictions[completed_sessions][count]")
    for index, item in enumerate(link.optional_items or ()):
        if isinstance(item.price, str):
            raise InvalidRequest("The price was not read.", param=f"optional_items[{index}][price]")
    money.one_currency(link)
    read = _switched_off(link)
    return replace(read, notes=(*read.notes, *dropped))


def stripe_attributes(link: PaymentLink) -> dict[str, Any]:
    """Return the attributes of a link that Stripe decides on, as JSON data."""
    return {name: value for name, value in whole(link).items() if name not in _OURS}


def _read_without_nulls(attributes: dict[str, Any]) -> tuple[PaymentLink, list[str]]:
    """Return the link, and notes about objects that were left out. Raises `InvalidRequest` if the link cannot be read.

    A null in place of a value becomes our default. If there is no default, the object around it is left out.
    """
    removed: set[Path] = set()
    notes: list[str] = []
    while True:
        try:
            return PaymentLink.read_whole(attributes), notes
        except ValidationError as error:
            unfit = set(null_paths(error, PaymentLink))
            around = {path[:-1] for path in missing_paths(error, PaymentLink) if path in removed}
            found = [path for path in sorted(unfit | around, key=str) if _remove(attributes, path)]
            if not found:
                raise invalid_request(error, PaymentLink) from None
            removed |= set(found)
            notes += [
                f"Left out {bracketed(list(path))}: Stripe answers null inside it." for path in found if path in around
            ]


def _remove(value: Any, path: Path) -> bool:
    """Remove one attribute. Return whether it was there. An entry of a list stays."""
    for segment in path[:-1]:
        try:
            value = value[segment]
        except (IndexError, KeyError, TypeError):
            return False
    return bool(path) and isinstance(value, dict) and value.pop(path[-1], _GONE) is not _GONE


def _switched_off(link: PaymentLink) -> Read:
    """Switch the link off if one of its items cannot be sold, with a note. Stripe keeps such a link active and refuses to sell."""
    if not link.active:
        return Read(link)
    items = link.line_items.data if link.line_items else ()
    notes = [note for index, item in enumerate(items) if (note := _unsold(item.price, f"line_items[{index}][price]"))]
    if not items:
        notes = ["The link has no items."]
    return Read(link.model_copy(update={"active": False}), tuple(notes)) if notes else Read(link)


def _unsold(price: Price | None, place: str) -> str | None:
    """Return a note about a price that cannot be sold."""
    if price is None:
        return f"Switched off: {place} is gone at Stripe."
    if not price.active:
        return f"Switched off: {place} {price.id} is archived."
    product = price.product
    if isinstance(product, Product) and not product.active:
        deleted = (product.model_extra or {}).get("deleted") is True
        return f"Switched off: the product {product.id} is {'deleted' if deleted else 'archived'}."
    unsold = why_not_sold(price)
    return f"Switched off: {unsold.message}" if unsold else None


def _check_texts(value: Any, path: Path) -> None:
    """Raise `InvalidRequest` for a text that no database can store."""
    if isinstance(value, str) and UNSTORABLE.search(value):
        message = "The text has a character that cannot be stored."
        raise InvalidRequest(message, param=bracketed(list(path)) if path else None)
    if isinstance(value, dict):
        for name, entry in value.items():
            _check_texts(name, path)
            _check_texts(entry, (*path, name))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            _check_texts(entry, (*path, index))
