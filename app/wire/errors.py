"""Stripe's error object, and how pydantic's validation errors become one.

A message names the parameter and the rule. It never has the name of a Python class or function.
"""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from itertools import islice
from typing import Any, Final, NamedTuple, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, core_schema

from app.errors import InvalidRequest
from app.objects.scalars import EMPTY, EMPTY_MESSAGE, NO_CODE, abbreviate
from app.wire.form import bracketed
from app.wire.secret_parts import without_keys
from app.wire.shapes import Shape, fields_of

Schema = TypeVar("Schema", bound=BaseModel)

_COMPARED_ERRORS: Final = 100
_INTEGER: Final = "parameter_invalid_integer"
_CHOICES_LISTED: Final = 12
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_OF_PYDANTIC = frozenset(get_args(core_schema.ErrorType))

_RULES: Final[Mapping[str, tuple[str | None, str]]] = {
    "missing": ("parameter_missing", "Missing required param: {param}."),
    "string_type": (None, "Invalid string: {param} must be text, not “{input}”."),
    "string_unicode": (None, "Invalid string: {param} must be valid Unicode."),
    "string_too_long": (None, "Invalid string: {param} must have at most {max_length} characters."),
    "string_too_short": (None, "Invalid string: {param} must have at least {min_length} characters."),
    "string_pattern_mismatch": (None, "Invalid string: {param} must match {pattern}, and “{input}” does not."),
    "too_long": (None, "Invalid array: {param} must have at most {max_length} entries."),
    "too_short": (None, "Invalid array: {param} must have at least {min_length} entries."),
    "greater_than": (None, "Invalid number: {param} must be greater than {gt}."),
    "greater_than_equal": (None, "Invalid number: {param} must be at least {ge}."),
    "less_than": (None, "Invalid number: {param} must be less than {lt}."),
    "less_than_equal": (None, "Invalid number: {param} must be at most {le}."),
    "bool": (None, "Invalid boolean: {param} must be true or false, not “{input}”."),
    "int": (_INTEGER, "Invalid integer: {param} must be a whole number, not “{input}”."),
    "decimal": (None, "Invalid decimal: {param} must be a number, not “{input}”."),
    "float": (None, "Invalid number: {param} must be a number, not “{input}”."),
    "array": (None, "Invalid array: {param} must be a list ({param}[0], {param}[1], …), not “{input}”."),
    "object": (None, "Invalid object: {param} must be an object with named attributes ({param}[…]), not “{input}”."),
}
_ARRAYS: Final = frozenset({"list_type", "tuple_type", "set_type", "frozen_set_type", "iterable_type"})
_OBJECTS: Final = frozenset({"model_type", "model_attributes_type", "dict_type", "mapping_type", "dataclass_type"})
_BLANK: Final = frozenset({"string_too_short", "string_pattern_mismatch"})


class _Found(NamedTuple):
    """One of pydantic's errors, its path in the data, and whether it is from one branch of a union."""

    details: ErrorDetails
    path: tuple[str | int, ...]
    parent: Shape
    is_branch: bool


def error_body(
    type: str, message: str, code: str | None = None, param: str | None = None, **more: Any
) -> dict[str, dict[str, Any]]:
    """Return Stripe's error object with the keys that are set. `type` and `message` always are. No API key in them is repeated."""
    param = None if param is None else without_keys(param)
    entries = {"code": code, "message": without_keys(message), "param": param, "type": type, **more}
    return {"error": {key: value for key, value in entries.items() if value is not None}}


def validate(schema: type[Schema], data: Mapping[str, Any], *, echo: bool = True) -> Schema:
    """Return `data` as `schema` declares it. Raises `InvalidRequest`, whose message repeats a wrong value only with `echo`."""
    try:
        return schema.model_validate(data)
    except ValidationError as error:
        raise invalid_request(error, schema, echo=echo) from None


def invalid_request(error: ValidationError, schema: type[BaseModel], *, echo: bool = True) -> InvalidRequest:
    """Return the most useful of the errors that `schema` found, in Stripe's form.

    An unknown parameter comes first, then the order of the schema. For a union, the branch counts that resembles the value most. A
    `refusal` keeps its own code and message.
    """
    found = [_locate(details, schema) for details in _first_errors(error)]
    useful = [one for one in found if not any(_is_less_useful(one, other) for other in found)] or found
    chosen = next((one for one in useful if one.details["type"] == "extra_forbidden"), useful[0])
    context = chosen.details.get("ctx", {})
    path = (*chosen.path, *context.get("at", ()))
    param = _param(path)
    code, template = _rule(chosen, param)
    values = {
        **context,
        "param": "the request" if param is None else param,
        "input": abbreviate(chosen.details["input"]),
    }
    if not echo:
        values["input"] = "…"
        template = template.replace(str(context.get("value", "…")), "…")  # pydantic has filled this one in
    message = _PLACEHOLDER.sub(lambda match: str(values.get(match[1], match[0])), template)
    return InvalidRequest(message, param=param, code=code)


def null_paths(error: ValidationError, schema: type[BaseModel]) -> list[tuple[str | int, ...]]:
    """Return the paths at which the data is null and `schema` requires a value."""
    return [_locate(details, schema).path for details in error.errors(include_url=False) if details["input"] is None]


def missing_paths(error: ValidationError, schema: type[BaseModel]) -> list[tuple[str | int, ...]]:
    """Return the paths at which the data has no value and `schema` requires one."""
    return [
        _locate(details, schema).path for details in error.errors(include_url=False) if details["type"] == "missing"
    ]


def _first_errors(error: ValidationError) -> list[ErrorDetails]:
    """Return the first errors, and the first unknown parameter. They are compared with each other, so their number is bounded."""
    details = error.errors(include_url=False)
    first = details[:_COMPARED_ERRORS]
    later = (one for one in details[_COMPARED_ERRORS:] if one["type"] == "extra_forbidden")
    return [*first, *islice(later, 1)]


def _locate(details: ErrorDetails, schema: type[BaseModel]) -> _Found:
    """Return pydantic's location without the names of union branches and of validators, which mean nothing to users."""
    path: list[str | int] = []
    shape = parent = Shape(models=(schema,))
    is_branch, expects_branch = False, False
    for position, segment in enumerate(details["loc"], start=1):
        last = position == len(details["loc"])
        child = shape.items if isinstance(segment, int) else shape.child(segment)
        if isinstance(segment, str) and expects_branch:
            is_branch, expects_branch = True, False
        elif child is not None or (last and details["type"] == "extra_forbidden"):
            path.append(segment)
            parent, shape = shape, child or Shape()
            expects_branch = shape.alternatives
        else:
            is_branch = True
    return _Found(details, tuple(path), parent, is_branch)


def _is_less_useful(one: _Found, other: _Found) -> bool:
    """Return whether another branch understood more of the value: it got deeper, or wanted more than an empty string."""
    if one is other or not one.is_branch or other.path[: len(one.path)] != one.path:
        return False
    return len(other.path) > len(one.path) or (_wants_empty(one) and not _wants_empty(other))


def _wants_empty(found: _Found) -> bool:
    return found.details["type"] == "literal_error" and found.details.get("ctx", {}).get("expected") == "''"


def _rule(found: _Found, param: str | None) -> tuple[str | None, str]:
    """Return the code and the message template."""
    kind, value = found.details["type"], found.details["input"]
    if kind not in _OF_PYDANTIC:
        return (None if kind == NO_CODE else kind), found.details["msg"]
    if kind == "extra_forbidden":
        return "parameter_unknown", "Received unknown parameter: {param}." + _did_you_mean(found)
    if value == "" and kind != "missing":
        return EMPTY, EMPTY_MESSAGE
    if kind in _BLANK and isinstance(value, str) and value.isspace():
        return "parameter_invalid_string_blank", "Blank value: {param} must have more than spaces."
    if kind in ("literal_error", "enum"):
        return None, "Invalid {param}: must be " + _choices(found)
    if kind in ("value_error", "assertion_error"):
        return None, f"Invalid {param or 'request'}: {found.details['ctx']['error']}"
    if kind in ("greater_than", "greater_than_equal", "less_than", "less_than_equal"):
        return (_INTEGER if re.fullmatch(r"-?[0-9]+", str(value)) else None), _RULES[kind][1]
    family = "array" if kind in _ARRAYS else "object" if kind in _OBJECTS else kind
    known = _RULES.get(family) or _RULES.get(kind.partition("_")[0])
    return known or (None, "Invalid {param}: “{input}” can't be read.")


def _param(path: Sequence[str | int]) -> str | None:
    return (
        bracketed([segment if isinstance(segment, int) else abbreviate(segment) for segment in path]) if path else None
    )


def _did_you_mean(found: _Found) -> str:
    *above, name = found.path
    known = {field for model in found.parent.models for field in fields_of(model)}
    return "".join(
        f" Did you mean {_param([*above, match])}?" for match in get_close_matches(str(name)[:100], known, n=1)
    )


def _choices(found: _Found) -> str:
    """Return `one of a, b, or c`. For a long list, return the number of choices and the closest one."""
    choices = re.findall(r"'([^']*)'", found.details["ctx"]["expected"])
    if len(choices) == 1:
        return f"{choices[0]}, not “{{input}}”."
    if len(choices) == 2:
        return f"{choices[0]} or {choices[1]}, not “{{input}}”."
    if len(choices) <= _CHOICES_LISTED:
        return f"one of {', '.join(choices[:-1])}, or {choices[-1]}, not “{{input}}”."
    close = get_close_matches(str(found.details["input"])[:100], choices, n=1)
    return f"one of {len(choices)} known values, not “{{input}}”." + "".join(f" Did you mean {one}?" for one in close)
