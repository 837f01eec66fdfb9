"""Verification: a session that does not match its attempt is reported with the first mismatch."""

from typing import Any

import pytest

from app.objects.checkout_session import CheckoutSession, TotalDetails
from app.objects.quote import Quote
from app.objects.selection import Selection
from app.objects.shipping_rate import FixedAmount, FixedAmountCurrencyOption
from app.pricing.quote import quote
from app.services.attempts.state_machine import fact_of
from app.services.attempts.verification import MISMATCHES, mismatch
from tests.services.attempts.test_state_machine import NOW, an_attempt
from tests.support.build import a_custom_price, a_line, a_link, a_price, a_shipping_rate

LINK = a_link(a_line(a_price(1000)))


def a_quote(**changes: Any) -> Quote:
    values: dict[str, Any] = {
        "amount_discount": 0,
        "amount_shipping": 0,
        "amount_subtotal": 1000,
        "amount_tax": 0,
        "amount_total": 1000,
        "currency": "eur",
        "lines": (),
        "mode": "payment",
    }
    return Quote(**{**values, **changes})


def a_paid_session(*, discount: int = 0, shipping: int = 0, tax: int = 0, **changes: Any) -> CheckoutSession:
    values: dict[str, Any] = {
        "id": "cs_1",
        "amount_subtotal": 1000,
        "amount_total": 1000,
        "currency": "eur",
        "expires_at": NOW + 3600,
        "mode": "payment",
        "payment_status": "paid",
        "status": "complete",
        "total_details": TotalDetails(amount_discount=discount, amount_shipping=shipping, amount_tax=tax),
    }
    return CheckoutSession(**{**values, **changes})


@pytest.mark.parametrize(
    ("session", "account", "word"),
    [
        pytest.param({}, None, None, id="everything matches"),
        pytest.param({}, "acct_other", "account_mismatch", id="another account"),
        pytest.param({"livemode": True}, None, "livemode_mismatch", id="the other mode"),
        pytest.param({"id": "cs_other"}, None, "session_mismatch", id="another session"),
        pytest.param({"currency": "usd"}, None, "currency_mismatch", id="another currency"),
        pytest.param({"mode": "subscription"}, None, "mode_mismatch", id="a subscription"),
        pytest.param(
            {"metadata": {"counterfoil_payment_link": "plink_other"}}, None, "link_mismatch", id="another link"
        ),
        pytest.param(
            {"metadata": {"counterfoil_attempt": "att_other"}}, None, "attempt_mismatch", id="another attempt"
        ),
        pytest.param({"amount_subtotal": 999}, None, "amount_differs", id="a cent less in the subtotal"),
        pytest.param({"amount_subtotal": 999, "amount_total": 999}, None, "amount_differs", id="a cent less in both"),
        pytest.param({"amount_total": 999}, None, "amount_differs", id="a cent less in the total"),
        pytest.param({"amount_total": 1001}, None, "amount_differs", id="a cent more in the total"),
        pytest.param({"amount_total": None}, None, "amount_differs", id="no total"),
        pytest.param(
            {"discount": 100, "amount_total": 900}, None, "amount_differs", id="a discount that was not allowed"
        ),
        pytest.param(
            {"shipping": 490, "amount_total": 1490}, None, "amount_differs", id="shipping that was not offered"
        ),
        pytest.param({"tax": 190, "amount_total": 1190}, None, "amount_differs", id="tax that was not expected"),
        pytest.param({"status": "open", "amount_total": 5}, None, None, id="amounts count once complete"),
    ],
)
def test_a_session_is_compared_with_the_attempt(session: dict[str, Any], account: str | None, word: str | None) -> None:
    attempt = an_attempt(checkout_session="cs_1", quote=a_quote())
    assert mismatch(attempt, LINK, a_paid_session(**session), account) == word
    assert word in {None, "amount_differs", *MISMATCHES}


def test_a_promotion_code_entered_at_checkout_matches_if_codes_are_allowed() -> None:
    attempt = an_attempt(checkout_session="cs_1", quote=a_quote(), session_params={"allow_promotion_codes": True})
    assert mismatch(attempt, LINK, a_paid_session(discount=100, amount_total=900), None) is None


def test_with_a_code_the_total_must_still_be_the_sum_of_its_parts() -> None:
    attempt = an_attempt(checkout_session="cs_1", quote=a_quote(), session_params={"allow_promotion_codes": True})
    assert mismatch(attempt, LINK, a_paid_session(discount=100, amount_total=800), None) == "amount_differs"


@pytest.mark.parametrize(("shipping", "word"), [(490, None), (1290, None), (491, "amount_differs")])
def test_only_an_offered_shipping_amount_matches(shipping: int, word: str | None) -> None:
    link = a_link(a_line(a_price(1000)), shipping=[a_shipping_rate(490), a_shipping_rate(1290)])
    attempt = an_attempt(checkout_session="cs_1", quote=a_quote(shipping_pending=True))
    assert mismatch(attempt, link, a_paid_session(shipping=shipping, amount_total=1000 + shipping), None) == word


def test_a_shipping_amount_is_compared_in_the_currency_of_the_attempt() -> None:
    in_dollars = {"usd": FixedAmountCurrencyOption(amount=590)}
    parcel = FixedAmount(amount=490, currency="eur", currency_options=in_dollars)
    link = a_link(a_line(a_price(1000)), shipping=[a_shipping_rate(fixed_amount=parcel), a_shipping_rate(1290)])
    quoted = a_quote(shipping_pending=True).model_copy(update={"currency": "usd"})
    attempt = an_attempt(checkout_session="cs_1", currency="usd", quote=quoted)
    for shipping, word in ((590, None), (490, "amount_differs"), (1290, "amount_differs")):
        session = a_paid_session(currency="usd", shipping=shipping, amount_total=1000 + shipping)
        assert mismatch(attempt, link, session, None) == word


def test_automatic_tax_may_be_added() -> None:
    attempt = an_attempt(checkout_session="cs_1", quote=a_quote(tax_pending=True))
    assert mismatch(attempt, LINK, a_paid_session(tax=190, amount_total=1190), None) is None


def test_inclusive_tax_is_part_of_the_subtotal() -> None:
    attempt = an_attempt(checkout_session="cs_1", quote=a_quote(tax_pending=True))
    assert mismatch(attempt, LINK, a_paid_session(tax=160, amount_total=1000), None) is None


def test_a_session_of_the_api_may_have_other_quantities_if_they_are_adjustable() -> None:
    params = {"line_items": [{"price": "price_1", "quantity": 1, "adjustable_quantity": {"enabled": True}}]}
    attempt = an_attempt(checkout_session="cs_1", quote=a_quote(), session_params=params)
    assert mismatch(attempt, LINK, a_paid_session(amount_subtotal=3000, amount_total=3000), None) is None


def test_an_amount_that_checkout_asked_for_matches() -> None:
    line = a_line(a_custom_price(500))
    quoted = quote(a_link(line), Selection(), NOW)
    attempt = an_attempt(checkout_session="cs_1", quote=quoted)
    assert mismatch(attempt, LINK, a_paid_session(amount_subtotal=700, amount_total=700), None) is None


def converted(subtotal: int, total: int, currency: str = "eur") -> dict[str, Any]:
    """The changes of a session that was paid in dollars, with these sums in the currency of the prices."""
    conversion = {"amount_subtotal": subtotal, "amount_total": total, "fx_rate": "1.1", "source_currency": currency}
    return {"amount_subtotal": 1100, "amount_total": 1100, "currency": "usd", "currency_conversion": conversion}


@pytest.mark.parametrize(
    ("session", "word"),
    [
        pytest.param(converted(1000, 1000), None, id="the quoted sum"),
        pytest.param(converted(1000, 999), "amount_differs", id="a cent less"),
        pytest.param(converted(1000, 1001), "amount_differs", id="a cent more"),
        pytest.param(converted(999, 1000), "amount_differs", id="another subtotal"),
        pytest.param(converted(1000, 1000, "gbp"), "currency_mismatch", id="prices in another currency"),
    ],
)
def test_sums_of_a_converted_payment_are_compared_in_our_currency(session: dict[str, Any], word: str | None) -> None:
    attempt = an_attempt(checkout_session="cs_1", quote=a_quote())
    paid = CheckoutSession.read({**a_paid_session().model_dump(), **session})
    assert mismatch(attempt, LINK, paid, None) == word
    assert fact_of(paid).amount_total == session["currency_conversion"]["amount_total"]


def test_a_payment_with_presentment_details_is_compared_by_its_own_amounts() -> None:
    details = {"presentment_amount": 1100, "presentment_currency": "usd"}
    attempt = an_attempt(checkout_session="cs_1", quote=a_quote())
    paid = CheckoutSession.read({**a_paid_session().model_dump(), "presentment_details": details})
    assert mismatch(attempt, LINK, paid, None) is None
