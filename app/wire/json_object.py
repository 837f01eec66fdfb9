"""Reads one JSON object. Text that can be read in two ways is refused and not guessed."""

import json
from decimal import Decimal
from typing import Any, NoReturn

from app.errors import InvalidRequest
from app.objects.scalars import abbreviate


def json_object(data: bytes | str) -> dict[str, Any]:
    """Return the JSON object in a text. An empty text is an empty object. Raises `InvalidRequest`.

    Numbers with a decimal point stay exact. An object that has a name twice is refused.
    """
    if not data.strip():
        return {}
    try:
        text = data if isinstance(data, str) else data.decode()
        value = json.loads(text, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        where = f"{error.msg}, line {error.lineno}, column {error.colno}"
        raise InvalidRequest(f"This is not valid JSON ({where}).") from None
    except (ValueError, RecursionError):
        raise InvalidRequest("This is not valid JSON.") from None
    if not isinstance(value, dict):
        raise InvalidRequest("A JSON object is expected.")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            twice = abbreviate(name)
            raise InvalidRequest(f"Repeated parameter: {twice} occurs in one object more than once.", param=twice)
        found[name] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
