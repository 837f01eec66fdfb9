"""Bracketed forms: accepted and refused ones, and those of Stripe's own encoder."""

from datetime import UTC, datetime
from decimal import Decimal
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe._encode import _api_encode

from app.wire.form import MAXIMUM_KEYS, FormError, decode, encode
from tests.wire.examples import Params

READ = {
    "scalar": ([("active", "true")], {"active": "true"}),
    "object": ([("message[message]", "Hi")], {"message": {"message": "Hi"}}),
    "list by index": (
        [("line_items[0][price]", "a"), ("line_items[0][quantity]", "1"), ("line_items[1][price]", "b")],
        {"line_items": [{"price": "a", "quantity": "1"}, {"price": "b"}]},
    ),
    "list in any order, gaps closed": (
        [("line_items[10][price]", "c"), ("line_items[2][price]", "b"), ("line_items[0][price]", "a")],
        {"line_items": [{"price": "a"}, {"price": "b"}, {"price": "c"}]},
    ),
    "list of scalars by index": ([("expand[0]", "a"), ("expand[1]", "b")], {"expand": ["a", "b"]}),
    "list of scalars appended": ([("expand[]", "b"), ("expand[]", "a")], {"expand": ["b", "a"]}),
    "list below a list": (
        [("custom_fields[0][options][1][label]", "y"), ("custom_fields[0][options][0][label]", "x")],
        {"custom_fields": [{"options": [{"label": "x"}, {"label": "y"}]}]},
    ),
    "map with keys that look like indices": (
        [("metadata[0]", "zero"), ("metadata[1]", "one")],
        {"metadata": {"0": "zero", "1": "one"}},
    ),
    "empty string unsets a list": ([("custom_fields", "")], {"custom_fields": ""}),
    "empty string unsets an object": ([("message", "")], {"message": ""}),
    "expand without brackets": ([("expand", "a")], {"expand": ["a"]}),
    "expand with and without brackets": (
        [("expand", "a"), ("expand[]", "b"), ("expand", "c")],
        {"expand": ["a", "b", "c"]},
    ),
    "scalar where a list belongs is left to the schema": ([("custom_fields", "a")], {"custom_fields": "a"}),
    "objects without indices: a name that comes again begins the next": (
        [
            ("line_items[][price]", "a"),
            ("line_items[][quantity]", "1"),
            ("line_items[][quantity]", "2"),
            ("line_items[][price]", "b"),
            ("line_items[][price]", "c"),
        ],
        {"line_items": [{"price": "a", "quantity": "1"}, {"quantity": "2", "price": "b"}, {"price": "c"}]},
    ),
    "objects without indices below each other": (
        [
            ("custom_fields[][key]", "a"),
            ("custom_fields[][options][][label]", "x"),
            ("custom_fields[][options][][value]", "1"),
            ("custom_fields[][options][][label]", "y"),
            ("custom_fields[][key]", "b"),
        ],
        {
            "custom_fields": [
                {"key": "a", "options": [{"label": "x", "value": "1"}, {"label": "y"}]},
                {"key": "b"},
            ]
        },
    ),
    "unknown names come through": (
        [("foo[0][bar]", "1"), ("foo[1][]", "2"), ("line_items[0][size]", "3")],
        {"foo": {"0": {"bar": "1"}, "1": {"": "2"}}, "line_items": [{"size": "3"}]},
    ),
    "model below itself": ([("nested[nested][expand][0]", "a")], {"nested": {"nested": {"expand": ["a"]}}}),
    "spaces, signs and other scripts stay": ([("metadata[größe]", " a+b&c=ü ")], {"metadata": {"größe": " a+b&c=ü "}}),
    "nothing": ([], {}),
}


@pytest.mark.parametrize(("pairs", "data"), READ.values(), ids=READ)
def test_a_form_is_read_in_the_shape_of_its_schema(pairs: list[tuple[str, str]], data: dict[str, Any]) -> None:
    assert decode(pairs, Params) == data


REFUSED = {
    "repeated": ([("active", "true"), ("active", "true")], "active", "more than once"),
    "repeated below": ([("metadata[a]", "1"), ("metadata[a]", "2")], "metadata[a]", "more than once"),
    "repeated in a list": ([("expand[0]", "a"), ("expand[0]", "b")], "expand[0]", "more than once"),
    "scalar, then object": ([("message", "x"), ("message[message]", "y")], "message[message]", "another form"),
    "object, then scalar": ([("message[message]", "y"), ("message", "x")], "message", "another form"),
    "unset and set": ([("message", ""), ("message[message]", "y")], "message[message]", "another form"),
    "unset, then a list": ([("custom_fields", ""), ("custom_fields[]", "y")], "custom_fields[]", "another form"),
    "index, then appended": ([("expand[0]", "a"), ("expand[]", "b")], "expand[]", "another form"),
    "appended, then index": ([("expand[]", "a"), ("expand[0]", "b")], "expand[0]", "another form"),
    "bracket left open": ([("a[", "1")], "a[", "Malformed"),
    "bracket closed without being opened": ([("a]b", "1")], "a]b", "Malformed"),
    "text after a bracket": ([("a[b]c", "1")], "a[b]c", "Malformed"),
    "brackets in brackets": ([("a[b[c]]", "1")], "a[b[c]]", "Malformed"),
    "nothing before a bracket": ([("[a]", "1")], "[a]", "Malformed"),
    "no name": ([("", "1")], "", "Malformed"),
    "NUL in a name": ([("a\x00", "1")], "a ", "Malformed"),
    "NUL in a value": ([("on_behalf_of", "a\x00")], "on_behalf_of", "NUL"),
    "object with an index, then without": (
        [("line_items[0][price]", "a"), ("line_items[][price]", "b")],
        "line_items[][price]",
        "another form",
    ),
    "object without an index, then with": (
        [("line_items[][price]", "a"), ("line_items[0][price]", "b")],
        "line_items[0][price]",
        "another form",
    ),
    "word for an index": ([("line_items[first][price]", "a")], "line_items[first][price]", "needs an index"),
    "negative index": ([("expand[-1]", "a")], "expand[-1]", "needs an index"),
    "index with a leading zero": ([("expand[01]", "a")], "expand[01]", "needs an index"),
    "index in other digits": ([("expand[١]", "a")], "expand[١]", "needs an index"),
    "index without end": ([("expand[" + "9" * 30 + "]", "a")], "expand[" + "9" * 30 + "]", "needs an index"),
    "nine levels": ([("a[b][c][d][e][f][g][h][i]", "1")], "a[b][c][d][e][f][g][h][i]", "levels"),
    "a long name": ([("a" * 501, "1")], "a" * 60 + "…", "500 characters"),
    "too many": ([(f"metadata[{number}]", "") for number in range(MAXIMUM_KEYS + 1)], None, "at most 2000"),
}


@pytest.mark.parametrize(("pairs", "param", "words"), REFUSED.values(), ids=REFUSED)
def test_a_form_that_can_be_read_in_two_ways_or_none_is_refused(
    pairs: list[tuple[str, str]], param: str | None, words: str
) -> None:
    with pytest.raises(FormError) as refused:
        decode(pairs, Params)
    assert refused.value.param == param
    assert words in refused.value.message


def test_eight_levels_and_two_thousand_keys_are_read() -> None:
    assert decode([("a[b][c][d][e][f][g][h]", "1")], Params)
    assert len(decode([(f"metadata[{number}]", "") for number in range(MAXIMUM_KEYS)], Params)["metadata"]) == 2000


def test_the_largest_form_is_read_quickly() -> None:
    pairs = [(f"custom_fields[{number}][options][0][label]", "x") for number in reversed(range(MAXIMUM_KEYS))]
    start = process_time()
    assert len(decode(pairs, Params)["custom_fields"]) == MAXIMUM_KEYS
    assert process_time() - start < 1


text = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=8)
names = st.text(st.characters(exclude_characters="\x00[]", exclude_categories=["Cs"]), min_size=1, max_size=8)
items = st.fixed_dictionaries({}, optional={"price": text, "quantity": text})
questions = st.fixed_dictionaries(
    {"key": text}, optional={"options": st.lists(st.fixed_dictionaries({"label": text}), min_size=1, max_size=3)}
)
shaped = st.fixed_dictionaries(
    {},
    optional={
        "active": text,
        "line_items": st.lists(items.filter(bool), min_size=1, max_size=12),
        "custom_fields": st.just("") | st.lists(questions, min_size=1, max_size=3),
        "expand": st.lists(text, min_size=1, max_size=12),
        "metadata": st.just("") | st.dictionaries(st.sampled_from("0123") | names, text, min_size=1, max_size=5),
        "message": st.just("") | st.fixed_dictionaries({"message": text}),
    },
)


@given(shaped)
def test_what_is_encoded_is_decoded_to_the_same(data: dict[str, Any]) -> None:
    assert decode(encode(data), Params) == data


@given(shaped, st.randoms(use_true_random=False))
def test_the_order_of_indices_does_not_matter(data: dict[str, Any], random: Any) -> None:
    pairs = encode(data)
    random.shuffle(pairs)
    assert decode(pairs, Params) == data


@given(st.lists(st.tuples(st.text("ab[]0\x00", max_size=12), text), max_size=6))
def test_every_pair_of_an_accepted_form_is_in_the_data(pairs: list[tuple[str, str]]) -> None:
    try:
        data = decode(pairs, Params)
    except FormError:
        return
    assert sum(1 for _ in encode(data)) == len(pairs)


values = st.none() | text | st.integers() | st.decimals(allow_nan=False, allow_infinity=False, places=3)
tree = st.dictionaries(
    names,
    st.recursive(
        values | st.booleans(),
        lambda inner: (
            st.lists(values | st.dictionaries(names, inner, max_size=2), max_size=3)
            | st.dictionaries(names, inner, max_size=3)
        ),
        max_leaves=12,
    ),
    max_size=4,
)


def without_none_in_lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_none_in_lists(child) for name, child in value.items()}
    if isinstance(value, list):
        return [without_none_in_lists(child) for child in value if child is not None]
    return value


@given(tree.map(without_none_in_lists))
def test_data_is_encoded_as_the_official_library_does(data: dict[str, Any]) -> None:
    assert encode(data) == [(key, str(value)) for key, value in _api_encode(data)]


ENCODED = {
    "booleans, also in a list": ({"a": True, "b": [False]}, [("a", "true"), ("b[0]", "false")]),
    "None is left out": ({"a": None, "b": {"c": None}}, []),
    "empty objects and lists are left out": ({"a": [], "b": {}}, []),
    "a tuple is a list": ({"a": (1, 2)}, [("a[0]", "1"), ("a[1]", "2")]),
    "a decimal in plain notation": ({"a": Decimal("1E+3")}, [("a", "1000")]),
    "a time in Unix seconds": ({"a": datetime(2026, 1, 1, tzinfo=UTC)}, [("a", "1767225600")]),
    "an empty string": ({"a": ""}, [("a", "")]),
}


@pytest.mark.parametrize(("data", "pairs"), ENCODED.values(), ids=ENCODED)
def test_values_are_written_as_stripe_reads_them(data: dict[str, Any], pairs: list[tuple[str, str]]) -> None:
    assert encode(data) == pairs
