"""Payment methods: the card or bank account that a buyer paid with. Only its last four digits are ever known."""

from dataclasses import dataclass
from typing import Literal

from app.errors import ResourceMissing
from app.objects.ids import new_id
from app.sandbox.account import Account, Document
from app.sandbox.parameters import Id, Request
from app.sandbox.routing import Listing, Operation, list_page, retrieve_operation
from app.wire.lists import Page


@dataclass(frozen=True)
class Method:
    """A payment method as Stripe describes it: the last four digits, never the whole number."""

    type: str
    last4: str
    brand: str | None = None
    exp_month: int | None = None
    exp_year: int | None = None
    settles: bool | None = None
    """For a delayed debit, whether it will succeed. None for a method that pays at once."""
    dispute: str | None = None
    """The reason of the dispute that this test card opens. None: it opens no dispute."""
    refund: Literal["succeeds", "pends", "fails"] = "succeeds"
    """What happens to a refund: it succeeds at once, or later, or it fails after it succeeded."""

    def details(self) -> Document:
        """Return the `payment_method_details` of a charge with this payment method."""
        if self.type != "card":
            return {"type": self.type, self.type: {"last4": self.last4}}
        card = {
            "brand": self.brand,
            "exp_month": self.exp_month,
            "exp_year": self.exp_year,
            "funding": "credit",
            "last4": self.last4,
        }
        return {"type": "card", "card": card}


class MethodList(Page):
    """Parameters of `GET /v1/payment_methods`."""

    allow_redisplay: Literal["always", "limited", "unspecified"] | None = None
    customer: Id | None = None
    type: Id | None = None


class MethodOfCustomerList(Page):
    """Parameters of `GET /v1/customers/<id>/payment_methods`."""

    allow_redisplay: Literal["always", "limited", "unspecified"] | None = None
    type: Id | None = None


def billing_details(session: Document) -> Document:
    """Return what the buyer of a session entered, as charges and payment methods have it."""
    return {name: (session["customer_details"] or {}).get(name) for name in ("address", "email", "name", "phone")}


def add_method(account: Account, session: Document, method: Method, *, keep: bool) -> Document:
    """Add the payment method of a session. With `keep` it stays with the customer for later payments."""
    return account.add(
        {
            "id": new_id("pm"),
            "object": "payment_method",
            "allow_redisplay": "unspecified",
            "billing_details": billing_details(session),
            "created": account.now,
            "customer": session["customer"] if keep else None,
            "livemode": False,
            "metadata": {},
            **method.details(),
            "_checkout_session": session["id"],
        }
    )


def _list(account: Account, params: MethodList) -> Listing:
    """List the payment methods of a customer, or all that a customer keeps."""
    return _list_kept(account, params, params.customer)


def _list_of_customer(account: Account, params: MethodOfCustomerList, id: str) -> Listing:
    account.require("customer", id)
    return _list_kept(account, params, id)


def _list_kept(account: Account, params: MethodList | MethodOfCustomerList, customer: str | None) -> Listing:
    def matches(method: Document) -> bool:
        return (
            method["customer"] is not None
            and customer in (None, method["customer"])
            and params.type in (None, method["type"])
            and params.allow_redisplay in (None, method["allow_redisplay"])
        )

    return list_page(account, "payment_method", params, matches)


def _retrieve_of_customer(account: Account, _params: Request, id: str, method: str) -> Document:
    found = account.require("payment_method", method)
    if found["customer"] != id:
        raise ResourceMissing(f"No such payment method: '{method}'", param="id")
    return found


OPERATIONS = (
    Operation("GET", "/payment_methods", "payment_method", MethodList, _list),
    Operation("GET", "/customers/<id>/payment_methods", "payment_method", MethodOfCustomerList, _list_of_customer),
    Operation("GET", "/customers/<id>/payment_methods/<method>", "payment_method", Request, _retrieve_of_customer),
    retrieve_operation("payment_methods", "payment_method"),
)
