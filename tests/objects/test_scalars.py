"""Stripe's scalar values: accepted and refused values, from forms and from JSON."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from app.objects.metadata import Metadata
from app.objects.scalars import (
    MAXIMUM_TIMESTAMP,
    Boolean,
    Code,
    CurrencyCode,
    DecimalString,
    Integer,
    Percentage,
    Slug,
    Text,
    Timestamp,
    TimestampParam,
    refusal,
)

TYPES: dict[str, TypeAdapter[Any]] = {
    "boolean": TypeAdapter(Boolean),
    "integer": TypeAdapter(Integer),
    "timestamp": TypeAdapter(Timestamp),
    "timestamp parameter": TypeAdapter(TimestampParam),
    "decimal": TypeAdapter(DecimalString),
    "percentage": TypeAdapter(Percentage),
    "currency": TypeAdapter(CurrencyCode),
    "metadata": TypeAdapter(Metadata),
    "slug": TypeAdapter(Slug),
    "code": TypeAdapter(Code),
    "text": TypeAdapter(Annotated[str, Text(5, min_length=2)]),
}
LARGEST, SMALLEST = 2**63 - 1, -(2**63)

READ: list[tuple[str, Any, Any]] = [
    ("boolean", True, True),
    ("boolean", False, False),
    ("boolean", "true", True),
    ("boolean", "false", False),
    ("boolean", "True", True),
    ("boolean", "FALSE", False),
    ("integer", 7, 7),
    ("integer", "7", 7),
    ("integer", "-7", -7),
    ("integer", "007", 7),
    ("integer", LARGEST, LARGEST),
    ("integer", str(LARGEST), LARGEST),
    ("integer", SMALLEST, SMALLEST),
    ("integer", str(SMALLEST), SMALLEST),
    ("timestamp", "1767225600", 1767225600),
    ("timestamp parameter", "0", 0),
    ("timestamp parameter", MAXIMUM_TIMESTAMP, MAXIMUM_TIMESTAMP),
    ("decimal", "12.5", Decimal("12.5")),
    ("decimal", "-0.000000000001", Decimal("-0.000000000001")),
    ("decimal", 12, Decimal(12)),
    ("decimal", Decimal("1E+3"), Decimal(1000)),
    ("decimal", "-0.0", Decimal("0.0")),
    ("percentage", 8.875, Decimal("8.875")),
    ("percentage", 0.1, Decimal("0.1")),
    ("percentage", "8.875", Decimal("8.875")),
    ("percentage", 20, Decimal(20)),
    ("percentage", 1e-05, Decimal("0.00001")),
    ("slug", "spring-box-2", "spring-box-2"),
    ("code", "aZ0_-", "aZ0_-"),
    ("code", "a" * 64, "a" * 64),
    ("currency", "EUR", "eur"),
    ("currency", "jpy", "jpy"),
    ("decimal", "6.91E-10", Decimal("0.000000000691")),
    ("metadata", {}, {}),
    ("metadata", {"k" * 40: "v" * 500, "gone": ""}, {"k" * 40: "v" * 500, "gone": ""}),
    ("metadata", {str(n): "v" * (n < 50) for n in range(60)}, {str(n): "v" * (n < 50) for n in range(60)}),
    ("text", "größe", "größe"),
]


def named(case: Any) -> str:
    return repr(case)[:30]


@pytest.mark.parametrize(("name", "value", "meaning"), READ, ids=named)
def test_a_value_of_the_right_kind_is_read(name: str, value: Any, meaning: Any) -> None:
    read = TYPES[name].validate_python(value)
    assert read == meaning
    assert type(read) is type(meaning)


NONE_OF: dict[str, tuple[Any, ...]] = {
    "boolean": (1, 0, "1", "Truely", "T", "on", "yes", " true", "", None, [], 1.0),
    "integer": (True, 1.0, "1.0", "1e3", " 1", "1 ", "1\n", "+1", "0x1", "1_000", "١", "²", "", None, [], {}),
    "timestamp": (LARGEST + 1, SMALLEST - 1, str(LARGEST + 1), "1" * 20, "9" * 5000),
    "timestamp parameter": (-1, "-1", MAXIMUM_TIMESTAMP + 1, 253402300799, LARGEST, 1.5, "", None),
    "decimal": (
        1.5,
        True,
        "1e3",
        "1E-13",
        "1.",
        ".5",
        "NaN",
        " 1",
        "1,5",
        "٣",
        "",
        None,
        [],
        "0.0000000000001",
        "1" * 20,
    ),
    "percentage": (float("nan"), float("inf"), 1e300, 1e-13, True, "5%", "", None, "1234567.123456789012", "1" * 18),
    "slug": ("", "ab", "a" * 65, "Honey", "two words", "honey\n", "größe", 777, None),
    "code": ("", "a" * 65, "a/b", "a.b", "two words", "honey\n", "größe", 777, None),
    "currency": ("", "eu", "euro", "e1r", "€€€", "EUR ", "eur\n", "ſes", 7, None),
    "metadata": (
        "",
        [],
        {"": "v"},
        {"k" * 41: "v"},
        {"k": "v" * 501},
        {"a[b]": "v"},
        {"k": [1]},
        {"k": 10**100},
        {"k": Decimal("1e101")},
        {"k": None},
    ),
    "text": ("", "a", "sechs!", "a\x00b", "\ud800\ud800", 12, None),
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in NONE_OF.items() for value in values], ids=named
)
def test_a_value_of_another_kind_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        TYPES[name].validate_python(value)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1E+30", "1E-13", "1E+999999"])
def test_a_decimal_without_plain_digits_is_refused(value: str) -> None:
    with pytest.raises(ValidationError):
        TYPES["decimal"].validate_python(Decimal(value))


@pytest.mark.parametrize("name", ["boolean", "integer", "decimal", "percentage"])
def test_a_number_of_thousands_of_digits_is_refused_without_printing_it(name: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TYPES[name].validate_python(10**5000)
    assert "a larger number" in refused.value.errors(include_input=False)[0]["msg"]


@pytest.mark.parametrize(
    "value",
    [{"k": "\x00"}, {"\x00": "v"}, {"k": "\ud800"}, {str(number): "v" for number in range(51)}],
    ids=["NUL in a value", "NUL in a key", "half a surrogate pair", "51 keys"],
)
def test_invalid_metadata_is_refused(value: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        TYPES["metadata"].validate_python(value)


WRITTEN = [
    ("boolean", "true", b"true"),
    ("integer", "7", b"7"),
    ("decimal", "12.50", b'"12.50"'),
    ("decimal", Decimal("1E+3"), b'"1000"'),
    ("decimal", "0.000000000001", b'"0.000000000001"'),
    ("decimal", "-0.0", b'"0.0"'),
    ("percentage", "8.875", b"8.875"),
    ("currency", "EUR", b'"eur"'),
    ("metadata", {"a": "1"}, b'{"a":"1"}'),
]


@pytest.mark.parametrize(("name", "value", "json"), WRITTEN, ids=named)
def test_values_are_written_to_json_as_by_stripe(name: str, value: Any, json: bytes) -> None:
    kind = TYPES[name]
    assert kind.dump_json(kind.validate_python(value)) == json
    assert kind.validate_json(json) == kind.validate_python(value)


@given(st.integers(SMALLEST, LARGEST))
def test_an_integer_is_the_same_from_json_and_from_a_form(number: int) -> None:
    kind = TYPES["integer"]
    assert kind.validate_python(number) == kind.validate_python(str(number)) == number
    assert kind.validate_json(kind.dump_json(number)) == number


@given(st.decimals(-(10**15), 10**15, places=12))
def test_a_decimal_comes_back_from_json_digit_by_digit(number: Decimal) -> None:
    kind = TYPES["decimal"]
    assert kind.validate_json(kind.dump_json(kind.validate_python(number))) == number


@given(st.decimals(0, 100, places=4) | st.decimals(0, 999, places=12))
@example(Decimal("0.000000000001"))
@example(Decimal("0.00001"))
@example(Decimal("100.123456789012"))
def test_a_percentage_comes_back_from_json_digit_by_digit(number: Decimal) -> None:
    kind = TYPES["percentage"]
    assert kind.validate_json(kind.dump_json(kind.validate_python(number))) == number


def understood(name: str, value: Any) -> bool:
    try:
        TYPES[name].validate_python(value)
    except ValidationError:
        return False
    return True


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.decimals(), st.lists(st.none())))
def test_any_value_is_read_or_refused_and_only_one_kind_reads_words(value: Any) -> None:
    read = {name for name in TYPES if understood(name, value)}
    assert not {"boolean", "integer"} <= read
    assert ("integer" in read) == ("timestamp" in read)


def test_a_long_value_is_quoted_short_and_on_one_line() -> None:
    with pytest.raises(ValidationError) as refused:
        TYPES["integer"].validate_python("many\nlines " * 1000)
    message = refused.value.errors()[0]["msg"]
    assert len(message) < 200
    assert "\n" not in message


def test_a_refusal_keeps_its_code_its_path_and_its_message() -> None:
    error = refusal("{param} is {what}.", code="url_invalid", at=("redirect", "url"), what="wrong")
    assert error.type == "url_invalid"
    assert error.context == {"what": "wrong", "at": ("redirect", "url")}
    assert error.message() == "{param} is wrong."


def test_the_latest_time_can_be_shown_in_every_time_zone() -> None:
    for name in available_timezones():
        for moment in (0, MAXIMUM_TIMESTAMP):
            assert datetime.fromtimestamp(moment, ZoneInfo(name)).year in {1969, 1970, 9998, 9999}
