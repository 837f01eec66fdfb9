"""What a kept page is answered with: the same status, headers, log line and metrics as the page that was made, plain or compressed."""

import gzip
import io
import re
import threading
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import brotli
import pytest

from app.objects.page_state import PageState
from app.web.display.locale import locale_of_page
from app.web.http.encodings import accepts_gzip
from app.web.page_cache.answering import token_values
from app.web.page_cache.brotli_body import compress_parts
from app.web.page_cache.kept import KeptPages
from app.web.page_cache.keys import PageKey
from app.web.page_cache.page import Page, Part, cut
from app.web.visit.form_token import FormTokens
from tests.support.build import NOW, a_link
from tests.support.counting import count_calls
from tests.support.languages import lengthen, mirror, speak
from tests.web.conftest import WebShop, lines
from tests.web.page_cache.conftest import is_kept

GZIP = {"Accept-Encoding": "gzip, deflate"}
BROTLI = {"Accept-Encoding": "gzip, deflate, br, zstd"}
DECODERS = [
    pytest.param(GZIP, "gzip", gzip.decompress, id="gzip"),
    pytest.param(BROTLI, "br", brotli.decompress, id="brotli"),
]
STATE = PageState("plink_honey", "a", 1, 0, True, "b", None)


def headers_of(answer: Any) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "Request-Id"}


@pytest.mark.parametrize("path", ["/pay/honey", "/pay/honey/embed"])
@pytest.mark.parametrize("link", [a_link(), a_link(active=False), a_link(counterfoil={"opens_at": NOW + 9})])
def test_a_kept_page_has_the_status_and_the_headers_of_the_page_that_was_made(
    shop: WebShop, path: str, link: Any
) -> None:
    shop.add(link)
    made, kept = shop.client.get(path), shop.client.get(path)
    assert is_kept(shop, path)
    assert kept.status == made.status
    assert headers_of(kept) == headers_of(made)
    assert {"HX-Request", "Accept-Encoding"} <= set(kept.vary)
    assert kept.headers["Request-Id"] != made.headers["Request-Id"]


def test_a_kept_page_has_the_log_line_of_any_request(shop: WebShop, log: io.StringIO) -> None:
    shop.add()
    for _ in range(2):
        shop.client.get("/pay/honey")
    made, kept = lines(log, "/pay/honey")
    varying = {"time", "request", "milliseconds"}
    assert {name: value for name, value in kept.items() if name not in varying} == {
        name: value for name, value in made.items() if name not in varying
    }
    assert kept["payment_link"] == "plink_honey"


@pytest.mark.parametrize(("headers", "coding", "decompress"), DECODERS)
def test_a_compressed_page_is_the_plain_one_but_for_the_token(
    shop: WebShop, headers: dict[str, str], coding: str, decompress: Callable[[bytes], bytes]
) -> None:
    shop.add(a_link(restrictions={"completed_sessions": {"limit": 9, "count": 0}}))
    for _ in range(3):
        answer = shop.client.get("/pay/honey", headers=headers)
        assert answer.headers["Content-Encoding"] == coding
        assert int(answer.headers["Content-Length"]) == len(answer.data)
        body = decompress(answer.data)
        plain = shop.client.get("/pay/honey")
        assert "Content-Encoding" not in plain.headers
        assert len(plain.data) == len(body)
        assert body[:2000] == plain.data[:2000]
        assert body[-600:] == plain.data[-600:]
        assert len(answer.data) < len(body) / 2


def test_a_page_of_any_parts_is_read_back_byte_by_byte() -> None:
    body = b"<p>" + bytes(range(256)) * 40 + b"TOKEN" + b"x" * 70_000 + b"NAME" + b"" + b"TOKEN"
    pieces, holes = cut(body, {"token": b"TOKEN", "name": b"NAME"})
    page = Page(STATE, 0, 1, "200 OK", (), tuple(Part.of(piece) for piece in pieces), tuple(holes))
    for token, name in ((b"", b"n"), (b"t" * 190, b"a&b"), (bytes(range(256)) * 255, b"")):
        filled = body.replace(b"TOKEN", token).replace(b"NAME", name)
        values = {"token": token, "name": name}
        assert page.plain_body(values) == filled
        assert gzip.decompress(page.gzip_body(values)) == filled


def test_a_value_of_another_length_is_sent_in_gzip() -> None:
    parts = (b"<p>", b"</p>")
    page = Page(STATE, 0, 1, "200 OK", (), tuple(map(Part.of, parts)), ("token",), None, compress_parts(parts, [5]))
    for token, coding, decompress in ((b"abcde", "br", brotli.decompress), (b"abcdef", "gzip", gzip.decompress)):
        found, body = page.coded_body("gzip, br", {"token": token})
        assert (found, decompress(body)) == (coding, b"<p>" + token + b"</p>")
    assert page.coded_body("br", {"token": b"abcdef"}) == ("", b"<p>abcdef</p>")


@pytest.mark.parametrize(("headers", "coding", "decompress"), DECODERS)
def test_a_token_is_never_compressed(
    shop: WebShop, headers: dict[str, str], coding: str, decompress: Callable[[bytes], bytes]
) -> None:
    """The length of a compressed page tells nothing about the token, whatever else stands on the page."""
    shop.add()
    answers = [shop.client.get("/pay/honey", headers=headers) for _ in range(30)]
    assert {answer.headers["Content-Encoding"] for answer in answers} == {coding}
    assert len({len(answer.data) for answer in answers}) == 1
    for answer in answers:
        token = re.search(rb'name="csrf_token" value="([^"]+)"', decompress(answer.data))
        assert token is not None
        assert token[1] in answer.data


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("gzip", True),
        ("br;q=1.0, gzip;q=0.8", True),
        ("gzip;q=0", False),
        ("identity", False),
        ("", False),
        ("*", False),
    ],
)
def test_only_a_client_that_names_gzip_gets_it(header: str, expected: bool) -> None:
    assert accepts_gzip(header) is expected
    assert not accepts_gzip("gzip" + ", x" * 100)


def test_a_page_is_made_once_for_many_visitors_at_the_same_time(shop: WebShop) -> None:
    shop.add()
    recorder = count_calls(shop.app)
    start = threading.Barrier(8)

    def visit() -> None:
        start.wait()
        assert shop.app.test_client(use_cookies=False).get("/pay/honey").status_code == 200

    threads = [threading.Thread(target=visit) for _ in range(8)]
    with recorder.record() as calls:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert calls.store["link_and_organization"] == 1
    assert calls.store["page_state"] == 9


def test_an_unlisted_site_that_frames_a_kept_page_is_noted(shop: WebShop) -> None:
    shop.add(a_link(counterfoil={"embed_origins": ("https://shop.example",)}))
    framed = {"Sec-Fetch-Dest": "iframe", "Referer": "https://shop.example/cart"}
    for _ in range(2):
        shop.client.get("/pay/honey/embed", headers=framed)
    assert is_kept(shop, "/pay/honey/embed", **framed)
    assert shop.store.refused_origins("plink_honey") == []
    shop.client.get("/pay/honey/embed", headers={**framed, "Referer": "https://blog.example/post"})
    assert [row["origin"] for row in shop.store.refused_origins("plink_honey")] == ["https://blog.example"]


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("HEAD", "/pay/honey", {}),
        ("GET", "/pay/honey/", {}),
        ("GET", "/pay/Honey", {}),
        ("GET", "/pay/honey", {"HX-Request": "true"}),
        ("GET", "/pay/honey?polls=1", {}),
        ("GET", "/pay/honey?utm_source=" + "x" * 600, {}),
        ("GET", "/pay/honey?" + "utm_source=x&" * 20, {}),
        ("GET", "/pay/honey", {"Accept-Language": "de," * 200}),
    ],
)
def test_other_requests_are_answered_by_the_application(
    shop: WebShop, method: str, path: str, headers: dict[str, str]
) -> None:
    shop.add()
    for _ in range(2):
        assert shop.client.open(path, method=method, headers=headers).status_code in {200, 301, 404}
    recorder = count_calls(shop.app)
    with recorder.record() as calls:
        answer = shop.client.open(path, method=method, headers=headers)
    assert sum(calls.store[name] for name in ("link", "link_and_organization", "link_by_code")) > 0
    assert method != "HEAD" or answer.data == b""


@pytest.mark.parametrize("query", ["?utm_source=letter", "?fbclid=a1", "?locale=en", "?utm_source=letter&gclid=x"])
def test_a_page_with_parameters_of_a_campaign_is_kept(shop: WebShop, query: str) -> None:
    shop.add()
    shown = shop.client.get(f"/pay/honey{query}").text
    assert is_kept(shop, f"/pay/honey{query}")
    assert ("utm_source=letter" in shown) is ("utm_source" in query)
    assert "utm_source=letter" not in shop.client.get("/pay/honey").text


def test_the_size_of_a_page_counts_its_body_plain_and_compressed_and_its_key() -> None:
    part = Part.of(b"x" * 1000)
    small, large = (Page(STATE, 0, 1, "200 OK", (), parts) for parts in ((part,), (part,) * 3))
    assert large.size - small.size == 2 * (1000 + len(part.deflated))
    key = PageKey("http", "localhost", "", "honey", False, (), "en")
    texts = len("httplocalhosthoneyen")
    for maximum, size in ((small.size + texts, small.size + texts), (small.size + texts - 1, 0)):
        kept = KeptPages(maximum)
        kept.keep(key, small)
        assert kept.bytes == size


def test_while_the_database_is_away_a_kept_page_is_not_answered(shop: WebShop) -> None:
    shop.add()
    shop.client.get("/pay/honey")
    engine = shop.store.engine  # type: ignore[attr-defined]
    engine.execute("ALTER TABLE link_codes RENAME TO gone")
    assert shop.client.get("/pay/honey").status_code == 503
    engine.execute("ALTER TABLE gone RENAME TO link_codes")
    assert shop.client.get("/pay/honey").status_code == 200


@pytest.mark.parametrize("locale", [None, "auto", "de"])
def test_a_visitor_gets_a_kept_page_in_the_language_of_address_link_and_browser(
    shop: WebShop, tmp_path: Path, locale: str | None
) -> None:
    speak(shop.app, tmp_path / "locale", de=lengthen, pt_BR=lengthen, ar=mirror)
    shop.add(a_link(counterfoil={"locale": locale}))
    headers = ("", "de-AT,en;q=0.5", "en;q=0.5,ar", "pt-BR", "fr", "de;q=0,*;q=0.1")
    for _ in range(2):
        for asked, header in product((None, "ar", "auto", "tlh"), headers):
            query = f"?locale={asked}" if asked else ""
            answer = shop.client.get(f"/pay/honey{query}", headers={"Accept-Language": header})
            with shop.app.app_context():
                expected = locale_of_page(asked, locale, accept_language=header)
            assert answer.headers["Content-Language"] == expected
            assert f'<html lang="{expected}"' in answer.text
    assert is_kept(shop, Accept_Language="de-CH,de;q=0.9")


@pytest.mark.parametrize("holes", [(), ("token",), ("token", "name", "token")])
def test_only_the_values_of_holes_of_a_page_are_made(holes: tuple[str, ...]) -> None:
    tokens = FormTokens("k" * 32, "plink_honey", NOW)
    assert token_values(tokens, holes) == {name: token_values(tokens)[name] for name in set(holes)}
    assert token_values(None, holes) == {}
