"""Test cards whose payments are disputed, or whose refunds take time, through the official SDK."""

from typing import Any

import pytest
import stripe
from flask.testing import FlaskClient

from app.sandbox import Sandbox
from app.sandbox.resources.disputes import DUE_SECONDS
from app.sandbox.resources.refunds import REFUND_SECONDS
from tests.sandbox.build import session
from tests.sandbox.pages import pay
from tests.support.clock import Clock
from tests.support.inbox import Inbox


def charge_of(sdk: Any, made: Any) -> Any:
    intent = sdk.checkout.sessions.retrieve(made.id).payment_intent
    return sdk.payment_intents.retrieve(intent, {"expand": ["latest_charge"]}).latest_charge


def disputed(sdk: Any, site: FlaskClient, card: str = "4000 0000 0000 0259") -> Any:
    made = session(sdk)
    pay(site, made, card_number=card)
    charge = charge_of(sdk, made)
    assert charge.disputed
    (dispute,) = sdk.disputes.list({"payment_intent": charge.payment_intent}).data
    return dispute


@pytest.mark.parametrize(
    ("card", "status", "reason", "withdrawn"),
    [
        ("4000 0000 0000 0259", "needs_response", "fraudulent", True),
        ("4000 0000 0000 2685", "needs_response", "product_not_received", True),
        ("4000 0000 0000 1976", "warning_needs_response", "fraudulent", False),
    ],
)
def test_a_test_card_opens_a_dispute_after_the_payment(
    sdk: Any, site: FlaskClient, inbox: Inbox, clock: Clock, card: str, status: str, reason: str, *, withdrawn: bool
) -> None:
    dispute = disputed(sdk, site, card)
    assert (dispute.status, dispute.reason, dispute.amount, dispute.currency) == (status, reason, 2499, "eur")
    assert dispute.evidence_details.due_by == clock.now + DUE_SECONDS
    assert [moved.amount for moved in dispute.balance_transactions] == ([-2499] if withdrawn else [])
    told = inbox.types()[inbox.types().index("checkout.session.completed") + 1 :]
    assert told == ["charge.dispute.created", *(["charge.dispute.funds_withdrawn"] if withdrawn else [])]


@pytest.mark.parametrize(
    ("text", "status", "told"),
    [
        ("winning_evidence", "won", ["closed", "funds_reinstated"]),
        ("losing_evidence", "lost", ["closed"]),
        ("It was delivered", "under_review", []),
    ],
)
def test_evidence_decides_a_dispute(
    sdk: Any, site: FlaskClient, inbox: Inbox, text: str, status: str, told: list[str]
) -> None:
    dispute = disputed(sdk, site)
    after = sdk.disputes.update(dispute.id, {"evidence": {"uncategorized_text": text}})
    assert (after.status, after.evidence_details.submission_count) == (status, 1)
    assert inbox.types()[-len(told) - 1 :] == [f"charge.dispute.{news}" for news in ("updated", *told)]


def test_evidence_that_is_not_submitted_decides_nothing(sdk: Any, site: FlaskClient) -> None:
    dispute = disputed(sdk, site)
    staged = {"evidence": {"uncategorized_text": "winning_evidence"}, "submit": False}
    after = sdk.disputes.update(dispute.id, staged)
    assert (after.status, after.evidence_details.has_evidence) == ("needs_response", True)


def test_an_accepted_dispute_is_lost_and_stays_closed(sdk: Any, site: FlaskClient) -> None:
    dispute = disputed(sdk, site)
    assert sdk.disputes.close(dispute.id).status == "lost"
    for call in (lambda: sdk.disputes.close(dispute.id), lambda: sdk.disputes.update(dispute.id, {"submit": True})):
        with pytest.raises(stripe.InvalidRequestError, match="already closed"):
            call()


def test_a_charged_back_payment_is_not_refunded_and_one_that_was_inquired_is(sdk: Any, site: FlaskClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.refunds.create({"charge": disputed(sdk, site).charge})
    assert refusal.value.code == "charge_disputed"
    assert sdk.refunds.create({"charge": disputed(sdk, site, "4000 0000 0000 1976").charge}).status == "succeeded"


@pytest.mark.parametrize(
    ("card", "first", "later", "told", "left"),
    [
        ("4000 0000 0000 7726", "pending", "succeeded", "refund.updated", 2499),
        ("4000 0000 0000 5126", "succeeded", "failed", "refund.failed", 0),
    ],
)
def test_a_refund_settles_later(
    sdk: Any,
    site: FlaskClient,
    sandbox: Sandbox,
    inbox: Inbox,
    clock: Clock,
    card: str,
    first: str,
    later: str,
    told: str,
    left: int,
) -> None:
    made = session(sdk)
    pay(site, made, card_number=card)
    refund = sdk.refunds.create({"charge": charge_of(sdk, made).id})
    assert (refund.status, charge_of(sdk, made).amount_refunded) == (first, 2499)
    clock.now += REFUND_SECONDS
    sandbox.settle_delayed(clock.now)
    assert sdk.refunds.retrieve(refund.id).status == later
    assert (charge_of(sdk, made).amount_refunded, charge_of(sdk, made).refunded) == (left, left > 0)
    assert inbox.types()[-1] == told
