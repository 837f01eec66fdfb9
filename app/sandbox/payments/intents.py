"""Payment intents and charges: list, retrieve and search them."""

from app.sandbox.account import Account, Document
from app.sandbox.parameters import Id
from app.sandbox.routing import Listing, Operation, list_page, retrieve_operation, search_operation
from app.wire.lists import CreatedPage, Page, take_page

_SEARCHED_INTENTS = {"amount": int, "created": int, "currency": str, "customer": str, "status": str}
_SEARCHED_CHARGES = {
    **_SEARCHED_INTENTS,
    "billing_details.address.postal_code": str,
    "disputed": bool,
    "payment_method_details.card.brand": str,
    "payment_method_details.card.exp_month": int,
    "payment_method_details.card.exp_year": int,
    "payment_method_details.card.last4": str,
    "refunded": bool,
}


class IntentList(CreatedPage):
    """Parameters of `GET /v1/payment_intents`."""

    customer: Id | None = None


class ChargeList(CreatedPage):
    """Parameters of `GET /v1/charges`."""

    customer: Id | None = None
    payment_intent: Id | None = None
    transfer_group: Id | None = None


def _list_intents(account: Account, params: IntentList) -> Listing:
    return list_page(account, "payment_intent", params, lambda intent: params.customer in (None, intent["customer"]))


def _list_charges(account: Account, params: ChargeList) -> Listing:
    def matches(charge: Document) -> bool:
        return (
            params.customer in (None, charge["customer"])
            and params.payment_intent in (None, charge["payment_intent"])
            and params.transfer_group in (None, charge.get("transfer_group"))
        )

    return list_page(account, "charge", params, matches)


def _list_refunds(account: Account, params: Page, id: str) -> Listing:
    account.require("charge", id)
    refunds = [refund for refund in account.list_all("refund") if refund["charge"] == id]
    return Listing(*take_page(refunds, params, id_of=lambda refund: str(refund["id"]), noun="refund"))


OPERATIONS = (
    Operation("GET", "/charges", "charge", ChargeList, _list_charges),
    Operation("GET", "/charges/<id>/refunds", "refund", Page, _list_refunds),
    Operation("GET", "/payment_intents", "payment_intent", IntentList, _list_intents),
    retrieve_operation("charges", "charge"),
    retrieve_operation("payment_intents", "payment_intent"),
    search_operation("charges", "charge", _SEARCHED_CHARGES),
    search_operation("payment_intents", "payment_intent", _SEARCHED_INTENTS),
)
