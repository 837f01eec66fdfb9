"""What Stripe refused and only the merchant can change: recorded, logged once, shown in the console, and gone when it is over."""

import logging
from typing import Any

import pytest

from app.objects.refusal import Refusal
from tests.support.build import a_coupon, a_link, a_promotion_code, a_shipping_rate, an_organization
from tests.support.languages import in_language
from tests.support.page import Page, tidy
from tests.support.refusing import Refusing, refusing
from tests.web.conftest import WebShop
from tests.web.console.conftest import Merchant

RIGHTS = "The provided key does not have the required permissions for this endpoint."
TEXT: dict[str, Any] = {"key": "words", "label": {"type": "custom", "custom": "Words"}, "type": "text"}


def press(shop: WebShop, path: str = "/pay/honey", **answers: str) -> int:
    """Press the button of a page and return the status."""
    page = shop.open(path)
    return int(shop.press(page, page.by_id("pay").text, dict(answers)).status_code)


def refused(shop: WebShop) -> Refusal | None:
    return shop.store.refusals(["plink_honey"]).get("plink_honey")


def state_in_list(page: Page) -> str:
    return tidy(page.root.first("tbody").first("tr").all("td")[0].text)


def rights_missing(shop: WebShop) -> Refusing:
    stripe = refusing(shop.app)
    stripe.refuse(RIGHTS, status=403, code="more_permissions_required")
    return stripe


def test_the_link_and_the_reason_are_recorded_and_shown_to_the_merchant(ada: Merchant) -> None:
    shop = ada.shop
    shop.merchant(an_organization(timezone="Europe/Vienna"))
    shop.sell()
    assert state_in_list(ada.open()) == "Active"
    rights_missing(shop)
    assert press(shop) == 409
    shop.clock.now += 60
    assert press(shop) == 409
    first = shop.clock() - 60
    assert refused(shop) == Refusal(
        code="more_permissions_required", count=2, created=first, last_seen=first + 60, message=RIGHTS
    )
    assert state_in_list(ada.open()) == f"Cannot be paid Stripe says: “{RIGHTS}”"
    page = ada.open("/console/links/plink_honey")
    assert "Stripe refuses this link" in page.text
    assert f"Stripe says: “{RIGHTS}”" in page.text
    facts = page.rows("facts")
    assert (facts["Code"], facts["How often"]) == ("more_permissions_required", "2")
    assert facts["Since"] != facts["Last time"]


def test_the_reason_is_logged_once(shop: WebShop, caplog: pytest.LogCaptureFixture) -> None:
    shop.sell()
    stripe = rights_missing(shop)
    with caplog.at_level(logging.INFO, "app"):
        press(shop)
        press(shop)
        stripe.refuse("Received unknown parameter: colour", param="colour")
        press(shop)
    told = [record for record in caplog.records if record.name.startswith("app.services") or "session" in record.msg]
    fields = [(record.payment_link, record.reason, record.code, record.param, record.status) for record in told]  # type: ignore[attr-defined]
    assert fields == [
        ("plink_honey", RIGHTS, "more_permissions_required", None, 403),
        ("plink_honey", "Received unknown parameter: colour", None, "colour", 400),
    ]


def test_the_record_goes_when_a_session_is_opened_again(ada: Merchant) -> None:
    ada.shop.sell()
    stripe = rights_missing(ada.shop)
    press(ada.shop)
    stripe.error = None
    assert press(ada.shop) == 303
    assert refused(ada.shop) is None
    assert state_in_list(ada.open()) == "Active"
    assert "Stripe refuses" not in ada.open("/console/links/plink_honey").text


def test_the_record_goes_when_the_link_is_changed(ada: Merchant) -> None:
    ada.shop.sell()
    rights_missing(ada.shop)
    press(ada.shop)
    page = ada.open("/console/links/plink_honey")
    assert ada.press(page, "Switch off").status_code == 303
    assert refused(ada.shop) is None


def test_the_record_goes_when_stripe_says_that_the_price_has_changed(shop: WebShop) -> None:
    link = shop.sell()
    rights_missing(shop)
    press(shop)
    assert link.line_items is not None
    price = link.line_items.data[0].price
    assert price is not None
    shop.stock.sdk.v1.prices.update(price.id, {"metadata": {"season": "summer"}})
    assert refused(shop) is None


def test_a_refused_link_is_recorded_for_the_endpoint_of_programs_too(ada: Merchant) -> None:
    link = ada.shop.sell(a_link(shipping=[a_shipping_rate()]))
    rate = link.shipping_options[0].shipping_rate
    ada.shop.stock.sdk.v1.shipping_rates.update(rate if isinstance(rate, str) else rate.id, {"active": False})
    key = ada.shop.stock.sdk._requestor.api_key
    path = f"/api/payment-links/{link.id}/stripe_checkout_session"
    assert ada.shop.client.post(path, json={}, headers={"Authorization": f"Bearer {key}"}).status_code == 409
    kept = refused(ada.shop)
    assert kept is not None
    assert (kept.message, kept.param) == ("The shipping rate is archived.", "shipping_options[0][shipping_rate]")


@pytest.mark.parametrize("kind", ["price", "product"])
def test_an_archived_item_is_shown_before_any_buyer_comes(ada: Merchant, kind: str) -> None:
    link = ada.shop.sell()
    assert link.line_items is not None
    price = link.line_items.data[0].price
    assert price is not None
    assert not isinstance(price.product, str)
    sdk = ada.shop.stock.sdk.v1
    if kind == "price":
        sdk.prices.update(price.id, {"active": False})
        message = "The price specified is inactive. This field only accepts active prices."
    else:
        sdk.products.update(price.product.id, {"active": False})
        message = f"The product {price.product.id} is marked as inactive."
    assert state_in_list(ada.open()) == f"Cannot be paid {message}"
    page = ada.open("/console/links/plink_honey")
    assert message in page.text
    assert "Stripe says" not in page.text
    assert "The page is closed. It opens by itself" in page.text
    assert "How often" not in page.rows("facts")


def test_what_a_buyer_can_change_is_no_news_for_the_merchant(shop: WebShop, caplog: pytest.LogCaptureFixture) -> None:
    shop.sell(a_link(allow_promotion_codes=True))
    shop.stock.promotion_code(a_promotion_code("HARVEST", a_coupon("20")))
    shop.pressed(shop.open(), "Apply", {"Promotion code": "HARVEST"})
    (code,) = shop.stock.sdk.v1.promotion_codes.list({"code": "HARVEST"}).data
    shop.stock.sdk.v1.promotion_codes.update(code.id, {"active": False})
    assert press(shop, **{"Promotion code": "HARVEST"}) == 422
    refusing(shop.app).refuse("Invalid email address: a@b.example", code="email_invalid", param="customer_email")
    assert press(shop, "/pay/honey?prefilled_email=a@b.example") == 422
    # Anyone can write this address, so it says nothing about the link.
    assert press(shop, "/pay/honey?locked_prefilled_email=a@b.example") == 409
    assert refused(shop) is None
    assert "a@b.example" not in caplog.text


def test_a_recorded_reason_repeats_no_answer_of_the_buyer(shop: WebShop, caplog: pytest.LogCaptureFixture) -> None:
    shop.sell(a_link(custom_fields=[TEXT]))
    refusing(shop.app).refuse("Metadata is wrong: 'For Zoë, with love' is not taken.", param="metadata")
    assert press(shop, Words="For Zoë, with love") == 409
    kept = refused(shop)
    assert kept is not None
    assert kept.message == "Metadata is wrong: '…' is not taken."
    assert "Zoë" not in caplog.text


def test_a_code_that_may_not_be_looked_up_is_recorded_and_the_buyer_can_go_on_without_it(shop: WebShop) -> None:
    shop.sell(a_link(allow_promotion_codes=True, custom_fields=[TEXT]))
    page = shop.open()
    stripe = refusing(shop.app)
    stripe.method, stripe.path = "GET", "/v1/promotion_codes"
    stripe.refuse(RIGHTS, status=403)
    again = shop.pressed(page, page.by_id("pay").text, {"Promotion code": "HARVEST", "Words": "kept"})
    assert (again.status, again.notice) == (409, "Promotion codes cannot be checked at the moment")
    notice = again.root.first("div", class_="notice").text
    assert "You can go on without a code." in notice
    assert "try" not in notice.lower()
    assert again.field("Words")["value"] == "kept"
    kept = refused(shop)
    assert kept is not None
    assert kept.message == RIGHTS
    answers = {"Promotion code": "", "Words": "kept"}
    assert shop.press(again, again.by_id("pay").text, answers).status_code == 303


def test_the_list_and_the_page_of_a_link_say_in_their_language_why_it_cannot_be_paid(ada: Merchant) -> None:
    link = ada.shop.sell()
    assert link.line_items is not None
    price = link.line_items.data[0].price
    assert price is not None
    ada.shop.stock.sdk.v1.prices.update(price.id, {"active": False})
    for path in ("/console/links", "/console/links/plink_honey"):
        text = Page(ada.get(path, **{"Accept-Language": "ja"})).text
        reason = in_language("ja", "The price specified is inactive. This field only accepts active prices.")
        assert reason in text
        assert "The price" not in text
        assert in_language("ja", "Stripe says: “%(message)s”", message=reason) not in text


def test_what_stripe_itself_says_stays_in_quotation_marks(ada: Merchant) -> None:
    ada.shop.sell()
    rights_missing(ada.shop)
    press(ada.shop)
    for path in ("/console/links", "/console/links/plink_honey"):
        assert (
            in_language("de", "Stripe says: “%(message)s”", message=RIGHTS)
            in Page(ada.get(path, **{"Accept-Language": "de"})).text
        )
