"""Any buyers, any order of events, repeated and lost ones, any reconciling: in the end, attempts agree with Stripe."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.errors import LinkUnavailable
from app.objects.attempt import COMPLETED, Attempt
from app.objects.order import OVER_LIMIT
from app.objects.selection import Answers, Selection
from app.sandbox.account import Account
from app.services.attempts.state_machine import RANK
from app.services.checkout.reservation import HOLD_SECONDS
from tests.services.shop import BAD_DEBIT, CARD, GOOD_DEBIT, SETTINGS, open_shop

pytestmark = pytest.mark.faults

picks = st.integers(0, 10**6)
forms = st.sampled_from(["form_1", "form_2", "form_3"])
answers = st.sampled_from(["", "joe@post.example"])
methods = st.sampled_from([CARD, GOOD_DEBIT, BAD_DEBIT])


class Payments(RuleBasedStateMachine):
    """One link with few places, three forms, and a Stripe whose events arrive late, twice or never."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="payments-")
        self.shop = open_shop(Path(self.folder.name))
        self.under_way: list[dict[str, Any]] = []

    @initialize(limit=st.integers(1, 3))
    def a_link(self, limit: int) -> None:
        self.link = self.shop.limited(limit)
        self.most_places = self.most_completed = limit

    # Actions of buyers and the merchant.

    @rule(form=forms, email=answers)
    def submit(self, form: str, email: str) -> None:
        selection = Selection(answers=Answers(email=email or None))
        try:
            attempt = self.shop.start(self.link, form, selection)
        except LinkUnavailable:
            return
        assert attempt.state not in {"expired", "canceled", "failed"}
        open_ones = [one for one in self.shop.store.attempts_of_form(form) if self.session(one)["status"] == "open"]
        assert len(open_ones) <= 1

    @precondition(lambda self: self.open_attempts())
    @rule(pick=picks, method=methods)
    def pay(self, pick: int, method: Any) -> None:
        self.shop.pay(chosen(self.open_attempts(), pick), method)

    @precondition(lambda self: self.attempts())
    @rule(pick=picks)
    def come_back(self, pick: int) -> None:
        attempt = chosen(self.attempts(), pick)
        self.shop.complete(attempt)

    @precondition(lambda self: self.attempts())
    @rule(pick=picks)
    def leave(self, pick: int) -> None:
        attempt = chosen(self.attempts(), pick)
        self.shop.cancel(attempt)

    @precondition(lambda self: self.refundable())
    @rule(pick=picks)
    def refund(self, pick: int) -> None:
        self.shop.refund(chosen(self.refundable(), pick))

    @precondition(lambda self: hasattr(self, "link"))
    @rule(limit=st.integers(1, 3))
    def change_the_limit(self, limit: int) -> None:
        self.shop.update(self.link, restrictions={"completed_sessions": {"limit": limit}})
        # Payments and reserved places stay, even when they are more than the new limit.
        row = self.places()
        self.most_places, self.most_completed = max(limit, row["places"]), max(limit, row["completed"])

    # Events.

    @rule(seconds=st.sampled_from([1, 11, HOLD_SECONDS // 2, HOLD_SECONDS]))
    def wait(self, seconds: int) -> None:
        self.shop.wait(seconds)

    @rule()
    def stripe_sends(self) -> None:
        self.under_way += [json.loads(payload) for payload, _ in self.shop.deliveries()]

    @precondition(lambda self: self.under_way)
    @rule(pick=picks, again=st.booleans())
    def one_arrives(self, pick: int, again: bool) -> None:
        event = chosen(self.under_way, pick)
        self.shop.receive_signed(event)
        if not again:
            self.under_way.remove(event)

    @precondition(lambda self: self.under_way)
    @rule(pick=picks)
    def one_is_lost(self, pick: int) -> None:
        self.under_way.remove(chosen(self.under_way, pick))

    @precondition(lambda self: self.under_way)
    @rule(pick=picks)
    def one_says_that_a_completed_session_has_expired(self, pick: int) -> None:
        event = chosen(self.under_way, pick)
        if event["type"] == "checkout.session.completed":
            session = {**event["data"]["object"], "status": "expired", "payment_status": "unpaid"}
            lie = {**event, "id": f"{event['id']}_lie", "type": "checkout.session.expired", "data": {"object": session}}
            self.under_way.append(lie)

    @rule()
    def reconcile(self) -> None:
        assert self.shop.reconcile().failed == 0

    # Invariants.

    @invariant()
    def the_places_are_as_many_as_the_attempts_that_have_them(self) -> None:
        if not hasattr(self, "link"):
            return
        row = self.places()
        places = [attempt.place for attempt in self.attempts()]
        assert row == {"places": places.count("held") + places.count("taken"), "completed": places.count("taken")}
        assert row["places"] <= self.most_places
        assert row["completed"] <= self.most_completed

    @invariant()
    def an_open_session_has_a_place(self) -> None:
        for attempt in self.attempts():
            if self.session(attempt)["status"] == "open":
                assert (attempt.state, attempt.place) == ("opened", "held")

    @invariant()
    def only_what_was_completed_counts(self) -> None:
        for attempt in self.attempts():
            assert (attempt.place == "taken") == (
                attempt.state in {*COMPLETED, "refunded"} and OVER_LIMIT not in attempt.flags
            )

    @invariant()
    def nothing_is_believed_paid_that_is_not(self) -> None:
        for attempt in self.attempts():
            if attempt.state in {"paid", "refunded"}:
                assert self.session(attempt)["payment_status"] == "paid"

    @invariant()
    def no_state_is_ever_left_for_an_earlier_one(self) -> None:
        for attempt in self.attempts():
            ranks = [RANK[row.to_state] for row in self.shop.store.history(attempt.id)]
            assert ranks == sorted(set(ranks))

    def teardown(self) -> None:
        try:
            if hasattr(self, "link"):
                self.everything_comes_to_light()
        finally:
            self.shop.store.close()
            self.folder.cleanup()

    def everything_comes_to_light(self) -> None:
        """Deliver the remaining events, let time pass and reconcile. Then every attempt must agree with Stripe."""
        for event in self.under_way:
            self.shop.receive_signed(event)
        for _ in range(3):
            self.shop.wait(HOLD_SECONDS)
            self.shop.reconcile()
            for payload, _ in self.shop.deliveries():
                self.shop.receive_signed(json.loads(payload))
        for attempt in self.attempts():
            session = self.session(attempt)
            assert attempt.flags in {(), (OVER_LIMIT,)}
            if session["payment_status"] == "paid":
                sent_back = OVER_LIMIT in attempt.flags
                assert attempt.state in ({"refunded"} if sent_back else {"paid", "refunded"})
                refunds = [one for one in self.shop.refunds() if one["payment_intent"] == attempt.payment_intent]
                assert len(refunds) <= 1
                assert not sent_back or refunds
            elif session["status"] == "complete":
                assert attempt.state == "failed"
            else:
                assert attempt.state in {"expired", "canceled"}
        assert self.shop.store.open_attempts() == []
        self.the_places_are_as_many_as_the_attempts_that_have_them()

    # Queries.

    def places(self) -> dict[str, int]:
        (row,) = self.shop.engine.rows("SELECT places, completed FROM payment_links")
        return row

    def attempts(self) -> list[Attempt]:
        return self.shop.store.attempts_of_link(self.link.id)[::-1] if hasattr(self, "link") else []

    def session(self, attempt: Attempt) -> dict[str, Any]:
        account = Account(self.shop.engine, self.shop.organization.id, self.shop.now, SETTINGS.public_url)
        return account.require("checkout.session", attempt.checkout_session or "")

    def open_attempts(self) -> list[Attempt]:
        return [attempt for attempt in self.attempts() if self.session(attempt)["status"] == "open"]

    def refundable(self) -> list[Attempt]:
        """Return the payments that are not refunded."""
        sent_back = {refund["payment_intent"] for refund in self.shop.refunds()}
        sessions = {attempt.id: self.session(attempt) for attempt in self.attempts()}
        return [
            attempt
            for attempt in self.attempts()
            if sessions[attempt.id]["payment_status"] == "paid"
            and sessions[attempt.id]["payment_intent"] not in sent_back
        ]


def chosen(many: list[Any], pick: int) -> Any:
    return many[pick % len(many)]


TestPayments = Payments.TestCase
TestPayments.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
