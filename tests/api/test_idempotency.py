"""Idempotency keys: a repeated request creates one link, and the same key for another request is an error."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe

from app.errors import IdempotencyInFlight
from app.objects.change import COMMAND_LINE
from app.objects.payment_link import PaymentLink
from app.services.idempotency import Claim, claim_key, release_on_failure
from app.services.links import service as links
from app.services.links.answer import Reply
from app.store import Store
from app.wire.idempotency import fingerprint_of
from tests.api.conftest import ApiShop, a_shop
from tests.support.build import NOW

DAY = 24 * 60 * 60


def post(shop: ApiShop, key: str | None, path: str = "/v1/payment_links", **params: Any) -> Any:
    headers = shop.headers() if key is None else shop.headers(Idempotency_Key=key)
    return shop.http.post(path, json=params, headers=headers)


def test_a_repeated_request_gets_the_first_answer(shop: ApiShop) -> None:
    items = [{"price": shop.price(), "quantity": 1}]
    first = post(shop, "key-1", line_items=items, metadata={"a": "1", "b": "2"})
    again = post(shop, "key-1", metadata={"b": "2", "a": "1"}, line_items=items)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.data == first.data
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.headers["Request-Id"] != again.headers["Request-Id"]
    assert len(shop.sdk.v1.payment_links.list().data) == 1
    assert len(shop.sdk.v1.events.list().data) == 1


def test_a_form_and_json_that_say_the_same_differ_only_where_their_values_do(shop: ApiShop) -> None:
    link = shop.link()
    first = shop.sdk.v1.payment_links.update(link.id, {"inactive_message": "Over."}, {"idempotency_key": "one"})
    again = post(shop, "one", f"/v1/payment_links/{link.id}", inactive_message="Over.")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json["id"] == first.id


def test_the_key_for_other_parameters_is_an_error(shop: ApiShop) -> None:
    items = [{"price": shop.price(), "quantity": 1}]
    link = shop.sdk.v1.payment_links.create({"line_items": items}, {"idempotency_key": "two"})
    for ask in (
        lambda: shop.sdk.v1.payment_links.create({"line_items": items, "active": "x"}, {"idempotency_key": "two"}),
        lambda: shop.sdk.v1.payment_links.update(link.id, {"active": False}, {"idempotency_key": "two"}),
    ):
        with pytest.raises(stripe.IdempotencyError) as refused:
            ask()
        assert refused.value.error is not None
        assert (refused.value.http_status, refused.value.error.type) == (400, "idempotency_error")
    assert shop.sdk.v1.payment_links.retrieve(link.id).active


def test_a_request_that_changed_nothing_leaves_the_key_free(shop: ApiShop) -> None:
    assert post(shop, "three").status_code == 400
    assert post(shop, "three", line_items=[{"price": "price_none", "quantity": 1}]).status_code == 400
    assert post(shop, "three", line_items=[{"price": shop.price(), "quantity": 1}]).status_code == 200


def test_a_request_that_is_still_being_answered_is_a_conflict(shop: ApiShop) -> None:
    params: dict[str, Any] = {"line_items": [{"price": shop.price(), "quantity": 1}]}
    store = shop.context.store
    assert (
        store.begin_idempotent(shop.organization.id, "four", fingerprint_of("/v1/payment_links", params), NOW) is None
    )
    response = post(shop, "four", **params)
    assert response.status_code == 409
    assert response.json["error"]["code"] == "idempotency_key_in_use"


def test_a_key_whose_process_died_is_in_flight_for_a_minute_and_a_half_at_most(shop: ApiShop) -> None:
    params: dict[str, Any] = {"line_items": [{"price": shop.price(), "quantity": 1}]}
    store = shop.context.store
    assert (
        store.begin_idempotent(shop.organization.id, "dead", fingerprint_of("/v1/payment_links", params), NOW) is None
    )
    shop.clock.now = NOW + 89
    assert post(shop, "dead", **params).status_code == 409
    shop.clock.now = NOW + 90
    first = post(shop, "dead", **params)
    assert first.status_code == 200
    assert post(shop, "dead", **params).data == first.data
    assert len(shop.sdk.v1.payment_links.list().data) == 1


def test_a_request_that_lost_its_key_while_at_work_undoes_what_it_did(shop: ApiShop) -> None:
    """The first request is so slow that the second one takes its key: there is one link, and both get its answer."""
    params: dict[str, Any] = {"line_items": [{"price": shop.price(), "quantity": 1}]}
    context, id = shop.context, shop.organization.id
    claim = claim_key(context.store, id, "slow", fingerprint_of("/v1/payment_links", params), NOW)
    assert isinstance(claim, Claim)
    link = links.prepare(context.store, context.gateway, shop.organization, params, settings=context.link_settings)
    shop.clock.now = NOW + 90
    overtaker = post(shop, "slow", **params)
    with pytest.raises(IdempotencyInFlight), release_on_failure(context.store, claim):
        links.keep(context.store, link, NOW, reply=Reply(context.link_settings, NOW, claim=claim), actor=COMMAND_LINE)
    assert overtaker.status_code == 200
    assert [link.id for link in shop.sdk.v1.payment_links.list().data] == [overtaker.json["id"]]
    assert post(shop, "slow", **params).data == overtaker.data


def test_ten_concurrent_requests_create_one_link(shop: ApiShop) -> None:
    params: dict[str, Any] = {"line_items": [{"price": shop.price(), "quantity": 1}]}
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: post(shop, "five", **params), range(10)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len({answer.data for answer in answers if answer.status_code == 200}) == 1
    assert len(shop.sdk.v1.payment_links.list().data) == 1


class Killed(Reply):
    """A process that dies while it stores the answer."""

    def store_answer(self, store: Store, link: PaymentLink) -> str:
        super().store_answer(store, link)
        raise KeyboardInterrupt


def test_the_answer_is_stored_in_the_transaction_that_stores_the_link(shop: ApiShop) -> None:
    context = shop.context
    params = {"line_items": [{"price": shop.price(), "quantity": 1}]}
    claim = claim_key(context.store, shop.organization.id, "killed", "fingerprint", NOW)
    assert isinstance(claim, Claim)
    link = links.prepare(context.store, context.gateway, shop.organization, params, settings=context.link_settings)
    with pytest.raises(KeyboardInterrupt):
        links.keep(context.store, link, NOW, reply=Killed(context.link_settings, NOW, claim=claim), actor=COMMAND_LINE)
    assert shop.sdk.v1.payment_links.list().data == []
    assert shop.sdk.v1.events.list().data == []
    with pytest.raises(IdempotencyInFlight):
        claim_key(context.store, shop.organization.id, "killed", "fingerprint", NOW)


def test_organizations_have_separate_keys(shop: ApiShop, other_shop: ApiShop) -> None:
    mine = shop.link()
    post(shop, "six", f"/v1/payment_links/{mine.id}", active=False)
    theirs = other_shop.link()
    response = post(other_shop, "six", f"/v1/payment_links/{theirs.id}", active=False)
    assert (response.status_code, response.json["id"]) == (200, theirs.id)


def test_a_key_is_remembered_for_24_hours(shop: ApiShop) -> None:
    params: dict[str, Any] = {"line_items": [{"price": shop.price(), "quantity": 1}]}
    first = post(shop, "seven", **params)
    shop.clock.now = NOW + DAY - 1
    assert post(shop, "seven", **params).json["id"] == first.json["id"]
    shop.clock.now = NOW + DAY
    assert post(shop, "seven", **params).json["id"] != first.json["id"]


@pytest.mark.parametrize(("length", "status"), [(0, 400), (1, 200), (255, 200), (256, 400)])
def test_a_key_has_up_to_255_characters(shop: ApiShop, length: int, status: int) -> None:
    link = shop.link()
    assert post(shop, "x" * length, f"/v1/payment_links/{link.id}").status_code == status


def test_a_get_ignores_the_key(shop: ApiShop) -> None:
    for _ in range(2):
        response = shop.http.get("/v1/payment_links", headers=shop.headers(Idempotency_Key="eight"))
        assert response.status_code == 200
        assert "Idempotent-Replayed" not in response.headers


def test_two_concurrent_updates_both_apply(app: Any, clock: Any) -> None:
    shop = a_shop(app, clock)
    link = shop.link()
    with ThreadPoolExecutor(8) as pool:
        ask = lambda n: post(shop, None, f"/v1/payment_links/{link.id}", metadata={f"key{n}": "1"})  # noqa: E731
        answers = list(pool.map(ask, range(16)))
    assert {answer.status_code for answer in answers} == {200}
    changed = shop.sdk.v1.payment_links.retrieve(link.id).to_dict()
    assert set(changed["metadata"]) == {f"key{n}" for n in range(16)}
    assert changed["counterfoil"]["version"] == 17
