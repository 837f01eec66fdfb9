"""Changes of an attempt: they apply to the stored version, whichever version the caller has."""

from app.objects.attempt import ENDED, LIVE, State
from app.services.attempts.state_machine import RANK, Fact, add_flag, settle
from app.services.checkout import steps as checkout
from tests.services.shop import ServiceShop


def test_a_fact_about_an_outdated_attempt_is_applied_to_the_stored_one(shop: ServiceShop) -> None:
    outdated = shop.start(shop.limited(1))
    flagged = add_flag(shop.store, outdated, "amount_mismatch", shop.now, cause="test")
    paid = settle(shop.store, outdated, Fact("paid", amount_total=1250), shop.now, cause="test")
    assert (paid.state, paid.flags, paid.version) == ("paid", ("amount_mismatch",), flagged.version + 1)
    assert shop.stored(outdated) == paid
    assert [row.to_state for row in shop.store.history(paid.id)] == ["opened", "paid"]


def test_a_fact_that_adds_nothing_returns_the_stored_attempt_and_not_the_outdated_one(shop: ServiceShop) -> None:
    outdated = shop.start(shop.link())
    paid = settle(shop.store, outdated, Fact("paid"), shop.now, cause="test")
    assert settle(shop.store, outdated, Fact("opened"), shop.now, cause="test") == paid


def test_places_follow_the_stored_attempt(shop: ServiceShop) -> None:
    link = shop.limited(1)
    outdated = shop.start(link)
    checkout.cancel(shop.store, shop.gateway, link, outdated.token, shop.now)
    settle(shop.store, outdated, Fact("expired"), shop.now, cause="test")
    assert shop.store.places_left(link.id) == 1


def test_every_state_is_either_live_or_ended() -> None:
    states: set[State] = {*LIVE, *ENDED}
    assert (states, len(LIVE) + len(ENDED)) == (set(RANK), len(RANK))
