"""What a move to live mode makes, and what it cannot take along, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.services.links.moving import Loss, Plan, PlannedLink, PlannedObject
from app.web.display.formatting import money, with_commas
from app.web.display.payment_methods import method_name
from app.web.display.translation import gettext as _
from app.web.display.translation import ngettext

AMOUNT_SHOWN: Final = 10**15
"""Larger amounts in a file are no amounts, and cannot be formatted."""


@dataclass(frozen=True)
class ObjectRow:
    """One object of the catalogue. `exists` says that an object of the account is used."""

    kind: str
    name: str
    exists: bool


@dataclass(frozen=True)
class PlannedLinkRow:
    """One link, with what does not move of it."""

    name: str
    id: str
    exists: bool
    losses: tuple[str, ...]


def object_rows(plan: Plan) -> list[ObjectRow]:
    """Return the objects of a plan in words. A price is named by its product and its amount."""
    products = {f"@products.{it.name}": it.entry for it in plan.objects if it.kind == "products"}
    return [ObjectRow(_kind(it.kind), _name(it, products), it.id is not None) for it in plan.objects]


def link_rows(plan: Plan) -> list[PlannedLinkRow]:
    """Return the links of a plan in words."""
    return [
        PlannedLinkRow(_link_name(it), it.id, it.found is not None, tuple(_loss(*loss) for loss in it.losses))
        for it in plan.links
    ]


def _kind(kind: str) -> str:
    return {
        "products": _("Product"),
        "prices": _("Price"),
        "coupons": _("Coupon"),
        "promotion_codes": _("Promotion code"),
        "shipping_rates": _("Shipping rate"),
        "tax_rates": _("Tax rate"),
    }[kind]


def _name(planned: PlannedObject, products: Mapping[str, Any]) -> str:
    told = planned.entry.model_extra or {}
    if planned.kind == "prices":
        product = products.get(str(told.get("product")))
        name = (product.model_extra or {}).get("name") if product else None
        return (
            with_commas(*(str(part) for part in (name or told.get("nickname"), _amount(told)) if part)) or planned.name
        )
    found = told.get("display_name") or told.get("name") or told.get("code")
    return str(found or planned.name)


def _amount(told: Mapping[str, Any]) -> str | None:
    """Return the amount of a price, if it has one amount."""
    amount, currency = told.get("unit_amount"), told.get("currency")
    if isinstance(amount, int) and abs(amount) < AMOUNT_SHOWN and isinstance(currency, str) and len(currency) == 3:
        return money(amount, currency)
    return None


def _link_name(planned: PlannedLink) -> str:
    ours = planned.entry.counterfoil.model_extra or {}
    return str(ours.get("name") or ours.get("title") or planned.entry.counterfoil.slug or planned.id)


def _method_names(detail: str) -> str:
    """Return payment methods by their names: "card, sepa_debit" is "Card, SEPA Direct Debit"."""
    return with_commas(*(method_name(kind) for kind in detail.split(", ")))


def _loss(loss: Loss, detail: str) -> str:
    """Say what does not move, and what to do about it."""
    return {
        "picture": _(
            "Stripe cannot fetch the picture %(picture)s. The product is made without it. The payment page of the link "
            "shows its own picture as before.",
            picture=detail,
        ),
        "promotion_codes": _("Promotion codes do not move. Make the codes that buyers may use in live mode."),
        "account": _("%(name)s names an account. Check that it exists in live mode, too.", name=detail),
        "tax_ids": _("The tax ids on its invoices belong to the test account. Choose those of the live account."),
        "payment_methods": _(
            "It takes %(methods)s. Check that the live account has them switched on.", methods=_method_names(detail)
        ),
        "slug": _("Another link here has the address “%(slug)s”. The moved link gets another address.", slug=detail),
        "count": ngettext(
            "%(num)s test payment does not count towards its limit.",
            "%(num)s test payments do not count towards its limit.",
            int(detail) if loss == "count" else 0,
        ),
    }[loss]
