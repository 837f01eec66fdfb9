"""Each client decodes a page with a known token to exactly the bytes that were sent plain: Python, curl, Chromium, Firefox and WebKit."""

import gzip
import http.client
import json
import shutil
import ssl
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import brotli
import pytest

from app.objects.page_state import PageState
from app.web.page_cache.brotli_body import compress_parts
from app.web.page_cache.page import Page, Part, cut
from tests.browser.bidi import Firefox
from tests.browser.shop import DemoShop
from tests.browser.sites import Site
from tests.browser.visits import Visit
from tests.browser.webkit import WebKit
from tests.support.certificates import make_certificate
from tests.support.page import Page as Html

TOKENS = ["A" * 124, "".join(chr(33 + number % 90) for number in range(124)).replace('"', "'").replace("<", "(")]
LINKS = ["spring-box", "2026-0042"]
PATIENCE = 40.0

DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "": lambda body: body,
    "br": brotli.decompress,
    "gzip": gzip.decompress,
}


class Pages:
    """An application with real pages, whose token is one of ours. `/<coding>/…` is in this coding where the client takes it, else plain."""

    def __init__(self, bodies: dict[str, bytes]) -> None:
        self.codings: list[str] = []
        self._pages = {link: _page_of(body) for link, body in bodies.items()}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer `/<coding>/<link>/<number of the token>`."""
        _, wanted, *rest = environ["PATH_INFO"].split("/")
        if not rest:
            start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", "0")])
            return []
        link, number = rest
        page = self._pages[link]
        taken = environ.get("HTTP_ACCEPT_ENCODING", "")
        coding, body = page.coded_body(wanted if wanted in taken.replace(" ", "").split(",") else "", _values(number))
        headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))]
        if coding:
            headers.append(("Content-Encoding", coding))
        self.codings.append(coding)
        start_response("200 OK", headers)
        return [body]

    def plain(self, link: str, number: int) -> bytes:
        """Return a page as it is sent plain."""
        return self._pages[link].plain_body(_values(number))


def _values(number: str | int) -> dict[str, bytes]:
    return {"token": TOKENS[int(number)].encode(), "name": b"n" * 16}


def _page_of(body: bytes) -> Page:
    """Return the page to keep, as the application makes it."""
    token = Html(_Answer(body)).values()["csrf_token"].encode()
    parts, holes = cut(body, {"token": token})
    assert holes == ["token"]
    state = PageState("plink_a", "a", 1, 0, True, "b", None)
    made = tuple(Part.of(part) for part in parts)
    return Page(state, 0, 1, "200 OK", (), made, tuple(holes), None, compress_parts(parts, [124]))


class _Answer:
    """As much of an answer as a reader of HTML needs."""

    status_code = 200
    headers: dict[str, str] = {}  # noqa: RUF012

    def __init__(self, body: bytes) -> None:
        self._body = body

    def get_data(self, *, as_text: bool) -> str:
        assert as_text
        return self._body.decode()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    return make_certificate(tmp_path_factory.mktemp("certificate"), "pay.test")


@pytest.fixture(scope="module")
def pages(shop: DemoShop) -> Pages:
    client = shop.app.test_client(use_cookies=False)
    return Pages({link: client.get(f"/pay/{link}").data for link in LINKS})


@pytest.fixture(scope="module")
def site(pages: Pages, certificate: tuple[str, str]) -> Iterator[Site]:
    """Serve the pages over https, because browsers take brotli over https only."""
    site = Site("pay.test", certificate)
    site.application = pages
    yield site
    site.close()


@pytest.fixture(params=["br", "gzip"])
def coding(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("number", range(len(TOKENS)))
def test_python_reads_what_was_sent_plain(site: Site, pages: Pages, coding: str, link: str, number: int) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", site.port, timeout=20, context=context)
    connection.request("GET", f"/{coding}/{link}/{number}", headers={"Accept-Encoding": coding})
    answer = connection.getresponse()
    assert answer.headers["Content-Encoding"] == coding
    body = answer.read()
    connection.close()
    assert DECODERS[coding](body) == pages.plain(link, number)
    assert TOKENS[number].encode() in body


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("number", range(len(TOKENS)))
def test_curl_reads_what_was_sent_plain(
    site: Site, pages: Pages, certificate: tuple[str, str], coding: str, link: str, number: int
) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    if (
        coding == "br"
        and b"brotli" not in subprocess.run(["curl", "--version"], check=True, capture_output=True).stdout
    ):
        pytest.skip("this curl has no brotli")
    address = f"{site.origin}/{coding}/{link}/{number}"
    resolve = f"pay.test:{site.port}:127.0.0.1"
    command = ["curl", "--silent", "--fail", "--compressed", "--cacert", certificate[0], "--resolve", resolve, address]
    assert subprocess.run(command, check=True, capture_output=True, timeout=30).stdout == pages.plain(link, number)
    assert pages.codings[-1] == coding


def read_in_browser(coding: str) -> str:
    """Return a script that fetches each page compressed and plain, and says which of them are the same."""
    addresses = json.dumps([f"{link}/{number}" for link in LINKS for number in range(len(TOKENS))])
    return f"""(async () => {{
      const read = async path => new Uint8Array(await (await fetch(path, {{ cache: "no-store" }})).arrayBuffer());
      const same = [];
      for (const address of {addresses}) {{
        const [coded, plain] = [await read("/{coding}/" + address), await read("/plain/" + address)];
        same.push(plain.length > 5000 && coded.length === plain.length && coded.every((byte, at) => byte === plain[at]));
      }}
      return same.join(" ");
    }})()"""


def expect_all(pages: Pages, same: str, coding: str) -> None:
    """Check that all pages were the same, and that the browser was sent this coding."""
    number = len(LINKS) * len(TOKENS)
    assert same == " ".join(["true"] * number)
    assert pages.codings[-2 * number :] == [coding, ""] * number


def test_chromium_reads_what_was_sent_plain(
    site: Site, pages: Pages, open_window: Callable[..., Visit], coding: str
) -> None:
    page = open_window(site.origin).page
    page.goto(site.origin)
    expect_all(pages, page.evaluate(read_in_browser(coding)), coding)


@pytest.mark.parametrize("kind", [Firefox, WebKit], ids=["Firefox", "WebKit"])
def test_other_browsers_read_what_was_sent_plain(site: Site, pages: Pages, kind: Any, tmp_path: Path) -> None:
    if reason := kind.missing():
        pytest.skip(f"{kind.__name__}: {reason}")
    engine = kind(tmp_path / "profile")
    try:
        for coding in ("br", "gzip"):
            engine.open(site.origin)
            script = read_in_browser(coding)
            engine.evaluate(
                f"(window.said = '', {script}.then(it => window.said = it, it => window.said = String(it)), 0)"
            )
            deadline = time.monotonic() + PATIENCE
            while not (said := engine.evaluate("window.said")) and time.monotonic() < deadline:
                time.sleep(0.2)
            expect_all(pages, said, coding)
    finally:
        engine.close()
