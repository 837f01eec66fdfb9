"""Reading an account's new events: one call where nothing happened, none missed, and none applied to another account."""

from itertools import pairwise
from typing import Any

import pytest

from app.errors import GatewayRefused
from app.objects.attempt import Attempt
from app.objects.charge import Refund
from app.services.events.catch_up import REFUSED_SECONDS, SETTLING_SECONDS
from app.services.reconcile import LONGEST_LOOK_SECONDS
from app.services.reconcile.parallel_calls import FAILURES
from app.store.periodic import EventCursor
from tests.services.asked import Asked, refuse_transitions_of, require_no_transaction
from tests.services.broken import Broken, Unlisted
from tests.services.shop import ServiceShop
from tests.support.build import an_organization


def settled(shop: ServiceShop) -> None:
    """Time passes, until events of now are settled."""
    shop.wait(SETTLING_SECONDS)


def paid(shop: ServiceShop, form: str) -> Attempt:
    """A buyer pays, and no webhook tells."""
    attempt = shop.start(shop.link(), form)
    shop.pay(attempt)
    return attempt


@pytest.mark.parametrize("open_attempts", [0, 1, 40])
def test_a_minute_in_which_nothing_happened_costs_one_call_where_an_attempt_is_open(
    shop: ServiceShop, open_attempts: int
) -> None:
    link = shop.link()
    for number in range(open_attempts):
        shop.start(link, f"form_{number}")
    asked = Asked(shop)
    for _ in range(3):
        settled(shop)
        summary = shop.reconcile_with(asked)
        assert asked.names() == ["list_events"] * min(open_attempts, 1)
        assert (summary.accounts, summary.read, summary.events_applied) == (min(open_attempts, 1), 0, 0)


def test_only_what_is_newer_than_the_cursor_is_asked_for(shop: ServiceShop) -> None:
    shop.start(shop.link())
    paid(shop, "form_2")
    settled(shop)
    asked = Asked(shop)
    shop.reconcile_with(asked)
    ((_, first),) = asked.calls
    assert first["created_gte"] <= shop.now - SETTLING_SECONDS
    asked.calls.clear()
    shop.reconcile_with(asked)
    ((_, second),) = asked.calls
    cursor = shop.store.event_cursor(shop.organization.id, livemode=False).event
    assert cursor is not None
    assert second["ending_before"] == cursor
    assert "created_gte" not in second


def test_an_event_that_is_listed_late_is_found_behind_younger_ones(shop: ServiceShop) -> None:
    """The cursor passes no event that is younger than a minute, since one that is older may still be missing."""
    attempts = [paid(shop, "form_1"), shop.start(shop.link(), "form_2")]
    shop.reconcile()
    assert shop.store.event_cursor(shop.organization.id, livemode=False).event is None
    shop.pay(attempts[1])
    assert shop.reconcile().changed == {"paid": 1}
    settled(shop)
    shop.start(shop.link(), "form_3")
    shop.reconcile()
    assert shop.store.event_cursor(shop.organization.id, livemode=False).event is not None


@pytest.mark.costly_rows
@pytest.mark.parametrize("page", [1, 2, 3])
@pytest.mark.parametrize("known", [False, True], ids=["the first time", "with a cursor"])
def test_many_missed_events_are_read_page_by_page_and_each_is_applied_once(
    shop: ServiceShop, page: int, known: bool
) -> None:
    shop.start(shop.link(), "open")
    if known:
        paid(shop, "earlier")
        settled(shop)
        shop.reconcile()
    missed = [paid(shop, f"form_{number}") for number in range(5)]
    settled(shop)
    asked = Asked(shop, page)
    assert shop.reconcile_with(asked).changed == {"paid": 5}
    assert [shop.state(attempt) for attempt in missed] == ["paid"] * 5
    assert set(asked.names()) == {"list_events"}
    assert shop.reconcile_with(asked).events_applied == 0
    assert len(asked.names()) == 1


def test_what_a_webhook_brought_is_not_applied_again(shop: ServiceShop) -> None:
    shop.start(shop.link(), "open")
    attempt = paid(shop, "form_1")
    shop.receive_all()
    before = shop.stored(attempt)
    assert shop.reconcile().events_applied == 0
    assert shop.stored(attempt) == before
    assert shop.receive_all() == []


def test_a_webhook_that_comes_after_all_changes_nothing(shop: ServiceShop) -> None:
    shop.start(shop.link(), "open")
    attempt = paid(shop, "form_1")
    shop.reconcile()
    before = shop.stored(attempt)
    shop.receive_all()
    assert shop.stored(attempt) == before


def test_events_come_from_the_account_that_was_asked_and_reach_no_other(shop: ServiceShop) -> None:
    other = an_organization(id="org_other")
    shop.store.add_organization(other)
    mine = paid(shop, "form_1")
    theirs = shop.start(shop.link(), "form_2")
    moved = theirs.model_copy(update={"account": "org_other", "version": theirs.version + 1})
    shop.engine.execute("UPDATE attempts SET account = 'org_other' WHERE id = :id", {"id": theirs.id})
    assert shop.store.save_attempt(moved, "moved")
    asked = Asked(shop)
    shop.reconcile_with(asked)
    accounts = {named["account"] for name, named in asked.calls if name == "list_events"}
    assert accounts == {shop.organization.id, "org_other"}
    assert (shop.state(mine), shop.state(theirs)) == ("paid", "opened")


def test_a_cursor_that_stripe_no_longer_knows_is_replaced(shop: ServiceShop) -> None:
    shop.store.save_event_cursor(shop.organization.id, EventCursor(event="evt_of_long_ago"), livemode=False)
    attempt = paid(shop, "form_1")
    settled(shop)
    assert shop.reconcile().changed == {"paid": 1}
    shop.start(shop.link(), "form_2")
    asked = Asked(shop)
    shop.reconcile_with(asked)
    assert asked.names() == ["list_events"]
    assert shop.state(attempt) == "paid"


def test_an_event_that_could_not_be_stored_is_listed_again(shop: ServiceShop) -> None:
    shop.start(shop.link(), "open")
    attempt = paid(shop, "form_1")
    settled(shop)
    shop.engine.execute("CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    assert shop.reconcile().failed == 1
    assert shop.store.event_cursor(shop.organization.id, livemode=False) == EventCursor()
    shop.engine.execute("DROP TRIGGER full")
    assert shop.reconcile().changed == {"paid": 1}
    assert shop.state(attempt) == "paid"


def test_an_event_that_could_not_be_applied_waits_and_holds_up_no_other(shop: ServiceShop) -> None:
    attempts = [paid(shop, "form_1"), paid(shop, "form_2")]
    settled(shop)
    refuse_transitions_of(shop, attempts[0])
    summary = shop.reconcile()
    assert (summary.failed, summary.changed) == (1, {"paid": 1})
    shop.engine.execute("DROP TRIGGER full")
    assert shop.reconcile().events_applied == 1
    assert [shop.state(attempt) for attempt in attempts] == ["paid", "paid"]


# a key that may not list events


def test_without_the_right_to_list_events_sessions_are_read_at_intervals_that_grow(shop: ServiceShop) -> None:
    attempt = shop.start(shop.link())
    unlisted = Unlisted(shop.gateway)
    begun, looks = shop.now, []
    while shop.now < attempt.expires_at:
        if shop.reconcile_with(unlisted).read:
            looks.append(shop.now - begun)
        shop.now += 60
    assert looks[:6] == [60, 120, 240, 480, 960, 1920]
    pauses = [after - before for before, after in pairwise(looks)]
    assert pauses == sorted(pauses)
    assert max(pauses) <= LONGEST_LOOK_SECONDS
    assert len(looks) < 15


def test_without_the_right_to_list_events_every_payment_is_found(shop: ServiceShop) -> None:
    attempt = paid(shop, "form_1")
    shop.wait(60)
    assert shop.reconcile_with(Unlisted(shop.gateway)).changed == {"paid": 1}
    assert shop.state(attempt) == "paid"


def test_the_right_to_list_events_is_asked_for_again_every_hour(shop: ServiceShop) -> None:
    shop.start(shop.link())
    unlisted = Unlisted(shop.gateway)
    for _ in range(3):
        shop.reconcile_with(unlisted)
        shop.now += 60
    assert unlisted.asked == 1
    shop.now += REFUSED_SECONDS
    shop.reconcile_with(unlisted)
    assert unlisted.asked == 2
    shop.now += REFUSED_SECONDS
    asked = Asked(shop)
    shop.reconcile_with(asked)
    assert asked.names()[0] == "list_events"


def test_another_refusal_is_no_reason_to_read_sessions(shop: ServiceShop) -> None:
    class Revoked(Unlisted):
        def list_events(self, **_: Any) -> Any:
            raise GatewayRefused("Invalid API Key provided.", status=401)

    shop.start(shop.link())
    shop.now += 60
    summary = shop.reconcile_with(Revoked(shop.gateway))
    assert (summary.failed, summary.read) == (1, 0)


# sessions that are due


class Late(Unlisted):
    """A Stripe that has not listed any event yet."""

    def list_events(self, **_: Any) -> Any:
        self.asked += 1
        return [], False


def test_a_session_whose_time_is_over_and_whose_end_no_event_told_is_read(shop: ServiceShop) -> None:
    attempt = shop.start(shop.limited(1))
    late = Late(shop.gateway)
    shop.now = attempt.expires_at + 59
    shop.sandbox.settle_delayed(shop.now)
    assert shop.reconcile_with(late).read == 0
    shop.now += 1
    assert shop.reconcile_with(late).changed == {"expired": 1}
    assert shop.store.places_left(attempt.payment_link) == 1


def test_a_session_that_stripe_still_calls_open_after_its_time_is_read_ever_more_rarely(shop: ServiceShop) -> None:
    attempt = shop.start(shop.limited(1))
    late = Late(Broken(after=shop.gateway, works=("retrieve_checkout_session",)))
    shop.engine.execute("UPDATE sandbox_objects SET due = NULL")  # the session stays open at Stripe
    looks = 0
    for _ in range(24 * 60):
        shop.now += 60
        if shop.now >= attempt.expires_at:
            looks += shop.reconcile_with(late).read
    assert 5 < looks < 15


def test_an_account_that_does_not_answer_is_left_alone_and_the_others_are_not(shop: ServiceShop) -> None:
    class Silent(Asked):
        def expire_checkout_session(self, id: str, *, account: str | None) -> Any:
            self.calls.append(("expire_checkout_session", {"account": account}))
            if account == shop.organization.id:
                return Broken().expire_checkout_session(id)
            return shop.gateway.expire_checkout_session(id, account=shop.organization.id)

    link = shop.link()
    attempts = [shop.start(link, f"form_{number}") for number in range(20)]
    elsewhere = attempts[-1]
    shop.engine.execute("UPDATE attempts SET account = 'acct_other' WHERE id = :id", {"id": elsewhere.id})
    document = elsewhere.model_copy(update={"account": "acct_other", "version": elsewhere.version + 1})
    assert shop.store.save_attempt(document, "moved")
    assert not shop.update_with(Broken(), link, active=False).active
    silent = Silent(shop)
    summary = shop.reconcile_with(silent, parallel=1)
    tried = [named["account"] for name, named in silent.calls if name == "expire_checkout_session"]
    assert tried.count(shop.organization.id) == FAILURES
    assert (summary.failed, summary.ended) == (FAILURES, 1)
    assert shop.state(elsewhere) == "expired"


def test_a_session_of_a_closed_link_that_cannot_be_ended_for_good_is_not_tried_every_time(shop: ServiceShop) -> None:
    """It was paid with other amounts, so it is flagged, and somebody has to look at it."""
    link = shop.link()
    attempt = shop.start(link)
    shop.pay(attempt)
    shop.tamper(attempt, currency="usd")
    assert not shop.update_with(Broken(), link, active=False).active
    asked = Asked(shop)
    late = Late(asked)
    shop.reconcile_with(late)
    assert asked.names() == ["expire_checkout_session", "retrieve_checkout_session"]
    shop.now += 60
    shop.reconcile_with(late)
    assert asked.names() == []
    assert shop.stored(attempt).flags == ("currency_mismatch",)


def test_a_payment_that_came_too_late_is_refunded_after_its_page_of_events_is_stored(shop: ServiceShop) -> None:
    link = shop.limited(1)
    late = shop.start(link)
    shop.pay(late)
    shop.settle(late, "expired")
    other = shop.start(link, "other")
    shop.pay(other)

    class Watching(Asked):
        def create_refund(self, **named: Any) -> Refund:
            require_no_transaction(shop)
            assert {shop.state(late), shop.state(other)} == {"paid"}
            return shop.gateway.create_refund(**named)

    shop.reconcile_with(Watching(shop))
    assert sorted([shop.state(late), shop.state(other)]) == ["paid", "refunded"]
    assert len(shop.refunds()) == 1
