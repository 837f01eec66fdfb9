"""Recurring totals, optional items, shipping and currencies of a quote. Amounts are in minor units."""

from typing import Any

import pytest

from app.objects.payment_link.parts import AutomaticTax
from app.objects.price import CurrencyOption, Interval
from app.objects.quote import QuoteProblem
from app.objects.selection import Selection
from app.objects.shipping_rate import FixedAmount, FixedAmountCurrencyOption
from app.pricing.quote import mode, quote
from tests.pricing.build import MONTHLY, codes, the_quote
from tests.support.build import (
    NOW,
    a_coupon,
    a_line,
    a_link,
    a_price,
    a_shipping_rate,
    a_tax_rate,
    adjustable,
    an_optional_item,
    every,
)

DAY = 86_400


# Recurring items


def test_recurring_line_is_due_today_and_every_period() -> None:
    quoted = the_quote(MONTHLY, tax_rates=[a_tax_rate("20")])
    (later,) = quoted.recurring
    assert (quoted.mode, quoted.amount_total, quoted.trial_end) == ("subscription", 1080, None)
    assert (later.interval, later.interval_count, later.starts_at) == ("month", 1, None)
    assert (later.amount_subtotal, later.amount_tax, later.amount_total) == (900, 180, 1080)
    assert [tax.amount for tax in later.taxes] == [180]
    assert quoted.lines[0].amount_recurring == 900


def test_trial_postpones_only_recurring_items() -> None:
    jar = a_line(a_price(1250))
    quoted = the_quote(jar, MONTHLY, subscription_data={"trial_period_days": 14}, tax_rates=[a_tax_rate("20")])
    assert [line.amount_total for line in quoted.lines] == [1500, 0]
    assert [line.amount_recurring for line in quoted.lines] == [0, 900]
    assert (quoted.amount_total, quoted.trial_period_days, quoted.trial_end) == (1500, 14, NOW + 14 * DAY)
    assert [(later.amount_total, later.starts_at) for later in quoted.recurring] == [(1080, NOW + 14 * DAY)]


def test_trial_of_an_older_price_counts_where_the_link_names_none() -> None:
    older = a_line(a_price(900, recurring=every("month", trial_period_days=7)))
    assert the_quote(older).trial_period_days == 7
    assert the_quote(older, subscription_data={"trial_period_days": 30}).trial_period_days == 30


def test_link_without_anything_recurring_has_no_trial() -> None:
    quoted = the_quote(subscription_data={"trial_period_days": 14})
    assert (quoted.trial_period_days, quoted.trial_end, quoted.amount_total) == (None, None, 1250)


def test_repeating_discount_reduces_the_periods_after_a_trial() -> None:
    coupon = a_coupon("50", duration="forever")
    quoted = the_quote(MONTHLY, coupon=coupon, subscription_data={"trial_period_days": 14})
    assert (quoted.amount_discount, quoted.amount_total) == (0, 0)
    assert quoted.discount is not None
    assert [later.amount_total for later in quoted.recurring] == [450]


@pytest.mark.parametrize(
    ("interval", "count", "months", "trial", "later"),
    [
        pytest.param("month", 1, 3, 0, (450, 3, 900), id="a quarter of monthly charges"),
        pytest.param("month", 3, 3, 0, (900, None, None), id="the next charge is when it ends"),
        pytest.param("year", 1, 3, 0, (900, None, None), id="a yearly charge comes after it"),
        pytest.param("year", 1, 24, 0, (450, 24, 900), id="two yearly charges"),
        pytest.param("month", 1, 3, 14, (450, 3, 900), id="it begins during the trial"),
        pytest.param("month", 1, 1, 30, (900, None, None), id="it ends with the trial"),
        pytest.param("week", 2, 1, 0, (450, 1, 900), id="fortnights"),
    ],
)
def test_discount_for_some_months_ends(
    interval: Interval, count: int, months: int, trial: int, later: tuple[int, int | None, int | None]
) -> None:
    coupon = a_coupon("50", duration="repeating", duration_in_months=months)
    line = a_line(a_price(900, recurring=every(interval, count)))
    days = {"trial_period_days": trial} if trial else None
    (total,) = the_quote(line, coupon=coupon, subscription_data=days).recurring
    assert (total.amount_total, total.duration_in_months, total.amount_total_later) == later


def test_each_interval_has_its_own_total() -> None:
    yearly = a_line(a_price(5000, id="price_year", recurring="year"))
    quarterly = a_line(a_price(2500, id="price_quarter", recurring=every("month", 3)))
    another = a_line(a_price(100, id="price_extra", recurring="month"))
    quoted = the_quote(MONTHLY, yearly, quarterly, another)
    assert [(total.interval, total.interval_count, total.amount_total) for total in quoted.recurring] == [
        ("month", 1, 1000),
        ("year", 1, 5000),
        ("month", 3, 2500),
    ]


def test_usage_is_not_due_today_and_is_a_subscription() -> None:
    usage = a_line(a_price(5, id="price_calls", recurring=every("month", usage_type="metered")))
    quoted = the_quote(usage)
    assert (quoted.mode, quoted.metered, quoted.amount_total, quoted.recurring) == ("subscription", True, 0, ())
    assert (quoted.lines[0].metered, quoted.problems) == (True, ())


def test_usage_beside_a_plan_does_not_change_the_plan() -> None:
    usage = a_line(a_price(5, id="price_calls", recurring=every("month", usage_type="metered")))
    quoted = the_quote(MONTHLY, usage)
    assert (quoted.amount_total, [later.amount_total for later in quoted.recurring]) == (900, [900])


# Optional items

SPOON = an_optional_item()
CLUB = an_optional_item(a_price(900, id="price_club", recurring="month"), quantity=1)
CANDLES = an_optional_item(a_price(800, id="price_candle"), quantity=2, adjustable_quantity=adjustable(2, 5))


@pytest.mark.parametrize(
    ("chosen", "total", "problems"),
    [
        pytest.param({}, 1250, [], id="left out"),
        pytest.param({"price_spoon": 0}, 1250, [], id="taken away"),
        pytest.param({"price_spoon": 1}, 1650, [], id="added"),
        pytest.param({"price_spoon": 7}, 1650, [], id="only as many as there are"),
        pytest.param({"price_candle": 3}, 3650, [], id="as many as are wanted"),
        pytest.param({"price_candle": 1}, 2850, ["quantity_too_small"], id="too few"),
        pytest.param({"price_candle": 6}, 5250, ["quantity_too_large"], id="too many"),
        pytest.param({"price_candle": -1}, 1250, [], id="below zero is left out"),
        pytest.param({"price_unknown": 1}, 1250, [], id="not on the link"),
    ],
)
def test_optional_items_are_added_by_the_buyer(chosen: dict[str, int], total: int, problems: list[str]) -> None:
    quoted = the_quote(optional_items=(SPOON, CANDLES), selection=Selection(optional_quantities=chosen))
    assert (quoted.amount_total, codes(quoted)) == (total, problems)
    assert all(line.optional == (line.id != "li_honey") for line in quoted.lines)


def test_optional_quantity_out_of_bounds_names_its_field() -> None:
    quoted = the_quote(optional_items=(CANDLES,), selection=Selection(optional_quantities={"price_candle": 6}))
    assert quoted.problems == (
        QuoteProblem(code="quantity_too_large", field="optional_items[price_candle][quantity]", limit=5),
    )


def test_recurring_optional_item_turns_a_payment_into_a_subscription() -> None:
    link = a_link(optional_items=(CLUB,))
    added = Selection(optional_quantities={"price_club": 1})
    assert (mode(link, Selection()), mode(link, added)) == ("payment", "subscription")
    assert (quote(link, Selection(), NOW).mode, quote(link, added, NOW).mode) == ("payment", "subscription")


def test_recurring_line_that_is_left_out_leaves_a_payment() -> None:
    club = MONTHLY.model_copy(update={"adjustable_quantity": adjustable()})
    assert the_quote(a_line(), club, selection=Selection(quantities={club.id: 0})).mode == "payment"


@pytest.mark.parametrize(
    ("lines", "optional", "problem"),
    [
        pytest.param(1, 10, None, id="ten optional items"),
        pytest.param(1, 11, 10, id="eleven optional items"),
        pytest.param(12, 8, None, id="twenty in all"),
        pytest.param(12, 9, 8, id="twenty-one in all"),
    ],
)
def test_too_many_items_are_a_problem(lines: int, optional: int, problem: int | None) -> None:
    extras = tuple(an_optional_item(a_price(100, id=f"price_extra_{n}")) for n in range(optional))
    quoted = the_quote(
        *(a_line(a_price(100, id=f"price_{n}")) for n in range(lines)),
        optional_items=extras,
        selection=Selection(optional_quantities={f"price_extra_{n}": 1 for n in range(optional)}),
    )
    assert quoted.problems == ((QuoteProblem(code="too_many_items", limit=problem),) if problem else ())


# Shipping and automatic tax


def test_single_shipping_option_is_included() -> None:
    quoted = the_quote(shipping=[a_shipping_rate(490)])
    assert (quoted.amount_shipping, quoted.amount_total, quoted.shipping_pending) == (490, 1740, False)
    assert quoted.shipping_rate is not None


def test_several_shipping_options_are_left_to_checkout() -> None:
    quoted = the_quote(shipping=[a_shipping_rate(490), a_shipping_rate(990)])
    assert (quoted.amount_shipping, quoted.amount_total, quoted.shipping_pending) == (0, 1250, True)
    assert quoted.shipping_rate is None


def test_shipping_is_due_today_even_during_a_trial() -> None:
    quoted = the_quote(MONTHLY, shipping=[a_shipping_rate(490)], subscription_data={"trial_period_days": 14})
    assert (quoted.amount_total, quoted.recurring[0].amount_total) == (490, 900)


def test_automatic_tax_is_left_to_checkout() -> None:
    quoted = the_quote(automatic_tax=AutomaticTax(enabled=True), tax_rates=[a_tax_rate("20")])
    assert (quoted.tax_pending, quoted.amount_tax, quoted.amount_total) == (True, 0, 1250)


# Currencies

IN_DOLLARS = {"usd": CurrencyOption(unit_amount=1400)}


def test_currency_is_the_one_asked_for_where_every_price_has_it() -> None:
    rate = a_shipping_rate(
        490,
        fixed_amount=FixedAmount(
            amount=490, currency="eur", currency_options={"usd": FixedAmountCurrencyOption(amount=550)}
        ),
    )
    quoted = the_quote(
        a_line(a_price(1250, currency_options=IN_DOLLARS)), shipping=[rate], selection=Selection(currency="usd")
    )
    assert (quoted.currency, quoted.amount_subtotal, quoted.amount_shipping) == ("usd", 1400, 550)
    assert quoted.lines[0].price.currency == "usd"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"optional_items": (SPOON,)}, id="an optional item has not"),
        pytest.param({"shipping": [a_shipping_rate()]}, id="shipping has not"),
    ],
)
def test_currency_stays_the_links_own_where_something_has_no_amount_in_it(changes: dict[str, Any]) -> None:
    line = a_line(a_price(1250, currency_options=IN_DOLLARS))
    assert the_quote(line, selection=Selection(currency="usd"), **changes).currency == "eur"


def test_unknown_currency_is_the_links_own() -> None:
    assert the_quote(selection=Selection(currency="xyz")).currency == "eur"


def test_link_in_another_currency_than_its_prices_own() -> None:
    assert the_quote(a_line(a_price(1250, currency_options=IN_DOLLARS)), currency="usd").amount_total == 1400
