"""Money that arrived is never denied: pages of payments that differ from their order, on the way back, on the link and in a frame."""

from typing import Any

import pytest

from app.objects.attempt import Attempt, State
from app.services.attempts import state_machine
from app.services.attempts.state_machine import Fact
from app.services.attempts.verification import MISMATCHES
from tests.support.build import NOW, a_link
from tests.web.conftest import WebShop

ONCE: dict[str, Any] = {
    "counterfoil": {"reference": "2026-0042", "embed_origins": ["https://shop.example"]},
    "restrictions": {"completed_sessions": {"limit": 1}},
}


def started(shop: WebShop) -> Attempt:
    """Start to pay an invoice that can be paid once."""
    shop.sell(a_link(**ONCE))
    shop.press(shop.open(), "Continue to payment")
    return shop.store.attempts_of_link("plink_honey")[0]


def pay_another_amount(shop: WebShop) -> Attempt:
    attempt = started(shop)
    fact = Fact("paid", amount_total=1000, payment_method="visa 4242")
    return state_machine.settle(shop.store, attempt, fact, NOW, cause="test", flag="amount_differs")


@pytest.mark.parametrize("path", ["/pay/honey", "/pay/honey/embed"])
def test_the_link_of_a_payment_that_is_checked_calls_nothing_paid_and_asks_for_nothing(
    shop: WebShop, path: str
) -> None:
    pay_another_amount(shop)
    page = shop.open(path)
    assert (page.status, page.heading) == (200, "A payment arrived and is being checked")
    assert page.root.first("p", class_="tag").text == "Being checked"
    assert "no need to pay again" in page.text
    assert "is paid" not in page.text
    assert "€" not in page.text
    assert not page.has_button("Continue to payment")


THANKS = "https://shop.example/thanks?session={CHECKOUT_SESSION_ID}"


def test_a_buyer_reads_both_amounts_before_the_merchants_own_page(shop: WebShop) -> None:
    redirect = {"type": "redirect", "redirect": {"url": THANKS}}
    shop.sell(a_link(after_completion=redirect, restrictions=ONCE["restrictions"]))
    shop.press(shop.open(), "Continue to payment")
    attempt = shop.store.attempts_of_link("plink_honey")[0]
    fact = Fact("paid", amount_total=1000, payment_method="visa 4242")
    state_machine.settle(shop.store, attempt, fact, NOW, cause="test", flag="amount_differs")
    page = shop.open(f"/pay/honey/complete/{attempt.token}")
    assert (page.status, page.heading) == (200, "We received your payment and are checking it")
    assert "Your order came to €12.50, and €10.00 arrived." in page.text
    assert page.link("Continue to Hillside Apiary")["href"] == THANKS.replace(
        "{CHECKOUT_SESSION_ID}", attempt.checkout_session or ""
    )


def test_the_receipt_of_a_payment_that_is_checked_says_when_it_arrived_and_whom_to_ask(shop: WebShop) -> None:
    started(shop)
    shop.open(shop.pay_in_sandbox())
    (attempt,) = shop.store.attempts_of_link("plink_honey")
    assert shop.open(f"/pay/honey/complete/{attempt.token}").rows("facts")["Receipt sent to"] == "ada@example.com"
    state_machine.add_flag(shop.store, attempt, "amount_differs", NOW, cause="test")
    page = shop.open(f"/pay/honey/complete/{attempt.token}")
    assert {"Received on", "We write to"} <= page.rows("facts").keys()
    assert not {"Paid on", "Receipt sent to"} & page.rows("facts").keys()
    assert page.link("Write to Hillside Apiary")["href"] == f"mailto:help@hillside.example?subject={attempt.reference}"
    intent = attempt.payment_intent
    shop.stock.sdk.v1.refunds.create({"payment_intent": intent, "amount": 100})
    refunded = shop.open(f"/pay/honey/complete/{attempt.token}")
    assert {"Paid on", "Receipt sent to"} <= refunded.rows("facts").keys()


@pytest.mark.parametrize("path", ["/pay/honey", "/pay/honey/embed"])
def test_the_link_of_a_refunded_payment_says_that_it_was_sent_back(shop: WebShop, path: str) -> None:
    started(shop)
    shop.open(shop.pay_in_sandbox())
    intent = shop.store.attempts_of_link("plink_honey")[0].payment_intent
    shop.stock.sdk.v1.refunds.create({"payment_intent": intent})
    page = shop.open(path)
    assert (page.status, page.heading) == (200, "This payment was sent back in full")
    assert "€12.50 went back to the payer." in page.text
    assert "paid" not in page.heading
    assert not page.has_button("Continue to payment")


@pytest.mark.parametrize(
    ("state", "flag"),
    [*(("opened", flag) for flag in sorted(MISMATCHES)), ("expired", "mode_mismatch"), ("canceled", "link_mismatch")],
)
def test_a_buyer_whose_payment_does_not_match_is_not_asked_to_pay_again(shop: WebShop, state: State, flag: str) -> None:
    attempt = started(shop)
    state_machine.settle(shop.store, attempt, Fact(state), NOW, cause="test", flag=flag)
    page = shop.open(f"/pay/honey/complete/{attempt.token}")
    assert (page.status, page.heading) == (200, "We are checking your payment")
    assert "no need to pay again" in page.text
    assert "Not paid" not in page.text
    assert "Nothing was charged" not in page.text
    assert not [link for link in page.root.all("a") if "sandbox/checkout" in (link.get("href") or "")]


def test_a_session_that_was_changed_in_the_dashboard_is_being_checked_on_return(shop: WebShop) -> None:
    attempt = started(shop)
    engine: Any = shop.store.engine  # type: ignore[attr-defined]
    address = shop.pay_in_sandbox()
    engine.execute("UPDATE attempts SET state = 'opened', document = :then", {"then": opened_document(attempt)})
    engine.execute("UPDATE payment_links SET completed = 0")
    cheaper = "REPLACE(document, '\"amount_total\":1250', '\"amount_total\":1000')"
    engine.execute(f"UPDATE sandbox_objects SET document = {cheaper} WHERE object = 'checkout.session'")
    page = shop.open(address)
    assert page.heading == "We received your payment and are checking it"
    assert page.rows() == {"Order total": "€12.50", "Received": "€10.00"}


def opened_document(attempt: Attempt) -> str:
    """Return the document of the attempt as it was, with the version that the store expects next."""
    return attempt.model_copy(update={"version": attempt.version + 1}).model_dump_json()
