"""Pages that are made for one visitor are compressed as well, and their tokens are not."""

import gzip
import re
from collections.abc import Callable

import brotli
import pytest

from app.web.page_cache.unkept import compress_page
from tests.support.build import a_link
from tests.support.page import SAME_ORIGIN
from tests.web.conftest import WebShop
from tests.web.page_cache.conftest import is_kept

PREFILLED = "/pay/honey?prefilled_email=ada%40example.com"
CODINGS = [pytest.param("gzip", gzip.decompress, id="gzip"), pytest.param("br", brotli.decompress, id="brotli")]
_TOKEN = re.compile(r'(csrf_token" value|data-form)="[^"]*"')


def shape(html: str) -> str:
    """Return a page without its tokens."""
    return _TOKEN.sub("", html)


@pytest.mark.parametrize(("coding", "decompress"), CODINGS)
def test_a_page_with_values_of_a_buyer_is_compressed(
    shop: WebShop, coding: str, decompress: Callable[[bytes], bytes]
) -> None:
    shop.add(a_link(restrictions={"completed_sessions": {"limit": 9, "count": 0}}))
    plain = shop.client.get(PREFILLED)
    assert not is_kept(shop, PREFILLED)
    coded = shop.client.get(PREFILLED, headers={"Accept-Encoding": coding})
    assert coded.headers["Content-Encoding"] == coding
    assert coded.content_length == len(coded.data) < len(plain.data) / 2
    body = decompress(coded.data).decode()
    assert "ada@example.com" in body
    assert shape(body) == shape(plain.text)
    same = {name: value for name, value in coded.headers.items() if name not in {"Content-Encoding", "Request-Id"}}
    assert {name: value for name, value in plain.headers.items() if name != "Request-Id"} == {
        **same, "Content-Length": str(len(plain.data))
    }  # fmt: skip
    assert "Accept-Encoding" in coded.vary
    assert coded.headers["Request-Id"].startswith("req_")
    for token in re.findall(r'(?:csrf_token" value|data-form)="([^"]+)"', body):
        assert token.encode() in coded.data


@pytest.mark.parametrize(("coding", "decompress"), CODINGS)
def test_the_length_tells_nothing_of_the_token(
    shop: WebShop, coding: str, decompress: Callable[[bytes], bytes]
) -> None:
    shop.add()
    lengths = {len(shop.client.get(PREFILLED, headers={"Accept-Encoding": coding}).data) for _ in range(20)}
    assert len(lengths) == 1


def test_wrong_answers_and_receipts_are_compressed(shop: WebShop) -> None:
    headers = {"Accept-Encoding": "br"}
    shop.sell(a_link(consent_collection={"terms_of_service": "required"}))
    wrong = shop.client.post("/pay/honey", data=shop.open().values(), headers={**SAME_ORIGIN, **headers})
    assert (wrong.status_code, wrong.headers["Content-Encoding"]) == (422, "br")
    assert "Continue to payment" in brotli.decompress(wrong.data).decode()


def test_a_page_that_may_not_be_kept_in_its_state_is_compressed_each_time(shop: WebShop) -> None:
    shop.sell(a_link(restrictions={"completed_sessions": {"limit": 2}}))
    for _ in range(2):
        shop.press(shop.open(), "Continue to payment")
    shop.clock.now += 1
    for _ in range(3):
        held = shop.client.get("/pay/honey", headers={"Accept-Encoding": "br"})
        assert (held.status_code, held.headers["Content-Encoding"]) == (409, "br")
        assert "Other people are paying" in brotli.decompress(held.data).decode()


def test_what_is_no_page_stays_as_it_is(shop: WebShop) -> None:
    shop.add()
    headers = {"Accept-Encoding": "br"}
    for path in ("/pay/honey/qr.png", "/pay/honey/qr.svg", "/pay/honey/embed/state"):
        assert "Content-Encoding" not in shop.client.get(path, headers=headers).headers
    part = shop.client.post("/pay/honey/preview", headers={**headers, "HX-Request": "true", **SAME_ORIGIN})
    assert "Content-Encoding" not in part.headers


def test_any_page_is_read_back_byte_by_byte() -> None:
    form = b'<form data-form="N1"><input name="csrf_token" value="T%d"></form>'
    for body in (b"<p>" + form % 1 + b"text " * 99, b"<p>" + form % 1 + form % 2 + b"N1 T1", b"<p>" * 500):
        for header, read in (("br", brotli.decompress), ("gzip", gzip.decompress), ("", bytes)):
            coding, coded = compress_page(body, header)
            assert (coding, read(coded)) == (header, body)
