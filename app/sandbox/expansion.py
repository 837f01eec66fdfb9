"""`expand[]` on the sandbox's documents: which attribute leads to which object, and the answer with what was asked for.

A table says what can be expanded, so that a path is refused or answered whatever the document holds.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from app.errors import InvalidRequest
from app.sandbox.account import Document

MAXIMUM_DEPTH: Final = 4

Resolve = Callable[[str, str], Document | None]
"""From the kind and the id of an object to its document."""


@dataclass(frozen=True)
class _Link:
    """An attribute that is a reference by id, one that is left out unless asked for, or one that always holds objects."""

    kind: Literal["reference", "included", "inside"]
    target: str = ""


def _reference(target: str) -> _Link:
    return _Link("reference", target)


def _included(target: str = "") -> _Link:
    return _Link("included", target)


_LINKS: Final[Mapping[str, Mapping[str, _Link]]] = {
    "product": {"default_price": _reference("price")},
    "price": {"product": _reference("product"), "tiers": _included(), "currency_options": _included()},
    "coupon": {"applies_to": _included(), "currency_options": _included()},
    "promotion_code": {
        "customer": _reference("customer"),
        "promotion.coupon": _reference("coupon"),
        "restrictions.currency_options": _included(),
    },
    "shipping_rate": {"fixed_amount.currency_options": _included()},
    "checkout.session": {
        "customer": _reference("customer"),
        "discounts.coupon": _reference("coupon"),
        "discounts.promotion_code": _reference("promotion_code"),
        "line_items": _included("item"),
        "payment_intent": _reference("payment_intent"),
        "shipping_cost.shipping_rate": _reference("shipping_rate"),
        "shipping_cost.taxes": _included(),
        "shipping_options.shipping_rate": _reference("shipping_rate"),
        "subscription": _reference("subscription"),
        "total_details.breakdown": _included(),
    },
    "item": {
        "discounts": _included(),
        "discounts.discount": _Link("inside", "discount"),
        "price": _Link("inside", "price"),
        "taxes": _included(),
    },
    "discount": {"source.coupon": _reference("coupon"), "promotion_code": _reference("promotion_code")},
    "payment_intent": {"customer": _reference("customer"), "latest_charge": _reference("charge")},
    "charge": {
        "customer": _reference("customer"),
        "payment_intent": _reference("payment_intent"),
        "refunds": _included("refund"),
    },
    "refund": {"charge": _reference("charge"), "payment_intent": _reference("payment_intent")},
    "subscription": {"customer": _reference("customer")},
    "invoice_payment": {"payment.payment_intent": _reference("payment_intent")},
    "tax_rate": {},
    "event": {},
    "customer": {},
}

_Tree = dict[str, Any]


def check(object: str, paths: Collection[str]) -> None:
    """Refuse a path that leads to nothing expandable in this kind of object, or deeper than four levels."""
    for path in paths:
        kind, prefix, last = object, "", _Link("inside")
        segments = [segment for segment in path.split(".") if segment != "data"]
        if len(segments) > MAXIMUM_DEPTH:
            raise InvalidRequest("You cannot expand more than 4 levels of a property.", param="expand")
        for segment in segments:
            prefix = f"{prefix}.{segment}" if prefix else segment
            link = _LINKS.get(kind, {}).get(prefix)
            known = any(name.startswith(f"{prefix}.") for name in _LINKS.get(kind, {}))
            if link is None and not known:
                raise _refused(path)
            last = link or _Link("inside")
            if link is not None and link.target:
                kind, prefix = link.target, ""
        if last.kind == "inside":
            raise _refused(path)


def _refused(path: str) -> InvalidRequest:
    return InvalidRequest(f"This property cannot be expanded ({path[:100]}).", param="expand")


def render(document: Document, paths: Collection[str] = (), *, resolve: Resolve | None = None) -> Document:
    """The document as it is answered: private keys gone, included attributes only where asked for, references followed."""
    tree: _Tree = {}
    for path in paths:
        branch = tree
        for segment in path.split("."):
            branch = branch.setdefault(segment, {})
    answer: Document = _object(document, tree, "", "", resolve)
    return answer


def _object(node: Mapping[str, Any], tree: _Tree, kind: str, prefix: str, resolve: Resolve | None) -> Document:
    if isinstance(node.get("object"), str):
        kind, prefix = node["object"], ""
    links = _LINKS.get(kind, {})
    answer: Document = {}
    for key, value in node.items():
        path = f"{prefix}.{key}" if prefix else key
        link = links.get(path)
        if key.startswith("_") or (link is not None and link.kind == "included" and key not in tree):
            continue
        if resolve and link is not None and link.kind == "reference" and key in tree and isinstance(value, str):
            value = resolve(link.target, value) or value
        answer[key] = _value(value, tree.get(key, {}), kind, path, resolve)
    return answer


def _value(value: Any, tree: _Tree, kind: str, path: str, resolve: Resolve | None) -> Any:
    if isinstance(value, Mapping):
        return _object(value, tree, kind, path, resolve)
    if isinstance(value, list):
        return [_value(entry, tree, kind, path, resolve) for entry in value]
    return value
