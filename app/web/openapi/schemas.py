"""The schemas of the API's answers, from the models and the marks that `wire.expand` follows."""

from collections.abc import Iterator
from typing import Any, Final, get_args

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.objects.event import Event
from app.objects.line_item import LineItem
from app.objects.payment_link import PaymentLink
from app.objects.scalars import INCLUDABLE, OMIT_IF_NONE

PREFIX: Final = "Answered"
OBJECTS: Final[dict[str, type[BaseModel]]] = {"payment_link": PaymentLink, "item": LineItem, "event": Event}


def answer_schemas(reference: str) -> dict[str, Any]:
    """Return the schemas of all answers by name. `reference` is the template of a reference to a schema, with `{model}` in it."""
    template = reference.replace("{model}", PREFIX + "{model}")
    models = list(OBJECTS.values())
    _, definitions = models_json_schema([(model, "serialization") for model in models], ref_template=template)
    found = {PREFIX + name: schema for name, schema in definitions["$defs"].items()}
    for model in {model for root in models for model in _models(root)}:
        schema = found[PREFIX + model.__name__]
        # An answer has every key, with null for unset ones, except for those that a mark leaves out.
        schema["required"] = [name for name in schema["properties"] if not _may_be_absent(model, name)]
        for described in schema["properties"].values():
            described.pop("default", None)
        # An imported link is answered with attributes of Stripe's that we do not know.
        del schema["additionalProperties"]
    for name, model in OBJECTS.items():
        found[name] = {"$ref": template.format(model=model.__name__)}
        found[f"{name}_list"] = _list(reference.format(model=name))
    found["checkout_session_list"] = _list(reference.format(model="checkout_session"))
    found["session_item_list"] = _list(reference.format(model="session_item"))
    found["checkout_session"] = _session(reference)
    return found | _SMALL


def _session(reference: str) -> dict[str, Any]:
    """Return the schema of a session: what we fill in, and what says whether it was paid. The rest is Stripe's."""
    properties = {
        "id": _TEXT,
        "object": {"const": "checkout.session"},
        "client_reference_id": _TEXT_OR_NULL,
        "consent": {"type": ["object", "null"]},
        "consent_collection": {"type": ["object", "null"]},
        "custom_fields": {"type": "array", "items": {"type": "object"}},
        "payment_link": {"anyOf": [{**_TEXT_OR_NULL}, {"$ref": reference.format(model="payment_link")}]},
        "payment_status": {"enum": ["no_payment_required", "paid", "unpaid"]},
        "status": {"enum": ["complete", "expired", "open", None]},
    }
    description = "A Checkout Session with every attribute that Stripe has"
    return {"type": "object", "description": description, "properties": properties, "required": list(properties)}


def _models(annotation: Any, seen: frozenset[Any] = frozenset()) -> Iterator[type[BaseModel]]:
    """Yield a model and every model inside it."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation in seen:
            return
        yield annotation
        for field in annotation.model_fields.values():
            yield from _models(field.annotation, seen | {annotation})
        return
    for part in get_args(annotation):
        yield from _models(part, seen)


def _may_be_absent(model: type[BaseModel], name: str) -> bool:
    return bool({INCLUDABLE, OMIT_IF_NONE} & {mark for mark in model.model_fields[name].metadata if _hashable(mark)})


def _hashable(value: object) -> bool:
    return type(value).__hash__ is not None


def _list(reference: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "object": {"const": "list"},
            "data": {"type": "array", "items": {"$ref": reference}},
            "has_more": {"type": "boolean"},
            "url": {"type": "string"},
        },
        "required": ["object", "data", "has_more", "url"],
    }


_TEXT: Final = {"type": "string"}
_TEXT_OR_NULL: Final = {"type": ["string", "null"]}

_SMALL: Final[dict[str, Any]] = {
    "account": {
        "type": "object",
        "description": "The organization behind the key, in the shape of Stripe's Account",
        "properties": {
            "id": _TEXT,
            "object": {"const": "account"},
            "business_profile": {"type": "object"},
            "charges_enabled": {"type": "boolean"},
            "country": _TEXT_OR_NULL,
            "default_currency": _TEXT_OR_NULL,
            "details_submitted": {"type": "boolean"},
            "email": _TEXT_OR_NULL,
            "payouts_enabled": {"type": "boolean"},
            "settings": {"type": "object"},
            "type": _TEXT,
        },
        "required": [
            "id",
            "object",
            "business_profile",
            "charges_enabled",
            "country",
            "default_currency",
            "details_submitted",
            "email",
            "payouts_enabled",
            "settings",
            "type",
        ],
    },
    "session_item": {
        "type": "object",
        "description": "A line item of a session, with every attribute that Stripe has",
        "properties": {"id": _TEXT, "object": {"const": "item"}},
        "required": ["id", "object"],
    },
    "error": {
        "type": "object",
        "properties": {
            "error": {
                "type": "object",
                "properties": {
                    "type": {"enum": ["api_error", "idempotency_error", "invalid_request_error"]},
                    "message": _TEXT,
                    "code": _TEXT,
                    "param": _TEXT,
                    "doc_url": _TEXT,
                    "request_log_url": _TEXT,
                },
                "required": ["type", "message", "doc_url", "request_log_url"],
            }
        },
        "required": ["error"],
    },
    "bigcapital_error": {
        "type": "object",
        "properties": {"statusCode": {"type": "integer"}, "message": _TEXT_OR_NULL, "errors": {"type": "array"}},
    },
    "checkout_address": {
        "type": "object",
        "properties": {
            "id": {"type": "string", "description": "Stripe checkout session ID"},
            "url": {"type": "string", "description": "Stripe checkout session URL"},
            "session_id": _TEXT,
            "publishable_key": _TEXT_OR_NULL,
            "redirect_to": _TEXT,
            "warnings": {
                "type": "array",
                "description": "The names in the body that this endpoint does not know. Absent when there are none.",
                "items": {
                    "type": "object",
                    "properties": {"type": _TEXT, "field": _TEXT},
                    "required": ["type", "field"],
                },
            },
        },
        "required": ["id", "url", "session_id", "publishable_key", "redirect_to"],
    },
}
