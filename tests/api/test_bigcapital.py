"""The Bigcapital-style endpoint: answers, errors and access."""

from collections.abc import Callable
from typing import Any

import pytest

from app.application import assemble
from app.config import Config
from tests.api.bigcapital import ask
from tests.api.conftest import ApiShop, a_shop
from tests.support.answers import json_of
from tests.support.build import NOW
from tests.support.clock import Clock


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


def test_the_message_of_an_inactive_link_is_passed_on(shop: ApiShop) -> None:
    link = shop.link()
    shop.sdk.v1.payment_links.update(link.id, {"active": False, "inactive_message": "Sold out until May."})
    answer = ask(shop, link.id)
    assert answer.status_code == 400
    assert answer.json["errors"] == [
        {"statusCode": 400, "type": "PAYMENT_LINK_INACTIVE", "message": "Sold out until May."}
    ]


def test_the_names_of_the_pay_pages_fields_are_listed_as_warnings(shop: ApiShop) -> None:
    names = ["line_items[li_1][quantity]", "custom_fields[size]", "custom_fields.size", "consent[terms_of_service]"]
    answer = ask(shop, shop.link().id, dict.fromkeys(names, "3"))
    assert answer.status_code == 200
    assert {warning["field"] for warning in answer.json["warnings"]} == set(names)


def test_unknown_names_of_a_body_are_listed_as_warnings(shop: ApiShop) -> None:
    body = {"quantity": 2, "answers": {"phone": "1", "consent": {"terms": "accepted"}, "email": None}, "not <this>": 1}
    answer = ask(shop, shop.link().id, body)
    assert answer.status_code == 200
    assert sorted(answer.json["warnings"], key=lambda warning: warning["field"]) == [
        {"type": "UNKNOWN_PARAMETER", "field": name}
        for name in ("answers[consent][terms]", "answers[phone]", "quantity")
    ]
    assert "warnings" not in ask(shop, shop.link().id, {"answers": {"email": "ada@example.com"}}).json


@pytest.mark.parametrize(
    ("email", "sent"),
    [
        (" Ada@example.com ", "Ada@example.com"),
        ("ada\uff20example\uff0ecom", "ada@example.com"),
        ("\u202aada@example.com\u202c", "ada@example.com"),
        ("Ada <ada@example.com>", "ada@example.com"),
        ("ada@b\u00fccher.example", "ada@xn--bcher-kva.example"),
    ],
)
def test_a_pasted_address_is_cleaned_as_on_the_page(shop: ApiShop, email: str, sent: str) -> None:
    answer = ask(shop, shop.link().id, {"answers": {"email": email}})
    assert answer.status_code == 200
    assert session_of(shop, answer)["customer_email"] == sent


def test_an_answer_or_a_quantity_that_is_null_is_not_set(shop: ApiShop) -> None:
    link = shop.link(custom_fields=FIELDS)
    item = shop.sdk.v1.payment_links.line_items.list(link.id).data[0].id
    body = {"answers": {"custom_fields": {"size": None, "name": "Ada"}}, "quantities": {item: None}}
    answer = ask(shop, link.id, body)
    assert answer.status_code == 200
    assert [field["key"] for field in session_of(shop, answer)["custom_fields"]] == ["size", "age"]


@pytest.mark.parametrize("limit", [1, 2])
def test_a_link_at_its_limit_passes_its_message_on(shop: ApiShop, limit: int) -> None:
    link = shop.limited(limit, inactive_message="Sold out until May.")
    for _ in range(limit):
        assert shop.store.hold_place(link.id)
        shop.store.complete_place(link.id)
    answer = ask(shop, link.id)
    assert (answer.status_code, answer.json["errors"][0]["message"]) == (400, "Sold out until May.")


def test_a_closed_link_passes_its_message_on(shop: ApiShop) -> None:
    link = shop.link(counterfoil={"closes_at": NOW + 1}, inactive_message="Over. Come back in spring.")
    shop.clock.now = NOW + 2
    answer = ask(shop, link.id)
    assert (answer.status_code, answer.json["errors"][0]["message"]) == (400, "Over. Come back in spring.")


@pytest.mark.parametrize("header", ["Stripe_Account", "Stripe_Context"])
def test_another_account_is_refused_as_in_the_api(shop: ApiShop, header: str) -> None:
    link = shop.link()
    answer = ask(shop, link.id, {}, **{header: "acct_other"})
    assert (answer.status_code, answer.json["statusCode"]) == (403, 403)
    own = shop.sdk.v1.accounts.retrieve_current().id
    assert ask(shop, link.id, {}, **{header: own}).status_code == 200
