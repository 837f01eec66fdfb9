"""Lists, rates, counts, dates and amounts as each language writes them, and amounts that buyers write in their language."""

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from flask import Flask, g

from app.pricing.money import format_amount, format_amount_plain, parse_amount
from app.web.display import formatting, locale
from app.web.display.formatting import date, listed, number, percent, time, with_commas
from app.web.display.languages import NAMES
from app.web.display.order import tax_name
from tests.support.build import NOW, a_tax_rate


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__)
    locale.register(app)
    formatting.register(app)
    return app


@pytest.fixture
def speaking(app: Flask, request: pytest.FixtureRequest) -> Iterator[str]:
    """Answer a request in a language."""
    with app.test_request_context("/"):
        g.page_locale = request.param
        yield request.param


@pytest.mark.parametrize(
    ("speaking", "expected"),
    [
        ("en", "A, B, and C"),
        ("en-GB", "A, B and C"),
        ("de", "A, B und C"),
        ("pl", "A, B i C"),
        ("ja", "A、B、C"),
        ("zh-TW", "A、B和C"),
        ("ko", "A, B 및 C"),
        ("th", "A B และC"),
        ("ar", "A وB وC"),
        ("he", "A, B וC"),
    ],
    indirect=["speaking"],
)
def test_a_list_has_the_words_of_its_language(speaking: str, expected: str) -> None:
    assert listed(["A", "B", "C"]) == expected
    assert listed(["A"]) == "A"


@pytest.mark.parametrize(
    ("speaking", "expected"),
    [("en", "A, B"), ("fr", "A, B"), ("ja", "A、B"), ("zh", "A，B"), ("ar", "A، B")],
    indirect=["speaking"],
)
def test_notes_have_the_comma_of_their_language(speaking: str, expected: str) -> None:
    assert with_commas("A", None, "", "B") == expected
    assert with_commas(None, "") == ""


@pytest.mark.parametrize(
    ("speaking", "count", "rate"),
    [
        ("en", "12,000", "7.25"),
        ("de", "12.000", "7,25"),
        ("fr", "12\u202f000", "7,25"),
        ("pl", "12\u00a0000", "7,25"),
        ("pt", "12\u00a0000", "7,25"),
        ("pt-BR", "12.000", "7,25"),
        ("ja", "12,000", "7.25"),
    ],
    indirect=["speaking"],
)
def test_counts_and_rates_have_the_signs_of_their_language(speaking: str, count: str, rate: str) -> None:
    assert number(12000) == count
    assert number(Decimal("7.25")) == rate
    assert rate in tax_name(a_tax_rate("7.25"))
    assert "19" in tax_name(a_tax_rate("19.0"))
    assert "19.0" not in tax_name(a_tax_rate("19.0"))


@pytest.mark.parametrize("speaking", sorted(NAMES), indirect=True)
@pytest.mark.parametrize(("amount", "currency"), [(123456, "eur"), (123456, "jpy"), (1234560, "kwd"), (50, "usd")])
def test_a_buyer_can_write_each_amount_as_the_page_writes_it(speaking: str, amount: int, currency: str) -> None:
    assert parse_amount(format_amount(amount, currency, speaking), currency, speaking) == amount
    assert parse_amount(format_amount_plain(amount, currency, speaking), currency, speaking) == amount


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("1.234,56", "de", 123456),
        ("1,234.56", "en", 123456),
        ("1\u202f234,56", "fr", 123456),
        ("1\u00a0234,56", "pl", 123456),
        ("1 234,56", "ru", 123456),
        ("1’234.56", "de", 123456),
        ("12,34,567.89", "hi-IN", 123456789),
        ("١٬٢٣٤٫٥٦", "ar", 123456),
        ("۱٬۲۳۴٫۵۶", "ar", 123456),
        ("\u200f12.50\u00a0€", "ar", 1250),
        ("١٢،٥٠", "ar", 1250),
        ("１，２３４．５６", "ja", 123456),
        ("１、２３４。５６", "ja", 123456),
        ("१२.५०", "hi-IN", 1250),
    ],
)
def test_amounts_are_read_in_the_way_of_each_language(text: str, language: str, expected: int) -> None:
    assert parse_amount(text, "eur", language) == expected


@pytest.mark.parametrize("speaking", sorted(NAMES), indirect=True)
def test_every_language_writes_dates_and_times(speaking: str) -> None:
    assert "2026" in date(NOW) or "2569" in date(NOW), "the Thai calendar counts from another year"
    assert re.search(r"14|2\D.*13", time(NOW))


@pytest.mark.parametrize(
    ("speaking", "expected"),
    [
        ("en", "7.25%"),
        ("de", "7,25\u00a0%"),
        ("fr", "7,25\u00a0%"),
        ("pt-BR", "7,25%"),
        ("tr", "%7,25"),
        ("ja", "7.25%"),
    ],
    indirect=["speaking"],
)
def test_a_percentage_has_the_sign_of_its_language(speaking: str, expected: str) -> None:
    assert percent(Decimal("7.25")) == expected
    assert "10" in percent(Decimal("10.00"))
    assert not re.search(r"0[.,]0", percent(Decimal("10.00")))
