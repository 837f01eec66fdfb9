"""Reads one JSON object. Text that can be read in two ways is refused and not guessed."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NoReturn

from app.errors import InvalidRequest
from app.objects.scalars import abbreviate

MAXIMUM_DEPTH: Final = 32


def json_object(data: bytes | str, maximum_entries: int | None = None) -> dict[str, Any]:
    """Return the JSON object in a text. An empty text is an empty object. Raises `InvalidRequest`.

    Numbers with a decimal point stay exact. An object that has a name twice is refused, and so is deep nesting. `maximum_entries`
    limits the entries of all objects and arrays together.
    """
    if not data.strip():
        return {}
    try:
        text = data if isinstance(data, str) else data.decode()
        value = json.loads(text, parse_float=_decimal, parse_constant=_no_constant, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        where = f"{error.msg}, line {error.lineno}, column {error.colno}"
        raise InvalidRequest(f"This is not valid JSON ({where}).") from None
    except (ValueError, RecursionError):
        raise InvalidRequest("This is not valid JSON.") from None
    if not isinstance(value, dict):
        raise InvalidRequest("A JSON object is expected.")
    _check_size(value, maximum_entries)
    return value


def _check_size(value: Any, maximum_entries: int | None) -> None:
    """Raise for too many levels or entries. A loop walks the levels: a recursive function would reach Python's own limit."""
    level, depth, entries = [value], 0, 0
    while containers := [
        one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list)
    ]:
        level = [entry for container in containers for entry in container]
        depth, entries = depth + 1, entries + len(level)
        if depth > MAXIMUM_DEPTH:
            raise InvalidRequest(f"This JSON has more than {MAXIMUM_DEPTH} levels.")
        if maximum_entries is not None and entries > maximum_entries:
            raise InvalidRequest(f"Too many parameters: a request has at most {maximum_entries}.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            twice = abbreviate(name)
            raise InvalidRequest(f"Repeated parameter: {twice} occurs in one object more than once.", param=twice)
        found[name] = value
    return found


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(text[:20]) from None  # its exponent has too many digits


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
