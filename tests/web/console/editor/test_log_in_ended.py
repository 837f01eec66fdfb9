"""The log-in ends while a form is filled in: no typed value is lost, and only a press of the button saves."""

import pytest

from tests.support.page import SAME_ORIGIN, Page
from tests.support.shop import PASSWORD
from tests.web.console.conftest import ADA, Merchant
from tests.web.console.editor.test_new_link import HONEY, NEW, create, made, send, sent_by

TYPED = HONEY | {
    "counterfoil[title]": "Honey <b>&",
    "counterfoil[description]": "One\r\n\r\nTwo",
    "submit_type": "book",
}


def log_out_elsewhere(ada: Merchant) -> None:
    """End the log-in as another window of the same browser does."""
    ada.post("/console/logout", ada.open("/console/account").values())


def test_the_form_comes_back_with_its_values_after_the_log_in(ada: Merchant) -> None:
    page = ada.open(NEW)
    log_out_elsewhere(ada)
    asked = Page(send(ada, TYPED, page))
    assert (asked.status, asked.heading) == (401, "Log in")
    again = ada.pressed(asked, "Log in", email=ADA, password="a slip of the finger")
    assert again.status == 422
    kept = ada.pressed(again, "Log in", email=ADA, password=PASSWORD)
    assert kept.heading == "You are logged in again"
    assert ada.shop.store.links("org_apiary", limit=10)[0] == []
    form = Page(ada.post(NEW, kept.values() | {"resume": "1"}))
    assert form.field("Name")["value"] == "Heather honey, 500 g"
    assert form.field("Title above the items (optional)")["value"] == "Honey <b>&"
    link = made(ada, send(ada, {}, form))
    assert link.counterfoil.description == "One\n\nTwo"
    assert link.submit_type == "book"


def test_a_change_of_a_link_comes_back_as_well(ada: Merchant) -> None:
    link = create(ada)
    path = f"/console/links/{link.id}/edit"
    sent = sent_by(ada.open(path), "Save changes") | {"counterfoil[title]": "Heather"}
    log_out_elsewhere(ada)
    kept = ada.pressed(Page(ada.post(path, sent)), "Log in", email=ADA, password=PASSWORD)
    form = Page(ada.post(path, kept.values() | {"resume": "1"}))
    assert form.field("Title above the items (optional)")["value"] == "Heather"
    stored = ada.shop.store.link(link.id)
    assert stored is not None
    assert stored.counterfoil.title is None


def test_a_form_of_another_site_is_not_kept(ada: Merchant) -> None:
    page = ada.open(NEW)
    log_out_elsewhere(ada)
    answer = ada.post(NEW, sent_by(page, "Create link") | TYPED, {"Sec-Fetch-Site": "cross-site"})
    assert not Page(answer).root.all("input", name="kept")


def test_a_tampered_or_old_form_is_not_brought_back(ada: Merchant) -> None:
    page = ada.open(NEW)
    log_out_elsewhere(ada)
    asked = Page(send(ada, TYPED, page))
    kept = asked.values()["kept"]
    tampered = ada.press(asked, "Log in", email=ADA, password=PASSWORD, kept=kept[:-3] + "AAA")
    assert tampered.status_code == 303
    log_out_elsewhere(ada)
    asked = Page(send(ada, TYPED, page))
    ada.shop.clock.now += 25 * 60 * 60
    assert ada.press(asked, "Log in", email=ADA, password=PASSWORD).status_code == 303


@pytest.mark.parametrize("end", ["=<", "==", "=x"])
def test_another_spelling_of_a_kept_form_is_not_brought_back(ada: Merchant, end: str) -> None:
    page = ada.open(NEW)
    log_out_elsewhere(ada)
    asked = Page(send(ada, TYPED, page))
    kept = asked.values()["kept"]
    assert ada.press(asked, "Log in", email=ADA, password=PASSWORD, kept=kept + end).status_code == 303


def test_a_preview_without_a_log_in_leaves_the_form_where_it_is(ada: Merchant) -> None:
    page = ada.open(NEW)
    log_out_elsewhere(ada)
    headers = {**SAME_ORIGIN, "HX-Request": "true"}
    answer = ada.post("/console/links/preview", sent_by(page, "Create link") | TYPED, headers)
    assert answer.status_code == 401
    assert "HX-Redirect" not in answer.headers
