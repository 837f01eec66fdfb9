"""Lists of links, page by page."""

from typing import Any

import pytest
import stripe

from tests.api.conftest import ApiShop, a_shop, crowded
from tests.api.plain import plain
from tests.support.build import NOW


@pytest.fixture(scope="module")
def crowd(app: Any, clock: Any) -> ApiShop:
    """A shop with 250 links, every fifth of them inactive."""
    shop = a_shop(app, clock, "Crowded")
    crowded(shop, 250)
    return shop


@pytest.mark.matrix
def test_250_links_are_listed_by_pages_in_both_directions(crowd: ApiShop) -> None:
    found = list(crowd.sdk.v1.payment_links.list({"limit": 100}).auto_paging_iter())
    assert [link.metadata["number"] for link in found] == [str(number) for number in reversed(range(250))]
    last = found[-1].id
    page = crowd.sdk.v1.payment_links.list({"limit": 100, "ending_before": last})
    back = list(page.auto_paging_iter())
    assert [link.id for link in back] == [link.id for link in reversed(found[:-1])]


def test_pages_of_active_links_leave_the_others_out(crowd: ApiShop) -> None:
    found = list(crowd.sdk.v1.payment_links.list({"limit": 30, "active": True}).auto_paging_iter())
    assert len(found) == 201
    assert all(link.active for link in found)


def test_a_list_has_stripes_envelope(crowd: ApiShop) -> None:
    page = plain(crowd.sdk.v1.payment_links.list())
    assert {name: page[name] for name in ("object", "url", "has_more")} == {
        "object": "list",
        "url": "/v1/payment_links",
        "has_more": True,
    }
    assert len(page["data"]) == 10
    assert all("line_items" not in link for link in page["data"])
    page = plain(crowd.sdk.v1.payment_links.list({"limit": 2, "expand": ["data.line_items.data.price.product"]}))
    assert page["data"][1]["line_items"]["data"][0]["price"]["product"]["name"] == "Jar of honey"


@pytest.mark.parametrize("limit", [0, 101, -1])
def test_a_page_has_1_to_100_links(crowd: ApiShop, limit: int) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        crowd.sdk.v1.payment_links.list({"limit": limit})
    assert (refused.value.param, refused.value.code) == ("limit", "parameter_invalid_integer")


def test_events_have_what_was_created_and_updated(shop: ApiShop) -> None:
    link = shop.link(metadata={"order": "7"}, inactive_message="Over.")
    shop.clock.now = NOW + 5
    shop.sdk.v1.payment_links.update(
        link.id,
        {"metadata": {"order": "8"}, "custom_text": {"submit": {"message": "Go"}}},
        {"idempotency_key": "change-1"},
    )
    shop.sdk.v1.payment_links.update(link.id, {"metadata": {"order": "8"}})
    newest, oldest = shop.sdk.v1.events.list().data
    assert (oldest.type, newest.type) == ("payment_link.created", "payment_link.updated")
    assert plain(oldest)["data"] == {"object": plain(link)}
    told = plain(newest)
    assert told["created"] == NOW + 5
    assert told["request"]["idempotency_key"] == "change-1"
    assert told["request"]["id"].startswith("req_")
    assert told["data"]["object"]["metadata"] == {"order": "8"}
    assert told["data"]["previous_attributes"] == {
        "custom_text": {"submit": None},
        "metadata": {"order": "7"},
        "counterfoil": {"version": 1},
    }
    assert plain(shop.sdk.v1.events.retrieve(newest.id)) == told
    assert [event.id for event in shop.sdk.v1.events.list({"type": "payment_link.created"}).data] == [oldest.id]
