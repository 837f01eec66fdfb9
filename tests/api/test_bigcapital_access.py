"""Who may use the Bigcapital-style endpoint, and for which organization."""

from collections.abc import Callable
from typing import Any

import jwt
import pytest

from app.application import assemble
from app.config import Config
from app.objects.change import COMMAND_LINE
from app.services.accounts import keys
from tests.api.bigcapital import NOT_FOUND, ask
from tests.api.conftest import JWT_SECRET, ApiShop, a_shop
from tests.support.answers import json_of
from tests.support.build import NOW, a_link
from tests.support.clock import Clock

UNAUTHORIZED = {"statusCode": 401, "message": "Unauthorized"}


TENANT = {"message": "Tenant not found.", "errors": [{"type": "TENANT.NOT.FOUND"}]}


def token(secret: str = JWT_SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    return jwt.encode({"exp": NOW + 60, **claims}, secret, algorithm=algorithm)


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


def test_a_key_that_may_only_read_opens_no_session(shop: ApiShop) -> None:
    link = shop.link()
    store = shop.context.store
    shop.key = keys.create_key(store, shop.organization.id, NOW, actor=COMMAND_LINE, scope="read")[1]
    answer = ask(shop, link.id)
    assert (answer.status_code, json_of(answer)["error"]) == (403, "Forbidden")
    assert store.attempts(shop.organization.id)[0] == []


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
    keys.revoke_key(shop.context.store, shop.organization.id, key.id, NOW, actor=COMMAND_LINE)
    assert ask(shop, link.id).json == UNAUTHORIZED


def test_tokens_are_refused_without_a_secret(configured: Callable[..., Config]) -> None:
    clock = Clock()
    app = assemble(configured(JWT_SECRET=""), now=clock)
    shop = a_shop(app, clock)
    link = shop.link()
    assert ask(shop, link.id).status_code == 200
    for secret in (JWT_SECRET, ""):
        shop.key = token(secret or "x" * 32, organization_id=shop.organization.id)
        assert ask(shop, link.id, organization_id=shop.organization.id).json == UNAUTHORIZED


def test_too_many_invalid_credentials_are_limited(configured: Callable[..., Config]) -> None:
    clock = Clock()
    app = assemble(configured(RATE_LIMIT_LOGIN="2/minute"), now=clock)
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
