"""Every field for a file takes pictures alone, and nothing of a hostile file is served.

The tests walk the pages, so they find each new field.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.services.test_pictures import SCRIPT, SVG, a_file, animated, png_that_claims
from tests.support.console_examples import make_examples
from tests.support.console_routes import routes
from tests.support.page import SAME_ORIGIN, Element, Page
from tests.web.console.conftest import Merchant

PICTURE = re.compile(r"/pictures/[0-9a-f]{64}\.(?:png|jpg)")
NEEDED = {"name": "Honey", "[name]": "Honey", "[amount]": "9.50"}
"""What a form needs besides its picture, by the ends of the names of its fields."""


@dataclass(frozen=True)
class Upload:
    """A field for a file, with the form in which it stands."""

    page: Page
    form: Element
    name: str

    @property
    def action(self) -> str:
        """The address to which the form is sent."""
        return self.form.get("action") or self.page.response.request.path

    def send(self, ada: Merchant, content: bytes, name: str, type: str) -> TestResponse:
        """Send the form with a file."""
        sent: dict[str, object] = {**self.page.values(self.form)}
        for name, value in sent.items():
            sent[name] = value or next((text for end, text in NEEDED.items() if name.endswith(end)), "")
        sent[self.name] = FileStorage(io.BytesIO(content), name, content_type=type)
        boundary, body = encode_multipart(sent)
        kind = f'multipart/form-data; boundary="{boundary}"'
        return ada.client.post(self.action, base_url=ada.base_url, data=body, content_type=kind, headers=SAME_ORIGIN)


def uploads(ada: Merchant) -> Iterator[Upload]:
    """Yield every field for a file of the console."""
    ids = make_examples(ada.shop.store, ada.shop.gateway, "org_apiary")
    for route in routes(ada.shop.app):
        answer = ada.get(route.path(ids)) if route.method == "GET" else None
        if answer is None or answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        page = Page(answer)
        for form in page.root.all("form"):
            for field in form.all("input", type="file"):
                yield Upload(page, form, field["name"])


def real_png(width: int, height: int) -> bytes:
    """Return a complete PNG of this size in one colour. It is small, because its rows are alike."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes((width + 1) * height), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def gif_and_script() -> bytes:
    """Return a GIF that is a script, too: its width is the beginning of a comment."""
    head = b"GIF89a/*" + a_file("GIF", "P")[8:]
    return head + b"*/=1;alert(1)"


def png_with_text() -> bytes:
    """Return a PNG with a page in its text."""
    file, text = io.BytesIO(), PngInfo()
    text.add_text("Comment", f"<html>{SCRIPT.decode()}")
    Image.new("RGB", (20, 20)).save(file, "PNG", pnginfo=text)
    return file.getvalue()


def zipped() -> bytes:
    """Return a ZIP file with a page."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("index.html", SCRIPT)
    return file.getvalue()


HOSTILE = {
    "SVG with a script": (SVG, "logo.svg", "image/svg+xml"),
    "SVG with the name of a PNG": (SVG, "logo.png", "image/png"),
    "PNG of 50 million pixels": (real_png(10_000, 5_000), "large.png", "image/png"),
    "PNG that claims 10 billion pixels": (png_that_claims(100_000, 100_000), "bomb.png", "image/png"),
    "page with the start of a GIF": (b"GIF89a<script>alert(1)</script>", "a.gif", "image/gif"),
    "GIF that moves": (animated("GIF"), "a.gif", "image/gif"),
    "PDF": (b"%PDF-1.7\n" + SCRIPT, "a.png", "image/png"),
    "page": (b"<!doctype html>" + SCRIPT, "a.html", "text/html"),
    "ZIP": (zipped(), "a.png", "image/png"),
}
"""Files that no field takes."""

POLYGLOTS = {
    "GIF that is a script": (gif_and_script(), "a.gif", "image/gif"),
    "PNG with a page in its text": (png_with_text(), "a.png", "image/png"),
    "PNG with a page behind it": (a_file("PNG") + SCRIPT, "a.png", "image/png"),
    "PNG with a ZIP behind it": (a_file("PNG") + zipped(), "a.png", "image/png"),
    "JPEG with a page in its comment": (a_file("JPEG", comment=SCRIPT), "a.jpg", "image/jpeg"),
    "JPEG with the name of a page": (a_file("JPEG", comment=SCRIPT), "a.html", "text/html"),
    "JPEG with a name that leads elsewhere": (a_file("JPEG", comment=SCRIPT), "../../static/a.svg", "image/svg+xml"),
}
"""Real pictures that are something else, too. Their pixels are encoded again, and the rest is gone."""


def test_the_walk_finds_the_fields_for_files(ada: Merchant) -> None:
    assert {upload.action.partition("?")[0].rsplit("/", 1)[0] for upload in uploads(ada)} >= {
        "/console/links",
        "/console/products",
        "/console/settings",
    }


@pytest.mark.matrix
def test_a_hostile_file_is_refused_at_its_field(ada: Merchant) -> None:
    for upload, (kind, file) in product(list(uploads(ada)), HOSTILE.items()):
        where = (kind, upload.action, upload.name)
        page = Page(upload.send(ada, *file))
        assert page.status == 422, where
        (field,) = page.root.all("input", name=upload.name)
        assert field.get("aria-invalid") == "true", where
        assert not PICTURE.search(page.html), where
        assert SCRIPT.decode() not in page.html, where


@pytest.mark.matrix
def test_only_the_pixels_of_a_picture_are_served(ada: Merchant) -> None:
    for upload, (kind, file) in product(list(uploads(ada)), POLYGLOTS.items()):
        where = (kind, upload.action, upload.name)
        answer = upload.send(ada, *file)
        assert answer.status_code == 303, where
        made = re.search(r"/console/links/plink_\w+", answer.location)
        found = PICTURE.findall(ada.open(f"{made[0]}/edit" if made else answer.location).html)
        assert found, where
        for path in found:
            served = ada.get(path)
            assert served.mimetype in {"image/png", "image/jpeg"}, where
            assert served.headers["X-Content-Type-Options"] == "nosniff", where
            assert not [part for part in (b"script", b"alert", b"PK\x03\x04") if part in served.data], where
