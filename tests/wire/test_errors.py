"""Stripe's error object: parameter, code and message."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidRequest
from app.wire.errors import error_body, validate
from app.wire.form import FormError, decode
from app.wire.lists import ActivePage, Page, list_envelope
from tests.wire.examples import Params

ITEM = {"price": "price_1", "quantity": "1"}

REFUSED: dict[str, tuple[dict[str, Any], str | None, str | None, str]] = {
    "unknown": (
        {"lineitems": []},
        "lineitems",
        "parameter_unknown",
        "Received unknown parameter: lineitems. Did you mean line_items?",
    ),
    "unknown and like nothing": ({"zzz": "1"}, "zzz", "parameter_unknown", "Received unknown parameter: zzz."),
    "unknown in a list": (
        {"line_items": [ITEM, ITEM | {"quantitty": "2"}]},
        "line_items[1][quantitty]",
        "parameter_unknown",
        "Received unknown parameter: line_items[1][quantitty]. Did you mean line_items[1][quantity]?",
    ),
    "unknown in a branch of a union": (
        {"message": {"message": "a", "x": "b"}},
        "message[x]",
        "parameter_unknown",
        "Received unknown parameter: message[x].",
    ),
    "unknown comes before everything else": (
        {"line_items": [{"quantity": "x"}], "zzz": "1"},
        "zzz",
        "parameter_unknown",
        "Received unknown parameter: zzz.",
    ),
    "missing": ({"line_items": None}, "line_items", None, "Invalid array: line_items must be a list"),
    "missing below": (
        {"line_items": [{"price": "a"}]},
        "line_items[0][quantity]",
        "parameter_missing",
        "Missing required param: line_items[0][quantity].",
    ),
    "missing in a branch of a union": (
        {"custom_fields": [{}]},
        "custom_fields[0][key]",
        "parameter_missing",
        "Missing required param: custom_fields[0][key].",
    ),
    "integer": (
        {"line_items": [{"quantity": "1.0"}]},
        "line_items[0][quantity]",
        "parameter_invalid_integer",
        "Invalid integer: line_items[0][quantity] must be a whole number, not “1.0”.",
    ),
    "integer or nothing": (
        {"trial_period_days": "soon"},
        "trial_period_days",
        "parameter_invalid_integer",
        "Invalid integer: trial_period_days must be a whole number, not “soon”.",
    ),
    "nothing or integer": (
        {"amount": "much"},
        "amount",
        "parameter_invalid_integer",
        "Invalid integer: amount must be a whole number, not “much”.",
    ),
    "nothing or object": (
        {"answer": {"key": "A"}},
        "answer[key]",
        None,
        "Invalid string: answer[key] must match ^[a-z]+$, and “A” does not.",
    ),
    "text or object, where it is an object": (
        {"place": {"label": "eleven long"}},
        "place[label]",
        None,
        "Invalid string: place[label] must have at most 10 characters.",
    ),
    "integer out of bounds": (
        {"line_items": [{"quantity": "0"}]},
        "line_items[0][quantity]",
        "parameter_invalid_integer",
        "Invalid number: line_items[0][quantity] must be at least 1.",
    ),
    "decimal out of bounds": (
        {"application_fee_percent": "100.5"},
        "application_fee_percent",
        None,
        "Invalid number: application_fee_percent must be at most 100.",
    ),
    "boolean": ({"active": "yes"}, "active", None, "Invalid boolean: active must be true or false, not “yes”."),
    "boolean below": (
        {"line_items": [ITEM | {"adjustable_quantity": {"enabled": 1}}]},
        "line_items[0][adjustable_quantity][enabled]",
        None,
        "Invalid boolean: line_items[0][adjustable_quantity][enabled] must be true or false, not “1”.",
    ),
    "currency": (
        {"currency": "dollar"},
        "currency",
        None,
        "Invalid currency: currency must be a three-letter ISO 4217 code, not “dollar”.",
    ),
    "empty where nothing can be unset": (
        {"active": ""},
        "active",
        "parameter_invalid_empty",
        "Empty value: active can't be unset; leave it out or give it a value.",
    ),
    "empty list that cannot be unset": (
        {"line_items": ""},
        "line_items",
        "parameter_invalid_empty",
        "Empty value: line_items can't be unset; leave it out or give it a value.",
    ),
    "empty choice": (
        {"switch": ""},
        "switch",
        "parameter_invalid_empty",
        "Empty value: switch can't be unset; leave it out or give it a value.",
    ),
    "empty text": (
        {"custom_fields": [{"key": "a", "options": [{"label": ""}]}]},
        "custom_fields[0][options][0][label]",
        "parameter_invalid_empty",
        "Empty value: custom_fields[0][options][0][label] can't be unset; leave it out or give it a value.",
    ),
    "blank text": (
        {"custom_fields": [{"key": "  "}]},
        "custom_fields[0][key]",
        "parameter_invalid_string_blank",
        "Blank value: custom_fields[0][key] must have more than spaces.",
    ),
    "pattern": (
        {"custom_fields": [{"key": "A1"}]},
        "custom_fields[0][key]",
        None,
        "Invalid string: custom_fields[0][key] must match ^[a-z]+$, and “A1” does not.",
    ),
    "text too long": (
        {"message": {"message": "thirteen long"}},
        "message[message]",
        None,
        "Invalid string: message[message] must have at most 12 characters.",
    ),
    "NUL": ({"on_behalf_of": "a\x00"}, "on_behalf_of", None, "Invalid string: on_behalf_of must not contain a NUL"),
    "half a surrogate pair": ({"on_behalf_of": "\ud800"}, "on_behalf_of", None, "must be valid Unicode"),
    "number for text": (
        {"on_behalf_of": 7},
        "on_behalf_of",
        None,
        "Invalid string: on_behalf_of must be text, not “7”.",
    ),
    "one of three": (
        {"custom_fields": [{"key": "a", "kind": "date"}]},
        "custom_fields[0][kind]",
        None,
        "Invalid custom_fields[0][kind]: must be one of dropdown, numeric, or text, not “date”.",
    ),
    "one of two": ({"switch": "maybe"}, "switch", None, "Invalid switch: must be off or on, not “maybe”."),
    "one of many": (
        {"countries": ["DE", "DEU"]},
        "countries[1]",
        None,
        "Invalid countries[1]: must be one of 15 known values, not “DEU”. Did you mean DE?",
    ),
    "too many entries": (
        {"line_items": [ITEM] * 4},
        "line_items",
        None,
        "Invalid array: line_items must have at most 3 entries.",
    ),
    "scalar for a list": ({"expand": "a"}, "expand", None, "Invalid array: expand must be a list"),
    "scalar for a list that can be unset": (
        {"custom_fields": "a"},
        "custom_fields",
        None,
        "Invalid array: custom_fields must be a list",
    ),
    "scalar for an object": ({"message": "a"}, "message", None, "Invalid object: message must be an object"),
    "list for a map": ({"metadata": ["a"]}, "metadata", None, "Invalid object: metadata must be an object"),
    "metadata value": (
        {"metadata": {"a": "x" * 501}},
        "metadata[a]",
        None,
        "Invalid string: metadata[a] must have at most 500 characters.",
    ),
    "metadata value below a key like a class": ({"metadata": {"Order": [1]}}, "metadata[Order]", None, "must be text"),
    "metadata key": (
        {"metadata": {"k" * 41: "x"}},
        f"metadata[{'k' * 41}]",
        None,
        f"Invalid string: metadata[{'k' * 41}] must have at most 40 characters.",
    ),
    "metadata key with a bracket": ({"metadata": {"a[": "x"}}, "metadata[a[]", None, "must not contain square"),
    "metadata without a key": (
        {"metadata": {"": "x"}},
        "metadata[]",
        "parameter_invalid_empty",
        "Invalid metadata: metadata[] has an empty key.",
    ),
    "too much metadata": (
        {"metadata": {str(number): "x" for number in range(51)}},
        "metadata",
        None,
        "Invalid metadata: metadata has at most 50 keys.",
    ),
    "a rule that joins fields": (
        {"redirect": {}},
        "redirect[url]",
        "parameter_missing",
        "redirect[url] needs the page's address.",
    ),
    "the same rule below": (
        {"nested": {"line_items": [ITEM], "redirect": {}}},
        "nested[redirect][url]",
        "parameter_missing",
        "nested[redirect][url] needs the page's address.",
    ),
}


@pytest.mark.parametrize(("data", "param", "code", "message"), REFUSED.values(), ids=REFUSED)
def test_an_error_names_parameter_code_and_rule(
    data: dict[str, Any], param: str | None, code: str | None, message: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        validate(Params, {"line_items": [ITEM]} | data)
    assert (refused.value.param, refused.value.code) == (param, code)
    assert message in refused.value.message


def test_valid_data_becomes_the_model() -> None:
    params = validate(Params, {"line_items": [ITEM], "metadata": {"0": "a", "1": ""}, "custom_fields": ""})
    assert params.line_items[0].quantity == 1
    assert params.metadata == {"0": "a", "1": ""}
    assert params.custom_fields == ""


word = st.text("ab [01\x00", max_size=3)
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5) | word,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*Params.model_fields, "key", "price", "enabled"]) | word, inner, max_size=4)
    ),
    max_leaves=12,
)


def refusal_of(data: dict[str, Any]) -> InvalidRequest | None:
    try:
        validate(Params, data)
    except InvalidRequest as refused:
        return refused
    return None


@given(st.dictionaries(st.sampled_from(list(Params.model_fields)) | word, json, max_size=6))
def test_no_python_name_gets_into_an_answer(data: dict[str, Any]) -> None:
    refused = refusal_of(data)
    if refused is not None:
        said = f"{refused.message} {refused.param}"
        ours = ("function-", "validator", "Literal", "Params", "constrained", "tuple[", "{param}", "None")
        assert not any(name in said for name in ours)


@given(st.lists(st.tuples(st.sampled_from(["line_items[0][quantity]", "metadata[a]", "message", "x"]), word)))
def test_every_form_is_accepted_or_refused_with_the_name_of_what_was_sent(pairs: list[tuple[str, str]]) -> None:
    try:
        data = decode(pairs, Params)
    except FormError as unreadable:
        refused: InvalidRequest | None = unreadable
    else:
        refused = refusal_of(data)
    if refused is not None:
        assert refused.param in {key for key, _ in pairs} | {"line_items"}


def test_an_error_object_has_only_the_keys_that_are_set() -> None:
    assert error_body("api_error", "Later.") == {"error": {"type": "api_error", "message": "Later."}}
    assert error_body("invalid_request_error", "No.", code="c", param="p[0]", doc_url="/d", charge=None) == {
        "error": {"type": "invalid_request_error", "message": "No.", "code": "c", "param": "p[0]", "doc_url": "/d"}
    }


def test_a_list_has_stripes_envelope() -> None:
    assert list_envelope(({"id": "a"},), "/v1/payment_links", True) == {
        "object": "list",
        "data": [{"id": "a"}],
        "has_more": True,
        "url": "/v1/payment_links",
    }


def test_a_page_has_ten_objects_by_default() -> None:
    assert validate(Page, {}) == Page(limit=10, starting_after=None, ending_before=None, expand=())
    page = validate(ActivePage, {"limit": "100", "active": "false", "starting_after": "plink_1", "expand": ["data.a"]})
    assert page == ActivePage(limit=100, active=False, starting_after="plink_1", expand=("data.a",))


PAGES = {
    "no objects": ({"limit": "0"}, "limit", "parameter_invalid_integer"),
    "too many objects": ({"limit": 101}, "limit", "parameter_invalid_integer"),
    "both directions": ({"starting_after": "a", "ending_before": "b"}, "ending_before", "parameters_exclusive"),
    "an empty id": ({"starting_after": ""}, "starting_after", "parameter_invalid_empty"),
    "a filter that this list has not": ({"active": "true"}, "active", "parameter_unknown"),
}


@pytest.mark.parametrize(("data", "param", "code"), PAGES.values(), ids=PAGES)
def test_invalid_parameters_of_a_page_are_refused(data: dict[str, Any], param: str, code: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        validate(Page, data)
    assert (refused.value.param, refused.value.code) == (param, code)
