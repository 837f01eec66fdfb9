"""Test cards and test bank accounts, and the outcome of a payment with each. Every other number is refused: no real card is ever taken."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from app.objects.typed_text import clean_digits, fold
from app.sandbox.payments.methods import Method
from app.sandbox.resources.disputes import INQUIRY

Outcome = Literal["pays", "confirms", "card_declined", "insufficient_funds", "expired_card", "incorrect_cvc"]


@dataclass(frozen=True)
class Card:
    """A test card."""

    number: str
    brand: str
    outcome: Outcome
    dispute: str | None = None
    refund: Literal["succeeds", "pends", "fails"] = "succeeds"

    @property
    def grouped(self) -> str:
        """The number in groups of four, as on a card."""
        return " ".join(self.number[start : start + 4] for start in range(0, len(self.number), 4))


CARDS: Final = (
    Card("4242424242424242", "visa", "pays"),
    Card("5555555555554444", "mastercard", "pays"),
    Card("378282246310005", "amex", "pays"),
    Card("4000002500003155", "visa", "confirms"),
    Card("4000000000000002", "visa", "card_declined"),
    Card("4000000000009995", "visa", "insufficient_funds"),
    Card("4000000000000069", "visa", "expired_card"),
    Card("4000000000000127", "visa", "incorrect_cvc"),
    Card("4000000000000259", "visa", "pays", dispute="fraudulent"),
    Card("4000000000002685", "visa", "pays", dispute="product_not_received"),
    Card("4000000000001976", "visa", "pays", dispute=INQUIRY),
    Card("4000000000007726", "visa", "pays", refund="pends"),
    Card("4000000000005126", "visa", "pays", refund="fails"),
)
DEBIT_SUCCEEDS: Final = "AT611904300234573201"
DEBIT_FAILS: Final = "AT861904300235473202"
DEBITS: Final = {DEBIT_SUCCEEDS: True, DEBIT_FAILS: False}
"""Bank accounts, and whether a debit from each finally succeeds."""

_EXPIRY = re.compile(r"(0?[1-9]|1[0-2]) ?/ ?(?:20)?([0-9]{2})")


_TYPED_MAXIMUM: Final = 100
"""Characters that are read of a typed number or date. No number has more, and folding takes time for each character."""


def plain_number(text: str) -> str:
    """Return the typed number with ASCII digits, without spaces, hyphens and periods."""
    typed = clean_digits(fold(text[:_TYPED_MAXIMUM]))
    return "".join(character for character in typed if not character.isspace() and character not in "-.")


def find_card(number: str) -> Card | None:
    """Return the test card with this number, or None."""
    return next((card for card in CARDS if card.number == number), None)


def parse_expiry(text: str) -> tuple[int, int] | None:
    """Return month and year of `04/29` or `4 / 2029`, or None."""
    match = _EXPIRY.fullmatch(fold(text[:_TYPED_MAXIMUM]))
    return (int(match[1]), 2000 + int(match[2])) if match else None


def is_past(expiry: tuple[int, int], now: int) -> bool:
    """Return whether a card has expired. It is valid until the end of the month of its expiry date."""
    moment = datetime.fromtimestamp(now, UTC)
    month, year = expiry
    return (year, month) < (moment.year, moment.month)


def card_method(card: Card, expiry: tuple[int, int]) -> Method:
    """Return the card as Stripe describes a payment method."""
    month, year = expiry
    return Method(
        "card",
        card.number[-4:],
        brand=card.brand,
        exp_month=month,
        exp_year=year,
        dispute=card.dispute,
        refund=card.refund,
    )


def debit_method(account_number: str) -> Method:
    """Return the bank account as Stripe describes a payment method."""
    return Method("sepa_debit", account_number[-4:], settles=DEBITS[account_number])
