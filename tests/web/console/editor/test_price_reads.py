"""Prices of the catalogue in the editor: one request reads each of them from Stripe once."""

import pytest

from tests.support.counting import count_calls
from tests.support.page import SAME_ORIGIN
from tests.web.console.conftest import Merchant
from tests.web.console.editor.test_new_link import NEW, create, price_of, sent_by

LINE, OPTION = "line_items[0][price]", "optional_items[0][price]"


@pytest.mark.parametrize(("path", "status"), [("/console/links/preview", 200), (NEW, 303)])
def test_a_new_link_reads_a_price_that_it_names_once(ada: Merchant, path: str, status: int) -> None:
    price = price_of(create(ada))
    fields = sent_by(ada.open(NEW), "Create link") | {LINE: price.id, "line_items[0][quantity]": "1"}
    with count_calls(ada.shop.app).record() as calls:
        answer = ada.post(path, fields, SAME_ORIGIN | {"HX-Request": "true"})
    assert answer.status_code == status
    assert "Heather honey" in answer.text or status != 200
    assert calls.gateway["retrieve_price"] == 1


@pytest.mark.parametrize(("path", "status"), [("preview", 200), ("edit", 303)])
def test_a_changed_link_reads_a_price_that_is_new_to_it_once(ada: Merchant, path: str, status: int) -> None:
    price, link = price_of(create(ada)), create(ada)
    fields = sent_by(ada.open(f"/console/links/{link.id}/edit"), "Save changes")
    fields |= {OPTION: price.id, "optional_items[0][quantity]": "1"}
    with count_calls(ada.shop.app).record() as calls:
        answer = ada.post(f"/console/links/{link.id}/{path}", fields, SAME_ORIGIN | {"HX-Request": "true"})
    assert answer.status_code == status, answer.text[:2000]
    assert calls.gateway["retrieve_price"] == 1
