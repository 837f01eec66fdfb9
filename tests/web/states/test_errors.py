"""Error pages: each says who is behind it and offers something to do. None of them is a dead end."""

from typing import Any

import pytest

from app.objects.payment_link.parts import OptionalItem
from tests.support.build import a_link, an_organization
from tests.support.page import SAME_ORIGIN, Page
from tests.web.conftest import WebShop

UNKNOWN = ["/pay/unknown", "/pay/unknown/embed", "/pay/unknown/complete/x", "/pay/unknown/qr.svg"]


@pytest.mark.parametrize("path", UNKNOWN)
def test_an_unknown_address_can_be_corrected(shop: WebShop, path: str) -> None:
    page = shop.open(path)
    assert (page.status, page.heading) == (404, "There is no payment page at this address")
    assert page.field("Last part of the address")["value"] == "unknown"
    assert (page.form["action"], page.form["method"]) == ("/pay", "get")
    assert page.has_button("Open")
    assert "Nothing was charged." in page.text


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/pay/Spring%20bxo", "Spring bxo"),
        ("/pay/%3Cb%3E%22x", '<b>"x'),
        ("/pay/" + "x" * 300, "x" * 200),
        ("/pay?code=unknown", "unknown"),
        ("/nowhere", ""),
        ("/pay-later", ""),
        (f"/pictures/{'0' * 64}.png", ""),
    ],
)
def test_the_field_holds_what_was_typed(shop: WebShop, path: str, typed: str) -> None:
    page = shop.open(path)
    assert page.status == 404
    assert page.field("Last part of the address")["value"] == typed


@pytest.mark.parametrize("path", ["/pay/unknown", "/nowhere"])
def test_the_only_merchant_of_a_server_stands_on_its_error_pages(shop: WebShop, path: str) -> None:
    page = shop.open(path)
    assert tidy_merchant(page) == "Hillside Apiary"
    assert page.root.first("p", class_="merchant").first("a")["href"] == "/"
    assert page.link("write to Hillside Apiary")["href"] == "mailto:help@hillside.example"
    assert page.link("Contact")["href"] == "mailto:help@hillside.example"


@pytest.mark.parametrize("path", ["/pay/unknown", "/nowhere"])
def test_a_server_with_several_merchants_names_none_on_its_error_pages(shop: WebShop, path: str) -> None:
    shop.store.add_organization(an_organization("org_other", "Valley Apiary"))
    page = shop.open(path)
    assert tidy_merchant(page) == "localhost"
    assert page.root.first("span", class_="merchant-initial-plain").text == "L"
    assert page.root.first("p", class_="merchant").first("a")["href"] == "/"
    assert "Apiary" not in page.html
    assert page.has_button("Open")


def tidy_merchant(page: Page) -> str:
    return page.root.first("p", class_="merchant").first("bdi").text


def test_a_merchant_without_an_address_is_named_all_the_same(shop: WebShop) -> None:
    shop.merchant(an_organization(business_profile={"name": "Hillside"}))
    page = shop.open("/pay/unknown")
    assert tidy_merchant(page) == "Hillside"
    assert "ask the person who sent it to you." in page.text


def test_an_unknown_payment_leads_back_to_its_page(shop: WebShop) -> None:
    shop.add()
    page = shop.open("/pay/honey/complete/unknown")
    assert (page.status, page.heading) == (404, "There is no payment at this address")
    assert page.link("Back to the payment page")["href"] == "/pay/honey"
    assert not page.root.all("form")


@pytest.mark.parametrize("path", ["/sandbox/checkout/cs_unknown", "/sandbox/nowhere"])
def test_an_unknown_test_payment_has_a_page_of_its_own(shop: WebShop, path: str) -> None:
    page = shop.open(path)
    assert (page.status, page.heading) == (404, "There is no test payment at this address")
    assert page.link("Go to the first page")["href"] == "/"


def test_another_method_is_refused_with_a_page(shop: WebShop) -> None:
    shop.add()
    page = Page(shop.client.put("/pay/honey"))
    assert (page.status, page.heading) == (405, "We could not read this request")
    assert "GET" in page.headers["Allow"]
    assert page.link("Write to Hillside Apiary")["href"] == "mailto:help@hillside.example"


def test_another_method_leads_to_the_first_page_where_no_merchant_is_known(shop: WebShop) -> None:
    shop.store.add_organization(an_organization("org_other", "Valley Apiary"))
    assert Page(shop.client.put("/pay/honey")).link("Go to the first page")["href"] == "/"


def test_a_post_that_is_too_long_leads_back_to_the_page(shop: WebShop) -> None:
    shop.add()
    page = Page(shop.client.post("/pay/honey", data={"csrf_token": "x" * 2_000_000}, headers=SAME_ORIGIN))
    assert (page.status, page.heading) == (413, "That was too long to be sent")
    assert page.link("Back to the payment page")["href"] == "/pay/honey"


def test_an_unexpected_error_leads_back_to_the_page_and_tells_how_to_reach_the_merchant(shop: WebShop) -> None:
    # A stored link with only the id of a price cannot occur. It causes an unexpected error here.
    shop.add(a_link(optional_items=[OptionalItem(price="price_lost", quantity=1)]))
    page = shop.open()
    assert page.status == 500
    assert page.link("Back to the payment page")["href"] == "/pay/honey"
    assert page.has_link("help@hillside.example")


@pytest.mark.parametrize("changes", [{"active": False}, {"counterfoil": {"closes_at": 1}}], ids=["inactive", "closed"])
@pytest.mark.parametrize(
    ("profile", "label", "url"),
    [
        ({"url": "https://apiary.example/"}, "Visit Hillside", "https://apiary.example/"),
        ({"support_email": "help@hillside.example"}, "Write to Hillside", "mailto:help@hillside.example"),
        ({"support_url": "https://help.example/"}, "Contact Hillside", "https://help.example/"),
        ({}, "Go to the first page", "/"),
    ],
)
def test_a_closed_link_always_leads_somewhere(
    shop: WebShop, changes: dict[str, Any], profile: dict[str, str], label: str, url: str
) -> None:
    shop.merchant(an_organization(business_profile={"name": "Hillside", **profile}))
    shop.add(a_link(**changes))
    page = shop.open()
    assert page.status == 410
    assert page.link(label)["href"] == url


def test_a_database_that_does_not_answer_is_not_asked_for_the_merchant(shop: WebShop) -> None:
    engine = shop.store.engine  # type: ignore[attr-defined]
    engine.execute("ALTER TABLE link_codes RENAME TO hidden_codes")
    busy = shop.open("/pay/honey")
    assert (busy.status, busy.heading, tidy_merchant(busy)) == (503, "We're busy", "localhost")
    assert busy.link("Try again")["href"] == "/pay/honey"
    engine.execute("ALTER TABLE organizations RENAME TO hidden")
    page = shop.open("/nowhere")
    assert (page.status, tidy_merchant(page)) == (404, "localhost")
