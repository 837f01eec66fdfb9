"""Files that never change are answered from memory, compressed where the client takes it, with every header that they had."""

import gzip
import re
from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.objects.organization import Branding, Settings
from app.resources import resource
from tests.support.build import a_link, an_organization
from tests.web.conftest import WebShop

GZIP = {"Accept-Encoding": "gzip"}


def files_of(shop: WebShop) -> list[str]:
    """Return the addresses of the files that a page names."""
    shop.merchant(an_organization(settings=Settings(branding=Branding(primary_color="#7a4f01"))))
    shop.add(a_link())
    return re.findall(r'(?:src|href)="(/(?:static|brand)/[^"]+)"', shop.client.get("/pay/honey").text)


def test_a_file_is_the_same_from_memory_plain_and_compressed(shop: WebShop) -> None:
    files = files_of(shop)
    assert len(files) >= 4
    for address in files:
        made, kept = shop.client.get(address), shop.client.get(address)
        compressed = shop.client.get(address, headers=GZIP)
        assert made.status_code == kept.status_code == compressed.status_code == 200
        assert made.data == kept.data
        assert made.headers["Request-Id"] != kept.headers["Request-Id"]
        assert "immutable" in kept.headers["Cache-Control"]
        for name in ("Content-Type", "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "ETag"):
            assert kept.headers.get(name) == made.headers.get(name)
        if compressed.headers.get("Content-Encoding") == "gzip":
            assert gzip.decompress(compressed.data) == made.data
            assert "Accept-Encoding" in compressed.headers["Vary"]
        else:
            assert address.partition("?")[0].endswith(".png")


def test_a_file_from_memory_is_that_on_the_disk(shop: WebShop) -> None:
    (sheet,) = (it for it in files_of(shop) if "counterfoil.css" in it)
    for _ in range(2):
        assert shop.client.get(sheet).data == resource("static/css/counterfoil.css").read_bytes()


@pytest.mark.parametrize(
    "address", ["/static/css/counterfoil.css", "/static/css/counterfoil.css?v=0", "/static/none.css"]
)
def test_an_address_without_the_hash_is_never_kept(shop: WebShop, address: str) -> None:
    for _ in range(2):
        answer = shop.client.get(address, headers=GZIP, buffered=True)
        assert "immutable" not in answer.headers.get("Cache-Control", "")
        assert "Content-Encoding" not in answer.headers


def test_conditions_and_ranges_are_answered_by_the_application(shop: WebShop) -> None:
    (sheet,) = (it for it in files_of(shop) if "counterfoil.css" in it)
    etag = shop.client.get(sheet).headers["ETag"]
    shop.client.get(sheet)
    assert shop.client.get(sheet, headers={"If-None-Match": etag}, buffered=True).status_code == 304
    part = shop.client.get(sheet, headers={"Range": "bytes=0-9"}, buffered=True)
    assert (part.status_code, len(part.data)) == (206, 10)
    assert shop.client.head(sheet, buffered=True).data == b""


def test_files_from_memory_are_counted_like_others(shop: WebShop) -> None:
    context = shop.context
    token = "a token of more than thirty characters"
    shop.app.extensions["counterfoil"] = replace(context, config=replace(context.config, metrics_token=token))
    (sheet,) = (it for it in files_of(shop) if "counterfoil.css" in it)
    for _ in range(3):
        shop.client.get(sheet)
    answer = shop.client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    counted = {
        sample.labels["route"]: sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if sample.name == "counterfoil_requests_total"
    }
    assert counted["/static/<path:filename>"] == 3
    assert counted["/pay/<code>"] == 1
