"""What an API request says: who asks, and with which parameters, as a form or as JSON."""

import binascii
import json
from base64 import b64decode
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, NoReturn, TypeVar
from urllib.parse import parse_qsl

from flask import Request
from pydantic import BaseModel

from app.errors import InvalidRequest
from app.objects.base import Object
from app.objects.payment_link_params import Expand
from app.objects.scalars import shown
from app.wire.errors import validate
from app.wire.form import MAXIMUM_KEYS, decode

MAXIMUM_BODY: Final = 1_000_000
"""Bytes. Twenty line items with everything that can be said of them are far below."""

Schema = TypeVar("Schema", bound=BaseModel)


class RetrieveParams(Object):
    """What a GET of one object takes."""

    expand: Expand = ()


def credential(request: Request) -> str | None:
    """The key that was sent: as bearer token, or as the user of basic authentication with no password."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            user, _, password = b64decode(value.strip(), validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            return None
        return user if not password else None
    return None


def query(request: Request, schema: type[Schema]) -> Schema:
    """The parameters of a GET. Raises `InvalidRequest`."""
    return validate(schema, decode(_pairs(request.query_string), schema))


def body(request: Request, schema: type[BaseModel]) -> dict[str, Any]:
    """The parameters of a POST as plain data, to be checked against `schema` still. Raises `InvalidRequest`.

    A form with brackets, as Stripe's SDKs send it, or a JSON object; parameters in the URL count with a form.
    """
    request.max_content_length = MAXIMUM_BODY
    data = request.get_data(cache=False)
    if request.mimetype == "application/json" and not request.query_string:
        return json_object(data)
    if data.strip() and request.mimetype not in ("application/x-www-form-urlencoded", ""):
        raise InvalidRequest("Send the parameters as application/x-www-form-urlencoded or as application/json.")
    return decode([*_pairs(data), *_pairs(request.query_string)], schema)


def expand(params: Mapping[str, Any]) -> tuple[str, ...]:
    """The paths that plain data ask to be expanded. Raises `InvalidRequest`."""
    return validate(RetrieveParams, {"expand": params.get("expand", ())}).expand


def _pairs(data: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(data.decode(), keep_blank_values=True, errors="strict", max_num_fields=MAXIMUM_KEYS)
    except UnicodeDecodeError:
        raise InvalidRequest("The parameters must be UTF-8.") from None
    except ValueError:
        raise InvalidRequest(f"Too many parameters: a request holds at most {MAXIMUM_KEYS}.") from None


def json_object(data: bytes) -> dict[str, Any]:
    """A JSON object. Numbers with a decimal point stay exact; a name that stands twice is refused and not guessed."""
    if not data.strip():
        return {}
    try:
        value = json.loads(data.decode(), parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_object)
    except (ValueError, RecursionError):
        raise InvalidRequest("The body is no JSON that can be read.") from None
    if not isinstance(value, dict):
        raise InvalidRequest("The body must be a JSON object.")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            twice = shown(name)
            raise InvalidRequest(f"Repeated parameter: {twice} stands in one object more than once.", param=twice)
        found[name] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
