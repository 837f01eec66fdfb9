"""The names of payment methods."""

from typing import Literal, get_args, get_origin

import pytest
import stripe
from flask import Flask

from app.objects.enumerations import PaymentMethodType
from app.web.display import locale
from app.web.display.payment_methods import method_name, method_text


@pytest.fixture(autouse=True)
def _english() -> object:
    app = Flask(__name__)
    locale.register(app)
    with app.test_request_context("/"):
        yield


def types() -> set[str]:
    """Return every payment method type that the SDK knows: of charges, of payment methods and of links."""
    charges = set(stripe.Charge.PaymentMethodDetails.__annotations__) - {"type"}
    methods = next(
        part for part in get_args(stripe.PaymentMethod.__annotations__["type"]) if get_origin(part) is Literal
    )
    return charges | set(get_args(methods)) | set(get_args(PaymentMethodType))


def test_every_payment_method_type_of_stripe_has_a_name() -> None:
    known = types()
    assert len(known) > 50
    guessed = {type for type in known if method_name(type) == type.replace("_", " ").capitalize()}
    # These are written like a guess would write them.
    assert guessed == {
        *("affirm", "alipay", "alma", "bancontact", "billie", "bizum", "boleto", "card", "crypto", "klarna", "konbini"),
        *("link", "multibanco", "pix", "satispay", "scalapay", "sofort", "sunbit", "swish", "zip"),
    }


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ("visa 4242", "Visa ending in 4242"),
        ("amex 0005", "American Express ending in 0005"),
        ("card 4242", "Card ending in 4242"),
        ("unknown 4242", "Card ending in 4242"),
        ("cartes_bancaires 1001", "Cartes Bancaires ending in 1001"),
        ("sepa_debit 3000", "SEPA Direct Debit, account ending in 3000"),
        ("us_bank_account 6789", "US bank account ending in 6789"),
        ("bacs_debit 2345", "Bacs Direct Debit, account ending in 2345"),
        ("ideal", "iDEAL"),
        ("customer_balance", "Bank transfer"),
        ("afterpay_clearpay", "Afterpay / Clearpay"),
        ("link", "Link"),
        ("moon_pay", "Moon pay"),
    ],
)
def test_a_stored_payment_method_is_shown_in_words(stored: str, words: str) -> None:
    assert method_text(stored) == words
