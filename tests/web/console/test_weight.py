"""No page of the console is heavy. The tests walk the URL map, so they find each new page.

The weight of a page is what a browser that has nothing of it stored must load: the page, and its styles, scripts and pictures from this
server, as they are sent to a browser that takes gzip. A frame is a page of its own.
"""

import gzip
from urllib.parse import urljoin, urlsplit

import pytest

from tests.store.build import an_attempt
from tests.support.build import NOW, a_link
from tests.support.console_examples import make_examples
from tests.support.console_routes import routes
from tests.support.page import Page
from tests.web.console.conftest import Merchant

COMPRESSED = {"Accept-Encoding": "gzip, deflate, br"}
KILOBYTES = 1024
HEAVIEST = 60 * KILOBYTES


def parts_of(page: Page, path: str) -> set[str]:
    """Return the paths of the files that a page loads from this server."""
    root = page.root
    named = {
        *(
            element.get("href")
            for element in root.all("link")
            if element.get("rel") in {"stylesheet", "icon", "preload"}
        ),
        *(element.get("src") for tag in ("script", "img") for element in root.all(tag)),
    }
    urls = [urlsplit(urljoin(f"http://localhost{path}", name)) for name in named if name]
    return {f"{url.path}?{url.query}" for url in urls if url.netloc == "localhost"}


def weight(merchant: Merchant, path: str, weights: dict[str, int]) -> int:
    """Return the bytes of one answer, and 0 for an answer without a page or a file."""
    if path not in weights:
        answer = merchant.get(path, **COMPRESSED)
        weights[path] = len(answer.data) if answer.status_code == 200 else 0
    return weights[path]


@pytest.mark.matrix
def test_no_page_of_the_console_weighs_more_than_60_kilobytes(ada: Merchant) -> None:
    shop = ada.shop
    ids = make_examples(shop.store, shop.gateway, "org_apiary")
    for number in range(100):
        fields = {"code": f"code-{number}", "name": f"Honey of the year {1900 + number}"}
        shop.store.add_link(a_link(id=f"plink_{number}", counterfoil={"organization": "org_apiary", **fields}))
        buyer = {"customer_name": f"Buyer number {number}", "customer_email": f"{number}@a.example", "paid_at": NOW}
        paid = an_attempt(
            f"att_{number}", form=f"form_{number}", token=f"token_{number}",
            organization="org_apiary", payment_link=f"plink_{number}", state="paid", **buyer,
        )  # fmt: skip
        assert shop.store.add_attempt(paid, "paid")
        shop.gateway.create_in_catalogue("products", {"name": f"Honey {number}"}, account="org_apiary")
    weights: dict[str, int] = {}
    pages: dict[str, int] = {}
    for route in routes(shop.app):
        path = route.path(ids)
        answer = ada.get(path) if route.method == "GET" else None
        if answer is not None and answer.mimetype == "text/html" and answer.status_code == 200:
            parts = {path, *parts_of(Page(answer), path)}
            pages[route.rule] = sum(weight(ada, part, weights) for part in parts)
    assert len(pages) > 30
    assert {rule: size for rule, size in pages.items() if size > HEAVIEST} == {}, weights


def test_a_page_is_compressed_for_a_browser_that_takes_it_and_an_export_is_not(ada: Merchant) -> None:
    plain, packed = ada.get("/console/account"), ada.get("/console/account", **COMPRESSED)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Your log-in" in gzip.decompress(packed.data).decode()
    assert len(packed.data) < len(plain.data) / 2
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Accept-Encoding" in packed.headers["Vary"]
    refused = ada.get("/console/account", **{"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers
    assert "Content-Encoding" not in ada.get("/console/payments.csv", **COMPRESSED).headers


def test_the_length_of_a_compressed_page_tells_nothing_of_its_token(ada: Merchant) -> None:
    lengths = {len(ada.get("/console/account", **COMPRESSED).data) for _ in range(20)}
    assert max(lengths) - min(lengths) > 30
