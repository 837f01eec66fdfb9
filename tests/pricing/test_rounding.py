"""Rounding half up, and division of an amount into parts that sum to the whole."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pricing.allocation import allocate
from app.pricing.rounding import exact_amount, percent_as_fraction, round_half_up


@pytest.mark.parametrize(
    ("value", "step", "expected"),
    [
        pytest.param(Fraction("0.5"), 1, 1, id="a half goes up"),
        pytest.param(Fraction("1.5"), 1, 2, id="so does the next, unlike bankers' rounding"),
        pytest.param(Fraction("2.5"), 1, 3, id="and the one after"),
        pytest.param(Fraction("0.499999999999"), 1, 0, id="just below a half"),
        pytest.param(Fraction("0.500000000001"), 1, 1, id="just above a half"),
        pytest.param(Fraction("-0.5"), 1, -1, id="below zero away from zero"),
        pytest.param(Fraction(5124), 10, 5120, id="5.124 dinars are charged as 5.120"),
        pytest.param(Fraction(5125), 10, 5130, id="5.125 dinars as 5.130"),
        pytest.param(Fraction(5125), 100, 5100, id="51.25 kronur as 51"),
        pytest.param(Fraction(5150), 100, 5200, id="51.50 kronur as 52"),
        pytest.param(10**30 + 1, 1, 10**30 + 1, id="digits beyond any decimal context"),
    ],
)
def test_half_is_rounded_up(value: Fraction | int, step: int, expected: int) -> None:
    assert round_half_up(value, step) == expected


def test_decimal_amount_has_precedence_over_the_integer() -> None:
    assert exact_amount(1, Decimal("0.5")) == Fraction(1, 2)
    assert exact_amount(3, None) == 3
    assert exact_amount(None, None) == 0


def test_percentages_with_many_digits_are_exact() -> None:
    assert percent_as_fraction(Decimal("8.875")) == Fraction(71, 800)


@pytest.mark.parametrize(
    ("whole", "weights", "step", "parts"),
    [
        pytest.param(100, [1, 1, 1], 1, [34, 33, 33], id="the first of equals gets the odd cent"),
        pytest.param(10, [333, 333, 334], 1, [3, 3, 4], id="the one that lost most gets it"),
        pytest.param(1, [1, 99], 1, [0, 1], id="the large line before the small one"),
        pytest.param(100, [100, 0], 1, [100, 0], id="a free line takes nothing"),
        pytest.param(7, [7], 1, [7], id="one line takes all"),
        pytest.param(0, [0, 0], 1, [0, 0], id="nothing over nothing"),
        pytest.param(100, [50, 50, 50], 10, [40, 30, 30], id="dinars in steps of ten"),
        pytest.param(0, [], 1, [], id="no lines"),
    ],
)
def test_amount_is_divided_by_largest_remainder(whole: int, weights: list[int], step: int, parts: list[int]) -> None:
    assert allocate(whole, weights, step) == parts


def test_amount_cannot_be_divided_over_nothing() -> None:
    with pytest.raises(ValueError, match="weights of zero"):
        allocate(1, [0, 0])


@given(st.lists(st.integers(0, 10**8), min_size=1, max_size=20), st.data(), st.sampled_from([1, 10, 100]))
def test_parts_sum_to_the_whole_and_never_exceed_their_line(lines: list[int], data: st.DataObject, step: int) -> None:
    weights = [line * step for line in lines]
    whole = data.draw(st.integers(0, sum(lines))) * step
    parts = allocate(whole, weights, step)
    assert sum(parts) == whole
    assert all(0 <= part <= weight for part, weight in zip(parts, weights, strict=True))
    assert all(part % step == 0 for part in parts)


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=10), st.integers(0, 10**6))
def test_each_part_is_within_one_of_its_exact_share(weights: list[int], whole: int) -> None:
    for part, weight in zip(allocate(whole, weights), weights, strict=True):
        assert abs(part - Fraction(whole * weight, sum(weights))) < 1
