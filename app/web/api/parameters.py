"""What an API request says: who asks, and with which parameters, as a form or as JSON."""

import binascii
from base64 import b64decode
from collections.abc import Mapping
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl

from flask import Request
from pydantic import BaseModel

from app.errors import InvalidRequest
from app.objects.base import Object
from app.objects.payment_link_params import Expand
from app.wire.errors import validate
from app.wire.form import MAXIMUM_KEYS, decode
from app.wire.json_object import json_object

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
    if data.strip() and request.mimetype == "application/json":
        raise InvalidRequest("With a JSON body every parameter belongs into the body: leave none in the address.")
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
