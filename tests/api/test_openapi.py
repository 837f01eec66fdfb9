"""The OpenAPI description is valid, and the API's answers to any request match it."""

import json
import re
from copy import deepcopy
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.objects import metadata_keys
from app.objects.payment_link.params import PaymentLinkCreateParams, PaymentLinkUpdateParams
from app.web.openapi.document import document
from app.web.openapi.schemas import PREFIX
from tests.api.conftest import ApiShop, a_shop
from tests.api.sessions import open_session
from tests.support.build import NOW
from tests.support.clock import Clock


def strict(described: dict[str, Any]) -> dict[str, Any]:
    """Return the description with unknown attributes forbidden: objects that are created here have none."""
    copy = deepcopy(described)
    for name, schema in copy["components"]["schemas"].items():
        if name.startswith(PREFIX):
            schema["additionalProperties"] = False
    return copy


SCHEMA = schemathesis.openapi.from_dict(strict(document()))
CHECKED = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
EXAMPLES = settings().max_examples // 5
"""Calls of each route: 20 in a usual run, fewer in a quick one."""


@pytest.fixture(scope="module")
def described(app: Flask, clock: Clock) -> ApiShop:
    clock.now = NOW
    return a_shop(app, clock, "Described")


def test_the_description_is_public(described: ApiShop) -> None:
    answer = described.http.get("/openapi.json")
    assert answer.status_code == 200
    assert answer.json == document()
    assert answer.json["openapi"] == "3.1.0"


def test_answers_may_have_words_and_attributes_that_are_newer() -> None:
    link = document()["components"]["schemas"][f"{PREFIX}PaymentLink"]
    assert "additionalProperties" not in link
    words, other = link["properties"]["submit_type"]["anyOf"]
    assert "donate" in words["enum"]
    assert other == {"type": "string"}
    assert "maxLength" not in json.dumps(link["properties"]["inactive_message"])
    create = document()["components"]["schemas"]["PaymentLinkCreateParams"]["properties"]
    assert "maxLength" in json.dumps(create["inactive_message"])


def test_every_reference_has_a_target() -> None:
    described = document()

    def references(value: Any) -> Any:
        if isinstance(value, dict):
            if "$ref" in value:
                yield value["$ref"]
            for entry in value.values():
                yield from references(entry)
        elif isinstance(value, list):
            for entry in value:
                yield from references(entry)

    found = set(references(described))
    assert found
    for reference in found:
        place = described
        for name in reference.removeprefix("#/").split("/"):
            place = place[name]


@pytest.mark.parametrize(
    ("model", "name"),
    [(PaymentLinkCreateParams, "PaymentLinkCreateParams"), (PaymentLinkUpdateParams, "PaymentLinkUpdateParams")],
)
def test_every_parameter_is_described(model: Any, name: str) -> None:
    schema = document()["components"]["schemas"][name]
    assert set(schema["properties"]) == set(model.model_fields)
    assert schema["additionalProperties"] is False
    unset = {
        name for name in schema["properties"] if {"const": ""}.items() <= as_unset(schema["properties"][name]).items()
    }
    assert unset == {name for name in model.unsettable if "." not in name}


@pytest.mark.parametrize("model", [PaymentLinkCreateParams, PaymentLinkUpdateParams])
def test_the_description_says_at_every_depth_what_an_empty_string_unsets(model: Any) -> None:
    schemas = document()["components"]["schemas"]

    def unset(schema: dict[str, Any], path: tuple[str, ...]) -> Any:
        choices = schema.get("anyOf", [schema])
        assert {"type": "null"} not in choices, path
        for choice in choices:
            if choice.get("const") == "":
                yield ".".join(path)
            choice = choice.get("items", choice)
            choice = schemas[choice["$ref"].rpartition("/")[2]] if "$ref" in choice else choice
            for name, described in choice.get("properties", {}).items():
                yield from unset(described, (*path, name))

    assert set(unset(schemas[model.__name__], ())) == model.unsettable


def test_bounds_have_the_names_of_json_schema() -> None:
    """Pydantic has its own names for bounds behind a validator, and other tools do not understand them."""
    described = document()

    def words(value: Any) -> Any:
        if isinstance(value, dict):
            yield from (name for name, entry in value.items() if not isinstance(entry, dict))
            value = list(value.values())
        if isinstance(value, list):
            for entry in value:
                yield from words(entry)

    assert not {"ge", "gt", "le", "lt", "max_length", "min_length", "multiple_of"} & set(words(described))
    (limit,) = (
        parameter["schema"]
        for parameter in described["paths"]["/v1/payment_links"]["get"]["parameters"]
        if parameter["name"] == "limit"
    )
    assert limit == {"type": "integer", "minimum": 1, "maximum": 100}


def test_the_claims_of_a_jwt_and_our_metadata_keys_are_described() -> None:
    described = document()
    jwt = described["components"]["securitySchemes"]["jwt"]
    assert (jwt["type"], jwt["scheme"], jwt["bearerFormat"]) == ("http", "bearer", "JWT")
    for claim in ("organization_id", "organizations", "exp", "nbf", "sub"):
        assert re.search(rf"\b{claim}\b", jwt["description"]), claim
    for key in (metadata_keys.PAYMENT_LINK, metadata_keys.ATTEMPT):
        assert key in described["info"]["description"]
    secured = [
        path
        for path, item in described["paths"].items()
        for operation in item.values()
        if "security" in operation and {"jwt": []} in operation["security"]
    ]
    assert secured == ["/api/payment-links/{id}/stripe_checkout_session"]


def test_every_schema_is_used() -> None:
    described = json.dumps(document())
    unused = {name for name in document()["components"]["schemas"] if f'"#/components/schemas/{name}"' not in described}
    assert unused == set()


def as_unset(described: dict[str, Any]) -> dict[str, Any]:
    return next((choice for choice in described.get("anyOf", ()) if choice.get("const") == ""), {})


@pytest.fixture(scope="module")
def existing(described: ApiShop) -> dict[str, str]:
    """Ids of existing objects by kind."""
    link = described.link(counterfoil={"slug": "described"})
    (event, *_) = described.sdk.v1.events.list().data
    return {
        "payment": link.id,
        "events": event.id,
        "sessions": open_session(described, link),
        "accounts": described.organization.id,
    }


@SCHEMA.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_the_answers_match_the_description(case: Case[Any], described: ApiShop, existing: dict[str, str]) -> None:
    """Half of the requests are for existing objects, so that some succeed."""
    if case.path_parameters and len(str(case.path_parameters["id"])) % 2:
        case.path_parameters = {"id": next(id for name, id in existing.items() if name in case.path)}
    case.call_and_validate(headers=described.headers(), checks=list(CHECKED), app=described.app)
