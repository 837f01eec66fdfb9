"""The page of one link in the console: the money taken, the buyers who are paying now, and the changes."""

from typing import Any

import pytest

from app.objects.price import Price
from app.objects.selection import Selection, UrlParameters
from app.objects.user import User
from tests.store.build import an_attempt
from tests.support.build import NOW, a_coupon, a_custom_price, a_line, a_price, a_tier, packs_of
from tests.support.page import Page, tidy
from tests.web.console.conftest import ADA, Merchant, add_user
from tests.web.console.test_links import link_of, rows


def facts(page: Page) -> dict[str, str]:
    """Return the facts about the link by their label."""
    found = page.root.first("section", aria_labelledby="about").all("div")
    return {tidy(one.first("dt").text): tidy(one.first("dd").text) for one in found}


def test_the_page_of_a_link_says_what_it_has_taken_and_who_is_paying_now(ada: Merchant) -> None:
    ada.shop.add(link_of("one"))
    shown = facts(ada.open("/console/links/plink_one"))
    assert (shown["Taken"], shown["Paying now"]) == ("–", "0")
    assert "is paying now." not in ada.open("/console/links/plink_one").text
    store = ada.shop.store
    paid = an_attempt("att_1", state="paid", paid_at=NOW, amount_total=1000, payment_link="plink_one")
    assert store.add_attempt(paid, "paid")
    assert store.add_attempt(an_attempt("att_2", payment_link="plink_one"), "opened")
    page = ada.open("/console/links/plink_one")
    assert (facts(page)["Taken"], facts(page)["Paying now"]) == ("€10.00", "1")
    assert "1 buyer is paying now." in page.text


def test_live_payments_and_buyers_are_counted_apart_from_those_of_the_test_mode(ada: Merchant) -> None:
    ada.shop.add(link_of("one"))
    for id, state, livemode in (("a", "paid", False), ("b", "paid", True), ("c", "paid", True), ("d", "opened", True)):
        attempt = an_attempt(id, state=state, paid_at=NOW, livemode=livemode, payment_link="plink_one")
        assert ada.shop.store.add_attempt(attempt, state)
    page = ada.open("/console/links/plink_one")
    assert (facts(page)["Paid"], facts(page)["Paying now"]) == ("1", "0")
    assert rows(ada.open())["Jar of honey"][2] == "1"
    assert "is paying now" not in page.text
    assert "is paying now" not in ada.open("/console/links/plink_one/edit").text


def test_the_page_of_a_link_says_who_changed_what_and_when(ada: Merchant) -> None:
    ada.shop.add(link_of("one"))
    ada.shop.add(link_of("two"))
    assert "Nothing was changed yet." in ada.open("/console/links/plink_one").text
    off = ada.pressed(ada.open("/console/links/plink_one"), "Switch off", inactive_message="Back in spring")
    assert "Nothing was changed yet." in ada.open("/console/links/plink_two").text
    row = off.root.first("section", aria_labelledby="changes").first("tbody").first("tr")
    text = tidy(row.text)
    assert text.startswith("Link changed")
    assert ADA in text
    assert "Back in spring" in text
    assert "today, 14:13" in row.text
    assert ada.open(off.link("All changes of this link")["href"]).status == 200


def test_a_viewer_sees_the_history_of_a_link(ada: Merchant) -> None:
    ada.shop.add(link_of("one"))
    ada.pressed(ada.open("/console/links/plink_one"), "Switch off")
    eve: User = add_user(ada.shop, "eve@example.com", role="viewer")
    page = Merchant(ada.shop).log_in("/console/links/plink_one", email=eve.email)
    assert "Link changed" in page.text
    assert not page.has_button("Switch on")


def test_the_page_of_a_link_counts_who_went_on_to_the_payment(ada: Merchant) -> None:
    ada.shop.add(link_of("one"))
    assert facts(ada.open("/console/links/plink_one"))["Started"] == "0"
    for number, state in enumerate(("opened", "expired", "paid")):
        attempt = an_attempt(f"att_{number}", state=state, payment_link="plink_one")
        assert ada.shop.store.add_attempt(attempt, "opened")
    assert facts(ada.open("/console/links/plink_one"))["Started"] == "3"


def test_the_page_of_a_link_shows_what_it_sells_and_its_rules(ada: Merchant) -> None:
    scent = {"key": "scent", "label": {"custom": "Scent", "type": "custom"}, "optional": True, "type": "text"}
    link = link_of(
        "one",
        allow_promotion_codes=True,
        consent_collection={"terms_of_service": "required", "promotions": "auto"},
        custom_fields=[scent],
        phone_number_collection={"enabled": True},
        restrictions={"completed_sessions": {"limit": 5, "count": 0}},
        shipping_address_collection={"allowed_countries": ["DE", "AT"]},
    )
    ada.shop.add(link)
    page = ada.open("/console/links/plink_one")
    items = page.root.first("section", aria_labelledby="sells")
    assert "Jar of honey 1 €12.50" in tidy(items.text)
    shown = page.root.first("section", aria_labelledby="rules")
    assert {tidy(row.first("dt").text): tidy(row.first("dd").text) for row in shown.first("dl").all("div")} == {
        "Questions": "Scent (text, optional), Phone number",
        "Consents": "Terms: must accept. News: can agree.",
        "Shipping": "Germany, Austria",
        "Discounts": "Buyers can enter a code",
        "Limits": "5 payments",
        "After payment": "Our receipt page",
    }
    assert page.link("Share")["href"] == "/console/links/plink_one/created"
    assert page.link("Change the items")["href"] == "/console/links/plink_one/edit#items"


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"redeem_by": NOW + 60}, "Harvest"),
        ({"redeem_by": NOW}, "Harvest (Expired)"),
        ({"max_redemptions": 2, "times_redeemed": 2}, "Harvest (Used up)"),
        ({"valid": False}, "Harvest (Ended)"),
    ],
)
def test_the_page_of_a_link_says_that_its_coupon_has_ended(ada: Merchant, changes: dict[str, Any], shown: str) -> None:
    ada.shop.add(link_of("one", coupon=a_coupon(**changes)))
    rules = ada.open("/console/links/plink_one").root.first("section", aria_labelledby="rules").first("dl")
    told = {tidy(row.first("dt").text): tidy(row.first("dd").text) for row in rules.all("div")}
    assert told["Discounts"] == shown


def test_a_detail_stands_in_the_brackets_of_the_language(ada: Merchant) -> None:
    ada.shop.add(link_of("one", coupon=a_coupon(redeem_by=NOW)))
    page = Page(ada.get("/console/links/plink_one", **{"Accept-Language": "ja"}))
    assert "Harvest（" in page.text
    assert "Harvest (" not in page.text


@pytest.mark.parametrize(
    ("price", "quantity", "texts"),
    [
        (a_price(1250), 1, "1 €12.50"),
        (a_price(1250), 2, "2 €25.00 €12.50 each"),
        (a_price(900, recurring="month"), 2, "2 €18.00, every month €9.00 each"),
        (a_price(480, transform_quantity=packs_of(12)), 24, "24 €9.60 €4.80 a pack"),
        (a_price(unit_amount_decimal="0.5"), 100, "100 €0.50 €0.005 each"),
        (a_price(tiers=(a_tier(None, 480),), tiers_mode="volume"), 3, "3 Price by quantity"),
        (a_custom_price(), 1, "1 Buyers choose the amount"),
    ],
)
def test_the_page_of_a_link_says_what_an_item_costs_and_what_one_piece_costs(
    ada: Merchant, price: Price, quantity: int, texts: str
) -> None:
    ada.shop.add(link_of("one", a_line(price, quantity)))
    items = ada.open("/console/links/plink_one").root.first("section", aria_labelledby="sells").first("ul")
    assert tidy(items.text).endswith(f"Jar of honey {texts}")


def test_the_page_of_a_link_says_where_the_buyers_came_from_who_have_paid(ada: Merchant) -> None:
    ada.shop.add(link_of("one"))

    def pay(id: str, **notes: str) -> None:
        selection = Selection(url_parameters=UrlParameters(**notes))
        paid = an_attempt(f"att_{id}", state="paid", paid_at=NOW, payment_link="plink_one", selection=selection)
        assert ada.shop.store.add_attempt(paid, "paid")

    pay("0")
    assert "Came from" not in facts(ada.open("/console/links/plink_one"))
    for number in range(2):
        pay(f"a{number}", utm_source="newsletter")
    pay("b", utm_source="newsletter", utm_campaign="spring")
    shown = facts(ada.open("/console/links/plink_one"))
    assert shown["Came from"] == "newsletter 2, newsletter/spring 1, without a note 1"
    assert shown["Started"] == "4"
    for number in range(4):
        pay(f"c{number}", utm_campaign=f"z{number}")
    assert facts(ada.open("/console/links/plink_one"))["Came from"].endswith(", z0 1, z1 1, without a note 1, others 2")


def test_a_link_that_is_switched_off_says_so_and_comes_back_with_undo(ada: Merchant) -> None:
    ada.shop.add(link_of("one"))
    off = ada.pressed(ada.open("/console/links/plink_one"), "Switch off")
    assert off.notice == "“Jar of honey” is switched off"
    on = ada.pressed(off, "Undo")
    assert on.notice == "“Jar of honey” is switched on"
    assert on.has_button("Switch off")
    assert not ada.open("/console/links/plink_one").notice
