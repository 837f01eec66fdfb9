"""`expand[]` on the sandbox's documents, by a table of the attributes that can be expanded.

A path is checked against the table and not against the document, so it is always accepted or always refused.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

from app.objects.scalars import abbreviate
from app.sandbox.account import Document
from app.wire.expand import ExpandPath

Resolve = Callable[[str, str], Document | None]
"""Finds the document of an object by its kind and id."""


@dataclass(frozen=True)
class _Link:
    """An attribute: the id of another object, a value or a list that is left out unless expanded, or one that always has objects.

    `target` is the kind of object; `others` are further kinds that the id may be of.
    """

    kind: Literal["reference", "included", "list", "answered_list", "inside"]
    target: str = ""
    others: tuple[str, ...] = ()


def _reference(target: str, *others: str) -> _Link:
    return _Link("reference", target, others)


def _included() -> _Link:
    return _Link("included")


def _list(target: str) -> _Link:
    return _Link("list", target)


_LINKS: Final[Mapping[str, Mapping[str, _Link]]] = {
    "product": {"default_price": _reference("price"), "tax_code": _reference("tax_code")},
    "price": {"product": _reference("product"), "tiers": _included(), "currency_options": _included()},
    "coupon": {"applies_to": _included(), "currency_options": _included()},
    "promotion_code": {
        "customer": _reference("customer"),
        "promotion.coupon": _reference("coupon"),
        "restrictions.currency_options": _included(),
    },
    "shipping_rate": {"fixed_amount.currency_options": _included(), "tax_code": _reference("tax_code")},
    "checkout.session": {
        "customer": _reference("customer"),
        "invoice": _reference("invoice"),
        "discounts.coupon": _reference("coupon"),
        "discounts.promotion_code": _reference("promotion_code"),
        "line_items": _list("item"),
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
    "discount": {
        "customer": _reference("customer"),
        "promotion_code": _reference("promotion_code"),
        "source.coupon": _reference("coupon"),
    },
    "payment_intent": {
        "customer": _reference("customer"),
        "latest_charge": _reference("charge"),
        "payment_method": _reference("payment_method"),
    },
    "payment_method": {"customer": _reference("customer")},
    "balance": {},
    "balance_transaction": {"source": _reference("charge", "refund")},
    "charge": {
        "balance_transaction": _reference("balance_transaction"),
        "customer": _reference("customer"),
        "payment_intent": _reference("payment_intent"),
        "refunds": _list("refund"),
    },
    "dispute": {"charge": _reference("charge"), "payment_intent": _reference("payment_intent")},
    "refund": {
        "balance_transaction": _reference("balance_transaction"),
        "charge": _reference("charge"),
        "failure_balance_transaction": _reference("balance_transaction"),
        "payment_intent": _reference("payment_intent"),
    },
    "subscription": {
        "customer": _reference("customer"),
        "default_payment_method": _reference("payment_method"),
        "items": _Link("answered_list", "subscription_item"),
        "latest_invoice": _reference("invoice"),
    },
    "subscription_item": {"price": _Link("inside", "price")},
    "invoice": {
        "customer": _reference("customer"),
        "default_payment_method": _reference("payment_method"),
        "lines": _Link("answered_list", "line_item"),
        "parent.subscription_details.subscription": _reference("subscription"),
    },
    "line_item": {
        "pricing.price_details.price": _reference("price"),
        "subscription": _reference("subscription"),
    },
    "invoice_payment": {"invoice": _reference("invoice"), "payment.payment_intent": _reference("payment_intent")},
    "tax_rate": {},
    "event": {},
    "customer": {},
}

_ELSEWHERE: Final[Mapping[str, tuple[str, ...]]] = {
    "charge": (
        "application", "application_fee", "failure_balance_transaction", "on_behalf_of", "payment_method_details.card.mandate",
        "payment_method_details.us_bank_account.mandate", "review", "source_transfer", "transfer", "transfer_data.destination",
        *(
            f"payment_method_details.{method}.generated_sepa_debit{what}"
            for method in ("bancontact", "ideal", "sofort")
            for what in ("", "_mandate")
        ),
    ),
    "checkout.session": (
        "automatic_tax.liability.account", "invoice_creation.invoice_data.issuer.account", "payment_link", "setup_intent",
    ),
    "customer": ("default_source", "invoice_settings.default_payment_method"),
    "dispute": tuple(
        f"evidence.{name}"
        for name in (
            "cancellation_policy", "customer_communication", "customer_signature", "duplicate_charge_documentation", "receipt",
            "refund_policy", "service_documentation", "shipping_documentation", "uncategorized_file",
        )
    ),
    "invoice": (
        "account_tax_ids", "application", "automatic_tax.liability.account", "default_source", "discounts", "from_invoice.invoice",
        "issuer.account", "latest_revision", "on_behalf_of", "shipping_cost.shipping_rate", "total_discount_amounts.discount",
        "total_pretax_credit_amounts.discount",
    ),
    "invoice_payment": ("payment.charge", "payment.payment_record"),
    "line_item": ("discount_amounts.discount", "discounts", "pretax_credit_amounts.discount"),
    "payment_intent": (
        "application", "on_behalf_of", "payment_record", "review", "source", "transfer_data.destination",
    ),
    "payment_method": (
        "card.generated_from.setup_attempt", "sepa_debit.generated_from.charge", "sepa_debit.generated_from.setup_attempt",
    ),
    "refund": ("customer", "payment_method", "source_transfer_reversal", "transfer_reversal"),
    "subscription": (
        "application", "automatic_tax.liability.account", "billing_schedules.applies_to.price", "default_source", "discounts",
        "invoice_settings.account_tax_ids", "invoice_settings.issuer.account", "on_behalf_of", "pending_setup_intent",
        "pending_update.discounts", "schedule", "transfer_data.destination",
    ),
    "subscription_item": ("discounts",),
}  # fmt: skip
"""Paths that Stripe expands to objects that the sandbox does not have. They are accepted, and the attribute stays null or an id."""

_Tree = dict[str, Any]


@cache
def links_of(kind: str) -> Mapping[str, _Link]:
    """Return everything that can be expanded in a kind of object, by its path."""
    return {**dict.fromkeys(_ELSEWHERE.get(kind, ()), _reference("")), **_LINKS.get(kind, {})}


def check(object: str, paths: Collection[ExpandPath]) -> None:
    """Raise `InvalidRequest` for a path that does not end at something expandable in this kind of object."""
    for path in paths:
        kind, prefix, last, in_list = object, "", _Link("inside"), False
        for segment in path.segments:
            if in_list and segment == "data":
                in_list, last = False, _Link("inside")
                continue
            prefix = f"{prefix}.{segment}" if prefix else segment
            links = links_of(kind)
            link = links.get(prefix)
            known = any(name.startswith(f"{prefix}.") for name in links)
            if in_list or (link is None and not known):
                raise path.refusal(f"there is no “{abbreviate(segment)}”")
            last = link or _Link("inside")
            in_list = link is not None and link.kind in ("list", "answered_list")
            if link is not None and link.target:
                kind, prefix = link.target, ""
        if last.kind == "inside":
            raise path.refusal("it is always answered in full")


def render(document: Document, paths: Collection[ExpandPath] = (), *, resolve: Resolve | None = None) -> Document:
    """Return the document as the API answers it: without private keys, with the paths of `expand[]` expanded."""
    tree: _Tree = {}
    for path in paths:
        branch = tree
        for segment in path.segments:
            branch = branch.setdefault(segment, {})
    answer: Document = _render_object(document, tree, "", "", resolve)
    return answer


def _render_object(node: Mapping[str, Any], tree: _Tree, kind: str, prefix: str, resolve: Resolve | None) -> Document:
    if isinstance(node.get("object"), str):
        kind, prefix = node["object"], ""
    links = links_of(kind)
    answer: Document = {}
    for key, value in node.items():
        path = f"{prefix}.{key}" if prefix else key
        link = links.get(path)
        if key.startswith("_") or (link is not None and link.kind in ("included", "list") and key not in tree):
            continue
        if resolve and link is not None and link.kind == "reference" and key in tree and isinstance(value, str):
            value = next((it for kind in (link.target, *link.others) if (it := resolve(kind, value))), value)
        answer[key] = _render_value(value, tree.get(key, {}), kind, path, resolve)
    return answer


def _render_value(value: Any, tree: _Tree, kind: str, path: str, resolve: Resolve | None) -> Any:
    if isinstance(value, Mapping):
        return _render_object(value, tree, kind, path, resolve)
    if isinstance(value, list):
        return [_render_value(entry, tree, kind, path, resolve) for entry in value]
    return value
