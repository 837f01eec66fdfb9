"""The words beside a quote: button, total, next step, what comes later and what canceling costs, for every kind of subscription."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from flask import Flask

from app.objects.payment_link import PaymentLink
from app.objects.price import Recurring
from app.objects.quote import Quote
from app.pricing.quote import default_selection, quote
from app.web.display import link_text, locale, price_text
from app.web.display.order import total_rows
from tests.support.build import NOW, a_coupon, a_line, a_link, a_price, a_shipping_rate, an_organization

SUBSCRIBE, TRIAL, CONTINUE = "Continue to subscription", "Continue to free trial", "Continue"
PAY = "You pay on the next page. Nothing is charged before you confirm there."
TODAY = "You confirm on the next page. Nothing is charged today."
NOTHING = "You confirm on the next page. Nothing is charged."
PAYS_NOTHING = "Cancel before 5\u00a0October 2026 and you pay nothing."
NO_MORE = "Cancel before 5\u00a0October 2026 and nothing more is charged."
LATER = "then €9.00 every month"
REDUCED = "€4.50 every month for 3 months, then €9.00 every month"

COUPONS = {
    "none": None,
    "half once": a_coupon("50", duration="once"),
    "all once": a_coupon("100", duration="once"),
    "all forever": a_coupon("100", duration="forever"),
    "half for 3 months": a_coupon("50", duration="repeating", duration_in_months=3),
}

Words = tuple[str, str, str, str | None, str | None]

# fee, trial, metered, discount: button, due today, next step, what comes later, what canceling costs
TABLE: dict[tuple[bool, bool, bool, str], Words] = {
    (False, False, False, "none"): (SUBSCRIBE, "€9.00", PAY, "every month", None),
    (False, False, False, "half once"): (SUBSCRIBE, "€4.50", PAY, LATER, None),
    (False, False, False, "all once"): (SUBSCRIBE, "€0.00", TODAY, LATER, None),
    (False, False, False, "all forever"): (CONTINUE, "€0.00", NOTHING, None, None),
    (False, False, False, "half for 3 months"): (
        SUBSCRIBE, "€4.50", PAY, "every month for 3 months, then €9.00 every month", None,
    ),
    (False, True, False, "none"): (TRIAL, "€0.00", TODAY, LATER, PAYS_NOTHING),
    (False, True, False, "half once"): (TRIAL, "€0.00", TODAY, LATER, PAYS_NOTHING),
    (False, True, False, "all once"): (TRIAL, "€0.00", TODAY, LATER, PAYS_NOTHING),
    (False, True, False, "all forever"): (CONTINUE, "€0.00", NOTHING, None, None),
    (False, True, False, "half for 3 months"): (TRIAL, "€0.00", TODAY, f"then {REDUCED}", PAYS_NOTHING),
    (True, False, False, "none"): (SUBSCRIBE, "€21.00", PAY, LATER, None),
    (True, False, False, "half once"): (SUBSCRIBE, "€10.50", PAY, LATER, None),
    (True, False, False, "all once"): (SUBSCRIBE, "€0.00", TODAY, LATER, None),
    (True, False, False, "all forever"): (CONTINUE, "€0.00", NOTHING, None, None),
    (True, False, False, "half for 3 months"): (SUBSCRIBE, "€10.50", PAY, f"then {REDUCED}", None),
    (True, True, False, "none"): (SUBSCRIBE, "€12.00", PAY, f"14 days free, {LATER}", NO_MORE),
    (True, True, False, "half once"): (SUBSCRIBE, "€6.00", PAY, f"14 days free, {LATER}", NO_MORE),
    (True, True, False, "all once"): (TRIAL, "€0.00", TODAY, LATER, PAYS_NOTHING),
    (True, True, False, "all forever"): (CONTINUE, "€0.00", NOTHING, None, None),
    (True, True, False, "half for 3 months"): (SUBSCRIBE, "€6.00", PAY, f"14 days free, then {REDUCED}", NO_MORE),
    (False, False, True, "none"): (SUBSCRIBE, "€0.00", TODAY, None, None),
    (False, False, True, "half once"): (SUBSCRIBE, "€0.00", TODAY, None, None),
    (False, False, True, "all once"): (SUBSCRIBE, "€0.00", TODAY, None, None),
    (False, False, True, "all forever"): (SUBSCRIBE, "€0.00", TODAY, None, None),
    (False, False, True, "half for 3 months"): (SUBSCRIBE, "€0.00", TODAY, None, None),
    (False, True, True, "none"): (TRIAL, "€0.00", TODAY, None, PAYS_NOTHING),
    (False, True, True, "half once"): (TRIAL, "€0.00", TODAY, None, PAYS_NOTHING),
    (False, True, True, "all once"): (TRIAL, "€0.00", TODAY, None, PAYS_NOTHING),
    (False, True, True, "all forever"): (TRIAL, "€0.00", TODAY, None, PAYS_NOTHING),
    (False, True, True, "half for 3 months"): (TRIAL, "€0.00", TODAY, None, PAYS_NOTHING),
    (True, False, True, "none"): (SUBSCRIBE, "€12.00", PAY, None, None),
    (True, False, True, "half once"): (SUBSCRIBE, "€6.00", PAY, None, None),
    (True, False, True, "all once"): (SUBSCRIBE, "€0.00", TODAY, None, None),
    (True, False, True, "all forever"): (SUBSCRIBE, "€0.00", TODAY, None, None),
    (True, False, True, "half for 3 months"): (SUBSCRIBE, "€6.00", PAY, None, None),
    (True, True, True, "none"): (SUBSCRIBE, "€12.00", PAY, "14 days free", NO_MORE),
    (True, True, True, "half once"): (SUBSCRIBE, "€6.00", PAY, "14 days free", NO_MORE),
    (True, True, True, "all once"): (TRIAL, "€0.00", TODAY, None, PAYS_NOTHING),
    (True, True, True, "all forever"): (TRIAL, "€0.00", TODAY, None, PAYS_NOTHING),
    (True, True, True, "half for 3 months"): (SUBSCRIBE, "€6.00", PAY, "14 days free", NO_MORE),
}  # fmt: skip


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    app = Flask(__name__)
    locale.register(app)
    with app.test_request_context("/"):
        yield


def a_subscription(
    *, fee: bool = False, trial: bool = False, metered: bool = False, discount: str = "none", **changes: Any
) -> PaymentLink:
    recurring = Recurring(interval="month", usage_type="metered" if metered else "licensed")
    lines = [a_line(a_price(900, recurring=recurring, id="price_month"))]
    if fee:
        lines.append(a_line(a_price(1200, id="price_fee")))
    if trial:
        changes["subscription_data"] = {"trial_period_days": 14}
    return a_link(*lines, coupon=COUPONS[discount], **changes)


def quoted(link: PaymentLink) -> Quote:
    return quote(link, default_selection(link), NOW)


def test_the_table_has_every_kind_of_subscription() -> None:
    kinds = product((False, True), (False, True), (False, True), COUPONS)
    assert set(TABLE) == set(kinds)


@pytest.mark.parametrize(("kind", "words"), TABLE.items(), ids=lambda value: str(value)[:40])
def test_words_follow_the_quote(kind: tuple[bool, bool, bool, str], words: Words) -> None:
    fee, trial, metered, discount = kind
    link = a_subscription(fee=fee, trial=trial, metered=metered, discount=discount)
    shown = quoted(link)
    button, due, step, later, cancel = words
    total = total_rows(shown, an_organization())[-1]
    assert link_text.button(link, shown) == button
    assert (total.label, total.amount) == ("Due today", due)
    assert link_text.next_step(shown) == step
    assert price_text.charged_later(shown) == ([later] if later else [])
    agreement = link_text.reuse_agreement(link, shown, an_organization()) or ""
    assert agreement.partition("Cancel")[2] == (cancel or "").removeprefix("Cancel")


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ({}, "keeps your payment method and charges €9.00 every month until you cancel."),
        ({"discount": "half for 3 months"}, f"charges {REDUCED} until you cancel."),
        ({"metered": True}, "charges it for what is due until you cancel."),
        ({"discount": "all forever"}, "keeps your payment method for later payments that you agree to."),
    ],
    ids=["plain", "discount that ends", "by use", "free"],
)
def test_the_agreement_says_what_is_charged_later(kind: dict[str, Any], says: str) -> None:
    link = a_subscription(**kind)
    assert str(link_text.reuse_agreement(link, quoted(link), an_organization())).endswith(says)


def test_no_payment_method_is_kept_where_checkout_asks_for_none() -> None:
    link = a_subscription(trial=True, payment_method_collection="if_required")
    assert link_text.reuse_agreement(link, quoted(link), an_organization()) is None
    link = a_subscription(trial=True, fee=True, payment_method_collection="if_required")
    assert "keeps your payment method" in str(link_text.reuse_agreement(link, quoted(link), an_organization()))


@pytest.mark.parametrize(
    ("kind", "label", "amount", "hint", "later_hint"),
    [
        pytest.param({"trial": True}, "Due today", "€0.00", None, "plus tax", id="tax on nothing is nothing"),
        pytest.param(
            {"trial": True, "fee": True},
            "Total so far",
            "€12.00",
            "Tax is added on the next page",
            "plus tax",
            id="fee",
        ),
    ],
)
def test_tax_that_checkout_adds_is_named_where_it_is_added(
    kind: dict[str, Any], label: str, amount: str, hint: str | None, later_hint: str
) -> None:
    link = a_subscription(automatic_tax={"enabled": True}, **kind)
    *_, later, total = total_rows(quoted(link), an_organization())
    assert (total.label, total.amount, total.hint, later.hint) == (label, amount, hint, later_hint)


@pytest.mark.parametrize(
    ("amount", "shipping", "button", "label", "step"),
    [
        pytest.param(1250, [], "Continue to payment", "Total", PAY, id="paid"),
        pytest.param(0, [], CONTINUE, "Total", NOTHING, id="free"),
        pytest.param(0, [490], "Continue to payment", "Total", PAY, id="free but shipped"),
        pytest.param(0, [490, 990], "Continue to payment", "Total so far", PAY, id="free, shipping is chosen later"),
    ],
)
def test_a_payment_says_whether_it_is_one(amount: int, shipping: list[int], button: str, label: str, step: str) -> None:
    link = a_link(a_line(a_price(amount)), shipping=[a_shipping_rate(cost) for cost in shipping])
    shown = quoted(link)
    assert (link_text.button(link, shown), link_text.next_step(shown)) == (button, step)
    assert total_rows(shown, an_organization())[-1].label == label
