"""Reads an API request: its key, and its parameters as a form or as JSON."""

import binascii
from base64 import b64decode
from collections.abc import Mapping
from typing import Any, TypeVar

from flask import Request
from pydantic import BaseModel

from app.errors import InvalidRequest
from app.objects.base import Object
from app.objects.payment_link.params import Expand
from app.wire.errors import validate
from app.wire.form import MAXIMUM_BODY, decode, multipart_pairs, parse_form
from app.wire.json_params import json_params

Schema = TypeVar("Schema", bound=BaseModel)


class RetrieveParams(Object):
    """The parameters of a GET of one object."""

    expand: Expand = ()


def credential(request: Request) -> str | None:
    """Return the key of a request: a bearer token, or the user of basic authentication without a password."""
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
    """Return the parameters of a GET. Raises `InvalidRequest`."""
    return validate(schema, decode(parse_form(request.query_string), schema))


def body(request: Request, schema: type[BaseModel]) -> dict[str, Any]:
    """Return the parameters of a POST as plain data, not yet validated against `schema`. Raises `InvalidRequest`.

    They are a form with brackets, as Stripe's SDKs send it, `multipart/form-data` with the same names, or a JSON object. A form may have
    parameters in the URL as well.
    """
    request.max_content_length = MAXIMUM_BODY
    if request.mimetype == "multipart/form-data":
        pairs = multipart_pairs(request.form.items(multi=True), request.files)
        return decode([*pairs, *parse_form(request.query_string)], schema)
    data = request.get_data(cache=False)
    if request.mimetype == "application/json" and not request.query_string:
        return json_params(data)
    if data.strip() and request.mimetype == "application/json":
        raise InvalidRequest("With a JSON body, send every parameter in the body: leave none in the address.")
    if data.strip() and request.mimetype not in ("application/x-www-form-urlencoded", ""):
        raise InvalidRequest(
            "Send the parameters as application/x-www-form-urlencoded, multipart/form-data or application/json."
        )
    return decode([*parse_form(data), *parse_form(request.query_string)], schema)


def expand(params: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the paths of `expand[]` in plain data. Raises `InvalidRequest`."""
    return validate(RetrieveParams, {"expand": params.get("expand", ())}).expand
