"""What a merchant sees of disputes and refunds: in the list, and on the page of the payment."""

from typing import Any

import pytest

from app.objects.attempt import Attempt
from tests.support.page import Page, tidy
from tests.web.console.conftest import Merchant

FRAUDULENT = "4000000000000259"
NOT_RECEIVED = "4000000000002685"
INQUIRED = "4000000000001976"


def sell(ada: Merchant, card: str) -> Attempt:
    """Sell one jar, paid with this card."""
    shop = ada.shop
    shop.sell()
    shop.press(shop.open(), "Continue to payment")
    shop.open(shop.pay_in_sandbox(card))
    return shop.store.attempts_of_link("plink_honey")[0]


def sdk(ada: Merchant) -> Any:
    return ada.shop.stock.sdk.v1


def answer(ada: Merchant, attempt: Attempt, text: str) -> None:
    ada.shop.clock.now += 60
    (dispute,) = ada.shop.stored(attempt).disputes
    sdk(ada).disputes.update(dispute.id, {"evidence": {"uncategorized_text": text}})


def page_of(ada: Merchant, attempt: Attempt) -> Page:
    return ada.open(f"/console/payments/{attempt.id}")


def tags(page: Page) -> list[str]:
    return [tidy(tag.text) for tag in page.root.first("main").all("span", class_="tag")]


def test_a_dispute_says_until_when_to_answer_and_what_is_held(ada: Merchant) -> None:
    attempt = sell(ada, FRAUDULENT)
    page = page_of(ada, attempt)
    assert tags(page)[:2] == ["Disputed", "Paid"]
    text = page.text.replace("\u00a0", " ")
    assert "Answer by 28 September 2026, 14:13" in text
    assert "The buyer told the bank: another person made this payment." in text
    assert "€12.50 and a fee of €15.00 are held until the bank decides." in text
    listed = ada.open("/console/payments?view=disputed")
    assert tags(listed) == ["Disputed", "Paid"]
    assert "Answer by 28 September 2026, 14:13" in listed.text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("card", "text", "tag", "says"),
    [
        pytest.param(FRAUDULENT, "winning_evidence", "Dispute won", "€12.50 is yours again.", id="won"),
        pytest.param(
            NOT_RECEIVED, "losing_evidence", "Dispute lost", "The bank gave €12.50 back to the buyer.", id="lost"
        ),
        pytest.param(INQUIRED, "winning_evidence", "Inquiry closed", "No money was withdrawn.", id="inquiry"),
        pytest.param(FRAUDULENT, "Sent.", "Disputed", "The bank is looking at your answer", id="under review"),
    ],
)
def test_the_end_of_a_dispute_is_shown_as_such(ada: Merchant, card: str, text: str, tag: str, says: str) -> None:
    attempt = sell(ada, card)
    answer(ada, attempt, text)
    page = page_of(ada, attempt)
    assert tags(page)[:2] == [tag, "Paid"]
    assert says in page.text
    assert "Answer by" not in page.text
    flagged = ada.open("/console/payments?view=disputed").text
    assert ("No payments match this filter." in flagged) is (tag in {"Dispute won", "Inquiry closed"})


def test_a_text_for_the_bank_says_what_is_known_of_the_order(ada: Merchant) -> None:
    attempt = ada.shop.stored(sell(ada, FRAUDULENT))
    page = page_of(ada, attempt)
    assert tidy(page.root.first("textarea", id="evidence").text) == (
        "Ordered on 21 September 2026, 14:13 (UTC). Paid with: Visa ending in 0259 Items: Jar of honey (1)"
        f" Buyer: Ada Lovelace, ada@example.com Reference: {attempt.reference}"
    )
    answer(ada, attempt, "winning_evidence")
    assert not page_of(ada, attempt).root.all("textarea", id="evidence")


def test_an_inquiry_has_withdrawn_nothing_yet(ada: Merchant) -> None:
    page = page_of(ada, sell(ada, INQUIRED))
    assert "No money is withdrawn yet. If you do not answer, the bank may take €12.50 back." in page.text


def test_a_partial_refund_is_shown_in_the_list_and_on_the_page(ada: Merchant) -> None:
    attempt = sell(ada, "4242424242424242")
    sdk(ada).refunds.create({"payment_intent": ada.shop.stored(attempt).payment_intent, "amount": 500})
    page = page_of(ada, attempt)
    assert tags(page) == ["Part refunded", "Paid", "To check"]
    rows = [tidy(row.text).replace("\u00a0", " ") for row in page.root.first("dl", class_="totals").all("div")]
    assert rows == ["Paid €12.50", "Refunded 21 September 2026 −€5.00", "Paid after refund €7.50"]
    assert "Part refunded" in tags(ada.open("/console/payments"))
