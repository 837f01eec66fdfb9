"""How often one request verifies the form token, quotes, and applies the selection. Calls are counted, nothing is replaced."""

import sys
from collections import Counter
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from itsdangerous import URLSafeSerializer

from app.pricing.items import apply_selection
from app.pricing.quote import quote
from tests.support.page import SAME_ORIGIN
from tests.web.conftest import WebShop

WATCHED: dict[CodeType, str] = {
    URLSafeSerializer.loads.__code__: "token",
    apply_selection.__code__: "apply_selection",
    quote.__code__: "quote",
}


def count_work(send: Callable[[], Any], status: int = 200) -> dict[str, int]:
    """Send a request and count how often it calls the watched functions."""
    found: Counter[str] = Counter()

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        if event == "call" and frame.f_code in WATCHED:
            found[WATCHED[frame.f_code]] += 1

    sys.setprofile(note)
    try:
        response = send()
    finally:
        sys.setprofile(None)
    assert response.status_code == status
    return dict(found)


def test_the_pay_page_is_quoted_once(shop: WebShop) -> None:
    shop.add()
    assert count_work(lambda: shop.client.get("/pay/honey")) == {"apply_selection": 1, "quote": 1}


def test_a_preview_verifies_the_token_once_and_quotes_once(shop: WebShop) -> None:
    shop.add()
    form = shop.open().values()
    work = count_work(lambda: shop.client.post("/pay/honey/preview", data=form, headers=SAME_ORIGIN))
    assert work == {"token": 1, "apply_selection": 1, "quote": 1}


def test_a_payment_verifies_the_token_once_and_quotes_once(shop: WebShop) -> None:
    shop.sell()
    form = shop.open().values()
    work = count_work(lambda: shop.client.post("/pay/honey", data=form, headers=SAME_ORIGIN), 303)
    assert work == {"token": 1, "apply_selection": 1, "quote": 1}


def test_a_payment_with_wrong_answers_verifies_the_token_once_and_quotes_once(shop: WebShop) -> None:
    shop.add()
    form = {**shop.open().values(), "unknown": "1"}
    work = count_work(lambda: shop.client.post("/pay/honey", data=form, headers=SAME_ORIGIN), 422)
    assert work == {"token": 1, "apply_selection": 1, "quote": 1}
