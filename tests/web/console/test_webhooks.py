"""Stripe's events in the settings: the outcome of each, and an event that is applied again."""

from typing import Any

from app.objects.event import Event, EventData
from tests.support.page import SAME_ORIGIN
from tests.web.console.conftest import Merchant

WEBHOOKS = "/console/settings/webhooks"
ORGANIZATION = "org_apiary"


def deliver(ada: Merchant, id: str, type: str, about: dict[str, Any]) -> None:
    """Store an event that Stripe delivered and that was not applied yet."""
    now = ada.shop.clock()
    event = Event(id=id, created=now, data=EventData(object=about), type=type)
    payload = event.model_dump_json()
    ada.shop.store.add_event(event, organization=ORGANIZATION, received=now, payload=payload, delivered=True)


def test_an_event_that_was_not_applied_is_applied_again(ada: Merchant) -> None:
    deliver(ada, "evt_1", "price.updated", {"id": "price_none", "object": "price"})
    page = ada.open(WEBHOOKS)
    assert "Not applied yet" in page.text
    page = ada.pressed(page, "Apply again: price.updated, today, " + page.text.partition("today, ")[2][:5])
    assert "price.updated: Changes nothing here" in page.text
    assert ada.shop.store.event_outcome("evt_1") is not None
    assert ada.shop.store.event_outcome("evt_1") != (None, "waiting")
    assert "Event applied again" in ada.open("/console/settings/log").text


def test_an_event_that_this_server_made_has_no_button_and_is_refused(ada: Merchant) -> None:
    link = ada.shop.link()
    made = ada.shop.store.events(ORGANIZATION, type="payment_link.created")[0][0]
    assert made.data.object["id"] == link.id
    page = ada.open(WEBHOOKS)
    assert "Made here" in page.text
    assert not page.root.all("button", class_="button-link")
    sent = ada.open("/console/account").values()
    ada.post(f"{WEBHOOKS}/{made.id}/replay", sent, SAME_ORIGIN)
    assert "was made here" in ada.open(WEBHOOKS).text


def test_the_page_names_the_address_that_stripe_calls(ada: Merchant) -> None:
    page = ada.open(WEBHOOKS)
    assert page.field("Address that Stripe calls")["value"] == "http://localhost/webhooks/stripe"
    assert "The sandbox sends its events itself" in page.text


def test_older_events_follow_on_the_next_page(ada: Merchant) -> None:
    for number in range(60):
        deliver(ada, f"evt_{number}", f"price.updated{number}", {"id": "price_none", "object": "price"})
    page = ada.open(WEBHOOKS)
    assert "price.updated59" in page.text
    older = ada.open(page.link("Older")["href"])
    assert "price.updated59" not in older.text
