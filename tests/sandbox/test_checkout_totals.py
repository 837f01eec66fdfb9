"""What the page of a session charges, and what it offers to choose."""

from typing import Any

import pytest
import stripe
from flask import Response, g
from flask.testing import FlaskClient

from app.sandbox.checkout.cards import DEBIT_SUCCEEDS
from app.sandbox.sessions.lifecycle import BATCH_SIZE
from tests.sandbox.build import CANCEL_URL, price, session
from tests.sandbox.pages import CheckoutPage, open_page, path_of, pay, send
from tests.support.buyer import BUYER, CARD
from tests.support.clock import Clock
from tests.support.inbox import Inbox

MONTHLY = {"interval": "month"}


def test_a_promotion_code_is_applied_before_paying_and_counted_after(sdk: Any, site: FlaskClient) -> None:
    coupon = sdk.coupons.create({"percent_off": 20})
    code = sdk.promotion_codes.create(
        {"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "SPRING", "max_redemptions": 1}
    )
    made = session(sdk, {"price": price(sdk, unit_amount=5000).id, "quantity": 1}, allow_promotion_codes=True)
    applied = CheckoutPage(send(site, made, {**BUYER, "promotion_code": "spring", "update": "1"}))
    assert "€40.00" in applied.text
    assert applied.controls["email"]["value"] == "ada@example.com"
    assert sdk.checkout.sessions.retrieve(made.id).amount_total == 5000
    assert pay(site, made, promotion_code="spring").status_code == 303
    paid = sdk.checkout.sessions.retrieve(made.id)
    assert (paid.amount_total, paid.total_details.amount_discount) == (4000, 1000)
    assert paid.discounts[0].promotion_code == code.id
    assert (sdk.promotion_codes.retrieve(code.id).times_redeemed, sdk.coupons.retrieve(coupon.id).times_redeemed) == (
        1,
        1,
    )
    again = session(sdk, allow_promotion_codes=True)
    answer = send(site, again, {"promotion_code": "spring", "update": "1"})
    assert answer.status_code == 422
    assert "does not apply" in CheckoutPage(answer).error_of("promotion_code")


def test_the_buyer_chooses_a_shipping_option(sdk: Any, site: FlaskClient) -> None:
    options = [
        {
            "shipping_rate_data": {
                "display_name": name,
                "type": "fixed_amount",
                "fixed_amount": {"amount": amount, "currency": "eur"},
            }
        }
        for name, amount in (("Post", 490), ("Courier", 1290))
    ]
    made = session(sdk, shipping_options=options)
    page = open_page(site, made)
    assert "€29.89" in page.text
    courier = made.shipping_options[1].shipping_rate
    assert pay(site, made, shipping_rate=courier).status_code == 303
    paid = sdk.checkout.sessions.retrieve(made.id)
    assert (paid.amount_total, paid.shipping_cost.shipping_rate) == (2499 + 1290, courier)


def test_quantities_and_optional_items_can_be_changed(sdk: Any, site: FlaskClient) -> None:
    lamp = price(sdk, unit_amount=4000, product_data={"name": "Lamp"})
    line = {"price": price(sdk).id, "quantity": 1, "adjustable_quantity": {"enabled": True, "minimum": 1, "maximum": 5}}
    made = session(sdk, line, optional_items=[{"price": lamp.id, "quantity": 1}], expand=["line_items"])
    quantity = f"line_items[{made.line_items.data[0].id}][quantity]"
    added = f"optional_items[{lamp.id}][quantity]"
    answer = pay(site, made, **{quantity: "6"})
    assert "from 1 to 5" in CheckoutPage(answer).error_of(quantity)
    assert pay(site, made, **{quantity: "3", added: "1"}).status_code == 303
    paid = sdk.checkout.sessions.retrieve(made.id, {"expand": ["line_items"]})
    assert paid.amount_total == 3 * 2499 + 4000
    assert [(item.description, item.quantity) for item in paid.line_items.data] == [("Candle", 3), ("Lamp", 1)]


def test_the_buyer_chooses_a_custom_amount_on_the_page(sdk: Any, site: FlaskClient) -> None:
    chosen = price(sdk, custom_unit_amount={"enabled": True, "minimum": 500, "preset": 1000})
    made = session(sdk, {"price": chosen.id, "quantity": 1}, submit_type="donate", expand=["line_items"])
    amount = f"line_items[{made.line_items.data[0].id}][unit_amount]"
    assert open_page(site, made).controls[amount]["value"] == "10.00"
    assert "€5.00" in CheckoutPage(pay(site, made, **{amount: "4.99"})).error_of(amount)
    assert pay(site, made, **{amount: "12.50"}).status_code == 303
    assert sdk.checkout.sessions.retrieve(made.id).amount_total == 1250


def test_a_total_that_stripe_does_not_charge_is_refused_at_its_field(sdk: Any, site: FlaskClient) -> None:
    chosen = price(sdk, custom_unit_amount={"enabled": True})
    made = session(sdk, {"price": chosen.id, "quantity": 1}, expand=["line_items"])
    amount = f"line_items[{made.line_items.data[0].id}][unit_amount]"
    assert "€0.50" in CheckoutPage(pay(site, made, **{amount: "0.49"})).error_of(amount)
    assert pay(site, made, **{amount: "0.50"}).status_code == 303
    coupon = sdk.coupons.create({"amount_off": 2450, "currency": "eur"})
    sdk.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "NEARLY"})
    reduced = session(sdk, allow_promotion_codes=True)
    answer = pay(site, reduced, promotion_code="nearly")
    assert answer.status_code == 422
    assert "€0.50" in CheckoutPage(answer).error_of("promotion_code")


@pytest.mark.parametrize(
    ("amount", "number", "taken"),
    [
        (999_999_999, "378282246310005", True),
        (1_000_000_000, "378282246310005", False),
        (1_000_000_000, "4242424242424242", True),
    ],
)
def test_the_largest_charge_depends_on_the_card(
    sdk: Any, site: FlaskClient, amount: int, number: str, taken: bool
) -> None:
    made = session(sdk, {"price": price(sdk, unit_amount=amount).id, "quantity": 1})
    answer = pay(site, made, card_number=number)
    assert answer.status_code == (303 if taken else 422)
    if not taken:
        assert "too large for this payment method" in CheckoutPage(answer).error_of("card_number")


def test_a_free_order_asks_for_no_card(sdk: Any, site: FlaskClient) -> None:
    coupon = sdk.coupons.create({"percent_off": 100})
    made = session(sdk, discounts=[{"coupon": coupon.id}])
    assert "card_number" not in open_page(site, made).controls
    assert send(site, made, BUYER).status_code == 303
    done = sdk.checkout.sessions.retrieve(made.id)
    assert (done.status, done.payment_status, done.payment_intent) == ("complete", "no_payment_required", None)


def test_a_subscription_session_creates_a_customer_and_a_subscription(sdk: Any, site: FlaskClient) -> None:
    line = {"price": price(sdk, unit_amount=900, recurring=MONTHLY).id, "quantity": 1}
    made = session(sdk, line, mode="subscription", subscription_data={"metadata": {"plan": "a"}})
    assert "every month" in open_page(site, made).text
    assert pay(site, made).status_code == 303
    paid = sdk.checkout.sessions.retrieve(made.id, {"expand": ["subscription", "customer"]})
    assert (paid.payment_status, paid.payment_intent) == ("paid", None)
    assert (paid.subscription.status, paid.subscription.metadata.to_dict()) == ("active", {"plan": "a"})
    assert paid.customer.email == "ada@example.com"


def test_a_subscription_is_canceled_once_and_its_invoice_payment_is_listed(sdk: Any, site: FlaskClient) -> None:
    line = {"price": price(sdk, unit_amount=900, recurring=MONTHLY).id, "quantity": 1}
    made = session(sdk, line, mode="subscription")
    assert pay(site, made).status_code == 303
    begun = sdk.subscriptions.retrieve(sdk.checkout.sessions.retrieve(made.id).subscription)
    (paid,) = sdk.invoice_payments.list({"invoice": begun.latest_invoice, "expand": ["data.payment.payment_intent"]})
    assert paid.payment.payment_intent.amount_received == 900
    assert sdk.subscriptions.cancel(begun.id).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sdk.subscriptions.cancel(begun.id)
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


@pytest.mark.parametrize(("collection", "asked"), [("always", True), ("if_required", False)])
def test_a_trial_needs_a_card_unless_collection_is_if_required(
    sdk: Any, site: FlaskClient, collection: str, asked: bool
) -> None:
    line = {"price": price(sdk, unit_amount=900, recurring=MONTHLY).id, "quantity": 1}
    made = session(
        sdk,
        line,
        mode="subscription",
        subscription_data={"trial_period_days": 7},
        payment_method_collection=collection,
    )
    page = open_page(site, made)
    assert ("card_number" in page.controls, "Start free trial" in page.text) == (asked, True)
    assert send(site, made, {**BUYER, **(CARD if asked else {})}).status_code == 303
    done = sdk.checkout.sessions.retrieve(made.id, {"expand": ["subscription"]})
    assert (done.payment_status, done.subscription.status) == ("no_payment_required", "trialing")


def test_a_given_e_mail_address_is_shown_and_not_asked(sdk: Any, site: FlaskClient) -> None:
    made = session(sdk, customer_email="grace@example.com")
    page = open_page(site, made)
    assert "email" not in page.controls
    assert "grace@example.com" in page.text
    pay(site, made, email="other@example.com")
    assert sdk.checkout.sessions.retrieve(made.id).customer_details.email == "grace@example.com"


def test_a_second_payment_of_the_same_session_only_redirects(sdk: Any, site: FlaskClient, inbox: Inbox) -> None:
    made = session(sdk)
    pay(site, made)
    assert pay(site, made).status_code == 303
    assert inbox.types().count("checkout.session.completed") == 1
    page = open_page(site, made)
    assert page.headings == ["This payment is complete"]
    assert page.links["Continue to the merchant"] == f"https://shop.example/done?session={made.id}"


def test_an_expired_page_says_so_and_links_back(sdk: Any, site: FlaskClient, clock: Clock, inbox: Inbox) -> None:
    made = session(sdk, expires_at=clock.now + 1800)
    clock.now += 1800
    page = open_page(site, made)
    assert page.headings == ["This payment page has expired"]
    assert page.links["Go back to the merchant"] == CANCEL_URL
    assert pay(site, made).status_code == 303
    assert sdk.checkout.sessions.retrieve(made.id).payment_status == "unpaid"
    assert inbox.types() == ["checkout.session.expired"]


def test_a_page_expires_on_time_when_many_sessions_are_due(sdk: Any, site: FlaskClient, clock: Clock) -> None:
    line = {"price": price(sdk).id, "quantity": 1}
    made = [session(sdk, line, expires_at=clock.now + 1800) for _ in range(BATCH_SIZE + 1)]
    clock.now += 1800
    page = open_page(site, made[-1])
    assert page.headings == ["This payment page has expired"]


def test_an_unknown_session_is_not_found(site: FlaskClient) -> None:
    assert site.get("/sandbox/checkout/cs_test_none").status_code == 404


def test_a_session_in_another_language_is_shown_in_it(sdk: Any, site: FlaskClient) -> None:
    made = session(sdk, {"price": price(sdk, unit_amount=123456).id, "quantity": 1}, locale="en-GB")
    answer = site.get(path_of(made))
    assert '<html lang="en-GB"' in answer.text


def test_form_action_lists_every_redirect_after_the_form(sdk: Any, site: FlaskClient) -> None:
    made = session(sdk)
    found: list[list[str]] = []

    @site.application.after_request
    def remember(response: Response) -> Response:
        found.append(list(g.form_action))
        return response

    site.get(path_of(made))
    assert found == [["https://shop.example", "https://shop.example"]]


VISA, AMEX = "4242 4242 4242 4242", "3782 822463 10005"


@pytest.mark.parametrize(
    ("currency", "method", "digits"),
    [
        ("eur", VISA, 12),
        ("jpy", VISA, 12),
        ("eur", AMEX, 9),
        ("idr", AMEX, 9),
        ("eur", DEBIT_SUCCEEDS, 8),
        ("krw", DEBIT_SUCCEEDS, 8),
        ("idr", DEBIT_SUCCEEDS, 12),
        ("cop", DEBIT_SUCCEEDS, 10),
        ("inr", DEBIT_SUCCEEDS, 9),
    ],
)
def test_the_largest_charge_depends_on_currency_and_payment_method(
    sdk: Any, site: FlaskClient, currency: str, method: str, digits: int
) -> None:
    chosen = {"payment_method": method} if method == DEBIT_SUCCEEDS else {"card_number": method}
    largest = price(sdk, currency=currency, unit_amount=10**digits - 1)
    assert pay(site, session(sdk, {"price": largest.id, "quantity": 1}), **chosen).status_code == 303
    if digits < 12:
        larger = price(sdk, currency=currency, unit_amount=10**digits)
        made = session(sdk, {"price": larger.id, "quantity": 1})
        answer = pay(site, made, **chosen)
        assert answer.status_code == 422
        assert "too large for this payment method" in CheckoutPage(answer).text
        assert sdk.checkout.sessions.retrieve(made.id).status == "open"
