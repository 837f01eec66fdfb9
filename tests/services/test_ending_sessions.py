"""Ending the sessions of links that were switched off: all of them, also where a run is interrupted or a write fails."""

from typing import Any

from app.services.reconcile import end_sessions_of_closed_links
from tests.services.asked import Asked, refuse_transitions_of, require_no_transaction
from tests.services.broken import Broken
from tests.services.shop import ServiceShop


def test_a_run_that_is_told_to_stop_stores_what_it_has_ended_and_the_next_one_ends_the_rest(shop: ServiceShop) -> None:
    link = shop.limited(6)
    attempts = [shop.start(link, f"form_{number}") for number in range(6)]
    assert not shop.update_with(Broken(), link, active=False).active
    answers = iter([True, True, True, *[False] * 100])
    asked = Asked(shop)
    shop.reconcile_with(asked, parallel=1, goes_on=lambda: next(answers))
    assert asked.names() == ["expire_checkout_session"] * 3
    assert [shop.state(attempt) for attempt in attempts] == ["expired"] * 3 + ["opened"] * 3
    assert shop.store.places_left(link.id) == 3
    assert shop.reconcile_with(asked).ended == 3
    assert asked.names().count("expire_checkout_session") == 3
    assert shop.store.places_left(link.id) == 6


def test_an_attempt_that_cannot_be_stored_keeps_no_other_from_being_ended(shop: ServiceShop) -> None:
    link = shop.limited(3)
    attempts = [shop.start(link, f"form_{number}") for number in range(3)]
    assert not shop.update_with(Broken(), link, active=False).active
    refuse_transitions_of(shop, attempts[1])
    summary = end_sessions_of_closed_links(shop.store, shop.gateway, shop.now)
    assert (summary.ended, summary.failed) == (2, 1)
    # Its session has ended at Stripe, and its place is free only once that is stored.
    assert [shop.state(attempt) for attempt in attempts] == ["expired", "opened", "expired"]
    assert shop.store.places_left(link.id) == 2
    shop.engine.execute("DROP TRIGGER full")
    assert shop.reconcile().ended == 1
    assert shop.store.places_left(link.id) == 3


def test_many_sessions_are_ended_before_one_transaction_stores_that(shop: ServiceShop) -> None:
    link = shop.limited(3)
    attempts = [shop.start(link, f"form_{number}") for number in range(3)]
    assert not shop.update_with(Broken(), link, active=False).active
    seen: list[list[str]] = []

    class Watching(Asked):
        def expire_checkout_session(self, id: str, *, account: str | None) -> Any:
            require_no_transaction(shop)
            seen.append([shop.state(attempt) for attempt in attempts])
            return shop.gateway.expire_checkout_session(id, account=account)

    assert shop.reconcile_with(Watching(shop), parallel=1).ended == 3
    assert seen == [["opened"] * 3] * 3


def test_every_session_ends_in_one_run_however_many_batches_they_are(shop: ServiceShop) -> None:
    link = shop.limited(7)
    attempts = [shop.start(link, f"form_{number}") for number in range(7)]
    assert not shop.update_with(Broken(), link, active=False).active
    assert shop.reconcile_with(shop.gateway, batch=2).ended == 7
    assert {shop.state(attempt) for attempt in attempts} == {"expired"}
    assert shop.store.places_left(link.id) == 7


def test_a_link_that_was_switched_on_again_in_between_keeps_its_sessions(shop: ServiceShop) -> None:
    link = shop.limited(2)
    attempts = [shop.start(link, f"form_{number}") for number in range(2)]
    assert not shop.update_with(Broken(), link, active=False).active

    def goes_on() -> bool:
        current = shop.link_of(attempts[0])
        return current.active or shop.update(current, active=True).active

    asked = Asked(shop)
    summary = end_sessions_of_closed_links(shop.store, asked, shop.now, parallel=1, goes_on=goes_on)
    assert (asked.names(), summary.failed) == ([], 0)
    assert [shop.session(attempt)["status"] for attempt in attempts] == ["open", "open"]


def test_what_an_account_ended_before_it_fell_silent_is_stored_although_the_first_write_failed(
    shop: ServiceShop,
) -> None:
    class Tiring(Asked):
        def expire_checkout_session(self, id: str, *, account: str | None) -> Any:
            self.calls.append(("expire_checkout_session", {}))
            gateway = shop.gateway if len(self.calls) <= 2 else Broken()
            return gateway.expire_checkout_session(id, account=account)

    link = shop.limited(6)
    attempts = [shop.start(link, f"form_{number}") for number in range(6)]
    assert not shop.update_with(Broken(), link, active=False).active
    refuse_transitions_of(shop, attempts[0])
    summary = end_sessions_of_closed_links(shop.store, Tiring(shop), shop.now, parallel=1)
    assert (summary.ended, summary.failed) == (1, 3 + 1)
    assert [shop.state(attempt) for attempt in attempts] == ["opened", "expired", *["opened"] * 4]


def test_calls_that_fail_now_and_then_do_not_make_an_account_silent(shop: ServiceShop) -> None:
    class Flaky(Asked):
        def expire_checkout_session(self, id: str, *, account: str | None) -> Any:
            self.calls.append(("expire_checkout_session", {}))
            gateway = shop.gateway if len(self.calls) % 2 else Broken()
            return gateway.expire_checkout_session(id, account=account)

    link = shop.link()
    for number in range(8):
        shop.start(link, f"form_{number}")
    assert not shop.update_with(Broken(), link, active=False).active
    summary = end_sessions_of_closed_links(shop.store, Flaky(shop), shop.now, parallel=1)
    assert (summary.ended, summary.failed) == (4, 4)
