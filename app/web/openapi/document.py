"""`/openapi.json`: the description of the API in OpenAPI 3.1, generated from the models that validate and answer requests."""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from typing import Any, Final

from flask import Blueprint, Response
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.objects import metadata_keys
from app.objects.api_version import API_VERSION
from app.objects.base import Object, object_class
from app.objects.payment_link.params import PaymentLinkCreateParams, PaymentLinkParams, PaymentLinkUpdateParams
from app.web.api.errors import answer
from app.web.api.parameters import RetrieveParams
from app.web.bigcapital.body import CheckoutBody
from app.web.openapi.schemas import answer_schemas
from app.wire.idempotency import MAXIMUM_KEY_LENGTH
from app.wire.lists import ActivePage, EventList, Page, SessionList

blueprint: Final = Blueprint("openapi", __name__)

_REFERENCE: Final = "#/components/schemas/{model}"
_PREFIXES: Final[dict[type[PaymentLinkParams], str]] = {
    PaymentLinkCreateParams: "Create",
    PaymentLinkUpdateParams: "Update",
}
"""Prefixes for the names of their parts. The same part may be unset in update but not in create."""

_BOUNDS: Final = {"ge": "minimum", "le": "maximum"}
"""Pydantic's names for bounds behind a custom validator, and JSON Schema's names."""

_ERRORS: Final = {
    "400": "A parameter breaks a rule; `param` names it",
    "401": "No valid key",
    "403": "The key has no access to the account that a header names, or may only read",
    "404": "There is no such object, or it belongs to another organization",
    "409": "Another request with this Idempotency-Key is still being answered",
    "413": "The request is too large",
    "429": "Too many requests with invalid keys",
    "502": "Stripe could not be reached",
    "503": "The database is busy",
}

_JWT: Final = (
    "A JSON Web Token, signed with HS256 and the setting JWT_SECRET. Claims: organization_id, the id of an organization that the "
    "bearer may act for, or organizations, a list of such ids; exp, in Unix seconds, required; nbf and sub, optional."
)


@blueprint.get("/openapi.json")
def describe() -> Response:
    """Serve the description."""
    return answer(document())


@cache
def document() -> dict[str, Any]:
    """Return the whole description. It is generated once."""
    _, definitions = models_json_schema(
        [(CheckoutBody, "validation"), (RetrieveParams, "validation")], ref_template=_REFERENCE
    )
    schemas: dict[str, Any] = dict(definitions["$defs"])
    for params in _PREFIXES:
        schemas |= _parameter_schemas(params)
    schemas |= answer_schemas(_REFERENCE)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Counterfoil",
            "version": version("counterfoil"),
            "description": (
                f"Stripe's Payment Links API, served on the merchant's own machine, in the shape of Stripe's version {API_VERSION}. "
                "The metadata of each Checkout Session "
                f"that a link opens has the link's id as {metadata_keys.PAYMENT_LINK} and the id of the buyer's attempt "
                f"as {metadata_keys.ATTEMPT}. {metadata_keys.REFERENCE} is the reference on the buyer's receipt."
            ),
        },
        "security": [{"bearer": []}, {"basic": []}],
        "paths": _paths(),
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "A bc_ key"},
                "basic": {"type": "http", "scheme": "basic", "description": "A bc_ key as user, without a password"},
                "jwt": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": _JWT},
            },
        },
    }


def _paths() -> dict[str, Any]:
    link, line_items = "/v1/payment_links/{id}", "/v1/payment_links/{id}/line_items"
    return {
        "/v1/payment_links": {
            "get": _get("listPaymentLinks", "List payment links", ActivePage, "payment_link_list"),
            "post": _post("createPaymentLink", "Create a payment link", PaymentLinkCreateParams),
        },
        link: {
            "parameters": [_id("A payment link's id")],
            "get": _get("retrievePaymentLink", "Retrieve a payment link", RetrieveParams, "payment_link"),
            "post": _post("updatePaymentLink", "Update a payment link", PaymentLinkUpdateParams),
        },
        line_items: {
            "parameters": [_id("A payment link's id")],
            "get": _get("listLineItems", "List a payment link's line items", Page, "item_list"),
        },
        **_sessions(),
        "/v1/account": {
            "get": _get("retrieveAccount", "Retrieve the account of the key", RetrieveParams, "account", "502")
        },
        "/v1/accounts/{id}": {
            "parameters": [_id("The id of the key's own account")],
            "get": _get(
                "retrieveOwnAccount", "Retrieve the account of the key by its id", RetrieveParams, "account", "502"
            ),
        },
        "/v1/events": {"get": _get("listEvents", "List events", EventList, "event_list")},
        "/v1/events/{id}": {
            "parameters": [_id("An event's id")],
            "get": _get("retrieveEvent", "Retrieve an event", RetrieveParams, "event"),
        },
        "/api/payment-links/{id}/stripe_checkout_session": {
            "parameters": [_id("A payment link's id, code or slug")],
            "post": _checkout_session(),
        },
    }


def _sessions() -> dict[str, Any]:
    session = "/v1/checkout/sessions/{id}"
    return {
        "/v1/checkout/sessions": {
            "get": _get(
                "listSessions", "List the sessions of payment links", SessionList, "checkout_session_list", "502"
            )
        },
        session: {
            "parameters": [_id("A session's id")],
            "get": _get("retrieveSession", "Retrieve a session", RetrieveParams, "checkout_session", "502"),
        },
        f"{session}/line_items": {
            "parameters": [_id("A session's id")],
            "get": _get("listSessionLineItems", "List a session's line items", Page, "session_item_list", "502"),
        },
        f"{session}/expire": {
            "parameters": [_id("A session's id")],
            "post": _post(
                "expireSession", "Expire an open session", RetrieveParams, "checkout_session", required=False
            ),
        },
    }


def _get(operation: str, summary: str, params: type[BaseModel], answered: str, *more: str) -> dict[str, Any]:
    """Describe a GET. `more` are statuses of errors that only some have."""
    return {
        "operationId": operation,
        "summary": summary,
        "parameters": list(_query(params)),
        "responses": _responses(answered, tuple(sorted({"400", "401", "403", "404", "429", "503", *more}))),
    }


def _post(
    operation: str, summary: str, params: type[BaseModel], answered: str = "payment_link", *, required: bool = True
) -> dict[str, Any]:
    schema = {"$ref": _REFERENCE.format(model=params.__name__)}
    nested = {name: {"style": "deepObject", "explode": True} for name in params.model_fields}
    key = {
        "name": "Idempotency-Key",
        "in": "header",
        "schema": {"type": "string", "minLength": 1, "maxLength": MAXIMUM_KEY_LENGTH},
    }
    return {
        "operationId": operation,
        "summary": summary,
        "parameters": [key],
        "requestBody": {
            "required": required,
            "content": {
                "application/json": {"schema": schema},
                "application/x-www-form-urlencoded": {"schema": schema, "encoding": nested},
            },
        },
        "responses": _responses(answered, tuple(_ERRORS)),
    }


def _checkout_session() -> dict[str, Any]:
    errors_by_status = {
        status: {"description": text, "content": _json("bigcapital_error")} for status, text in _ERRORS.items()
    }
    return {
        "operationId": "createCheckoutSession",
        "summary": "Create a Stripe checkout session, as Bigcapital does",
        "security": [{"bearer": []}, {"basic": []}, {"jwt": []}],
        "parameters": [
            {
                "name": "organization-id",
                "in": "header",
                "description": "Needed when the bearer token is a JWT",
                "schema": {"type": "string"},
            }
        ],
        "requestBody": {"required": False, "content": _json(CheckoutBody.__name__)},
        "responses": {
            "200": {
                "description": "Successfully created Stripe checkout session",
                "content": _json("checkout_address"),
            },
            **errors_by_status,
        },
    }


def _query(params: type[BaseModel]) -> Any:
    """Yield the fields of a GET's model as query parameters. Names of lists and of parts have brackets."""
    schema = params.model_json_schema()
    parts: dict[str, dict[str, Any]] = schema.get("$defs", {})
    for name, described in schema["properties"].items():
        choices: list[dict[str, Any]] = described.pop("anyOf", [])
        for choice in choices:
            if (part := parts.get(choice.get("$ref", "").rpartition("/")[2])) is not None:
                for inner, inner_schema in part["properties"].items():
                    yield _query_parameter(f"{name}[{inner}]", inner_schema)
        plain = [choice for choice in choices if "$ref" not in choice]
        if plain != [{"type": "null"}]:
            yield _query_parameter(name, {**described, **({"anyOf": plain} if plain else {})})


def _query_parameter(name: str, described: Mapping[str, Any]) -> dict[str, Any]:
    listed = described.get("type") == "array"
    return {
        "name": f"{name}[]" if listed else name,
        "in": "query",
        "required": False,
        "schema": _query_schema(described),
    }


def _query_schema(described: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema of a query parameter, which is never null."""
    choices = [choice for choice in described.get("anyOf", ()) if choice != {"type": "null"}]
    rest = {
        _BOUNDS.get(name, name): value for name, value in described.items() if name not in ("anyOf", "default", "title")
    }
    return {**rest, **choices[0]} if len(choices) == 1 else rest


def _responses(answered: str, errors: tuple[str, ...]) -> dict[str, Any]:
    errors_by_status = {status: {"description": _ERRORS[status], "content": _json("error")} for status in errors}
    return {"200": {"description": "The requested object", "content": _json(answered)}, **errors_by_status}


def _json(schema: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": _REFERENCE.format(model=schema)}}}


def _id(description: str) -> dict[str, Any]:
    schema = {"type": "string", "minLength": 1, "maxLength": 5000}
    return {"name": "id", "in": "path", "required": True, "description": description, "schema": schema}


def _parameter_schemas(params: type[PaymentLinkParams]) -> dict[str, Any]:
    """Return the schemas of parameters, with prefixed names of their parts."""
    prefix = _PREFIXES[params]
    template = _REFERENCE.replace("{model}", prefix + "{model}")
    _, definitions = models_json_schema([(params, "validation")], ref_template=template)
    found = {prefix + name: schema for name, schema in definitions["$defs"].items()}
    _describe_unsetting(found, params, (), params)
    found[params.__name__] = found.pop(prefix + params.__name__)
    return found


def _describe_unsetting(
    schemas: Mapping[str, Any], params: type[PaymentLinkParams], path: tuple[str, ...], model: type[Object]
) -> None:
    """Add the empty string to the schema of every attribute that it unsets, and remove null everywhere."""
    for name, described in schemas[_PREFIXES[params] + model.__name__]["properties"].items():
        here = (*path, name)
        choices = [choice for choice in described.get("anyOf", [described]) if choice != {"type": "null"}]
        choices = [
            {key: value for key, value in choice.items() if key not in ("default", "title")} for choice in choices
        ]
        if ".".join(here) in params.unsettable:
            choices.append({"const": "", "description": "Unsets it"})
        described.clear()
        described |= {"anyOf": choices} if len(choices) > 1 else choices[0]
        if (inner := object_class(model.model_fields[name].annotation)) is not None:
            _describe_unsetting(schemas, params, here, inner)
