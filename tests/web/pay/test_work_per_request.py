"""How often one request verifies the form token, quotes, and looks for its language's translations.

Calls are counted, nothing is replaced.
"""

import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from ipaddress import ip_address
from types import CodeType, FrameType
from typing import Any

import flask_babel
from flask_babel import Domain
from itsdangerous import Signer, URLSafeSerializer
from limits.util import parse_many
from pydantic import BaseModel
from werkzeug.datastructures import MultiDict
from wtforms.form import BaseForm

from app.pricing.quote import quote
from app.services.checkout.kept_quotes import find_quote
from tests.support.build import a_link
from tests.support.page import SAME_ORIGIN
from tests.web.conftest import WebShop

WATCHED: dict[CodeType, str] = {
    URLSafeSerializer.loads.__code__: "token",
    quote.__code__: "computed quote",
    find_quote.__code__: "quote",
    Domain.get_translations.__code__: "translations",
    BaseModel.__deepcopy__.__code__: "copied object",
}


ONCE: dict[CodeType, str] = {
    BaseForm.__init__.__code__: "form",
    Signer.derive_key.__code__: "derived key",
    parse_many.__code__: "limit",
    ip_address.__code__: "address",
    flask_babel.refresh.__code__: "refreshed language",
}
"""What is made once for a version of a link, a setting or an address, and what is never needed for a valid payment."""


def count_work(send: Callable[[], Any], status: int = 200, watched: dict[CodeType, str] = WATCHED) -> dict[str, int]:
    """Send a request and count how often it calls the watched functions."""
    found: Counter[str] = Counter()

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        if event == "call" and frame.f_code in watched:
            found[watched[frame.f_code]] += 1

    sys.setprofile(note)
    try:
        response = send()
    finally:
        sys.setprofile(None)
    assert response.status_code == status
    return dict(found)


def test_the_pay_page_is_quoted_once(shop: WebShop) -> None:
    shop.add(a_link(metadata={"seen": "never before"}))
    assert count_work(lambda: shop.client.get("/pay/honey")) == {"quote": 1, "computed quote": 1, "translations": 1}


def test_a_preview_verifies_the_token_once_and_quotes_once(shop: WebShop) -> None:
    shop.add()
    form = shop.open().values()
    work = count_work(lambda: shop.client.post("/pay/honey/preview", data=form, headers=SAME_ORIGIN))
    assert work == {"token": 1, "quote": 1, "translations": 1}


def test_a_payment_verifies_the_token_once_and_quotes_once(shop: WebShop) -> None:
    shop.sell()
    form = shop.open().values()
    work = count_work(lambda: shop.client.post("/pay/honey", data=form, headers=SAME_ORIGIN), 303)
    assert work == {"token": 1, "quote": 1}


def test_a_payment_translates_no_message_and_copies_no_object(shop: WebShop) -> None:
    def question(key: str, **rest: Any) -> dict[str, Any]:
        return {"key": key, "label": {"type": "custom", "custom": key}, "optional": True, **rest}

    options = [{"label": "Rose", "value": "rose"}]
    shop.sell(
        a_link(
            custom_fields=[
                question("scent", type="dropdown", dropdown={"options": options}),
                question("number", type="numeric", numeric={"maximum_length": 4}),
                question("words", type="text", text={"maximum_length": 40}),
            ]
        )
    )
    form = {**shop.open().values(), "custom_fields[words]": "For Mary", "custom_fields[number]": "12"}
    work = count_work(lambda: shop.client.post("/pay/honey", data=form, headers=SAME_ORIGIN), 303)
    assert work == {"token": 1, "quote": 1}


def test_a_payment_after_another_one_builds_no_form_and_reads_no_setting_again(shop: WebShop) -> None:
    shop.sell(a_link(custom_fields=[{"key": "words", "label": {"type": "custom", "custom": "Words"}, "type": "text"}]))

    def pay() -> Any:
        form = {**shop.open().values(), "custom_fields[words]": "For Mary"}
        return lambda: shop.client.post("/pay/honey", data=form, headers=SAME_ORIGIN)

    assert count_work(pay(), 303, ONCE)["form"] == 1
    assert count_work(pay(), 303, ONCE) == {}


def test_a_visit_raises_no_error_for_a_parameter_that_its_address_does_not_have(shop: WebShop) -> None:
    shop.add()
    watched = {MultiDict.get.__code__: "get that raises and catches an error"}
    for query in ("", "?utm_source=x&locale=de"):
        assert count_work(partial(shop.client.get, f"/pay/honey/preview{query}"), 303, watched) == {}


def test_a_payment_with_wrong_answers_verifies_the_token_once_and_quotes_once(shop: WebShop) -> None:
    shop.add()
    form = {**shop.open().values(), "unknown": "1"}
    work = count_work(lambda: shop.client.post("/pay/honey", data=form, headers=SAME_ORIGIN), 422)
    assert work == {"token": 1, "quote": 1, "translations": 1}
