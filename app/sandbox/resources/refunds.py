"""Refunds, full or partial, and what they take from the balance."""

from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from app.errors import InvalidRequest
from app.objects.ids import new_id
from app.objects.metadata import Metadata
from app.objects.scalars import Boolean, Integer, refusal
from app.sandbox import events
from app.sandbox.account import Account, Document
from app.sandbox.parameters import NO_METADATA, Id, Request, Unset, update_metadata
from app.sandbox.payments.balance import add_transaction
from app.sandbox.resources import disputes
from app.sandbox.routing import Listing, Operation, list_page, retrieve_operation
from app.wire.lists import CreatedPage

REFUND_SECONDS: Final = 10
"""Seconds until a refund that is not settled at once has succeeded or failed. A bank takes days."""


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


class RefundList(CreatedPage):
    """Parameters of `GET /v1/refunds`."""

    charge: Id | None = None
    payment_intent: Id | None = None


def _create(account: Account, params: RefundCreate) -> Document:
    charge = _charge(account, params)
    if charge["disputed"] and disputes.find_open_dispute(account, charge) is not None:
        raise InvalidRequest(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed"
        )
    remaining = charge["amount"] - charge["amount_refunded"]
    if remaining == 0:
        raise InvalidRequest(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    amount = params.amount if params.amount is not None else remaining
    if amount > remaining:
        raise InvalidRequest(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({remaining}).", param="amount"
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
            "status": "pending" if charge.get("_refund") == "pends" else "succeeded",
            "_due": account.now + REFUND_SECONDS if charge.get("_refund", "succeeds") != "succeeds" else None,
        }
    )
    moved = add_transaction(account, refund, -amount, type="refund", description=charge["description"])
    refund = account.save({**refund, "balance_transaction": moved["id"]})
    after = _with_refunded(account, charge, amount)
    events.emit(account, "refund.created", refund)
    events.emit(account, "charge.refunded", after, events.previous_attributes(charge, after))
    return refund


def settle_refund(account: Account, id: str) -> None:
    """Let a refund that was not settled at once succeed or fail. The money of a failed one is the merchant's again."""
    before = account.require("refund", id)
    if before["_due"] is None or before["_due"] > account.now:
        return
    charge = account.require("charge", before["charge"])
    if charge.get("_refund") == "pends":
        after = account.save({**before, "status": "succeeded", "_due": None})
        _with_refunded(account, charge, 0)
        events.emit(account, "refund.updated", after, events.previous_attributes(before, after))
        return
    moved = add_transaction(account, before, before["amount"], type="refund_failure", description="REFUND FAILURE")
    failure = {"failure_balance_transaction": moved["id"], "failure_reason": "expired_or_canceled_card"}
    after = account.save({**before, **failure, "status": "failed", "_due": None})
    _with_refunded(account, charge, -before["amount"])
    events.emit(account, "refund.failed", after, events.previous_attributes(before, after))


def _with_refunded(account: Account, charge: Document, amount: int) -> Document:
    """Add an amount to the charge's `amount_refunded`, and list its refunds in it."""
    refunded = charge["amount_refunded"] + amount
    found, has_more = account.page("refund", limit=10, where=lambda refund: refund["charge"] == charge["id"])
    refunds = {**charge["refunds"], "data": found, "has_more": has_more}
    change = {"amount_refunded": refunded, "refunded": refunded == charge["amount"], "refunds": refunds}
    return account.save({**charge, **change})


def _charge(account: Account, params: RefundCreate) -> Document:
    """Return the charge to refund. Raises `InvalidRequest` if the payment has not succeeded."""
    if params.payment_intent is None:
        return account.require("charge", params.charge or "", "charge")
    intent = account.require("payment_intent", params.payment_intent, "payment_intent")
    if intent["status"] != "succeeded" or intent["latest_charge"] is None:
        raise InvalidRequest(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.", param="payment_intent"
        )
    if params.charge not in (None, intent["latest_charge"]):
        raise InvalidRequest("The charge does not belong to the payment intent.", param="charge")
    return account.require("charge", intent["latest_charge"], "charge")


def _list_refunds(account: Account, params: RefundList) -> Listing:
    def matches(refund: Document) -> bool:
        return params.charge in (None, refund["charge"]) and params.payment_intent in (None, refund["payment_intent"])

    return list_page(account, "refund", params, matches)


OPERATIONS = (
    Operation("POST", "/refunds", "refund", RefundCreate, _create),
    Operation("GET", "/refunds", "refund", RefundList, _list_refunds),
    retrieve_operation("refunds", "refund"),
)
