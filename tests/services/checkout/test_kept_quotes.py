"""Buyers of a link who choose the same share one quote, unless it depends on the time."""

from typing import Any

import pytest

from app.objects.line_item import LineItem
from app.objects.payment_link import PaymentLink
from app.objects.selection import NOTHING_CHOSEN, Selection
from app.pricing.quote import quote
from app.services.checkout.kept_quotes import KEPT, find_quote
from tests.support.build import NOW, a_coupon, a_line, a_link, a_price, a_promotion_code

DAY = 24 * 3600


def an_adjustable_line(amount: int) -> LineItem:
    return a_line(a_price(amount), id="li_1", adjustable_quantity={"enabled": True, "minimum": 1, "maximum": 9})


def a_shop(**changes: Any) -> PaymentLink:
    return a_link(an_adjustable_line(1250), **changes)


def two(**changes: Any) -> Selection:
    return Selection.model_validate({"quantities": {"li_1": 2}, **changes})


def test_the_same_choice_has_the_same_quote() -> None:
    link = a_shop()
    found = find_quote(link, two(), NOW)
    assert found == quote(link, two(), NOW)
    assert find_quote(link, two(answers={"email": "mary@post.example"}), NOW + DAY) is found


def test_another_choice_or_another_version_of_the_link_has_a_quote_of_its_own() -> None:
    link = a_shop()
    found = find_quote(link, two(), NOW)
    assert find_quote(link, NOTHING_CHOSEN, NOW).amount_total == 1250
    assert find_quote(a_link(an_adjustable_line(1300)), two(), NOW).amount_total == 2600
    assert find_quote(link, two(), NOW) is found


def test_many_other_quotes_replace_one() -> None:
    link = a_shop()
    found = find_quote(link, two(), NOW)
    for _ in range(KEPT):
        find_quote(a_shop(), two(), NOW)
    again = find_quote(link, two(), NOW)
    assert again == found
    assert again is not found


def test_a_discount_that_ends_is_looked_at_each_time() -> None:
    link = a_shop(counterfoil={"coupon": a_coupon("50", redeem_by=NOW + DAY)})
    assert [find_quote(link, two(), now).amount_total for now in (NOW, NOW + 2 * DAY)] == [1250, 2500]
    code = a_promotion_code(coupon=a_coupon("50"), expires_at=NOW + DAY)
    open_to_codes = a_shop(allow_promotion_codes=True)
    selection = two(promotion_code=code)
    assert [find_quote(open_to_codes, selection, now).amount_total for now in (NOW, NOW + 2 * DAY)] == [1250, 2500]


@pytest.mark.parametrize("days", [0, 14])
def test_the_end_of_a_trial_is_computed_each_time(days: int) -> None:
    line = a_line(a_price(900, recurring="month"), id="li_1")
    link = a_link(line, subscription_data={"trial_period_days": days} if days else None)
    ends = [find_quote(link, NOTHING_CHOSEN, now).trial_end for now in (NOW, NOW + DAY)]
    assert ends == ([NOW + days * DAY, NOW + DAY + days * DAY] if days else [None, None])
