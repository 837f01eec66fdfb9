"""The log of changes in the settings."""

import json

from app.objects.change import Actor
from app.services.accounts import changes, keys
from app.web.console.changes import what_happened
from tests.support.build import NOW, a_link
from tests.support.page import tidy
from tests.web.console.conftest import Merchant


def rows(merchant: Merchant, query: str = "") -> list[list[str]]:
    """Return the rows as [what, who]."""
    page = merchant.open(f"/console/settings/log{query}")
    return [
        [tidy(row.first("th").text), tidy(row.first("td").text)]
        for body in page.root.all("tbody")
        for row in body.all("tr")
    ]


def test_a_link_that_is_switched_off_stands_in_the_log_with_who_did_it(ada: Merchant) -> None:
    ada.shop.add(a_link())
    ada.press(ada.open("/console/links/plink_honey"), "Switch off")
    ((what, who),) = rows(ada)
    assert what == "Link changed honey plink_honey One value of this change active true false"
    assert who == "ada@example.com"
    page = ada.open("/console/settings/log")
    assert page.heading == "Changes"
    assert page.link("Link changed")["href"] == "/console/links/plink_honey"


def test_a_link_that_a_program_makes_and_changes_names_its_key(ada: Merchant) -> None:
    shop = ada.shop
    _key, secret = keys.create_key(shop.store, "org_apiary", shop.clock(), actor=Actor(kind="command"), name="till")
    headers = {"Authorization": f"Bearer {secret}"}
    item = {"price_data": {"currency": "eur", "unit_amount": 1250, "product_data": {"name": "Jar"}}, "quantity": 1}
    made = shop.client.post("/v1/payment_links", json={"line_items": [item]}, headers=headers)
    id = json.loads(made.text)["id"]
    shop.client.post(f"/v1/payment_links/{id}", json={"active": False}, headers=headers)
    assert [who for _what, who in rows(ada)] == ["API key till", "API key till", "the command line"]
    assert [what.split(" ")[:2] for what, _who in rows(ada, f"?about={id}")] == [["Link", "changed"], ["Link", "made"]]


def test_the_log_is_read_page_by_page_and_of_one_organization(ada: Merchant) -> None:
    for number in range(30):
        who = Actor(kind="reconcile")
        changes.record(ada.shop.store, who, "key.created", f"key_{number}", NOW, organization="org_apiary")
    page = ada.open("/console/settings/log")
    assert len(rows(ada)) == 25
    older = ada.open(page.link("Older")["href"])
    assert len(older.root.first("tbody").all("tr")) == 5
    assert ada.open("/console/settings/log?starting_after=chg_none").status == 404
    last = ada.shop.store.changes("org_apiary", limit=100)[0][-1]
    ends = ada.open(f"/console/settings/log?starting_after={last.id}")
    assert "Nothing more was found." in ends.text
    assert "Nothing was changed yet." not in ends.text
    assert ends.has_link("Newer")


def test_the_settings_open_at_their_first_page(ada: Merchant) -> None:
    page = ada.open("/console/settings")
    assert page.status == 200
    assert page.link("Changes")["href"] == "/console/settings/log"


def test_a_change_without_words_is_shown_by_its_name(ada: Merchant) -> None:
    with ada.shop.app.test_request_context("/console/"):
        assert (what_happened("key.revoked"), what_happened("bee.counted")) == ("Key revoked", "bee.counted")
