"""States: short pages in place of a form."""

import re

from playwright.sync_api import expect

from tests.browser.buyer import expect_heading, pay_button
from tests.browser.gallery.stage import ONCE, Stage, invoice


def pay_own_hold(stage: Stage) -> None:
    link = stage.shop.link(142800, restrictions=ONCE, counterfoil={"reference": "2026-0042"})
    stage.checkout(link)
    page = stage.open(link)
    expect(page.get_by_role("button", name="Continue this payment")).to_be_visible()


def refused(stage: Stage) -> None:
    sdk = stage.shop.catalogue
    price = sdk.prices.create({"currency": "eur", "unit_amount": 500, "product_data": {"name": "Wax"}})
    link = stage.shop.link(line_items=[{"price": price.id, "quantity": 1}])
    sdk.prices.update(price.id, {"active": False})
    expect_heading(stage.open(link), re.compile("taken right now"))


def not_found(stage: Stage) -> None:
    expect_heading(stage.open("spring-bxo"), "There is no payment page at this address")


def root(stage: Stage) -> None:
    stage.page.goto(f"{stage.shop.origin}/")


def held(stage: Stage) -> None:
    link = stage.shop.link(restrictions={"completed_sessions": {"limit": 2}})
    for _ in range(2):
        stage.checkout(link)
    expect(stage.open(link).get_by_text("On hold")).to_be_visible()


def closed(stage: Stage) -> None:
    ours = {"closes_at": stage.shop.now() - 60}
    stage.open(stage.shop.link(counterfoil=ours, inactive_message="Over. Come back in **spring**."))


def overdue(stage: Stage) -> None:
    ours = {"reference": "2025-0017", "due_date": stage.shop.now() - 9 * 86400}
    stage.open(stage.shop.link(142800, counterfoil=ours))


def canceled(stage: Stage) -> None:
    page = stage.checkout("wick-trimmer")
    page.get_by_role("link", name="Cancel and go back").click()
    expect(page.get_by_role("heading", name="You left before paying")).to_be_visible()


def processing(stage: Stage) -> None:
    page = stage.checkout(stage.shop.link())
    page.get_by_label("E-mail address").fill("ada@example.com")
    page.get_by_label("Name on card").fill("Ada Lovelace")
    page.get_by_label("succeeds after").check()
    pay_button(page).click()
    expect_heading(page, "Your bank is confirming the payment")


def already_paid(stage: Stage) -> None:
    link = invoice(stage)
    stage.pay(link)
    expect(stage.open(link).get_by_role("link", name="See the receipt")).to_be_visible()


def inactive(stage: Stage) -> None:
    stage.open("market-2025")


def not_open(stage: Stage) -> None:
    stage.open("summer-box")


def sold_out(stage: Stage) -> None:
    link = stage.shop.link(restrictions={"completed_sessions": {"limit": 2}})
    stage.pay(link)
    stage.pay(link)
    expect_heading(stage.open(link), "All 2 places are taken")


def refused_after_the_press(stage: Stage) -> None:
    sdk = stage.shop.catalogue
    price = sdk.prices.create({"currency": "eur", "unit_amount": 500, "product_data": {"name": "Wax"}})
    page = stage.open(stage.shop.link(line_items=[{"price": price.id, "quantity": 1}]))
    sdk.prices.update(price.id, {"active": False})
    pay_button(page).click()
    expect_heading(page, re.compile("taken right now"))


def not_paid_yet(stage: Stage) -> None:
    link = stage.shop.link()
    stage.checkout(link)
    page = stage.open(link, f"/complete/{stage.shop.attempts(link)[0].token}")
    expect_heading(page, "We are waiting for your payment")


def no_payment_here(stage: Stage) -> None:
    stage.open("spring-box", "/complete/unknown")


def link_sent_back(stage: Stage) -> None:
    link = stage.shop.link(restrictions=ONCE)
    stage.pay(link)
    stage.shop.catalogue.refunds.create({"payment_intent": stage.shop.attempts(link)[0].payment_intent})
    expect_heading(stage.open(link), "This payment was sent back in full")


def too_many_gets(stage: Stage) -> None:
    usual = stage.shop.context.config.rate_limit_preview
    stage.shop.limit(rate_limit_preview="1/hour")
    for _ in range(2):
        stage.open("spring-box", "?prefilled_promo_code=NONE")
    stage.shop.limit(rate_limit_preview=usual)
    expect_heading(stage.page, re.compile("Too many"))


STATES = (
    pay_own_hold, refused, not_found, root, held, closed, overdue, canceled, processing, already_paid, inactive,
    not_open, sold_out, refused_after_the_press, not_paid_yet, no_payment_here, link_sent_back, too_many_gets,
)  # fmt: skip
