"""Stripe's metadata: its limits, its type, and how an update changes it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator

from app.errors import InvalidRequest
from app.objects.scalars import EMPTY, Text, refusal

MAXIMUM_KEYS: Final = 50
MAXIMUM_KEY_LENGTH: Final = 40
MAXIMUM_VALUE_LENGTH: Final = 500
_DIGITS: Final = 100
"""Numbers of more digits are refused, so that a short exponent cannot become a long text."""


def merge_metadata(current: Mapping[str, str], change: Mapping[str, str] | None) -> dict[str, str]:
    """Return the metadata after an update, key by key: an empty value deletes its key, an empty `change` deletes every key.

    For example, `{"a": "1", "b": "2"}` changed by `{"a": "", "c": "3"}` is `{"b": "2", "c": "3"}`. Raises `InvalidRequest`
    for more than 50 keys.
    """
    if not change:
        return {}
    merged = {key: value for key, value in {**current, **change}.items() if value != ""}
    if len(merged) > MAXIMUM_KEYS:
        raise InvalidRequest(
            f"metadata has at most {MAXIMUM_KEYS} keys; this update would make it {len(merged)}.",
            param="metadata",
            code="parameter_invalid",
        )
    return merged


def find_metadata_change(current: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """Return the change that makes `new` of the current metadata. An update at Stripe deletes a key by an empty value.

    >>> find_metadata_change({"a": "1", "b": "2"}, {"b": "3"})
    {'a': '', 'b': '3'}
    >>> find_metadata_change({"a": "1"}, {"a": "1"})
    {}
    """
    return {**dict.fromkeys(current, ""), **new} if dict(new) != dict(current) else {}


def _check_key(key: str) -> str:
    if not key:
        raise refusal("Invalid metadata: {param} has an empty key.", code=EMPTY)
    if "[" in key or "]" in key:
        raise refusal("Invalid metadata: a key must not contain square brackets ({param}).")
    return key


def _check_size(metadata: dict[str, str]) -> dict[str, str]:
    # An empty value deletes its key, so it does not count.
    if sum(1 for value in metadata.values() if value) > MAXIMUM_KEYS:
        raise refusal("Invalid metadata: {param} has at most {maximum} keys.", maximum=MAXIMUM_KEYS)
    return metadata


def _as_text(value: object) -> object:
    """Return a number or a boolean as text: `17` is `"17"`, `true` is `"true"`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) < 10**_DIGITS:
        return str(value)
    if isinstance(value, Decimal) and value.is_finite() and -_DIGITS <= value.adjusted() <= _DIGITS:
        return format(value, "f")
    return value


Metadata = Annotated[
    dict[
        Annotated[str, Text(MAXIMUM_KEY_LENGTH), AfterValidator(_check_key)],
        Annotated[str, Text(MAXIMUM_VALUE_LENGTH), BeforeValidator(_as_text)],
    ],
    AfterValidator(_check_size),
]
"""At most 50 keys of 40 characters without square brackets, and values of 500 characters. Empty values stay: `merge_metadata`
deletes their keys. Numbers and booleans of JSON are kept as text."""
