"""The pages that Checkout returns buyers to: the confirmation, the merchant's page, or the form with all values."""

from typing import Any

import pytest

from app.objects.attempt import Attempt, State
from app.sandbox.checkout.cards import DEBIT_FAILS, DEBIT_SUCCEEDS
from app.sandbox.resources.refunds import REFUND_SECONDS
from app.services.attempts import state_machine
from app.services.attempts.state_machine import Fact
from tests.support.build import NOW, a_coupon, a_line, a_link, a_price, a_product, adjustable, an_organization
from tests.web.conftest import WebShop

DROPDOWN: dict[str, Any] = {
    "key": "scent", "label": {"type": "custom", "custom": "Scent"}, "type": "dropdown",
    "dropdown": {"options": [{"label": "Hay and clover", "value": "hay"}]},
}  # fmt: skip
TEXT: dict[str, Any] = {"key": "words", "label": {"type": "custom", "custom": "Words"}, "type": "text"}


def started(
    shop: WebShop, button: str = "Continue to payment", answers: dict[str, Any] | None = None, path: str = "/pay/honey"
) -> Attempt:
    """Press the button of the pay page and return the attempt."""
    assert shop.press(shop.open(path), button, answers).status_code == 303
    return shop.store.attempts_of_link("plink_honey")[0]


def test_the_confirmation_shows_amount_order_and_answers(shop: WebShop) -> None:
    shop.merchant(an_organization(timezone="Europe/Vienna", terms_of_service_url="https://h.example/terms"))
    shop.sell(
        a_link(
            a_line(quantity=2, adjustable_quantity=adjustable(1, 10)),
            custom_fields=[DROPDOWN, TEXT],
            consent_collection={"terms_of_service": "required"},
            after_completion={
                "type": "hosted_confirmation",
                "hosted_confirmation": {"custom_message": "It is on its **way**"},
            },
        )
    )
    terms = "I agree to the terms of service of Hillside Apiary"
    attempt = started(shop, "Continue to payment", {"Scent": "hay", "Words": "<b>Hi</b>", terms: True})
    page = shop.open(shop.pay_in_sandbox())
    assert (page.status, page.heading) == (200, "Thank you for your order")
    assert page.title == "Paid €25.00 – Hillside Apiary"
    assert page.text.index("€25.00") < page.text.index("It is on its way")
    assert page.rows() == {"Paid": "€25.00"}
    facts = page.rows("facts")
    assert facts["Reference"] == attempt.reference
    assert facts["Paid on"] == "21\u00a0September 2026, 16:13 (Vienna time)"
    assert facts["Paid with"] == "Visa ending in 4242"
    assert facts["Scent"] == "Hay and clover"
    assert facts["Words"] == "<b>Hi</b>"
    assert facts["You agreed to"] == "Terms of service"
    assert page.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in page.headers


def test_a_free_trial_is_confirmed_without_the_word_paid(shop: WebShop) -> None:
    shop.sell(a_link(a_line(a_price(900, recurring="month")), subscription_data={"trial_period_days": 14}))
    started(shop, "Continue to free trial")
    page = shop.open(shop.pay_in_sandbox())
    assert page.title == "Subscribed – Hillside Apiary"
    assert page.root.first(class_="amount").text == "14 days free"
    assert "Confirmed on" in page.rows("facts")
    assert "Paid" not in page.text


def test_a_trial_with_a_fee_is_confirmed_with_both(shop: WebShop) -> None:
    fee = a_line(a_price(1200, id="price_fee", product=a_product("prod_fee", "Starter box")))
    shop.sell(a_link(a_line(a_price(900, recurring="month")), fee, subscription_data={"trial_period_days": 14}))
    assert "nothing more is charged" in shop.open().text
    started(shop, "Continue to subscription")
    page = shop.open(shop.pay_in_sandbox())
    assert page.heading == "Your subscription has started"
    assert page.root.first(class_="amount").text == "€12.00"
    assert "14 days free, then €9.00 every month" in page.text
    assert page.rows()["Paid"] == "€12.00"
    assert page.rows("facts")["Next payment"] == "5\u00a0October 2026, €9.00"
    assert "Cancel before 5\u00a0October 2026 and nothing more is charged." in page.text
    assert "you pay nothing" not in page.text


def test_a_subscription_that_costs_nothing_is_confirmed_as_free(shop: WebShop) -> None:
    shop.sell(a_link(a_line(a_price(900, recurring="month")), coupon=a_coupon("100", duration="forever")))
    assert "Nothing is charged." in shop.open().text
    started(shop, "Continue")
    page = shop.open(shop.pay_in_sandbox())
    assert page.root.first(class_="amount").text == "Free"
    assert "You can cancel at any time." in page.text
    assert "every month" not in page.root.first("section", class_="state").text


def test_the_receipt_names_the_accepted_privacy_policy(shop: WebShop) -> None:
    urls = {"terms_of_service_url": "https://h.example/terms", "privacy_policy_url": "https://h.example/privacy"}
    shop.merchant(an_organization(**urls))
    shop.sell(a_link(consent_collection={"terms_of_service": "required"}))
    sentence = "I agree to the terms of service and the privacy policy of Hillside Apiary"
    started(shop, answers={sentence: True})
    assert shop.open(shop.pay_in_sandbox()).rows("facts")["You agreed to"] == "Terms of service and privacy policy"


def test_the_confirmation_of_an_invoice_names_its_reference(shop: WebShop) -> None:
    shop.sell(a_link(counterfoil={"reference": "2026-0042"}))
    started(shop)
    page = shop.open(shop.pay_in_sandbox())
    assert page.heading == "Invoice 2026-0042 is paid"
    assert "There is nothing left to pay." in page.text


def test_only_an_invoice_says_that_nothing_is_left_to_pay(shop: WebShop) -> None:
    shop.sell(a_link())
    started(shop)
    assert "nothing left to pay" not in shop.open(shop.pay_in_sandbox()).text


def test_the_redirect_to_the_merchant_has_the_session_id_and_the_utm_parameters(shop: WebShop) -> None:
    url = "https://shop.example/thanks?s={CHECKOUT_SESSION_ID}"
    shop.sell(a_link(after_completion={"type": "redirect", "redirect": {"url": url}}))
    attempt = started(shop, path="/pay/honey?utm_source=letter")
    answer = shop.client.get(shop.pay_in_sandbox())
    session = shop.store.attempt(attempt.id)
    assert session is not None
    assert answer.status_code == 303
    assert answer.location == f"https://shop.example/thanks?s={session.checkout_session}&utm_source=letter"


def test_the_cancel_page_shows_the_form_with_all_values(shop: WebShop) -> None:
    shop.sell(
        a_link(
            a_line(quantity=2, adjustable_quantity=adjustable(1, 10)),
            custom_fields=[TEXT],
            consent_collection={"promotions": "auto"},
        )
    )
    answers = {"Quantity of Jar of honey": "3", "Words": "kept", "Send me news and offers by e-mail": True}
    attempt = started(shop, "Continue to payment", answers, "/pay/honey?prefilled_email=a%40b.example&utm_source=x")
    page = shop.open(f"/pay/honey/cancel/{attempt.token}")
    assert (page.status, page.notice) == (200, "You left before paying")
    assert "Nothing was charged." in page.text
    assert page.field("Words")["value"] == "kept"
    assert page.field("Quantity of Jar of honey")["value"] == "3"
    assert page.field("Send me news and offers by e-mail").get("checked") is not None
    assert page.field("E-mail address")["value"] == "a@b.example"
    assert page.form["action"] == "/pay/honey?prefilled_email=a%40b.example&utm_source=x"
    assert shop.press(page, "Continue to payment").status_code == 303
    states = [attempt.state for attempt in shop.store.attempts_of_link("plink_honey")]
    assert states == ["opened", "canceled"]


def test_the_cancel_page_of_a_paid_attempt_redirects_to_the_confirmation(shop: WebShop) -> None:
    shop.sell()
    attempt = started(shop)
    shop.pay_in_sandbox()
    answer = shop.client.get(f"/pay/honey/cancel/{attempt.token}")
    assert (answer.status_code, answer.location) == (303, f"/pay/honey/complete/{attempt.token}")


def test_a_form_that_was_already_paid_redirects_to_the_confirmation(shop: WebShop) -> None:
    shop.sell()
    page = shop.open()
    shop.press(page, "Continue to payment")
    attempt = shop.store.attempts_of_link("plink_honey")[0]
    shop.pay_in_sandbox()
    again = shop.press(page, "Continue to payment")
    assert (again.status_code, again.location) == (303, f"/pay/honey/complete/{attempt.token}")


def test_a_return_without_a_payment_offers_to_continue(shop: WebShop) -> None:
    shop.sell()
    attempt = started(shop)
    page = shop.open(f"/pay/honey/complete/{attempt.token}")
    assert (page.status, page.heading) == (200, "We are waiting for your payment")
    assert page.link("Continue to payment")["href"] == attempt.session_url
    assert page.root.first("article")["data-hx-trigger"] == "load delay:5s"
    assert "Nothing was charged" not in page.text


def test_a_delayed_payment_is_processing_until_the_bank_confirms_it(shop: WebShop) -> None:
    shop.sell()
    attempt = started(shop)
    page = shop.open(shop.pay_in_sandbox(payment_method=DEBIT_SUCCEEDS))
    assert (page.status, page.heading) == (200, "Your bank is confirming the payment")
    assert page.rows("facts")["Amount"] == "€12.50"
    shop.clock.now += 60
    looked = shop.client.get(f"/pay/honey/complete/{attempt.token}?polls=1", headers={"HX-Request": "true"})
    assert looked.headers.get("HX-Redirect") == f"/pay/honey/complete/{attempt.token}"
    assert shop.open(f"/pay/honey/complete/{attempt.token}").heading == "Thank you for your order"


def test_a_failed_delayed_payment_is_reported(shop: WebShop) -> None:
    shop.sell()
    attempt = started(shop)
    shop.pay_in_sandbox(payment_method=DEBIT_FAILS)
    shop.clock.now += 60
    page = shop.open(f"/pay/honey/complete/{attempt.token}")
    assert (page.status, page.heading) == (200, "Your payment did not go through")
    assert "nothing was charged" in page.text
    assert page.link("Try again")["href"] == "/pay/honey"


def test_an_expired_session_is_reported(shop: WebShop) -> None:
    shop.sell()
    attempt = started(shop)
    shop.clock.now = attempt.expires_at + 60
    page = shop.open(f"/pay/honey/complete/{attempt.token}")
    assert (page.status, page.heading) == (200, "The time to pay has run out")
    back = shop.open(f"/pay/honey/cancel/{attempt.token}")
    assert back.notice == "The time to pay has run out"


def late(shop: WebShop) -> Attempt:
    """Return an attempt at Checkout whose only place another buyer has paid for."""
    shop.sell(a_link(restrictions={"completed_sessions": {"limit": 1}}))
    attempt = started(shop)
    state_machine.settle(shop.store, attempt, Fact("expired"), NOW, cause="believed to have ended")
    assert shop.store.hold_place("plink_honey")
    assert shop.store.complete_place("plink_honey")
    return attempt


def test_a_payment_over_the_limit_shows_its_refund_and_no_receipt(shop: WebShop) -> None:
    late(shop)
    page = shop.open(shop.pay_in_sandbox())
    assert (page.status, page.heading) == (200, "The last one sold while you were paying")
    assert "We have sent your €12.50 back to your Visa ending in 4242." in page.text
    assert "Thank you" not in page.text


def test_a_payment_over_the_limit_whose_refund_failed_shows_no_receipt_and_whom_to_ask(shop: WebShop) -> None:
    shop.merchant(an_organization(business_profile={"support_email": "help@h.example"}))
    late(shop)
    address = shop.pay_in_sandbox("4000000000005126")
    assert "We have sent your €12.50 back" in shop.open(address).text
    shop.clock.now += REFUND_SECONDS
    shop.stock.sdk.v1.refunds.list()  # any request lets the sandbox do what is due
    page = shop.open(address)
    assert (page.status, page.heading) == (200, "The last one sold while you were paying")
    assert "Your €12.50 could not be sent back. Please contact the seller about it." in page.text
    assert page.rows("facts")["Contact"] == "help@h.example"
    assert "data-hx-get" not in page.root.first("article").attributes


@pytest.mark.parametrize(
    ("state", "says"),
    [
        pytest.param("paid", "We are sending your €12.50 back.", id="paid"),
        pytest.param("processing", "We will send your €12.50 back when the payment arrives.", id="not there yet"),
    ],
)
def test_a_payment_over_the_limit_that_is_not_refunded_yet_shows_no_receipt(
    shop: WebShop, state: State, says: str
) -> None:
    attempt = late(shop)
    state_machine.settle(shop.store, attempt, Fact(state), NOW, cause="told by an event")
    path = f"/pay/honey/complete/{attempt.token}"
    page = shop.open(path)
    assert (page.status, page.heading) == (200, "The last one sold while you were paying")
    assert says in page.text
    assert page.rows("facts")["Amount"] == "€12.50"
    assert page.root.first("article")["data-hx-get"] == f"{path}?polls=1"
    looked = shop.client.get(f"{path}?polls=1", headers={"HX-Request": "true"})
    assert "HX-Redirect" not in looked.headers
    state_machine.settle(shop.store, attempt, Fact("refunded", refund="re_1"), NOW, cause="sent back")
    looked = shop.client.get(f"{path}?polls=2", headers={"HX-Request": "true"})
    assert looked.headers["HX-Redirect"] == path
    assert "We have sent your €12.50 back." in shop.open(path).text


def test_a_free_order_over_the_limit_says_that_it_is_canceled(shop: WebShop) -> None:
    shop.sell(a_link(a_line(a_price(0)), restrictions={"completed_sessions": {"limit": 1}}))
    attempt = started(shop, "Continue")
    attempt = attempt.model_copy(update={"flags": ("over_limit",), "state": "paid", "version": attempt.version + 1})
    assert shop.store.save_attempt(attempt, "told by an event")
    page = shop.open(f"/pay/honey/complete/{attempt.token}")
    assert page.heading == "The last one sold while you were paying"
    assert "Nothing was charged. We are canceling your order." in page.text


def test_an_attempt_is_not_found_with_another_token_or_link(shop: WebShop) -> None:
    shop.sell(a_link(custom_fields=[TEXT]))
    shop.add(a_link(id="plink_other", counterfoil={"code": "other"}))
    attempt = started(shop, answers={"Words": "private"})
    for path in (
        f"/pay/honey/complete/{attempt.id}",
        f"/pay/honey/complete/{attempt.token[:-1]}",
        f"/pay/other/complete/{attempt.token}",
        f"/pay/other/cancel/{attempt.token}",
        f"/pay/honey/complete/{attempt.checkout_session}",
    ):
        page = shop.open(path)
        assert page.status == 404
        assert "private" not in page.html


def test_an_order_without_payment_is_confirmed(shop: WebShop) -> None:
    from tests.support.build import a_price

    shop.sell(a_link(a_line(a_price(0))))
    started(shop, "Continue")
    page = shop.open(shop.pay_in_sandbox())
    assert page.root.first("p", class_="tag").text == "Confirmed"
    assert page.title == "Confirmed – Hillside Apiary"


def test_url_parameters_of_the_first_address_apply_to_the_next_attempt(shop: WebShop) -> None:
    shop.sell()
    shop.press(shop.open("/pay/honey?utm_source=letter"), "Continue to payment")
    shop.clock.now += 25 * 3600
    page = shop.open(f"/pay/honey/complete/{shop.store.attempts_of_link('plink_honey')[0].token}")
    assert page.link("Start again")["href"] == "/pay/honey?utm_source=letter"


def test_a_payment_of_another_amount_is_received_and_being_checked(shop: WebShop) -> None:
    shop.sell(a_link())
    attempt = started(shop)
    address = shop.pay_in_sandbox()
    paid = Fact("paid", amount_total=1000, payment_method="visa 4242")
    state_machine.settle(shop.store, attempt, paid, NOW, cause="test", flag="amount_differs")
    page = shop.open(address)
    assert (page.status, page.heading) == (200, "We received your payment and are checking it")
    assert "Your order came to €12.50, and €10.00 arrived." in page.text
    assert page.rows() == {"Order total": "€12.50", "Received": "€10.00"}
    assert not page.has_button("Continue to payment")
