"""The preview of a new link: it shows the page that buyers would see, and stores nothing."""

import io

import pytest

from app.services.pictures import clean_picture
from tests.support.page import SAME_ORIGIN
from tests.web.console.conftest import Merchant
from tests.web.console.editor.test_new_link import HONEY, NEW, a_picture, sent_by


@pytest.mark.parametrize("kind", ["something", "invoice", "subscription", "donation"])
def test_a_form_that_was_just_opened_has_a_preview(ada: Merchant, kind: str) -> None:
    answer = ada.get(f"/console/links/preview?kind={kind}")
    assert answer.status_code == 200
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    form = ada.open(f"/console/links/new?kind={kind}")
    sent = form.values(form.form_of("Create link"))
    assert ada.post("/console/links/preview", sent).status_code == 200


@pytest.mark.parametrize("kind", ["recurring", "custom", "tiers"])
def test_a_price_of_each_kind_is_previewed_before_its_product_has_a_name(ada: Merchant, kind: str) -> None:
    form = ada.open("/console/links/new")
    sent = form.values(form.form_of("Create link")) | {"price_kind": kind, "line_items[0][amount]": "5"}
    answer = ada.post("/console/links/preview", sent)
    assert answer.status_code == 200


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_chosen_picture_is_shown_in_the_preview_and_not_stored(ada: Merchant, headers: dict[str, str]) -> None:
    page = ada.open(NEW)
    picture = {"line_items[0][picture]": (io.BytesIO(a_picture((900, 700))), "honey.png")}
    answer = ada.client.post(
        "/console/links/preview",
        base_url=ada.base_url,
        data={**sent_by(page, "Create link"), **HONEY, **picture},
        headers=SAME_ORIGIN | headers,
        content_type="multipart/form-data",
    )
    assert (answer.status_code, "data:image/webp;base64," in answer.text) == (200, True)
    assert "/pictures/" not in answer.text
    stored = clean_picture(a_picture((900, 700)))
    assert ada.shop.store.picture(stored.hash) is None
    assert "data:" in answer.headers["Content-Security-Policy"].partition("img-src")[2].partition(";")[0]


def test_a_file_that_is_no_picture_leaves_the_preview_without_one(ada: Merchant) -> None:
    page = ada.open(NEW)
    file = {"line_items[0][picture]": (io.BytesIO(b"<svg/>"), "honey.png")}
    answer = ada.client.post(
        "/console/links/preview",
        base_url=ada.base_url,
        data={**sent_by(page, "Create link"), **HONEY, **file},
        headers=SAME_ORIGIN,
        content_type="multipart/form-data",
    )
    assert (answer.status_code, "Heather honey" in answer.text, "data:image" in answer.text) == (200, True, False)
