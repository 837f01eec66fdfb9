"""What a buyer sees of a payment that was sent back or disputed, from the sandbox's Checkout to the receipt."""

from typing import Any

import pytest

from app.objects.attempt import Attempt
from app.sandbox.resources.refunds import REFUND_SECONDS
from tests.support.build import NOW, a_link, an_organization
from tests.support.page import Page, tidy
from tests.web.conftest import WebShop

DAY = 86_400


@pytest.fixture
def paid(shop: WebShop) -> WebShop:
    """Return a shop whose only order is paid, and its receipt was opened."""
    shop.sell()
    shop.press(shop.open(), "Continue to payment")
    shop.open(shop.pay_in_sandbox())
    return shop


def attempt_of(shop: WebShop) -> Attempt:
    return shop.store.attempts_of_link("plink_honey")[0]


def refund(shop: WebShop, amount: int | None = None) -> None:
    """Refund the payment at the sandbox, which tells the application."""
    params: dict[str, Any] = {"payment_intent": attempt_of(shop).payment_intent}
    shop.stock.sdk.v1.refunds.create(params | ({"amount": amount} if amount else {}))


def receipt(shop: WebShop) -> Page:
    page = shop.open(f"/pay/honey/complete/{attempt_of(shop).token}")
    assert page.status == 200
    return page


def totals(page: Page) -> list[str]:
    return [tidy(row.text).replace("\u00a0", " ") for row in page.root.first("dl", class_="totals").all("div")]


def test_a_partial_refund_shows_its_date_and_what_remains(paid: WebShop) -> None:
    paid.clock.now = NOW + 2 * DAY
    refund(paid, 500)
    page = receipt(paid)
    assert page.heading == "€5.00 of your payment was sent back"
    assert page.root.first("p", class_="tag").text == "Partly refunded"
    assert page.root.first("p", class_="amount").text == "€7.50"
    assert totals(page) == ["Paid €12.50", "Refunded 23 September 2026 −€5.00", "Paid after refund €7.50"]
    assert "You paid €12.50. The refund arrives in five to ten working days." in page.text
    assert "Jar of honey" in page.text
    assert page.button("Print").tag == "button"


def test_several_refunds_have_a_row_each(paid: WebShop) -> None:
    for day, amount in ((1, 500), (3, 250)):
        paid.clock.now = NOW + day * DAY
        refund(paid, amount)
    assert totals(receipt(paid)) == [
        "Paid €12.50",
        "Refunded 22 September 2026 −€5.00",
        "Refunded 24 September 2026 −€2.50",
        "Paid after refund €5.00",
    ]
    assert receipt(paid).heading == "€7.50 of your payment was sent back"


def test_the_day_of_a_refund_is_the_merchants(paid: WebShop) -> None:
    paid.merchant(an_organization(timezone="Pacific/Auckland"))
    refund(paid, 500)
    assert totals(receipt(paid))[1] == "Refunded 22 September 2026 −€5.00"
    paid.merchant(an_organization(timezone="America/Los_Angeles"))
    assert totals(receipt(paid))[1] == "Refunded 21 September 2026 −€5.00"


def test_a_full_refund_keeps_items_answers_and_print(paid: WebShop) -> None:
    refund(paid)
    page = receipt(paid)
    assert page.heading == "Your payment was sent back in full"
    assert page.root.first("p", class_="tag").text == "Refunded"
    assert page.root.first("p", class_="amount").text == "€12.50"
    rows = page.rows()
    assert (rows["Paid"], rows["Paid after refund"]) == ("€12.50", "€0.00")
    assert "Jar of honey" in page.text
    assert page.rows("facts")["Paid with"] == "Visa ending in 4242"
    assert page.button("Print").tag == "button"


@pytest.mark.parametrize(
    ("amount", "heading"),
    [(500, "€5.00 of your payment was sent back"), (None, "Your payment was sent back in full")],
)
def test_a_refund_before_the_receipt_was_ever_opened_is_shown(shop: WebShop, amount: int | None, heading: str) -> None:
    shop.sell()
    shop.press(shop.open(), "Continue to payment")
    shop.pay_in_sandbox()
    refund(shop, amount)
    assert receipt(shop).heading == heading


def test_a_refund_that_failed_shows_the_receipt_again(shop: WebShop) -> None:
    shop.sell()
    shop.press(shop.open(), "Continue to payment")
    shop.open(shop.pay_in_sandbox("4000000000005126"))
    refund(shop)
    assert receipt(shop).heading == "Your payment was sent back in full"
    shop.clock.now += REFUND_SECONDS
    shop.stock.sdk.v1.refunds.list()  # any request lets the sandbox do what is due
    page = receipt(shop)
    assert page.heading == "Thank you for your order"
    assert page.rows() == {"Paid": "€12.50"}


def test_a_refunded_payment_leads_to_no_other_page(shop: WebShop) -> None:
    after = {"type": "redirect", "redirect": {"url": "https://shop.example/thanks"}}
    shop.sell(a_link(after_completion=after))
    shop.press(shop.open(), "Continue to payment")
    shop.pay_in_sandbox()
    refund(shop)
    assert receipt(shop).heading == "Your payment was sent back in full"


@pytest.mark.parametrize("card", ["4000000000000259", "4000000000001976"])
def test_a_buyer_sees_nothing_of_a_dispute(shop: WebShop, card: str) -> None:
    shop.sell()
    shop.press(shop.open(), "Continue to payment")
    shop.open(shop.pay_in_sandbox(card))
    assert attempt_of(shop).flags == ("disputed",)
    page = receipt(shop)
    assert page.heading == "Thank you for your order"
    assert page.rows() == {"Paid": "€12.50"}
    assert "disput" not in page.html.casefold()


def test_the_official_sdk_lists_what_happened_to_the_money(shop: WebShop) -> None:
    shop.sell()
    shop.press(shop.open(), "Continue to payment")
    shop.open(shop.pay_in_sandbox("4000000000001976"))
    refund(shop, 500)
    events = shop.stock.sdk.v1.events
    (refunded,) = events.list({"type": "charge.refunded"}).data
    charge = refunded.data.object
    assert (charge.object, charge.amount_refunded, charge.refunded) == ("charge", 500, False)
    assert charge.payment_intent == attempt_of(shop).payment_intent
    assert refunded.data.previous_attributes.amount_refunded == 0
    assert events.retrieve(refunded.id).data.object.amount == 1250
    (created,) = events.list({"type": "refund.created"}).data
    assert (created.data.object.amount, created.data.object.status) == (500, "succeeded")
    (dispute,) = events.list({"type": "charge.dispute.created"}).data
    assert dispute.data.object.status == "warning_needs_response"
    assert dispute.data.object.evidence_details.due_by > NOW
