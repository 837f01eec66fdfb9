"""Files that never change are answered from memory, compressed where the client takes it, with every header that they had."""

import gzip
import re
from dataclasses import replace

import brotli
import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.test import Client

from app.objects.organization import Branding, Settings
from app.resources import resource
from app.web.http.bundles import read_bundle
from app.web.http.encodings import compress_text, compress_text_fast
from app.web.page_cache.immutable import ImmutableFiles
from tests.support.build import a_link, an_organization
from tests.web.conftest import WebShop

GZIP, BROTLI = {"Accept-Encoding": "gzip"}, {"Accept-Encoding": "br"}


def files_of(shop: WebShop) -> list[str]:
    """Return the addresses of the files that a page names."""
    shop.merchant(an_organization(settings=Settings(branding=Branding(primary_color="#7a4f01"))))
    shop.add(a_link())
    return re.findall(r'(?:src|href)="(/(?:static|brand|bundles)/[^"]+)"', shop.client.get("/pay/honey").text)


def sheet_of(shop: WebShop) -> str:
    """Return the address of the stylesheet of a page."""
    (sheet,) = (it for it in files_of(shop) if ".css" in it)
    return sheet


def test_a_file_is_the_same_from_memory_plain_and_compressed(shop: WebShop) -> None:
    files = files_of(shop)
    assert len(files) >= 4
    for address in files:
        made, kept = shop.client.get(address), shop.client.get(address)
        assert made.status_code == kept.status_code == 200
        assert made.data == kept.data
        assert made.headers["Request-Id"] != kept.headers["Request-Id"]
        assert "immutable" in kept.headers["Cache-Control"]
        for name in ("Content-Type", "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "ETag"):
            assert kept.headers.get(name) == made.headers.get(name)
        for coding, read in (("gzip", gzip.decompress), ("br", brotli.decompress)):
            compressed = shop.client.get(address, headers={"Accept-Encoding": coding})
            assert compressed.headers["Request-Id"] != kept.headers["Request-Id"]
            if compressed.headers.get("Content-Encoding") == coding:
                assert read(compressed.data) == made.data
                assert len(compressed.data) < len(made.data)
                assert compressed.content_length == len(compressed.data)
                assert "Accept-Encoding" in compressed.headers["Vary"]
                assert compressed.headers["ETag"] == f"W/{made.headers['ETag']}"
            else:
                assert address.partition("?")[0].endswith(".png")


def test_a_file_from_memory_is_that_on_the_disk(shop: WebShop) -> None:
    (icon,) = (it for it in files_of(shop) if "icon.svg" in it)
    for _ in range(2):
        assert shop.client.get(icon).data == resource("static/img/icon.svg").read_bytes()


def test_the_etag_of_a_compressed_file_spares_its_download(shop: WebShop) -> None:
    sheet = sheet_of(shop)
    etag = shop.client.get(sheet, headers={"Accept-Encoding": "br"}).headers["ETag"]
    answer = shop.client.get(sheet, headers={"Accept-Encoding": "br", "If-None-Match": etag})
    assert (answer.status_code, answer.data) == (304, b"")


@pytest.mark.parametrize(
    "address",
    [
        "/static/css/counterfoil.css",
        "/static/css/counterfoil.css?v=0",
        "/static/none.css",
        "/bundles/counterfoil.css",
        "/bundles/counterfoil.css?v=0",
        "/bundles/none.css",
        "/brand/0e585c.css?v=0",
    ],
)
def test_an_address_without_the_hash_is_never_kept(shop: WebShop, address: str) -> None:
    for _ in range(2):
        answer = shop.client.get(address, headers=GZIP, buffered=True)
        assert "immutable" not in answer.headers.get("Cache-Control", "")
        assert "Content-Encoding" not in answer.headers


def test_conditions_and_ranges_are_answered_by_the_application(shop: WebShop) -> None:
    files = files_of(shop)
    sheet, touch = (next(it for it in files if name in it) for name in (".css", "touch-icon.png"))
    etag = shop.client.get(sheet).headers["ETag"]
    shop.client.get(sheet)
    assert shop.client.get(sheet, headers={"If-None-Match": etag}, buffered=True).status_code == 304
    part = shop.client.get(touch, headers={"Range": "bytes=0-9"}, buffered=True)
    assert (part.status_code, len(part.data)) == (206, 10)
    assert shop.client.head(sheet, buffered=True).data == b""


def test_files_from_memory_are_counted_like_others(shop: WebShop) -> None:
    context = shop.context
    token = "a token of more than thirty characters"
    shop.app.extensions["counterfoil"] = replace(context, config=replace(context.config, metrics_token=token))
    sheet = sheet_of(shop)
    for _ in range(3):
        shop.client.get(sheet)
    answer = shop.client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    counted = {
        sample.labels["route"]: sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if sample.name == "counterfoil_requests_total"
    }
    assert counted["/brand/<colors>.css"] == 3
    assert counted["/pay/<code>"] == 1


def test_a_stylesheet_in_colours_that_anyone_made_up_is_compressed_fast(shop: WebShop) -> None:
    sheet = sheet_of(shop)
    unversioned = shop.client.get(sheet.partition("?")[0], headers=BROTLI)
    versioned = shop.client.get(sheet, headers=BROTLI)
    body = brotli.decompress(versioned.data)
    assert brotli.decompress(unversioned.data) == body
    assert (unversioned.data, versioned.data) == (
        compress_text_fast(body).bodies["br"],
        compress_text(body).bodies["br"],
    )
    # The version belongs to the colours, so nobody can use it for other colours.
    other = shop.client.get(sheet.replace("7a4f01", "7a4f02"), headers=BROTLI)
    assert (other.headers["Cache-Control"], other.headers.get("Content-Encoding")) == ("no-cache", None)


def files_in_memory(shop: WebShop) -> tuple[ImmutableFiles, Client]:
    """Return the files of a server in memory, and a client of them."""
    files = ImmutableFiles(shop.app, lambda *both: Flask.wsgi_app(shop.app, *both))
    return files, Client(files, use_cookies=False)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "x",
        "x=1",
        "v",
        "v=x",
        "x&{v}",
        "x=1&{v}",
        "{v}&x",
        "{v}&x=1",
        "{v}&{v}",
        "{v}&",
        "&{v}",
        "%76={h}",
        "{p}",
        "V={h}",
    ],
)
def test_only_the_address_that_pages_name_is_compressed_slowly_and_kept(shop: WebShop, query: str) -> None:
    sheet = sheet_of(shop)
    path, _, version = sheet.partition("?")
    hash = version.removeprefix("v=")
    query = query.format(v=version, h=hash, p=f"v=%{ord(hash[0]):02x}{hash[1:]}")
    files, client = files_in_memory(shop)
    slowly = compress_text.cache_info().misses
    for address in (f"{path}?{query}", f"/brand/000001.css?{query}", f"/brand/000001-000002.css?{query}"):
        answer = client.get(address, headers=BROTLI)
        assert answer.status_code == 200
        body = brotli.decompress(answer.data) if "Content-Encoding" in answer.headers else answer.data
        assert body.startswith(read_bundle("counterfoil.css"))
    assert compress_text.cache_info().misses == slowly
    assert files._files.values == []
    client.get(sheet, headers=BROTLI)
    assert len(files._files.values) == 1


@pytest.mark.parametrize(
    "spelling", ["/static/./css/../css/{}", "/static/css/./{}", "/static//css/{}", "/static/css/{}?{}&x=1"]
)
def test_another_spelling_of_an_address_takes_no_memory(shop: WebShop, spelling: str) -> None:
    (icon,) = (it for it in files_of(shop) if "icon.svg" in it)
    folder, _, rest = icon.rpartition("/")
    name, _, version = rest.partition("?")
    address = spelling.replace("css", folder.rpartition("/")[2]).format(name, version)
    address += "" if "?" in address else f"?{version}"
    files, client = files_in_memory(shop)
    client.get(address, headers=BROTLI, buffered=True)
    assert files._files.values == []


def test_a_file_is_not_kept_for_a_host_that_no_server_can_have(shop: WebShop) -> None:
    sheet = sheet_of(shop)
    files, client = files_in_memory(shop)
    sizes = []
    for length, kept in ((257, 0), (6003, 0), (255, 1), (55, 2)):
        assert client.get(sheet, environ_overrides={"HTTP_HOST": ("h." * length)[:length]}).status_code == 200
        assert len(files._files.values) == kept
        sizes.append(files._files.bytes)
    assert sizes[3] == 2 * sizes[2] - 200
