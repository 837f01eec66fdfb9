"""The rights of the Stripe key in words: each task of the console with the rights that it needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask_babel import LazyString

from app.objects.connection import Access, Right
from app.web.console.details import with_detail
from app.web.display.formatting import with_commas
from app.web.display.translation import lazy_gettext as _
from app.web.display.translation import lazy_pgettext as pgettext

RESOURCES: Final[Mapping[str, str]] = {
    "balance_transactions": "Balance transactions",
    "checkout.sessions": "Checkout Sessions",
    "coupons": "Coupons",
    "events": "Events",
    "invoice_payments": "Invoices",
    "payment_intents": "PaymentIntents",
    "payment_links": "Payment Links",
    "prices": "Prices",
    "products": "Products",
    "promotion_codes": "Promotion codes",
    "refunds": "Charges and Refunds",
    "shipping_rates": "Shipping rates",
    "subscriptions": "Subscriptions",
    "tax_rates": "Tax rates",
}
"""The names of resources in Stripe's list of rights. Stripe does not translate them."""


@dataclass(frozen=True)
class Task:
    """What a merchant does with some rights. `without` says what happens if one is missing."""

    label: LazyString
    needs: tuple[tuple[str, Access], ...]
    without: LazyString


TASKS: Final = (
    Task(
        _("Take payments"),
        (("checkout.sessions", "read"), ("checkout.sessions", "write"), ("payment_intents", "read")),
        _("Without it, buyers cannot pay."),
    ),
    Task(
        _("Make products and prices"),
        (("products", "read"), ("products", "write"), ("prices", "read"), ("prices", "write")),
        _("Without it, links can sell existing prices only."),
    ),
    Task(
        _("Look up codes and coupons"),
        (("coupons", "read"), ("promotion_codes", "read")),
        _("Without it, buyers enter their codes at Stripe."),
    ),
    Task(
        _("Make coupons and codes"),
        (("coupons", "write"), ("promotion_codes", "write")),
        _("Without it, make them in the Stripe Dashboard."),
    ),
    Task(
        _("Use shipping and tax rates"),
        (("shipping_rates", "read"), ("tax_rates", "read")),
        _("Without it, links cannot have shipping or tax rates."),
    ),
    Task(
        _("Make shipping and tax rates"),
        (("shipping_rates", "write"), ("tax_rates", "write")),
        _("Without it, make them in the Stripe Dashboard."),
    ),
    Task(
        pgettext("task", "Refund"),
        (("refunds", "read"), ("refunds", "write")),
        _("Without it, refund in the Stripe Dashboard."),
    ),
    Task(
        _("End subscriptions that came too late"),
        (("subscriptions", "read"), ("subscriptions", "write"), ("invoice_payments", "read")),
        _("Without it, end them in the Stripe Dashboard."),
    ),
    Task(
        _("Show Stripe’s fees"),
        (("balance_transactions", "read"),),
        _("Without it, orders show no fee."),
    ),
    Task(
        _("Catch up on lost events"),
        (("events", "read"),),
        _("Without it, each open payment is asked about by itself."),
    ),
    Task(
        pgettext("task", "Import links"),
        (("payment_links", "read"),),
        _("Without it, links of the Stripe Dashboard cannot be imported."),
    ),
)
"""Together they need every right of `NEEDED_RIGHTS`."""


@dataclass(frozen=True)
class TaskRow:
    """One task. `allowed` is None if Stripe did not answer. `missing` has the rights that the key lacks."""

    label: LazyString
    needs: str
    allowed: bool | None
    missing: tuple[str, ...]
    without: LazyString


def task_rows(rights: Sequence[Right]) -> list[TaskRow]:
    """Return every task with what the key may do of it."""
    found = {(right.resource, right.access): right for right in rights}
    return [_row(task, [found[need] for need in task.needs if need in found]) for task in TASKS]


def _row(task: Task, rights: Sequence[Right]) -> TaskRow:
    missing = [right for right in rights if right.allowed is False]
    answered = len(rights) == len(task.needs) and all(right.allowed is not None for right in rights)
    return TaskRow(
        label=task.label,
        needs=_named(task.needs),
        allowed=False if missing else True if answered else None,
        missing=tuple(with_detail(_named([(right.resource, right.access)]), right.missing) for right in missing),
        without=task.without,
    )


def right_name(resource: str, access: Access) -> str:
    """Return a right as Stripe's page of keys names it: "Products: write"."""
    return f"{RESOURCES[resource]}: {access}"


def _named(needs: Sequence[tuple[str, Access]]) -> str:
    """Return rights as Stripe's page of keys names them. The right to write includes the right to read."""
    written = {resource for resource, access in needs if access == "write"}
    shown = [(resource, access) for resource, access in needs if access == "write" or resource not in written]
    return with_commas(*(right_name(resource, access) for resource, access in shown))
