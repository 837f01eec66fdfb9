"""Invariants of every link and every selection: parts sum to wholes, nothing is negative, nothing is a float."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import app.pricing
from app.objects.currency import is_chargeable
from app.objects.quote import Quote
from app.pricing.quote import currency_of, default_selection, mode, quote, with_amounts
from tests.support.build import NOW
from tests.support.examples import at_most
from tests.support.strategies import links, selections

PRICING = sorted(Path(app.pricing.__path__[0]).glob("*.py"))
AMOUNTS = ("amount_subtotal", "amount_discount", "amount_tax", "amount_total")


@st.composite
def quotes(draw: st.DrawFn) -> Quote:
    link = draw(links())
    return quote(link, draw(selections(link)), NOW)


def parts_of(quoted: Quote) -> tuple[Any, ...]:
    """Return everything in a quote that has the four amounts."""
    return (quoted, *quoted.lines, *quoted.recurring)


@given(quotes())
def test_parts_sum_to_wholes(quoted: Quote) -> None:
    for name in ("amount_subtotal", "amount_discount", "amount_tax"):
        assert sum(getattr(line, name) for line in quoted.lines) == getattr(quoted, name)
    assert sum(line.amount_total for line in quoted.lines) + quoted.amount_shipping == quoted.amount_total
    assert sum(tax.amount for tax in quoted.taxes) == quoted.amount_tax
    for line in quoted.lines:
        assert sum(tax.amount for tax in line.taxes) == line.amount_tax
    if quoted.discount is not None:
        assert quoted.discount.amount == quoted.amount_discount


@given(quotes())
def test_total_is_made_of_its_parts_and_inclusive_tax_is_not_counted_twice(quoted: Quote) -> None:
    on_top = sum(tax.amount for tax in quoted.taxes if not tax.inclusive)
    assert quoted.amount_total == quoted.amount_subtotal - quoted.amount_discount + quoted.amount_shipping + on_top
    for later in quoted.recurring:
        on_top = sum(tax.amount for tax in later.taxes if not tax.inclusive)
        assert later.amount_total == later.amount_subtotal - later.amount_discount + on_top


@given(quotes())
def test_nothing_is_negative_and_no_discount_exceeds_its_line(quoted: Quote) -> None:
    for part in parts_of(quoted):
        assert all(getattr(part, name) >= 0 for name in AMOUNTS)
        assert part.amount_discount <= part.amount_subtotal


@given(quotes())
def test_every_amount_can_be_charged_in_its_currency(quoted: Quote) -> None:
    for part in parts_of(quoted):
        assert all(is_chargeable(getattr(part, name), quoted.currency) for name in AMOUNTS)


@given(links(), st.data())
def test_mode_is_derived_once(link: Any, data: st.DataObject) -> None:
    selection = data.draw(selections(link))
    quoted = quote(link, selection, NOW)
    assert quoted.mode == mode(link, selection)
    assert quoted.currency == currency_of(link, selection)
    assert (quoted.mode == "subscription") == bool(quoted.recurring or quoted.metered)


@given(links(), st.data())
def test_same_selection_is_quoted_alike_whenever_it_was_stored(link: Any, data: st.DataObject) -> None:
    selection = data.draw(selections(link))
    quoted = quote(link, selection, NOW)
    stored = type(link).model_validate_json(link.model_dump_json())
    assert quote(stored, type(selection).model_validate_json(selection.model_dump_json()), NOW) == quoted
    assert Quote.model_validate_json(quoted.model_dump_json()) == quoted


@given(links())
def test_line_items_of_the_api_sum_to_the_quote_of_the_default_selection(link: Any) -> None:
    quoted = quote(link, default_selection(link), NOW)
    items = with_amounts(link, NOW).line_items
    assert items is not None
    lines = items.data
    for name in AMOUNTS[:3]:
        assert sum(getattr(line, name) for line in lines) == getattr(quoted, name)
    assert sum(line.amount_total for line in lines) + quoted.amount_shipping == quoted.amount_total


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from leaves(item)
    else:
        yield value


@settings(max_examples=at_most(25))
@given(quotes())
def test_no_float_reaches_a_quote_and_every_amount_is_an_integer(quoted: Quote) -> None:
    assert not any(isinstance(leaf, float) for leaf in leaves(quoted.model_dump()))
    for part in parts_of(quoted):
        assert all(type(getattr(part, name)) is int for name in AMOUNTS)


@pytest.mark.parametrize("path", PRICING, ids=lambda path: path.name)
def test_the_code_of_pricing_has_no_floats(path: Path) -> None:
    """No float literal, no `float`, and no true division, which makes a float of two integers."""
    for node in ast.walk(ast.parse(path.read_text())):
        where = f"{path.name}, line {getattr(node, 'lineno', 0)}"
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float | complex)), where
        assert not (isinstance(node, ast.Name) and node.id == "float"), where
        assert not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)), where
