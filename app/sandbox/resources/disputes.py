"""Disputes of charges: a test card opens one, evidence or the merchant closes it, as in Stripe's test mode."""

from typing import Annotated, Final, Literal

from pydantic import Field

from app.errors import InvalidRequest
from app.objects.ids import new_id
from app.objects.metadata import Metadata
from app.objects.scalars import Boolean
from app.sandbox import events
from app.sandbox.account import Account, Document
from app.sandbox.parameters import NO_METADATA, Id, Request, Unset, Words, update_metadata
from app.sandbox.payments.balance import add_transaction
from app.sandbox.routing import Listing, Operation, list_page, retrieve_operation
from app.wire.lists import CreatedPage

INQUIRY: Final = "inquiry"
"""An early question of the bank, before any money is withdrawn. Its reason is `fraudulent`."""

DUE_SECONDS: Final = 7 * 24 * 3600
FEE: Final = 1500
"""Stripe's fee for a dispute, in minor units. At Stripe it depends on the account's country."""

CLOSED: Final = frozenset({"won", "lost", "warning_closed"})

_VERDICTS: Final[dict[str, Literal["won", "lost"]]] = {"winning_evidence": "won", "losing_evidence": "lost"}
"""The texts with which Stripe's test mode decides a dispute at once."""

Evidence = Annotated[dict[Words, Words], Field(max_length=40)]


class DisputeUpdate(Request):
    """Parameters of `POST /v1/disputes/<id>`."""

    evidence: Evidence | None = None
    metadata: Unset | Metadata = NO_METADATA
    submit: Boolean = True


class DisputeList(CreatedPage):
    """Parameters of `GET /v1/disputes`."""

    charge: Id | None = None
    payment_intent: Id | None = None


def open_dispute(account: Account, charge: Document, reason: str) -> Document:
    """Open the dispute of a charge, and emit Stripe's events. Except for an inquiry, the amount and a fee are withdrawn."""
    inquiry = reason == INQUIRY
    dispute = account.add(
        {
            "id": new_id("du"),
            "object": "dispute",
            "amount": charge["amount"],
            "balance_transactions": [] if inquiry else [_withdrawal(account, charge)],
            "charge": charge["id"],
            "created": account.now,
            "currency": charge["currency"],
            "enhanced_eligibility_types": [],
            "evidence": {},
            "evidence_details": {
                "due_by": account.now + DUE_SECONDS,
                "enhanced_eligibility": {},
                "has_evidence": False,
                "past_due": False,
                "submission_count": 0,
            },
            "is_charge_refundable": inquiry,
            "livemode": False,
            "metadata": {},
            "payment_intent": charge["payment_intent"],
            "reason": "fraudulent" if inquiry else reason,
            "status": "warning_needs_response" if inquiry else "needs_response",
        }
    )
    account.save({**charge, "disputed": True})
    events.emit(account, "charge.dispute.created", dispute)
    if not inquiry:
        events.emit(account, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def find_open_dispute(account: Account, charge: Document) -> Document | None:
    """Return the open dispute that keeps a charge from being refunded, or None."""
    found = (
        dispute
        for dispute in account.list_all("dispute")
        if dispute["charge"] == charge["id"] and dispute["status"] not in CLOSED and not dispute["is_charge_refundable"]
    )
    return next(found, None)


def _withdrawal(account: Account, charge: Document) -> Document:
    """Take the amount and the fee of a dispute from the balance."""
    return add_transaction(account, charge, -charge["amount"], type="adjustment", fee=FEE, reporting_category="dispute")


def _update(account: Account, params: DisputeUpdate, id: str) -> Document:
    before = account.require("dispute", id)
    if before["status"] in CLOSED:
        raise InvalidRequest("This dispute is already closed", code="charge_disputed")
    details, evidence = before["evidence_details"], params.evidence or {}
    submitted = params.submit and bool(evidence)
    after = account.save(
        {
            **before,
            "evidence": {**(before["evidence"] or {}), **evidence},
            "evidence_details": {
                **details,
                "has_evidence": details["has_evidence"] or bool(evidence),
                "submission_count": details["submission_count"] + submitted,
            },
            "metadata": update_metadata(before["metadata"], params.metadata),
            "status": before["status"].replace("needs_response", "under_review") if submitted else before["status"],
        }
    )
    events.emit(account, "charge.dispute.updated", after, events.previous_attributes(before, after))
    verdict = _VERDICTS.get(evidence.get("uncategorized_text", "")) if submitted else None
    return _end(account, after, verdict) if verdict else after


def _close(account: Account, _params: Request, id: str) -> Document:
    """Accept the dispute: it is lost."""
    dispute = account.require("dispute", id)
    if dispute["status"] in CLOSED:
        raise InvalidRequest("This dispute is already closed", code="charge_disputed")
    return _end(account, dispute, "lost")


def _end(account: Account, dispute: Document, verdict: Literal["won", "lost"]) -> Document:
    inquiry = dispute["status"].startswith("warning_")
    after = account.save({**dispute, "status": "warning_closed" if inquiry else verdict})
    events.emit(account, "charge.dispute.closed", after, events.previous_attributes(dispute, after))
    if after["status"] == "won":
        charge = account.require("charge", after["charge"])
        moved = add_transaction(
            account, charge, after["amount"], type="adjustment", reporting_category="dispute_reversal"
        )
        after = account.save({**after, "balance_transactions": [*after["balance_transactions"], moved]})
        events.emit(account, "charge.dispute.funds_reinstated", after)
    return after


def _list(account: Account, params: DisputeList) -> Listing:
    def matches(dispute: Document) -> bool:
        return params.charge in (None, dispute["charge"]) and params.payment_intent in (None, dispute["payment_intent"])

    return list_page(account, "dispute", params, matches)


OPERATIONS = (
    Operation("POST", "/disputes/<id>", "dispute", DisputeUpdate, _update),
    Operation("POST", "/disputes/<id>/close", "dispute", Request, _close),
    Operation("GET", "/disputes", "dispute", DisputeList, _list),
    retrieve_operation("disputes", "dispute"),
)
