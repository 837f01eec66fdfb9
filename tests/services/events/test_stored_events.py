"""Events that are stored, copies of prices and products that they refresh, and replay."""

import json
from typing import Any

import pytest

from app.errors import GatewayUnavailable, InvalidRequest, ResourceMissing, SignatureRefused
from app.objects.price import Price, Product
from app.services.events import inbox
from app.services.events.inbox import UNNAMED_WAITING_SECONDS, WAITING_SECONDS
from tests.services.broken import Broken
from tests.services.events.subjects import COMPLETED, price_of
from tests.services.shop import ServiceShop


def test_an_event_of_the_other_mode_is_refused_and_logged_and_not_stored(
    shop: ServiceShop, caplog: pytest.LogCaptureFixture
) -> None:
    attempt = shop.start(shop.link())
    shop.pay(attempt)
    event = {**shop.event_of(COMPLETED), "livemode": True}
    with pytest.raises(InvalidRequest):
        shop.receive_signed(event)
    (record,) = [record for record in caplog.records if record.name == "app.services.events.inbox"]
    assert (record.message, vars(record)["event"]) == ("event of the other mode", event["id"])
    assert shop.store.event(event["id"]) is None
    assert shop.state(attempt) == "opened"


def test_an_unsigned_event_is_not_stored(shop: ServiceShop) -> None:
    attempt = shop.start(shop.link())
    shop.pay(attempt)
    payload, signature = shop.deliveries()[-1]
    with pytest.raises(SignatureRefused):
        shop.receive(payload.replace(b"1250", b"1251"), signature)
    assert shop.store.waiting_events() == []
    assert shop.store.event(json.loads(payload)["id"]) is None
    assert shop.state(attempt) == "opened"


def test_an_event_of_an_unknown_type_is_stored_and_changes_nothing(shop: ServiceShop) -> None:
    attempt = shop.start(shop.link())
    shop.pay(attempt)
    event = {**shop.event_of(COMPLETED), "type": "checkout.session.sung"}
    assert shop.receive_signed(event) == "ignored"
    assert shop.store.event(event["id"]) is not None
    assert shop.state(attempt) == "opened"


@pytest.mark.parametrize("metadata", ["words", ["a list"], 1, None])
def test_an_event_with_strange_metadata_is_stored(shop: ServiceShop, metadata: Any) -> None:
    shop.pay(shop.start(shop.link()))
    event = {**shop.event_of(COMPLETED), "type": "v1.something.new", "data": {"object": {"metadata": metadata}}}
    assert shop.receive_signed(event) == "ignored"
    assert shop.store.event(event["id"]) is not None


def test_an_event_about_an_unknown_session_is_stored_and_changes_nothing(shop: ServiceShop) -> None:
    attempt = shop.start(shop.link())
    shop.pay(attempt)
    event = shop.event_of(COMPLETED)
    event["data"]["object"] |= {"id": "cs_test_other", "metadata": {}}
    event["id"] = "evt_of_another_session"
    assert shop.receive_signed(event) == "waiting"
    shop.now += UNNAMED_WAITING_SECONDS
    shop.reconcile()
    assert shop.store.event_outcome(event["id"]) == (shop.now, "ignored")
    assert shop.state(attempt) == "paid"


@pytest.mark.parametrize("broken", [{}, {"id": "cs_1"}, {"object": "charge"}], ids=["empty", "only an id", "a charge"])
def test_an_event_without_a_valid_session_is_stored_as_refused(shop: ServiceShop, broken: dict[str, Any]) -> None:
    shop.pay(shop.start(shop.link()))
    event = shop.event_of(COMPLETED)
    event["data"]["object"] = broken
    assert shop.receive_signed(event) == "refused: not a session"
    assert shop.store.event_outcome(event["id"]) == (shop.now, "refused: not a session")


def product_of(price: Price) -> Product:
    assert isinstance(price.product, Product)
    return price.product


def test_a_changed_product_is_updated_in_the_links_that_show_it(shop: ServiceShop) -> None:
    link, other = shop.link(), shop.link()
    product = product_of(price_of(shop, link))
    shop.post(f"/v1/products/{product.id}", {"name": "Jar of linden honey"})
    assert shop.receive_signed(shop.event_of("product.updated")) == "applied"
    after = shop.store.link(link.id)
    assert after is not None
    assert after.line_items is not None
    assert product_of(price_of(shop, link)).name == after.line_items.data[0].description == "Jar of linden honey"
    assert product_of(price_of(shop, other)).name == "Jar of honey"


def test_a_changed_price_is_updated_in_the_links_that_show_it(shop: ServiceShop) -> None:
    link = shop.link()
    price = price_of(shop, link)
    shop.post(f"/v1/prices/{price.id}", {"metadata[season]": "summer"})
    assert shop.receive_signed(shop.event_of("price.updated")) == "applied"
    assert price_of(shop, link).metadata == {"season": "summer"}
    assert price_of(shop, link).unit_amount == price.unit_amount


def test_a_price_that_no_link_shows_changes_nothing(shop: ServiceShop) -> None:
    price = shop.post("/v1/prices", {"currency": "eur", "unit_amount": "5", "product_data[name]": "Stamp"})
    shop.deliveries()
    shop.post(f"/v1/prices/{price['id']}", {"metadata[season]": "summer"})
    assert shop.receive_signed(shop.event_of("price.updated")) == "ignored"


def test_a_price_that_cannot_be_read_now_is_updated_later(shop: ServiceShop) -> None:
    link = shop.link()
    shop.post(f"/v1/prices/{price_of(shop, link).id}", {"metadata[season]": "summer"})
    event = shop.event_of("price.updated")
    with pytest.raises(GatewayUnavailable):
        shop.receive_signed(event, gateway=Broken())
    assert shop.store.event_outcome(event["id"]) == (None, "waiting")
    assert shop.reconcile().events_applied == 1
    assert price_of(shop, link).metadata == {"season": "summer"}


def test_replaying_an_event_changes_nothing_again(shop: ServiceShop) -> None:
    link = shop.limited(1)
    attempt = shop.start(link)
    shop.pay(attempt)
    event = shop.event_of(COMPLETED)
    shop.receive_signed(event)
    before = shop.stored(attempt)
    assert inbox.replay(shop.store, shop.gateway, event["id"], shop.now) == "applied"
    assert shop.stored(attempt) == before
    assert shop.count(link) == 1


def test_replaying_an_ignored_event_applies_it_if_its_attempt_exists_now(shop: ServiceShop) -> None:
    attempt = shop.start(shop.link())
    shop.pay(attempt)
    event = shop.event_of(COMPLETED)
    shop.forget(attempt)
    shop.receive_signed({**event, "created": shop.now - WAITING_SECONDS})
    assert shop.store.event_outcome(event["id"]) == (shop.now, "ignored")
    shop.remember(attempt)
    assert inbox.replay(shop.store, shop.gateway, event["id"], shop.now) == "applied"
    assert shop.state(attempt) == "paid"


def test_an_event_that_was_made_here_is_not_replayed(shop: ServiceShop) -> None:
    shop.link()
    (made,), _ = shop.store.events(None, type="payment_link.created")
    before = shop.store.event_outcome(made.id)
    with pytest.raises(InvalidRequest):
        inbox.replay(shop.store, shop.gateway, made.id, shop.now)
    assert shop.store.event_outcome(made.id) == before


def test_only_a_stored_event_can_be_replayed(shop: ServiceShop) -> None:
    with pytest.raises(ResourceMissing):
        inbox.replay(shop.store, shop.gateway, "evt_unknown", shop.now)
