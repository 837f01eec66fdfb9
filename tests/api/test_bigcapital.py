"""The Bigcapital-style endpoint: answers, errors and access."""

from collections.abc import Callable
from typing import Any

import jwt
import pytest

from app.application import assemble
from app.config import Config
from app.services.accounts import keys
from app.web.http.context import EXTENSION
from tests.api.conftest import JWT_SECRET, ApiShop, a_shop
from tests.support.answers import json_of
from tests.support.build import NOW, a_link
from tests.support.clock import Clock

UNAUTHORIZED = {"statusCode": 401, "message": "Unauthorized"}
NOT_FOUND = {"statusCode": 404, "message": "Payment link not found"}
TENANT = {"message": "Tenant not found.", "errors": [{"type": "TENANT.NOT.FOUND"}]}


def ask(shop: ApiShop, id: str, body: Any = None, **headers: str) -> Any:
    sent = shop.headers(**headers)
    path = f"/api/payment-links/{id}/stripe_checkout_session"
    return shop.http.post(path, headers=sent) if body is None else shop.http.post(path, json=body, headers=sent)


def token(secret: str = JWT_SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    return jwt.encode({"exp": NOW + 60, **claims}, secret, algorithm=algorithm)


def session_of(shop: ApiShop, answer: Any) -> dict[str, Any]:
    """Return the parameters of the session."""
    attempt = shop.context.store.attempt_by_session(answer.json["id"], shop.organization.id)
    assert attempt is not None
    return attempt.session_params


def refused(answer: Any) -> dict[str, str]:
    assert answer.status_code == 400
    return {error["field"]: error["type"] for error in answer.json["errors"]}


FIELDS = [
    {
        "key": "size",
        "type": "dropdown",
        "label": {"type": "custom", "custom": "Size"},
        "dropdown": {
            "options": [{"label": "Small", "value": "s"}, {"label": "Large", "value": "l"}],
            "default_value": "s",
        },
    },
    {"key": "name", "type": "text", "label": {"type": "custom", "custom": "Name"}, "text": {"maximum_length": 10}},
    {"key": "age", "type": "numeric", "label": {"type": "custom", "custom": "Age"}, "optional": True},
]


def test_a_session_is_created_at_stripe(shop: ApiShop) -> None:
    link = shop.link()
    answer = ask(shop, link.id)
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    told = answer.json
    assert set(told) == {"id", "url", "session_id", "publishable_key", "redirect_to"}
    assert told["id"] == told["session_id"]
    assert told["url"] == told["redirect_to"]
    assert told["id"].startswith("cs_")
    session = shop.sdk.v1.checkout.sessions.retrieve(told["id"])
    assert (session.status, session.url, session.amount_total) == ("open", told["url"], 1250)


def test_a_link_is_found_by_id_code_and_slug(shop: ApiShop) -> None:
    slug = f"jar-{shop.key[-8:]}"
    link = shop.link(counterfoil={"slug": slug}).to_dict()
    for id in (link["id"], link["counterfoil"]["code"], slug):
        assert ask(shop, id).status_code == 200


def test_the_publishable_key_is_in_the_answer(configured: Callable[..., Config]) -> None:
    clock = Clock()
    app = assemble(configured(STRIPE_PUBLISHABLE_KEY="pk_test_1"), now=clock)
    app.extensions[EXTENSION].store.migrate(NOW)
    shop = a_shop(app, clock)
    assert ask(shop, shop.link().id).json["publishable_key"] == "pk_test_1"


@pytest.mark.parametrize("body", [None, {}, {"linkId": "9b1c"}, {"linkId": None, "more": [1]}])
def test_unknown_names_are_ignored(shop: ApiShop, body: Any) -> None:
    assert ask(shop, shop.link().id, body).status_code == 200


def test_checkout_asks_for_missing_answers(shop: ApiShop) -> None:
    link = shop.link(
        line_items=[{"price": shop.price(), "quantity": 2, "adjustable_quantity": {"enabled": True, "maximum": 5}}],
        custom_fields=FIELDS,
        consent_collection={"terms_of_service": "required", "promotions": "auto"},
    )
    params = session_of(shop, ask(shop, link.id))
    assert [field["key"] for field in params["custom_fields"]] == ["size", "name", "age"]
    assert params["consent_collection"] == {"terms_of_service": "required", "promotions": "auto"}
    assert params["line_items"][0]["adjustable_quantity"]["enabled"] is True


def test_checkout_asks_for_an_amount_that_the_buyer_chooses(shop: ApiShop) -> None:
    price = shop.sdk.v1.prices.create(
        {
            "currency": "eur",
            "custom_unit_amount": {"enabled": True, "minimum": 500, "preset": 1500},
            "product_data": {"name": "Class"},
        }
    )
    link = shop.link(line_items=[{"price": price.id, "quantity": 1}])
    answer = ask(shop, link.id)
    assert answer.status_code == 200
    assert session_of(shop, answer)["line_items"] == [{"price": price.id, "quantity": 1}]


def test_a_repeated_request_for_a_link_that_can_be_paid_once_gets_the_same_session(shop: ApiShop) -> None:
    link = shop.link(restrictions={"completed_sessions": {"limit": 1}})
    first, second = ask(shop, link.id), ask(shop, link.id)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json == second.json
    other = ask(shop, link.id, {"client_reference_id": "another"})
    assert other.status_code == 409


def test_checkout_does_not_ask_for_answers_in_the_body(shop: ApiShop) -> None:
    spoon = shop.price(400)
    link = shop.link(
        line_items=[{"price": shop.price(), "quantity": 2, "adjustable_quantity": {"enabled": True, "maximum": 5}}],
        optional_items=[{"price": spoon, "quantity": 1, "adjustable_quantity": {"enabled": True, "maximum": 3}}],
        custom_fields=FIELDS,
        consent_collection={"terms_of_service": "required", "promotions": "auto"},
        expand=["line_items"],
    )
    item = link.line_items.data[0].id
    body = {
        "quantities": {item: 3, spoon: 2},
        "answers": {
            "custom_fields": {"name": "Jo"},
            "consent": {"terms_of_service": "accepted", "promotions": "opt_out"},
            "email": "jo@example.com",
        },
        "client_reference_id": "order-7",
    }
    answer = ask(shop, link.id, body)
    assert answer.status_code == 200, answer.json
    params = session_of(shop, answer)
    assert [line["quantity"] for line in params["line_items"]] == [3, 2]
    assert "adjustable_quantity" not in params["line_items"][0]
    assert [field["key"] for field in params["custom_fields"]] == ["size", "age"]
    assert "consent_collection" not in params
    assert params["customer_email"] == "jo@example.com"
    assert params["client_reference_id"] == "order-7"
    attempt = shop.context.store.attempt_by_session(answer.json["id"], shop.organization.id)
    assert attempt is not None
    assert attempt.selection.answers.custom_fields == {"name": "Jo"}
    assert attempt.origin == "api"


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "an answer that is no option": ({"answers": {"custom_fields": {"size": "xl"}}}, "answers[custom_fields][size]"),
    "an answer that is too long": ({"answers": {"custom_fields": {"name": "x" * 11}}}, "answers[custom_fields][name]"),
    "letters for digits": ({"answers": {"custom_fields": {"age": "ten"}}}, "answers[custom_fields][age]"),
    "a card number": ({"answers": {"custom_fields": {"age": "4242424242424242"}}}, "answers[custom_fields][age]"),
    "an empty answer to what is required": (
        {"answers": {"custom_fields": {"name": ""}}},
        "answers[custom_fields][name]",
    ),
    "a question that is not asked": ({"answers": {"custom_fields": {"shoe": "42"}}}, "answers[custom_fields][shoe]"),
    "no e-mail address": ({"answers": {"email": "jo"}}, "answers[email]"),
    "a reference with a space": ({"client_reference_id": "order 7"}, "client_reference_id"),
    "an item that is not there": ({"quantities": {"li_none": 1}}, "quantities[li_none]"),
}


@pytest.mark.parametrize("name", WRONG)
def test_answers_that_the_page_refuses_are_refused(shop: ApiShop, name: str) -> None:
    body, field = WRONG[name]
    answer = ask(shop, shop.link(custom_fields=FIELDS).id, body)
    assert refused(answer) == {field: "ANSWERS_REFUSED"}
    assert answer.json["errors"][0]["message"]


def test_quantities_out_of_bounds_are_refused(shop: ApiShop) -> None:
    fixed = shop.link(expand=["line_items"])
    item = fixed.line_items.data[0].id
    assert refused(ask(shop, fixed.id, {"quantities": {item: 2}})) == {f"quantities[{item}]": "ANSWERS_REFUSED"}
    assert ask(shop, fixed.id, {"quantities": {item: 1}}).status_code == 200
    adjustable = {"enabled": True, "minimum": 2, "maximum": 5}
    link = shop.link(
        line_items=[{"price": shop.price(), "quantity": 2, "adjustable_quantity": adjustable}], expand=["line_items"]
    )
    item = link.line_items.data[0].id
    for quantity in (0, 1, 6, -1, 10**12):
        assert refused(ask(shop, link.id, {"quantities": {item: quantity}})) == {
            f"quantities[{item}]": "ANSWERS_REFUSED"
        }


@pytest.mark.parametrize(
    "body",
    [
        {"quantities": None, "answers": None, "client_reference_id": None},
        {"answers": {"custom_fields": None, "consent": None, "email": None}},
        {"answers": {"consent": {"terms_of_service": None, "promotions": None}}},
    ],
)
def test_null_means_not_sent(shop: ApiShop, body: Any) -> None:
    assert ask(shop, shop.link(custom_fields=FIELDS).id, body).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'"text"',
        b"\xff",
        b'{"quantities": []}',
        b'{"quantities": {"li_1": 1.5}}',
        b'{"quantities": {"li_1": true}}',
        b'{"answers": "yes"}',
        b'{"answers": {"custom_fields": {"size": 1}}}',
        b'{"answers": {"consent": {"terms_of_service": "none"}}}',
        b'{"client_reference_id": 7}',
        b'{"client_reference_id": "a\\u0000"}',
    ],
)
def test_a_body_of_another_shape_is_refused(shop: ApiShop, body: bytes) -> None:
    path = f"/api/payment-links/{shop.link().id}/stripe_checkout_session"
    answer = shop.http.post(path, data=body, headers=shop.headers(Content_Type="application/json"))
    assert answer.status_code == 400
    assert json_of(answer)["statusCode"] == 400
    assert json_of(answer)["error"] == "Bad Request"


SECRET = "4242424242424242"


@pytest.mark.parametrize(
    "body",
    [
        b'{"client_reference_id": ' + SECRET.encode() + b"}",
        b'{"quantities": {"li_1": "' + SECRET.encode() + b'x"}}',
        b'{"quantities": ["' + SECRET.encode() + b'"]}',
        b'{"answers": {"custom_fields": {"name": ["' + SECRET.encode() + b'"]}}}',
        b'{"answers": {"custom_fields": {"name": "' + SECRET.encode() + b'"}}}',
        b'{"answers": {"custom_fields": {"my card ' + SECRET.encode() + b'": "x"}}}',
        b'{"answers": {"consent": {"terms_of_service": "' + SECRET.encode() + b'"}}}',
        b'{"answers": {"email": "' + SECRET.encode() + b'"}}',
        b'{"' + SECRET.encode() + b'": 1, "' + SECRET.encode() + b'": 2}',
        b'{"a": "' + SECRET.encode(),
    ],
)
def test_no_error_repeats_what_was_sent(shop: ApiShop, body: bytes) -> None:
    path = f"/api/payment-links/{shop.link(custom_fields=FIELDS).id}/stripe_checkout_session"
    answer = shop.http.post(path, data=body, headers=shop.headers(Content_Type="application/json"))
    assert answer.status_code == 400
    assert SECRET not in answer.text


def test_a_body_has_a_small_limit_and_few_entries(shop: ApiShop) -> None:
    link = shop.link()
    path = f"/api/payment-links/{link.id}/stripe_checkout_session"
    large = shop.http.post(path, data=b" " * (64 * 1024 + 1), headers=shop.headers(Content_Type="application/json"))
    assert large.status_code == 413
    assert ask(shop, link.id, {"quantities": {f"li_{n}": 1 for n in range(101)}}).json["error"] == "Bad Request"
    assert ask(shop, link.id, Idempotency_Key="x" * 256).status_code == 400


def test_a_link_that_cannot_be_paid_has_an_error_type(shop: ApiShop) -> None:
    def told(id: str) -> tuple[int, str]:
        answer = ask(shop, id)
        (error,) = answer.json["errors"]
        assert error == {"statusCode": answer.status_code, "type": error["type"], "message": None}
        return answer.status_code, error["type"]

    inactive = shop.link()
    shop.sdk.v1.payment_links.update(inactive.id, {"active": False})
    assert told(inactive.id) == (400, "PAYMENT_LINK_INACTIVE")
    assert told(shop.link(counterfoil={"opens_at": NOW + 1}).id) == (400, "PAYMENT_LINK_NOT_OPEN")
    closing = shop.link(counterfoil={"closes_at": NOW + 1})
    assert ask(shop, closing.id).status_code == 200
    shop.clock.now = NOW + 1
    assert told(closing.id) == (400, "PAYMENT_LINK_EXPIRED")
    shop.clock.now = NOW
    for limit, type in ((1, "PAYMENT_LINK_PAID"), (2, "PAYMENT_LINK_LIMIT_REACHED")):
        link = shop.link(restrictions={"completed_sessions": {"limit": limit}})
        for _ in range(limit):
            assert shop.context.store.hold_place(link.id)
            shop.context.store.complete_place(link.id)
        assert told(link.id) == (400, type)
    held = shop.link(restrictions={"completed_sessions": {"limit": 1}})
    assert ask(shop, held.id, {"client_reference_id": "another"}).status_code == 200
    assert told(held.id) == (409, "PAYMENT_LINK_PLACES_HELD")


def test_an_unknown_link_and_another_organizations_link_get_the_same_answer(shop: ApiShop, other_shop: ApiShop) -> None:
    theirs = other_shop.link().to_dict()
    for id in ("plink_none", "none", theirs["id"], theirs["counterfoil"]["code"]):
        answer = ask(shop, id)
        assert (answer.status_code, answer.json) == (404, NOT_FOUND)


def test_a_key_needs_no_header_and_is_refused_with_another_organization(shop: ApiShop, other_shop: ApiShop) -> None:
    link = shop.link()
    assert ask(shop, link.id).status_code == 200
    assert ask(shop, link.id, organization_id=shop.organization.id).status_code == 200
    assert ask(shop, link.id, organization_id=other_shop.organization.id).status_code == 403


@pytest.mark.parametrize("claim", ["organization_id", "organizations"])
def test_a_token_acts_for_the_organizations_that_it_names(shop: ApiShop, claim: str) -> None:
    link = shop.link()
    id = shop.organization.id
    named: Any = id if claim == "organization_id" else ["org_other", id]
    shop.key = token(**{claim: named})
    assert ask(shop, link.id, organization_id=id).status_code == 200
    answer = ask(shop, link.id)
    assert answer.status_code == 401
    assert answer.json == {"message": "Organization ID is required.", "error": "Unauthorized", "statusCode": 401}


def test_a_token_does_not_act_for_other_organizations(shop: ApiShop, other_shop: ApiShop) -> None:
    link = other_shop.link()
    shop.key = token(organization_id=shop.organization.id)
    for wanted in (other_shop.organization.id, "org_none"):
        answer = ask(shop, link.id, organization_id=wanted)
        assert (answer.status_code, answer.json) == (401, TENANT)
    answer = ask(shop, link.id, organization_id=shop.organization.id)
    assert (answer.status_code, answer.json) == (404, NOT_FOUND)


def test_an_unknown_organization_is_no_tenant(shop: ApiShop) -> None:
    link = shop.link()
    shop.key = token(organization_id="org_gone")
    answer = ask(shop, link.id, organization_id="org_gone")
    assert (answer.status_code, answer.json) == (401, TENANT)


def bad_tokens(id: str) -> dict[str, str]:
    claims = {"organization_id": id}
    header, payload, _ = token(**claims).split(".")
    none = jwt.encode({"exp": NOW + 60, **claims}, None, algorithm="none")
    return {
        "over": token(**claims, exp=NOW),
        "not yet": token(**claims, nbf=NOW + 1),
        "without an end": jwt.encode(claims, JWT_SECRET, algorithm="HS256"),
        "end in words": token(**claims, exp="never"),
        "end that is true": token(**claims, exp=True),
        "another secret": token("another secret of thirty-two characters", **claims),
        "another algorithm": token(JWT_SECRET * 2, "HS512", **claims),
        "no algorithm": none,
        "no signature": f"{header}.{payload}.",
        "two parts": f"{header}.{payload}",
        "nothing": "",
        "words": "not a token",
        "a Stripe key": "sk_test_sandbox",
        "a wrong key": "bc_" + "0" * 96,
        "very long": "x" * 10_000,
    }


@pytest.mark.parametrize("name", bad_tokens("org"))
def test_an_invalid_credential_is_refused(shop: ApiShop, name: str) -> None:
    link = shop.link()
    shop.key = bad_tokens(shop.organization.id)[name]
    answer = ask(shop, link.id, organization_id=shop.organization.id)
    assert (answer.status_code, answer.json) == (401, UNAUTHORIZED)


def test_a_request_without_a_credential_is_refused(shop: ApiShop) -> None:
    path = f"/api/payment-links/{shop.link().id}/stripe_checkout_session"
    answer = shop.http.post(path)
    assert (answer.status_code, answer.json) == (401, UNAUTHORIZED)


def test_a_revoked_key_is_refused(shop: ApiShop) -> None:
    link = shop.link()
    (key,) = shop.context.store.keys(shop.organization.id)
    keys.revoke_key(shop.context.store, shop.organization.id, key.id, NOW)
    assert ask(shop, link.id).json == UNAUTHORIZED


def test_tokens_are_refused_without_a_secret(configured: Callable[..., Config]) -> None:
    clock = Clock()
    app = assemble(configured(JWT_SECRET=""), now=clock)
    app.extensions[EXTENSION].store.migrate(NOW)
    shop = a_shop(app, clock)
    link = shop.link()
    assert ask(shop, link.id).status_code == 200
    for secret in (JWT_SECRET, ""):
        shop.key = token(secret or "x" * 32, organization_id=shop.organization.id)
        assert ask(shop, link.id, organization_id=shop.organization.id).json == UNAUTHORIZED


def test_too_many_invalid_credentials_are_limited(configured: Callable[..., Config]) -> None:
    clock = Clock()
    app = assemble(configured(RATE_LIMIT_LOGIN="2/minute"), now=clock)
    app.extensions[EXTENSION].store.migrate(NOW)
    shop = a_shop(app, clock)
    link, good = shop.link(), shop.key
    shop.key = "bc_wrong"
    assert [ask(shop, link.id).status_code for _ in range(3)] == [401, 401, 429]
    answer = ask(shop, link.id)
    assert answer.json == {"statusCode": 429, "message": "ThrottlerException: Too Many Requests"}
    assert int(answer.headers["Retry-After"]) >= 1
    shop.key = good
    assert ask(shop, link.id).status_code == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_only_post_creates_a_session(shop: ApiShop, method: str) -> None:
    path = f"/api/payment-links/{shop.link().id}/stripe_checkout_session"
    answer = shop.http.open(path, method=method, headers=shop.headers())
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert json_of(answer)["statusCode"] == 405


def test_each_request_creates_a_session_and_a_key_creates_one_only_once(shop: ApiShop) -> None:
    link = shop.link()
    assert ask(shop, link.id).json["id"] != ask(shop, link.id).json["id"]
    first = ask(shop, link.id, Idempotency_Key="one")
    assert ask(shop, link.id, Idempotency_Key="one").json == first.json
    assert ask(shop, link.id, Idempotency_Key="two").json["id"] != first.json["id"]


def test_an_unreachable_stripe_is_answered_without_details(unreachable: ApiShop) -> None:
    link = a_link(counterfoil={"organization": unreachable.organization.id, "code": "honey"})
    unreachable.context.store.add_link(link)
    answer = ask(unreachable, link.id)
    assert answer.status_code == 502
    assert answer.json == {
        "statusCode": 502,
        "message": "No checkout session could be opened at Stripe.",
        "error": "Bad Gateway",
    }


def test_a_refusal_by_stripe_is_a_conflict_with_stripes_message(shop: ApiShop) -> None:
    price = shop.price()
    link = shop.link(line_items=[{"price": price, "quantity": 1}])
    shop.sdk.v1.prices.update(price, {"active": False})
    answer = ask(shop, link.id)
    assert answer.status_code == 409
    assert json_of(answer)["message"].startswith("The price specified is inactive.")
