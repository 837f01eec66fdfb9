"""Compares values with the SDK's parameter types: finds parameters, words and types that the SDK does not know."""

import types
import typing
from collections.abc import Iterator
from functools import cache
from typing import Any

from stripe import RequestOptions
from stripe.params.checkout import _session_create_params as module
from typing_extensions import is_typeddict


def mismatches(value: Any, expected: Any, path: str = "") -> Iterator[str]:
    """Yield each mismatch as `line_items[0][price]: reason`. Where the type lists words beside `str`, only those words are valid."""
    if is_typeddict(expected):
        yield from _in_object(value, expected, path)
    elif typing.get_origin(expected) in {typing.Union, types.UnionType}:
        yield from _in_union(value, typing.get_args(expected), path)
    elif typing.get_origin(expected) is typing.Literal:
        if value not in typing.get_args(expected):
            yield f"{path}: {value!r} is none of {typing.get_args(expected)}"
    elif typing.get_origin(expected) is list:
        if not isinstance(value, list):
            yield f"{path}: a list is expected, not {value!r}"
            return
        (inner,) = typing.get_args(expected)
        for index, item in enumerate(value):
            yield from mismatches(item, inner, f"{path}[{index}]")
    elif typing.get_origin(expected) is dict:
        if not isinstance(value, dict) or not all(isinstance(part, str) for pair in value.items() for part in pair):
            yield f"{path}: texts by text are expected, not {value!r}"
    elif type(value) is not expected:
        yield f"{path}: {expected.__name__} is expected, not {value!r}"


def _in_object(value: Any, expected: Any, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: an object is expected, not {value!r}"
        return
    known = hints(expected)
    for name, item in value.items():
        place = f"{path}[{name}]" if path else name
        if name not in known:
            yield f"{place}: no such parameter"
        else:
            yield from mismatches(item, known[name], place)
    for name in expected.__required_keys__ - value.keys():
        yield f"{path}[{name}]: missing"


def _in_union(value: Any, options: tuple[Any, ...], path: str) -> Iterator[str]:
    words = [option for option in options if typing.get_origin(option) is typing.Literal]
    if words and isinstance(value, str):
        known = [word for option in words for word in typing.get_args(option)]
        if known != [""]:  # `Literal['']|str` is any text.
            if value not in known:
                yield f"{path}: {value!r} is none of {known}"
            return
    rest = [option for option in options if option not in words]
    complaints = [list(mismatches(value, option, path)) for option in rest]
    yield from min(complaints, key=len)


@cache
def hints(expected: Any) -> dict[str, Any]:
    """Return the parameters of one object with their types, without the options of the request."""
    names = set(RequestOptions.__annotations__) if expected is module.SessionCreateParams else set()
    # StripeContext belongs to the request's options, and the SDK names it without importing it.
    found = typing.get_type_hints(expected, vars(module), {**vars(typing), "StripeContext": object})
    return {name: hint for name, hint in found.items() if name not in names}


def session_mismatches(params: dict[str, Any]) -> list[str]:
    """Return the mismatches in the parameters of a Checkout Session."""
    return list(mismatches(params, module.SessionCreateParams))
