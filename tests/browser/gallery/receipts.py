"""Receipts, and pages in frames."""

import re

from app.objects.payment_link import PaymentLink
from app.services.attempts import state_machine
from tests.browser.buyer import expect_checkout, expect_heading, pay_button
from tests.browser.gallery.stage import COUNTRIES, INQUIRED, Stage, choices, invoice, line, question
from tests.support.buyer import CARD_NUMBER


def order(stage: Stage) -> PaymentLink:
    """Create an order with delivery, questions, a promotion code and two taxes."""
    return stage.shop.link(
        line_items=[
            line(2499, "Beeswax pillar candles, set of two", quantity=2),
            line(1999, "Brass wick trimmer"),
        ],
        allow_promotion_codes=True,
        shipping_options=stage.shipping(490, "DHL parcel"),
        shipping_address_collection=COUNTRIES,
        custom_fields=[
            choices("Scent", "Unscented", "Silver fir", default_value="0"),
            question("Customer number", "numeric", numeric={"minimum_length": 6, "maximum_length": 6}),
        ],
        consent_collection={"terms_of_service": "required"},
        after_completion={
            "type": "hosted_confirmation",
            "hosted_confirmation": {
                "custom_message": "We pour your candles this week. We write to you when the parcel leaves the workshop."
            },
        },
        counterfoil={"tax_rates": [stage.tax("20")]},
    )


def pay_order(stage: Stage, card: str = CARD_NUMBER) -> PaymentLink:
    """Pay an order, and stay on its receipt."""
    link = order(stage)
    page = stage.open(link, "?prefilled_promo_code=SPRING10")
    page.get_by_label("Customer number").fill("004217")
    page.get_by_label("I agree").check()
    pay_button(page).click()
    expect_checkout(page)
    stage.finish(page, card)
    return link


def confirmation(stage: Stage) -> None:
    pay_order(stage)
    expect_heading(stage.page, "Thank you for your order")


def refund(stage: Stage, amount: int | None) -> None:
    link = pay_order(stage)
    params = {"payment_intent": stage.shop.attempts(link)[0].payment_intent, **({"amount": amount} if amount else {})}
    stage.shop.catalogue.refunds.create(params)
    stage.page.reload()
    expect_heading(stage.page, re.compile("sent back"))


def confirmation_refunded_part(stage: Stage) -> None:
    refund(stage, 500)


def confirmation_refunded(stage: Stage) -> None:
    refund(stage, None)


def confirmation_checking(stage: Stage) -> None:
    shop = stage.shop
    link = shop.link(line_items=[line(2499, "Beeswax pillar candles, set of two", quantity=2)])
    stage.checkout(link)
    attempt = shop.attempts(link)[0]
    fact = state_machine.Fact("paid", amount_total=4500)
    state_machine.settle(shop.store, attempt, fact, shop.now(), cause="evt_3", flag="amount_differs")
    stage.open(link, f"/complete/{attempt.token}")
    expect_heading(stage.page, re.compile("are checking it"))


def confirmation_subscription(stage: Stage) -> None:
    monthly = {"interval": "month"}
    stage.pay(
        stage.shop.link(
            line_items=[line(2400, "Candle of the month", "A new scent each month", recurring=monthly)],
            submit_type="subscribe",
            subscription_data={"trial_period_days": 14},
            counterfoil={"tax_rates": [stage.tax("20")]},
        )
    )


def confirmation_donation(stage: Stage) -> None:
    stage.pay("bee-garden")


def confirmation_invoice(stage: Stage) -> None:
    link = invoice(stage)
    stage.pay(link)


def confirmation_disputed(stage: Stage) -> None:
    stage.pay(stage.shop.link(), INQUIRED)
    stage.page.reload()


# Frames


def frame_pay(stage: Stage) -> None:
    stage.open(invoice(stage), "/embed")


def frame_paid(stage: Stage) -> None:
    link = invoice(stage)
    stage.pay(link)
    stage.open(link, "/embed")


def frame_donation(stage: Stage) -> None:
    stage.open("bee-garden", "/embed")


def frame_form(stage: Stage) -> None:
    stage.open("spring-box", "/embed")


def frame_booking(stage: Stage) -> None:
    stage.open("dipping", "/embed")


def frame_refused(stage: Stage) -> None:
    sdk = stage.shop.catalogue
    price = sdk.prices.create({"currency": "eur", "unit_amount": 500, "product_data": {"name": "Wax"}})
    link = stage.shop.link(line_items=[{"price": price.id, "quantity": 1}])
    sdk.prices.update(price.id, {"active": False})
    stage.open(link, "/embed")


def frame_hold(stage: Stage) -> None:
    link = invoice(stage)
    stage.checkout(link)
    stage.open(link, "/embed")


def frame_errors(stage: Stage) -> None:
    page = stage.open("spring-box", "/embed")
    page.get_by_label("Customer number").fill("4217")
    pay_button(page).click()
    page.locator(".error-summary").wait_for()


STATES = (
    confirmation, confirmation_refunded_part, confirmation_refunded, confirmation_checking, confirmation_subscription,
    confirmation_donation, confirmation_invoice, confirmation_disputed, frame_pay, frame_paid, frame_donation, frame_form, frame_booking,
    frame_refused, frame_hold, frame_errors,
)  # fmt: skip
