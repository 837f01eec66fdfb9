"""Where Checkout sends buyers back to: the confirmation, the merchant's page, or the page with everything still there."""

from typing import Any

import pytest

from app.objects.attempt import Attempt, State
from app.sandbox.checkout.cards import DEBIT_FAILS, DEBIT_SUCCEEDS
from app.services.attempts import state_machine
from app.services.attempts.state_machine import Fact
from tests.support.build import NOW, a_line, a_link, a_price, adjustable, an_organization
from tests.web.conftest import Shop

DROPDOWN: dict[str, Any] = {
    "key": "scent", "label": {"type": "custom", "custom": "Scent"}, "type": "dropdown",
    "dropdown": {"options": [{"label": "Hay and clover", "value": "hay"}]},
}  # fmt: skip
TEXT: dict[str, Any] = {"key": "words", "label": {"type": "custom", "custom": "Words"}, "type": "text"}


def started(
    shop: Shop, button: str = "Pay €12.50", answers: dict[str, Any] | None = None, path: str = "/pay/honey"
) -> Attempt:
    """A buyer has pressed the button."""
    assert shop.press(shop.open(path), button, answers).status_code == 303
    return shop.store.attempts_of_link("plink_honey")[0]


def test_the_confirmation_shows_what_was_paid_for_what_and_what_was_told(shop: Shop) -> None:
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
    attempt = started(shop, "Pay €25.00", {"Scent": "hay", "Words": "<b>Hi</b>", terms: True})
    page = shop.open(shop.pay_in_sandbox())
    assert (page.status, page.heading) == (200, "Thank you for your order")
    assert page.title == "Paid €25.00 – Hillside Apiary"
    assert "It is on its way" in page.text
    assert page.rows() == {"Paid": "€25.00"}
    facts = page.rows("facts")
    assert facts["Reference"] == attempt.id
    assert facts["Paid on"] == "21\u00a0September 2026, 16:13"
    assert facts["Paid with"] == "Visa ending in 4242"
    assert facts["Scent"] == "Hay and clover"
    assert facts["Words"] == "<b>Hi</b>"
    assert facts["You agreed to"] == "Terms of service"
    assert page.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in page.headers


def test_a_trial_is_confirmed_and_nothing_is_called_paid(shop: Shop) -> None:
    shop.sell(a_link(a_line(a_price(900, recurring="month")), subscription_data={"trial_period_days": 14}))
    started(shop, "Start free trial")
    page = shop.open(shop.pay_in_sandbox())
    assert page.title == "Confirmed – Hillside Apiary"
    assert page.root.first(class_="amount").text == "14 days free"
    assert {"Confirmed on", "Ordered from"} <= page.rows("facts").keys()
    assert "Paid" not in page.text


def test_the_privacy_policy_that_was_agreed_to_stands_on_the_receipt(shop: Shop) -> None:
    urls = {"terms_of_service_url": "https://h.example/terms", "privacy_policy_url": "https://h.example/privacy"}
    shop.merchant(an_organization(**urls))
    shop.sell(a_link(consent_collection={"terms_of_service": "required"}))
    sentence = "I agree to the terms of service and the privacy policy of Hillside Apiary"
    started(shop, answers={sentence: True})
    assert shop.open(shop.pay_in_sandbox()).rows("facts")["You agreed to"] == "Terms of service and privacy policy"


def test_a_paid_invoice_is_named(shop: Shop) -> None:
    shop.sell(a_link(counterfoil={"reference": "2026-0042"}))
    started(shop)
    assert shop.open(shop.pay_in_sandbox()).heading == "Invoice 2026-0042 is paid"


def test_a_redirect_leads_to_the_merchant_with_the_sessions_id_and_utm(shop: Shop) -> None:
    url = "https://shop.example/thanks?s={CHECKOUT_SESSION_ID}"
    shop.sell(a_link(after_completion={"type": "redirect", "redirect": {"url": url}}))
    attempt = started(shop, path="/pay/honey?utm_source=letter")
    answer = shop.client.get(shop.pay_in_sandbox())
    session = shop.store.attempt(attempt.id)
    assert session is not None
    assert answer.status_code == 303
    assert answer.location == f"https://shop.example/thanks?s={session.checkout_session}&utm_source=letter"


def test_leaving_checkout_leads_back_with_everything_still_there(shop: Shop) -> None:
    shop.sell(
        a_link(
            a_line(quantity=2, adjustable_quantity=adjustable(1, 10)),
            custom_fields=[TEXT],
            consent_collection={"promotions": "auto"},
        )
    )
    answers = {"Quantity of Jar of honey": "3", "Words": "kept", "Send me news and offers by e-mail": True}
    attempt = started(shop, "Pay €25.00", answers, "/pay/honey?prefilled_email=a%40b.example&utm_source=x")
    page = shop.open(f"/pay/honey/cancel/{attempt.token}")
    assert (page.status, page.notice) == (200, "You left before paying")
    assert "Nothing was charged." in page.text
    assert page.field("Words")["value"] == "kept"
    assert page.field("Quantity of Jar of honey")["value"] == "3"
    assert page.field("Send me news and offers by e-mail").get("checked") is not None
    assert page.field("E-mail address")["value"] == "a@b.example"
    assert page.form["action"] == "/pay/honey?prefilled_email=a%40b.example&utm_source=x"
    assert shop.press(page, "Pay €37.50").status_code == 303
    states = [attempt.state for attempt in shop.store.attempts_of_link("plink_honey")]
    assert states == ["opened", "canceled"]


def test_leaving_after_having_paid_shows_the_confirmation(shop: Shop) -> None:
    shop.sell()
    attempt = started(shop)
    shop.pay_in_sandbox()
    answer = shop.client.get(f"/pay/honey/cancel/{attempt.token}")
    assert (answer.status_code, answer.location) == (303, f"/pay/honey/complete/{attempt.token}")


def test_a_posted_form_that_was_paid_already_leads_to_the_confirmation(shop: Shop) -> None:
    shop.sell()
    page = shop.open()
    shop.press(page, "Pay €12.50")
    attempt = shop.store.attempts_of_link("plink_honey")[0]
    shop.pay_in_sandbox()
    again = shop.press(page, "Pay €12.50")
    assert (again.status_code, again.location) == (303, f"/pay/honey/complete/{attempt.token}")


def test_coming_back_without_having_paid_offers_to_go_on(shop: Shop) -> None:
    shop.sell()
    attempt = started(shop)
    page = shop.open(f"/pay/honey/complete/{attempt.token}")
    assert (page.status, page.heading) == (200, "We are waiting for your payment")
    assert page.link("Continue to payment")["href"] == attempt.session_url
    assert page.root.first("article")["hx-trigger"] == "load delay:5s"
    assert "Nothing was charged" not in page.text


def test_a_delayed_payment_is_processing_until_the_bank_has_said(shop: Shop) -> None:
    shop.sell()
    attempt = started(shop)
    page = shop.open(shop.pay_in_sandbox(payment_method=DEBIT_SUCCEEDS))
    assert (page.status, page.heading) == (200, "Your bank is confirming the payment")
    assert page.rows("facts")["Amount"] == "€12.50"
    shop.clock.now += 60
    looked = shop.client.get(f"/pay/honey/complete/{attempt.token}?polls=1", headers={"HX-Request": "true"})
    assert looked.headers.get("HX-Redirect") == f"/pay/honey/complete/{attempt.token}"
    assert shop.open(f"/pay/honey/complete/{attempt.token}").heading == "Thank you for your order"


def test_a_delayed_payment_that_fails_says_so(shop: Shop) -> None:
    shop.sell()
    attempt = started(shop)
    shop.pay_in_sandbox(payment_method=DEBIT_FAILS)
    shop.clock.now += 60
    page = shop.open(f"/pay/honey/complete/{attempt.token}")
    assert (page.status, page.heading) == (200, "Your payment did not go through")
    assert "nothing was charged" in page.text
    assert page.link("Try again")["href"] == "/pay/honey"


def test_time_that_ran_out_is_told(shop: Shop) -> None:
    shop.sell()
    attempt = started(shop)
    shop.clock.now = attempt.expires_at + 60
    page = shop.open(f"/pay/honey/complete/{attempt.token}")
    assert (page.status, page.heading) == (200, "The time to pay has run out")
    back = shop.open(f"/pay/honey/cancel/{attempt.token}")
    assert back.notice == "The time to pay has run out"


def late(shop: Shop) -> Attempt:
    """A buyer is in Checkout, while the only place has been given to somebody else."""
    shop.sell(a_link(restrictions={"completed_sessions": {"limit": 1}}))
    attempt = started(shop)
    state_machine.settle(shop.store, attempt, Fact("expired"), NOW, cause="believed to have ended")
    assert shop.store.hold_place("plink_honey")
    assert shop.store.complete_place("plink_honey")
    return attempt


def test_a_payment_beyond_the_limit_is_told_to_have_gone_back_and_is_no_receipt(shop: Shop) -> None:
    late(shop)
    page = shop.open(shop.pay_in_sandbox())
    assert (page.status, page.heading) == (200, "The last one sold while you were paying")
    assert "We have sent your €12.50 back to your Visa ending in 4242." in page.text
    assert "Thank you" not in page.text


@pytest.mark.parametrize(
    ("state", "says"),
    [
        pytest.param("paid", "We are sending your €12.50 back.", id="paid"),
        pytest.param("processing", "We send your €12.50 back when it arrives.", id="not there yet"),
    ],
)
def test_a_payment_beyond_the_limit_that_could_not_go_back_yet_is_no_receipt(
    shop: Shop, state: State, says: str
) -> None:
    attempt = late(shop)
    state_machine.settle(shop.store, attempt, Fact(state), NOW, cause="told by an event")
    path = f"/pay/honey/complete/{attempt.token}"
    page = shop.open(path)
    assert (page.status, page.heading) == (200, "The last one sold while you were paying")
    assert says in page.text
    assert page.rows("facts")["Amount"] == "€12.50"
    assert page.root.first("article")["hx-get"] == f"{path}?polls=1"
    looked = shop.client.get(f"{path}?polls=1", headers={"HX-Request": "true"})
    assert "HX-Redirect" not in looked.headers
    state_machine.settle(shop.store, attempt, Fact("refunded", refund="re_1"), NOW, cause="sent back")
    looked = shop.client.get(f"{path}?polls=2", headers={"HX-Request": "true"})
    assert looked.headers["HX-Redirect"] == path
    assert "We have sent your €12.50 back." in shop.open(path).text


def test_an_order_beyond_the_limit_that_costs_nothing_is_said_to_end(shop: Shop) -> None:
    shop.sell(a_link(a_line(a_price(0)), restrictions={"completed_sessions": {"limit": 1}}))
    attempt = started(shop, "Complete the order")
    attempt = attempt.model_copy(update={"flags": ("over_limit",), "state": "paid", "version": attempt.version + 1})
    assert shop.store.save_attempt(attempt, "told by an event")
    page = shop.open(f"/pay/honey/complete/{attempt.token}")
    assert page.heading == "The last one sold while you were paying"
    assert "Nothing was charged. We are canceling your order." in page.text


def test_nobody_else_sees_an_attempt(shop: Shop) -> None:
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


def test_nothing_to_pay_is_confirmed_as_such(shop: Shop) -> None:
    from tests.support.build import a_price

    shop.sell(a_link(a_line(a_price(0))))
    started(shop, "Complete the order")
    page = shop.open(shop.pay_in_sandbox())
    assert page.root.first("p", class_="tag").text == "Confirmed"
    assert page.title == "Confirmed – Hillside Apiary"


def test_what_the_first_address_carried_counts_for_the_next_try(shop: Shop) -> None:
    shop.sell()
    shop.press(shop.open("/pay/honey?utm_source=letter"), "Pay €12.50")
    shop.clock.now += 25 * 3600
    page = shop.open(f"/pay/honey/complete/{shop.store.attempts_of_link('plink_honey')[0].token}")
    assert page.link("Start again")["href"] == "/pay/honey?utm_source=letter"
