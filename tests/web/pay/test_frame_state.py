"""What a frame learns while it is shown, and what it says once its link is paid."""

import re
from typing import Any

import pytest

from app.sandbox.checkout.cards import DEBIT_SUCCEEDS
from app.services.attempts import state_machine
from app.services.attempts.state_machine import Fact
from tests.support.build import NOW, a_link
from tests.web.conftest import WebShop

ONCE = {"completed_sessions": {"limit": 1}}
INVOICE = {"reference": "2026-0042", "embed_origins": ["https://office.example"]}
STATE = "/pay/honey/embed/state"


def asked(shop: WebShop) -> object:
    answer = shop.client.get(STATE)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json


def sell(shop: WebShop, **payment: str) -> None:
    """Sell the invoice, and pay it if a payment method is given."""
    shop.sell(a_link(counterfoil=INVOICE, restrictions=ONCE))
    if payment:
        shop.press(shop.open(), "Continue to payment")
        shop.open(shop.pay_in_sandbox(**payment))


def test_a_link_is_open_until_it_is_paid(shop: WebShop) -> None:
    sell(shop)
    assert asked(shop) == {"state": "open"}
    shop.press(shop.open(), "Continue to payment")
    assert asked(shop) == {"state": "open"}
    shop.open(shop.pay_in_sandbox())
    assert asked(shop) == {"state": "paid"}


def test_a_payment_that_the_bank_has_not_confirmed_is_not_paid(shop: WebShop) -> None:
    sell(shop, payment_method=DEBIT_SUCCEEDS)
    assert asked(shop) == {"state": "processing"}
    framed = shop.open("/pay/honey/embed")
    assert framed.heading == "The payment of invoice 2026-0042 is on its way"
    assert framed.root.first("article")["data-state"] == "payment_processing"
    own = shop.open()
    assert own.root.first("p", class_="tag").text == "Processing"
    attempt = shop.store.attempts_of_link("plink_honey")[0]
    state_machine.settle(shop.store, attempt, Fact("paid"), NOW, cause="test")
    assert asked(shop) == {"state": "paid"}


@pytest.mark.parametrize("changes", [{"active": False}, {"counterfoil": {"closes_at": NOW - 1, **INVOICE}}])
def test_a_link_that_is_closed_is_unavailable(shop: WebShop, changes: dict[str, Any]) -> None:
    shop.add(a_link(**{"counterfoil": INVOICE, "restrictions": ONCE, **changes}))
    assert asked(shop) == {"state": "unavailable"}


def test_an_unknown_link_has_no_state(shop: WebShop) -> None:
    assert shop.client.get(STATE).status_code == 404


def test_a_paid_frame_names_no_receipt_no_reference_and_no_payer(shop: WebShop) -> None:
    sell(shop, email="mara@post.example")
    attempt = shop.store.attempts_of_link("plink_honey")[0]
    page = shop.open("/pay/honey/embed")
    assert (page.status, page.heading) == (200, "Invoice 2026-0042 is paid")
    assert "€12.50 was paid on" in page.text
    assert "The payer has the receipt." in page.text
    assert page.rows("facts") == {"Contact": "help@hillside.example"}
    for secret in (
        attempt.reference,
        attempt.token,
        attempt.id,
        "mara@post.example",
        "data-receipt",
        "See the receipt",
    ):
        assert secret is not None
        assert secret not in page.html
    assert re.search(r"CF-\w{4}-\w{4}", page.html) is None


def test_only_the_frame_of_a_link_that_can_be_paid_once_asks(shop: WebShop) -> None:
    sell(shop)
    shop.add(a_link(id="plink_jars", counterfoil={**INVOICE, "code": "jars"}))

    def script(path: str) -> dict[str, str | None]:
        (found,) = (one for one in shop.open(path).root.all("script") if "frame.js" in (one.get("src") or ""))
        return {name: found.get(f"data-{name}") for name in ("link", "origins", "watch")}

    origin = "https://office.example"
    assert script("/pay/honey/embed") == {"link": "plink_honey", "origins": origin, "watch": STATE}
    assert script("/pay/jars/embed") == {"link": "plink_jars", "origins": origin, "watch": None}
    assert "frame.js" not in shop.open("/pay/honey").html
