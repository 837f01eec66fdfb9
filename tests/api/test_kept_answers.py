"""Answers with links are kept in memory. Each says what a new one would say, whichever process changed the link."""

import json
from typing import Any

import pytest

from app.application import assemble
from app.objects.change import COMMAND_LINE
from app.services.accounts import keys
from app.services.links.kept_answers import ANSWERS
from app.wire.expand import render
from tests.support.build import a_link
from tests.support.counting import count_calls
from tests.web.conftest import WebShop, clock, config, shop

__all__ = ["clock", "config", "shop"]

LIMITED = {"completed_sessions": {"limit": 5, "count": 0}}


@pytest.fixture
def headers(shop: WebShop) -> dict[str, str]:
    _key, secret = keys.create_key(shop.store, "org_apiary", shop.clock(), actor=COMMAND_LINE)
    return {"Authorization": f"Bearer {secret}"}


def fetch(shop: WebShop, path: str, headers: dict[str, str]) -> Any:
    answer = shop.client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_a_kept_answer_is_byte_by_byte_the_one_that_was_made(shop: WebShop, headers: dict[str, str]) -> None:
    shop.add(a_link(restrictions=LIMITED))
    for path in ("/v1/payment_links/plink_honey", "/v1/payment_links"):
        made, kept = (shop.client.get(path, headers=headers) for _ in range(2))
        assert made.data == kept.data
        assert made.headers["Content-Type"] == kept.headers["Content-Type"] == "application/json"
        whole = json.loads(kept.data)
        link = whole["data"][0] if "data" in whole else whole
        assert list(link) == list(render(shop.found("honey")))


def test_a_link_and_a_list_are_answered_without_reading_a_document_again(
    shop: WebShop, headers: dict[str, str]
) -> None:
    for number in range(3):
        shop.add(a_link(id=f"plink_{number}", counterfoil={"code": f"code{number}"}))
    fetch(shop, "/v1/payment_links", headers)
    recorder = count_calls(shop.app)
    with recorder.record() as calls:
        assert [link["id"] for link in fetch(shop, "/v1/payment_links", headers)["data"]] == [
            "plink_2",
            "plink_1",
            "plink_0",
        ]
        fetch(shop, "/v1/payment_links/plink_1", headers)
    assert calls.documents["PaymentLink"] == 0


def test_every_process_answers_with_a_change_at_once(shop: WebShop, headers: dict[str, str]) -> None:
    link = shop.add(a_link(restrictions=LIMITED))
    other = WebShop(assemble(shop.context.config, now=shop.clock))
    path = "/v1/payment_links/plink_honey"
    for one in (shop, other):
        assert fetch(one, path, headers)["active"] is True
    ours = link.counterfoil.model_copy(update={"version": link.counterfoil.version + 1})
    assert other.store.save_link(link.model_copy(update={"active": False, "counterfoil": ours}))
    for one in (shop, other):
        assert fetch(one, path, headers)["active"] is False
        assert fetch(one, "/v1/payment_links", headers)["data"][0]["active"] is False
    assert other.store.hold_place(link.id)
    assert other.store.complete_place(link.id)
    for one in (shop, other):
        assert fetch(one, path, headers)["restrictions"]["completed_sessions"]["count"] == 1
    other.store.close()


def test_an_expanded_answer_has_more_than_a_kept_one(shop: WebShop, headers: dict[str, str]) -> None:
    shop.add()
    for _ in range(2):
        assert "line_items" not in fetch(shop, "/v1/payment_links/plink_honey", headers)
        expanded = fetch(shop, "/v1/payment_links/plink_honey?expand[]=line_items", headers)
        assert expanded["line_items"]["data"][0]["description"] == "Jar of honey"
        listed = fetch(shop, "/v1/payment_links?expand[]=data.line_items", headers)
        assert listed["data"][0]["line_items"] == expanded["line_items"]


def test_a_link_that_has_not_changed_since_an_earlier_version_is_not_kept(
    shop: WebShop, headers: dict[str, str]
) -> None:
    shop.add(a_link(active=False))
    shop.store.engine.execute("UPDATE payment_links SET edition = ''")  # type: ignore[attr-defined]
    before = ANSWERS.values
    assert fetch(shop, "/v1/payment_links/plink_honey", headers)["active"] is False
    assert ANSWERS.values == before


def test_another_organization_never_gets_a_kept_answer(shop: WebShop, headers: dict[str, str]) -> None:
    shop.add()
    fetch(shop, "/v1/payment_links/plink_honey", headers)
    other = keys.create_organization(shop.store, "Valley Apiary", shop.clock())
    _key, secret = keys.create_key(shop.store, other.id, shop.clock(), actor=COMMAND_LINE)
    answer = shop.client.get("/v1/payment_links/plink_honey", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 404
