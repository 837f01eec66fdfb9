"""One address holds a few places of a link with a limit at a time, so that one visitor cannot hold them all."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from app.errors import TooManyHeld
from app.objects.payment_link import PaymentLink
from app.objects.selection import Selection
from app.services.checkout.reservation import HOLD_SECONDS, Network
from tests.services.shop import BAD_DEBIT, CARD, PRICE, ServiceShop
from tests.support.build import NOW

HERE = Network("here", unpaid=1000, seconds=86400, holds=2)
ELSEWHERE = replace(HERE, address="elsewhere")


def hold(shop: ServiceShop, link: PaymentLink, *forms: str, network: Network = HERE) -> None:
    for form in forms:
        shop.start(link, form, network=network)


def test_an_address_waits_until_the_first_of_its_places_comes_free(shop: ServiceShop) -> None:
    link = shop.limited(50)
    hold(shop, link, "one")
    shop.now += 60
    hold(shop, link, "two")
    with pytest.raises(TooManyHeld) as refused:
        hold(shop, link, "three")
    assert refused.value.until == NOW + HOLD_SECONDS
    assert shop.store.places_left(link.id) == 48
    assert len(shop.sessions()) == 2
    hold(shop, link, "elsewhere", network=ELSEWHERE)
    hold(shop, shop.limited(50), "another link")


def test_the_time_counts_the_places_that_must_come_free_before_there_is_room(shop: ServiceShop) -> None:
    link = shop.limited(50)
    for form in ("one", "two", "three"):
        hold(shop, link, form, network=replace(HERE, holds=0))
        shop.now += 60
    with pytest.raises(TooManyHeld) as refused:
        hold(shop, link, "four")
    assert refused.value.until == NOW + 60 + HOLD_SECONDS, "one of three is too many: the second has to end"


def test_a_place_that_is_given_back_or_paid_makes_room(shop: ServiceShop) -> None:
    link = shop.limited(50)
    hold(shop, link, "one", "two")
    one = shop.store.attempts_of_form("one")[0]
    shop.cancel(one)
    hold(shop, link, "three")
    shop.pay(shop.store.attempts_of_form("two")[0], CARD)
    shop.receive_all()
    hold(shop, link, "four")
    shop.pay(shop.store.attempts_of_form("three")[0], BAD_DEBIT)
    shop.receive_all()
    hold(shop, link, "five")
    with pytest.raises(TooManyHeld):
        hold(shop, link, "six")


def test_a_buyer_at_the_limit_continues_and_changes_what_is_open(shop: ServiceShop) -> None:
    link = shop.limited(50, line_items=[{"price_data": PRICE, "quantity": 1, "adjustable_quantity": {"enabled": True}}])
    hold(shop, link, "one", "two")
    first = shop.store.attempts_of_form("one")[0]
    assert shop.start(link, "one", network=HERE) == first
    assert link.line_items is not None
    changed = Selection(quantities={link.line_items.data[0].id: 3})
    assert shop.start(link, "one", changed, network=HERE).id != first.id
    assert shop.store.places_left(link.id) == 48


def test_links_without_a_limit_and_requests_of_the_api_are_not_counted(shop: ServiceShop) -> None:
    hold(shop, shop.link(), "one", "two", "three")
    link = shop.limited(50)
    for form in ("four", "five", "six"):
        shop.start(link, form, network=None)
    hold(shop, link, *"789", network=replace(HERE, holds=0))


def test_posts_that_come_at_once_hold_no_more(shop: ServiceShop) -> None:
    link, together = shop.limited(50), Barrier(8)

    def submit(number: int) -> bool:
        together.wait()
        try:
            shop.start(link, f"form {number}", network=HERE)
        except TooManyHeld:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(submit, range(8))) == 2
    assert shop.store.places_left(link.id) == 48


def test_a_refused_post_is_not_counted_as_a_session_of_the_link(shop: ServiceShop) -> None:
    link, counted = shop.limited(50), []
    for form in ("one", "two"):
        shop.start(link, form, network=HERE, count_session=lambda: counted.append("session"))
    with pytest.raises(TooManyHeld):
        shop.start(link, "three", network=HERE, count_session=lambda: counted.append("session"))
    assert len(counted) == 2
