"""What Stripe refuses: the buyer reads it at the field, or that only the merchant can help. Neither is called an outage."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from app.objects.payment_link import PaymentLink
from tests.support.build import (
    a_coupon,
    a_custom_price,
    a_line,
    a_link,
    a_promotion_code,
    a_shipping_rate,
    a_tax_rate,
    adjustable,
    an_optional_item,
    an_organization,
)
from tests.support.page import Page
from tests.support.refusing import refusing
from tests.web.conftest import WebShop

TEXT: dict[str, Any] = {"key": "words", "label": {"type": "custom", "custom": "Words"}, "type": "text"}
TITLE = "This payment can't be taken right now"


def button(page: Page) -> str:
    """Return the words of the button that leads to the payment."""
    return page.by_id("pay").text


def pay(shop: WebShop, page: Page | None = None, answers: dict[str, Any] | None = None) -> Page:
    page = page or shop.open()
    return shop.pressed(page, button(page), answers)


def assert_merchants(page: Page) -> None:
    """Check that a page says that only the merchant can help, and offers no other try."""
    assert (page.status, page.heading) == (409, TITLE)
    assert page.title == f"{TITLE} – Hillside Apiary"
    assert "Nothing was charged. Please tell Hillside Apiary, so that they can put it right." in page.text
    assert "You can ask them when it will work again, or for another way to pay." in page.text
    assert "try" not in page.text.lower()
    assert not page.root.all("form")
    reference = page.rows("facts")["Reference"]
    assert re.fullmatch("CF-[0-9A-Z]{4}-[0-9A-Z]{4}", reference)
    subject = f"?subject=Payment%20{reference}"
    assert page.link("Write to Hillside Apiary")["href"] == f"mailto:help@hillside.example{subject}"


# The merchant's, refused by the sandbox as Stripe does


def archive_shipping_rate(shop: WebShop, link: PaymentLink) -> None:
    rate = link.shipping_options[0].shipping_rate
    shop.stock.sdk.v1.shipping_rates.update(rate if isinstance(rate, str) else rate.id, {"active": False})


def archive_tax_rate(shop: WebShop, link: PaymentLink) -> None:
    rate = link.counterfoil.tax_rates[0]
    shop.stock.sdk.v1.tax_rates.update(rate if isinstance(rate, str) else rate.id, {"active": False})


def delete_coupon(shop: WebShop, link: PaymentLink) -> None:
    coupon = link.counterfoil.coupon
    assert coupon is not None
    shop.stock.sdk.v1.coupons.delete(coupon if isinstance(coupon, str) else coupon.id)


@pytest.mark.parametrize(
    ("link", "change"),
    [
        (a_link(shipping=[a_shipping_rate()]), archive_shipping_rate),
        (a_link(shipping=[a_shipping_rate(), a_shipping_rate(990)]), archive_shipping_rate),
        (a_link(tax_rates=[a_tax_rate()]), archive_tax_rate),
        (a_link(coupon=a_coupon("20")), delete_coupon),
    ],
    ids=["the only shipping rate", "one of two shipping rates", "tax rate", "coupon"],
)
def test_what_the_merchant_archived_at_stripe_is_no_outage_and_closes_the_page_for_the_next_buyer(
    shop: WebShop, link: PaymentLink, change: Callable[[WebShop, PaymentLink], None]
) -> None:
    sold = shop.sell(link)
    change(shop, sold)
    lose_news(shop, sold)
    assert_merchants(pay(shop))
    assert (shop.open().status, shop.open().heading) == (409, TITLE)


def lose_news(shop: WebShop, sold: PaymentLink) -> None:
    """Store the link as it was, as if the event about the change had not arrived."""
    told = shop.store.link(sold.id)
    assert told is not None
    ours = sold.counterfoil.model_copy(update={"version": told.counterfoil.version + 1})
    assert shop.store.save_link(sold.model_copy(update={"counterfoil": ours}))


# The merchant's, as Stripe words them


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, {"message": "Invalid API Key provided: sk_test_****"}),
        (403, {"message": "The provided key 'rk_test_****' does not have the required permissions for this endpoint."}),
        (
            403,
            {
                "message": "The provided key does not have access to account 'acct_1' (or that account does not exist). "
                "Application access may have been revoked.",
                "code": "account_invalid",
            },
        ),
        (400, {"message": "Received unknown parameter: name_collection", "param": "name_collection"}),
        (
            400,
            {
                "message": "The currency provided (usd) is not supported by ideal.",
                "param": "payment_method_types",
            },
        ),
        (400, {"message": "The amount is too large.", "code": "amount_too_large", "param": "line_items"}),
        (400, {"message": "No such coupon: 'gone'", "code": "resource_missing", "param": "discounts[0][coupon]"}),
    ],
    ids=["wrong key", "no rights", "deauthorized", "parameter", "method and currency", "amount", "coupon"],
)
def test_what_only_the_merchant_can_change_is_no_outage(shop: WebShop, status: int, error: dict[str, Any]) -> None:
    shop.sell()
    page = shop.open()
    refusing(shop.app).refuse(status=status, **error)
    assert_merchants(pay(shop, page))


@pytest.mark.parametrize("status", [409, 429, 500, 503])
def test_silence_and_errors_of_stripe_are_an_outage(shop: WebShop, status: int) -> None:
    shop.sell(a_link(custom_fields=[TEXT]))
    page = shop.open()
    refusing(shop.app).refuse("Later.", status=status)
    again = pay(shop, page, {"Words": "kept"})
    assert (again.status, again.notice) == (503, "Payments are paused for a moment")
    assert again.field("Words")["value"] == "kept"


def test_a_merchant_without_an_e_mail_address_is_reached_on_their_site_or_by_telephone(shop: WebShop) -> None:
    profile = an_organization().business_profile.model_copy(
        update={"support_email": None, "support_phone": "+43 1 555 0142", "url": "https://hillside.example/"}
    )
    shop.merchant(an_organization(business_profile=profile))
    shop.sell()
    refusing(shop.app).refuse("No.", status=403)
    page = pay(shop)
    assert page.link("Contact Hillside Apiary")["href"] == "https://hillside.example/"
    assert page.link("+43 1 555 0142")["href"] == "tel:+4315550142"


def test_the_framed_form_ends_on_the_same_page(shop: WebShop) -> None:
    shop.sell()
    page = shop.open("/pay/honey/embed")
    refusing(shop.app).refuse("No.", status=403)
    assert page.form["target"] == "_top"
    assert_merchants(pay(shop, page))


# The buyer's: at the field, answers kept


def test_an_amount_that_stripe_refuses_is_refused_at_the_amount_that_the_buyer_chose(shop: WebShop) -> None:
    shop.sell(a_link(a_line(a_custom_price(100, None, 1000)), custom_fields=[TEXT]))
    page = shop.open()
    refusing(shop.app).refuse("Too large.", code="amount_too_large", param="line_items[0][price_data][unit_amount]")
    again = pay(shop, page, {"Words": "kept"})
    assert again.status == 422
    assert again.error_at("Amount in euros").startswith("This amount cannot be charged. Nothing was charged.")
    assert again.field("Words")["value"] == "kept"


def test_an_amount_that_stripe_refuses_is_refused_at_the_quantity_that_the_buyer_chose(shop: WebShop) -> None:
    shop.sell(a_link(a_line(quantity=2, adjustable_quantity=adjustable(1, 10))))
    page = shop.open()
    refusing(shop.app).refuse("Too large.", code="amount_too_large", param="line_items")
    again = pay(shop, page)
    assert again.status == 422
    assert again.error_at("Quantity of Jar of honey").startswith("This amount cannot be charged.")


def test_an_e_mail_address_that_stripe_refuses_is_refused_at_its_field(shop: WebShop) -> None:
    shop.sell(a_link(custom_fields=[TEXT]))
    page = shop.open("/pay/honey?prefilled_email=mary@post.example")
    refusing(shop.app).refuse("Invalid email address: mary@post.example", code="email_invalid", param="customer_email")
    again = pay(shop, page, {"Words": "kept"})
    assert again.status == 422
    assert again.error_at("E-mail address").startswith("This e-mail address was not accepted. Nothing was charged.")
    assert again.field("E-mail address")["value"] == "mary@post.example"
    assert again.field("Words")["value"] == "kept"


def test_an_e_mail_address_that_the_buyer_cannot_change_is_not_asked_for_again(shop: WebShop) -> None:
    shop.sell()
    page = shop.open("/pay/honey?locked_prefilled_email=mary@post.example")
    refusing(shop.app).refuse("Invalid email address: mary@post.example", code="email_invalid", param="customer_email")
    assert_merchants(pay(shop, page))


# A promotion code between Apply and Pay


def sell_with_code(shop: WebShop, **changes: Any) -> str:
    """Sell a jar for 12.50 with a code for 20 percent off. Return the id of the code."""
    shop.sell(a_link(allow_promotion_codes=True, custom_fields=[TEXT]))
    shop.stock.promotion_code(a_promotion_code("HARVEST", a_coupon("20"), **changes))
    (code,) = shop.stock.sdk.v1.promotion_codes.list({"code": "HARVEST"}).data
    return str(code.id)


def assert_taken_out(page: Page, title: str) -> None:
    assert (page.status, page.notice) == (422, title)
    assert page.title == f"{title} – Hillside Apiary"
    assert "Nothing was charged. The total is now €12.50 instead of €10.00." in page.text
    assert "You can enter another code or go on without one." in page.text
    assert page.field("Promotion code").get("value") == ""
    assert page.field("Promotion code").get("aria-invalid") is None
    assert page.description("Promotion code") == "HARVEST was taken out"
    assert page.field("Words")["value"] == "kept"


def test_a_code_that_was_used_up_between_apply_and_pay_is_taken_out(shop: WebShop) -> None:
    code = sell_with_code(shop, max_redemptions=1)
    page = shop.pressed(shop.open(), "Apply", {"Promotion code": "harvest", "Words": "kept"})
    assert "€10.00" in page.text
    use_up(shop, code)
    again = pay(shop, page)
    assert_taken_out(again, "HARVEST has been used up")
    assert shop.press(again, button(again)).status_code == 303
    assert shop.store.attempts_of_link("plink_honey")[0].quote.amount_total == 1250


def use_up(shop: WebShop, code: str) -> None:
    """Pay another order with the code."""
    other = shop.pressed(shop.open(), "Apply", {"Promotion code": "HARVEST", "Words": "first"})
    assert shop.press(other, button(other)).status_code == 303
    shop.pay_in_sandbox()
    assert shop.stock.sdk.v1.promotion_codes.retrieve(code).active is False


def test_a_code_that_was_used_up_more_than_a_minute_after_apply_is_taken_out_too(shop: WebShop) -> None:
    code = sell_with_code(shop, max_redemptions=1)
    page = shop.pressed(shop.open(), "Apply", {"Promotion code": "HARVEST", "Words": "kept"})
    use_up(shop, code)
    shop.clock.now += 61
    assert_taken_out(pay(shop, page), "HARVEST has been used up")


def test_a_code_that_was_switched_off_between_apply_and_pay_is_taken_out(shop: WebShop) -> None:
    code = sell_with_code(shop)
    page = shop.pressed(shop.open(), "Apply", {"Promotion code": "HARVEST", "Words": "kept"})
    shop.stock.sdk.v1.promotion_codes.update(code, {"active": False})
    assert_taken_out(pay(shop, page), "HARVEST can no longer be used")


def test_a_code_whose_coupon_was_deleted_between_apply_and_pay_is_taken_out(shop: WebShop) -> None:
    code = sell_with_code(shop)
    page = shop.pressed(shop.open(), "Apply", {"Promotion code": "HARVEST", "Words": "kept"})
    coupon = shop.stock.sdk.v1.promotion_codes.retrieve(code).promotion.coupon
    shop.stock.sdk.v1.coupons.delete(coupon)
    assert_taken_out(pay(shop, page), "HARVEST can no longer be used")


def test_a_code_that_was_taken_out_is_not_applied_again(shop: WebShop) -> None:
    code = sell_with_code(shop, max_redemptions=1)
    page = shop.pressed(shop.open(), "Apply", {"Promotion code": "HARVEST", "Words": "kept"})
    use_up(shop, code)
    again = shop.pressed(pay(shop, page), "Apply", {"Promotion code": "HARVEST"})
    assert again.error_at("Promotion code").startswith("HARVEST has been used up")
    assert "€10.00" not in again.text


def test_a_code_for_first_orders_is_taken_out_of_this_order_alone(shop: WebShop) -> None:
    sell_with_code(shop, restrictions={"first_time_transaction": True})
    page = shop.pressed(shop.open(), "Apply", {"Promotion code": "HARVEST", "Words": "kept"})
    refusing(shop.app).refuse(
        "This promotion code cannot be redeemed because the associated customer has prior transactions.",
        param="discounts[0][promotion_code]",
    )
    assert_taken_out(pay(shop, page), "HARVEST is for first orders only")
    other = shop.pressed(shop.open(), "Apply", {"Promotion code": "HARVEST"})
    assert "HARVEST takes €2.50 off" in other.text


def test_a_code_that_leaves_less_than_stripe_charges_is_kept_with_the_reason(shop: WebShop) -> None:
    sell_with_code(shop)
    page = shop.pressed(shop.open(), "Apply", {"Promotion code": "HARVEST", "Words": "kept"})
    message = "The Checkout Session's total amount must convert to at least 50 cents."
    refusing(shop.app).refuse(message, code="amount_too_small")
    again = pay(shop, page)
    assert (again.status, again.notice) == (422, "")
    assert again.error_at("Promotion code").startswith("This code leaves too little to pay. Nothing was charged.")
    assert again.field("Promotion code")["value"] == "HARVEST"


def test_a_code_that_never_was_is_kept_with_its_message(shop: WebShop) -> None:
    sell_with_code(shop)
    again = pay(shop, None, {"Promotion code": "HARVETS", "Words": "kept"})
    assert (again.status, again.notice) == (422, "")
    assert again.error_at("Promotion code").startswith("There is no code HARVETS")


def test_an_optional_item_with_an_archived_price_is_not_offered(shop: WebShop) -> None:
    link = shop.sell(a_link(optional_items=[an_optional_item()]))
    assert shop.open().has_field("Spoon")
    assert link.optional_items is not None
    price = link.optional_items[0].price
    shop.stock.sdk.v1.prices.update(price if isinstance(price, str) else price.id, {"active": False})
    page = shop.open()
    assert not page.has_field("Spoon")
    assert shop.press(page, button(page)).status_code == 303


def test_an_optional_item_that_is_archived_while_the_page_is_open_is_not_sold(shop: WebShop) -> None:
    link = shop.sell(a_link(optional_items=[an_optional_item()]))
    page = shop.open()
    assert link.optional_items is not None
    price = link.optional_items[0].price
    shop.stock.sdk.v1.prices.update(price if isinstance(price, str) else price.id, {"active": False})
    again = pay(shop, page, {"Spoon": True})
    assert again.status == 422
    assert again.errors() == ["This page has changed since you opened it. Look it over and send it again"]
    assert "Spoon" not in again.text
