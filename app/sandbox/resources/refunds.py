"""Refunds: money that goes back, all of it or a part; and the payments they belong to."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from app.errors import InvalidRequest
from app.objects.ids import new_id
from app.objects.metadata import Metadata
from app.objects.scalars import Boolean, Integer, refusal
from app.sandbox import events
from app.sandbox.account import Account, Document
from app.sandbox.parameters import NO_METADATA, Id, ListRequest, Request, Unset, update_metadata
from app.sandbox.routing import Listing, Operation, listing, retrieval


class RefundCreate(Request):
    """Parameters of `POST /v1/refunds`."""

    amount: Annotated[Integer, Field(ge=1)] | None = None
    charge: Id | None = None
    metadata: Unset | Metadata = NO_METADATA
    payment_intent: Id | None = None
    reason: Literal["duplicate", "fraudulent", "requested_by_customer"] | None = None
    refund_application_fee: Boolean = False
    reverse_transfer: Boolean = False

    @model_validator(mode="after")
    def _one_payment(self) -> Self:
        if self.charge is None and self.payment_intent is None:
            raise refusal(
                "One of the following params should be provided for this request: payment_intent or charge.",
                code="parameter_missing",
                at=("payment_intent",),
            )
        return self


class RefundList(ListRequest):
    """Parameters of `GET /v1/refunds`."""

    charge: Id | None = None
    payment_intent: Id | None = None


def _create(account: Account, params: RefundCreate) -> Document:
    charge = _charge(account, params)
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise InvalidRequest(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    amount = params.amount if params.amount is not None else left
    if amount > left:
        raise InvalidRequest(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left}).", param="amount"
        )
    refund = account.add(
        {
            "id": new_id("re"),
            "object": "refund",
            "amount": amount,
            "balance_transaction": None,
            "charge": charge["id"],
            "created": account.now,
            "currency": charge["currency"],
            "failure_reason": None,
            "metadata": update_metadata({}, params.metadata),
            "payment_intent": charge["payment_intent"],
            "reason": params.reason,
            "receipt_number": None,
            "status": "succeeded",
        }
    )
    refunded = charge["amount_refunded"] + amount
    after = account.save({**charge, "amount_refunded": refunded, "refunded": refunded == charge["amount"]})
    events.emit(account, "refund.created", refund)
    events.emit(account, "charge.refunded", after, events.changed(charge, after))
    return refund


def _charge(account: Account, params: RefundCreate) -> Document:
    """The payment to send back. A payment that has not succeeded has nothing to send."""
    if params.payment_intent is None:
        return account.require("charge", params.charge or "", "charge")
    intent = account.require("payment_intent", params.payment_intent, "payment_intent")
    if intent["status"] != "succeeded" or intent["latest_charge"] is None:
        raise InvalidRequest(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.", param="payment_intent"
        )
    if params.charge not in (None, intent["latest_charge"]):
        raise InvalidRequest("This charge is not the payment intent's.", param="charge")
    return account.require("charge", intent["latest_charge"], "charge")


def _page(account: Account, params: RefundList) -> Listing:
    def holds(refund: Document) -> bool:
        return params.charge in (None, refund["charge"]) and params.payment_intent in (None, refund["payment_intent"])

    return listing(account, "refund", params, holds)


def _payment_intents(account: Account, params: ListRequest) -> Listing:
    return listing(account, "payment_intent", params)


OPERATIONS = (
    Operation("POST", "/refunds", "refund", RefundCreate, _create),
    Operation("GET", "/refunds", "refund", RefundList, _page),
    Operation("GET", "/payment_intents", "payment_intent", ListRequest, _payment_intents),
    retrieval("refunds", "refund"),
    retrieval("payment_intents", "payment_intent"),
    retrieval("charges", "charge"),
)
