"""`/v1/checkout/sessions` for Stripe's SDK: the sessions of our links, with the link and with what our page asked."""

from typing import Any

import pytest
import stripe

from app.services.attempts.erasure import erase
from tests.api.conftest import ApiShop
from tests.api.sessions import FIELDS, open_on_page, open_session, pay
from tests.support.answers import json_of
from tests.support.build import NOW


def ids(sessions: Any) -> list[str]:
    return [session.id for session in sessions.data]


def test_a_paid_session_is_found_by_its_link(shop: ApiShop) -> None:
    link, other = shop.link(), shop.link()
    paid, unpaid = open_session(shop, link), open_session(shop, link)
    open_session(shop, other)
    pay(shop, paid)
    sessions = shop.sdk.v1.checkout.sessions.list({"payment_link": link.id})
    assert ids(sessions) == [unpaid, paid]
    assert {session.payment_link for session in sessions.data} == {link.id}
    assert [session.payment_status for session in sessions.data] == ["unpaid", "paid"]
    assert sessions.url == "/v1/checkout/sessions"


def test_a_session_carries_the_answers_of_our_page_in_stripes_shape(shop: ApiShop) -> None:
    link = shop.link(custom_fields=FIELDS, consent_collection={"terms_of_service": "required", "promotions": "auto"})
    answers = {"custom_fields[size]": "l", "custom_fields[name]": "Ada", "consent[terms_of_service]": "on"}
    id = open_on_page(shop, link, "?client_reference_id=order-7", **answers)
    pay(shop, id)
    session = shop.sdk.v1.checkout.sessions.retrieve(id)
    assert (session.payment_link, session.client_reference_id) == (link.id, "order-7")
    assert session.consent.to_dict() == {"promotions": "opt_out", "terms_of_service": "accepted"}
    assert session.consent_collection.to_dict() == {
        "payment_method_reuse_agreement": None,
        "promotions": "auto",
        "terms_of_service": "required",
    }
    size, name, age = (field.to_dict() for field in session.custom_fields)
    assert size == {
        "dropdown": {"default_value": None, "options": FIELDS[0]["dropdown"]["options"], "value": "l"},
        "key": "size",
        "label": {"custom": "Size", "type": "custom"},
        "numeric": None,
        "optional": False,
        "text": None,
        "type": "dropdown",
    }
    assert name["text"] == {"default_value": None, "maximum_length": 10, "minimum_length": None, "value": "Ada"}
    assert (age["optional"], age["numeric"]["value"], age["text"]) == (True, None, None)


def test_answers_that_checkout_asked_stay_as_stripe_has_them(shop: ApiShop) -> None:
    link = shop.link(custom_fields=FIELDS, consent_collection={"terms_of_service": "required"})
    id = open_session(shop, link)
    pay(shop, id, **{"custom_fields[size]": "s", "custom_fields[name]": "Bo", "consent[terms_of_service]": "on"})
    session = shop.sdk.v1.checkout.sessions.retrieve(id)
    assert [field.key for field in session.custom_fields] == ["size", "name", "age"]
    assert (session.custom_fields[0].dropdown.value, session.custom_fields[1].text.value) == ("s", "Bo")
    assert session.consent.terms_of_service == "accepted"


def test_an_answer_to_a_field_that_the_link_has_no_longer_stays(shop: ApiShop) -> None:
    link = shop.link(custom_fields=FIELDS)
    id = open_on_page(shop, link, **{"custom_fields[size]": "s", "custom_fields[name]": "Bo"})
    shop.sdk.v1.payment_links.update(link.id, {"custom_fields": [FIELDS[0]]})
    size, name = shop.sdk.v1.checkout.sessions.retrieve(id).custom_fields
    assert (size.key, size.dropdown.value) == ("size", "s")
    assert (name.key, name.type, name.label.custom, name.text.value) == ("name", "text", "name", "Bo")


def test_an_erased_payment_is_answered_without_personal_data(shop: ApiShop) -> None:
    link = shop.link(custom_fields=FIELDS)
    id = open_on_page(shop, link, **{"custom_fields[size]": "s", "custom_fields[name]": "Bo"})
    pay(shop, id)
    erase(shop.store, shop.store.attempts_of_link(link.id)[0].id, NOW + 60)
    for expand in ([], ["payment_intent.latest_charge"]):
        session = shop.sdk.v1.checkout.sessions.retrieve(id, {"expand": expand})
        assert (session.payment_status, session.customer_details) == ("paid", None)
        assert session.custom_fields[1].text.value is None
        assert "ada@example.com" not in str(session)


def test_expand_reaches_stripes_objects_and_our_link(shop: ApiShop) -> None:
    link = shop.link()
    id = open_session(shop, link)
    pay(shop, id)
    paths = ["line_items", "payment_intent.latest_charge", "payment_link.line_items.data.price.product"]
    session = shop.sdk.v1.checkout.sessions.retrieve(id, {"expand": paths})
    assert session.line_items.data[0].amount_total == 1250
    assert session.payment_intent.latest_charge.paid is True
    assert session.payment_link.id == link.id
    assert session.payment_link.line_items.data[0].price.product.name == "Jar of honey"
    listed = shop.sdk.v1.checkout.sessions.list({"expand": ["data.payment_link", "data.line_items"]})
    assert (listed.data[0].payment_link.url, len(listed.data[0].line_items.data)) == (link.url, 1)


@pytest.mark.parametrize(
    "path", ["payment_link.nothing", "nothing", "payment_link.line_items.data.price.product.tax_code"]
)
def test_a_path_that_cannot_be_expanded_is_named_as_it_was_sent(shop: ApiShop, path: str) -> None:
    id = open_session(shop, shop.link())
    with pytest.raises(stripe.InvalidRequestError, match=path.replace(".", r"\.")) as refused:
        shop.sdk.v1.checkout.sessions.retrieve(id, {"expand": [path]})
    assert (refused.value.http_status, refused.value.param) == (400, "expand")


def test_line_items_are_listed_page_by_page(shop: ApiShop) -> None:
    lines = [{"price": shop.price(amount), "quantity": 1} for amount in (1250, 800, 500)]
    id = open_session(shop, shop.link(line_items=lines))
    first = shop.sdk.v1.checkout.sessions.line_items.list(id, {"limit": 2, "expand": ["data.price.product"]})
    assert ([line.amount_total for line in first.data], first.has_more) == ([1250, 800], True)
    assert first.data[0].price.product.name == "Jar of honey"
    rest = shop.sdk.v1.checkout.sessions.line_items.list(id, {"starting_after": first.data[-1].id})
    assert ([line.amount_total for line in rest.data], rest.has_more) == ([500], False)


def test_an_open_session_is_expired_and_its_place_is_free(shop: ApiShop) -> None:
    link = shop.link(restrictions={"completed_sessions": {"limit": 1}})
    id = open_session(shop, link)
    assert shop.store.places_left(link.id) == 0
    options = {"idempotency_key": f"expire-{id}"}
    session = shop.sdk.v1.checkout.sessions.expire(id, {"expand": ["line_items"]}, options)
    assert (session.status, session.url, session.payment_link) == ("expired", None, link.id)
    assert len(session.line_items.data) == 1
    assert shop.store.places_left(link.id) == 1
    assert shop.store.attempts_of_link(link.id)[0].state == "expired"
    again = shop.sdk.v1.checkout.sessions.expire(id, {"expand": ["line_items"]}, options)
    assert again.to_dict() == session.to_dict()


def test_a_session_that_is_not_open_is_not_expired(shop: ApiShop) -> None:
    id = open_session(shop, shop.link())
    pay(shop, id)
    with pytest.raises(stripe.InvalidRequestError, match="status of `complete`") as refused:
        shop.sdk.v1.checkout.sessions.expire(id)
    assert refused.value.http_status == 400


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_hold_each_session_once_in_both_directions(shop: ApiShop, limit: int) -> None:
    link = shop.link()
    made = [open_session(shop, link) for _ in range(5)]
    for id in made[1::2]:
        pay(shop, id)
    list_sessions = shop.sdk.v1.checkout.sessions.list
    assert [one.id for one in list_sessions({"limit": limit}).auto_paging_iter()] == made[::-1]
    back = list_sessions({"limit": limit, "ending_before": made[0]})
    assert [one.id for one in back.auto_paging_iter()] == made[1:]
    complete = list_sessions({"limit": limit, "status": "complete"})
    assert [one.id for one in complete.auto_paging_iter()] == [made[3], made[1]]


def test_every_filter_of_the_list_chooses_what_it_says(shop: ApiShop) -> None:
    link = shop.link()
    clock = shop.app.extensions["counterfoil"].clock
    first = open_session(shop, link)
    pay(shop, first, email="Ann@Example.com")
    clock.now += 100
    second = open_session(shop, link)
    pay(shop, second, email="bob@example.com")
    clock.now += 100
    third = open_session(shop, link)
    shop.sdk.v1.checkout.sessions.expire(third)
    clock.now += 100
    fourth = open_session(shop, link)
    intent = shop.sdk.v1.checkout.sessions.retrieve(first).payment_intent
    expected: list[tuple[dict[str, Any], list[str]]] = [
        ({}, [fourth, third, second, first]),
        ({"status": "open"}, [fourth]),
        ({"status": "complete"}, [second, first]),
        ({"status": "expired"}, [third]),
        ({"payment_intent": intent}, [first]),
        ({"payment_intent": "pi_unknown"}, []),
        ({"customer_details": {"email": "ann@example.com"}}, [first]),
        ({"customer_details": {"email": "ann@example.com"}, "status": "open"}, []),
        ({"customer_details": {"email": "eve@example.com"}}, []),
        ({"payment_link": "plink_unknown"}, []),
        ({"payment_link": link.id, "customer_details": {"email": "bob@example.com"}}, [second]),
        ({"created": NOW}, [first]),
        ({"created": {"gte": NOW + 100, "lt": NOW + 300}}, [third, second]),
        ({"created": {"gt": NOW + 100}, "status": "expired"}, [third]),
        ({"created": {"lte": NOW}, "payment_link": link.id}, [first]),
    ]
    for filters, found in expected:
        assert ids(shop.sdk.v1.checkout.sessions.list(filters)) == found, filters


def test_sessions_of_a_subscription_are_found_by_subscription_and_customer(shop: ApiShop) -> None:
    monthly = shop.price(recurring={"interval": "month"})
    link = shop.link(line_items=[{"price": monthly, "quantity": 1}])
    id = open_session(shop, link)
    open_session(shop, link)
    pay(shop, id)
    session = shop.sdk.v1.checkout.sessions.retrieve(id)
    for name in ("subscription", "customer"):
        assert ids(shop.sdk.v1.checkout.sessions.list({name: session[name]})) == [id]


def test_another_organization_s_sessions_do_not_exist(shop: ApiShop, other_shop: ApiShop) -> None:
    id = open_session(shop, shop.link())
    theirs = other_shop.sdk.v1.checkout.sessions
    assert ids(theirs.list()) == []
    for call in (theirs.retrieve, theirs.expire, theirs.line_items.list):
        with pytest.raises(stripe.InvalidRequestError, match="No such checkout session") as refused:
            call(id)
        assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        theirs.list({"starting_after": id})
    assert refused.value.param == "starting_after"
    assert shop.sdk.v1.checkout.sessions.retrieve(id).status == "open"


def test_a_session_that_a_program_made_in_the_sandbox_is_still_the_sandboxs(shop: ApiShop) -> None:
    params = {
        "mode": "payment",
        "line_items": [{"price": shop.price(), "quantity": 1}],
        "success_url": "https://shop.example/",
    }
    sessions = shop.sdk.v1.checkout.sessions
    made = sessions.create(params)
    assert sessions.retrieve(made.id, {"expand": ["line_items"]}).payment_link is None
    assert len(sessions.line_items.list(made.id, {"limit": 1}).data) == 1
    assert sessions.expire(made.id, {"expand": ["line_items"]}).line_items is not None
    assert ids(sessions.list()) == []


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("status=paid", "status"),
        ("limit=0", "limit"),
        ("created[gte]=yesterday", "created[gte]"),
        ("customer_details[name]=Ann", "customer_details[name]"),
        ("nothing=1", "nothing"),
        ("expand[]=payment_link", "expand"),
    ],
)
def test_a_filter_that_stripe_does_not_have_is_refused(shop: ApiShop, query: str, param: str) -> None:
    answer = shop.http.get(f"/v1/checkout/sessions?{query}", headers=shop.headers())
    assert (answer.status_code, json_of(answer)["error"].get("param")) == (400, param)
