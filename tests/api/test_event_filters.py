"""The filters of `/v1/events`, as programs that copy an account use them: by types, by groups of types and by time."""

from typing import Any

import pytest
import stripe

from tests.api.conftest import ApiShop
from tests.store.build import an_event
from tests.support.build import NOW

TYPES = ("payment_link.created", "payment_link.updated", "price.updated", "pricesXupdated", "product.updated")


@pytest.fixture
def told(shop: ApiShop) -> ApiShop:
    """A shop with one event of each type, ten seconds apart. The last one waits for a webhook."""
    for number, type in enumerate(TYPES):
        created = NOW + 10 * number
        event = an_event(f"evt_{shop.organization.id}_{number}", type, created=created, pending_webhooks=number // 4)
        shop.store.add_event(event, organization=shop.organization.id, received=created)
    return shop


def numbers(shop: ApiShop, **params: Any) -> str:
    """Return the numbers of the events on all pages of two, newest first."""
    events = shop.sdk.v1.events.list({"limit": 2, **params}).auto_paging_iter()
    return "".join(event.id[-1] for event in events)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, "43210"),
        ({"type": "price.updated"}, "2"),
        ({"type": "price*"}, "32"),
        ({"type": "price.*"}, "2"),
        ({"type": "payment_link.*"}, "10"),
        ({"type": "payment%"}, ""),
        ({"type": "payment_link"}, ""),
        ({"type": "*"}, "43210"),
        ({"types": ["price.updated", "payment_link.created"]}, "20"),
        ({"types": ["product.*", "payment_link.*"]}, "410"),
        ({"type": "payment_link.*", "types": ["payment_link.updated"]}, "1"),
        ({"created": {"gte": NOW + 20}}, "432"),
        ({"created": {"gt": NOW + 20, "lt": NOW + 40}}, "3"),
        ({"created": {"lte": NOW + 10}}, "10"),
        ({"created": NOW + 10}, "1"),
        ({"created": {"gt": NOW + 999}}, ""),
        ({"delivery_success": True}, "3210"),
        ({"delivery_success": False}, "4"),
    ],
)
def test_events_are_filtered_as_at_stripe(told: ApiShop, params: dict[str, Any], expected: str) -> None:
    assert numbers(told, **params) == expected


def test_filtered_pages_can_be_read_backwards(told: ApiShop) -> None:
    oldest = f"evt_{told.organization.id}_0"
    page = told.sdk.v1.events.list({"limit": 2, "ending_before": oldest, "created": {"gt": NOW + 10}})
    assert ([event.id[-1] for event in page.data], page.has_more) == (["3", "2"], True)
    assert [event.id[-1] for event in page.auto_paging_iter()] == ["2", "3", "4"]


def test_an_event_that_arrived_before_its_time_by_our_clock_is_found(told: ApiShop) -> None:
    event = an_event("evt_early", "price.updated", created=NOW + 1000)
    told.store.add_event(event, organization=told.organization.id, received=NOW + 900)
    assert [event.id for event in told.sdk.v1.events.list({"created": {"gte": NOW + 1000}}).data] == ["evt_early"]


def test_at_most_20_types_are_taken(told: ApiShop) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        told.sdk.v1.events.list({"types": ["price.updated"] * 21})
    assert refused.value.param == "types"
