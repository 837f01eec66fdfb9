"""The brand in the settings: pictures are checked by content, colours are shown with their contrast, and a pay page shows both."""

import io
from typing import Any

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app.objects.organization import Branding
from app.services.pictures import MAXIMUM_BYTES
from app.web.http.request_body import FORM_BYTES
from tests.services.test_pictures import SVG, a_file, animated, png_that_claims
from tests.support.page import SAME_ORIGIN, Page
from tests.web.console.conftest import Merchant

BRAND = "/console/settings/brand"
LOGO, PRIMARY = "settings[branding][logo]", "settings[branding][primary_color]"
SECONDARY = "settings[branding][secondary_color]"


def branding(ada: Merchant) -> Branding:
    """Return the stored brand."""
    organization = ada.shop.store.organization("org_apiary")
    assert organization is not None
    return organization.settings.branding


def send(
    ada: Merchant, fields: dict[str, str] | None = None, *, logo: bytes | None = None, path: str = BRAND
) -> TestResponse:
    """Send the form as a browser does, with a picture."""
    page = ada.open(BRAND)
    data: dict[str, Any] = {name: text for name, text in page.values(page.form_of("Save")).items() if name != LOGO}
    data |= fields or {}
    if logo is not None:
        data[LOGO] = FileStorage(io.BytesIO(logo), "logo.png", LOGO, "image/png")
    boundary, body = encode_multipart(data)
    sent_as = f"multipart/form-data; boundary={boundary}"
    return ada.client.post(path, base_url=ada.base_url, data=body, headers=SAME_ORIGIN, content_type=sent_as)


def test_logo_and_colours_are_stored_and_shown(ada: Merchant) -> None:
    assert send(ada, {PRIMARY: " F6D33C ", SECONDARY: "#0e585c"}, logo=a_file()).status_code == 303
    stored = branding(ada)
    assert (stored.primary_color, stored.secondary_color) == ("#f6d33c", "#0e585c")
    assert stored.logo is not None
    served = ada.get(stored.logo)
    assert (served.status_code, served.mimetype) == (200, "image/png")
    page = ada.open(BRAND)
    assert "Saved" in page.text
    assert [image["src"] for image in page.root.all("img", alt="Your logo")] == [stored.logo]


def test_a_logo_stays_until_its_box_removes_it(ada: Merchant) -> None:
    send(ada, logo=a_file())
    logo = branding(ada).logo
    send(ada, {PRIMARY: "#0e585c"})
    assert branding(ada).logo == logo is not None
    send(ada, {"remove_logo": "y"})
    assert branding(ada).logo is None


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param(SVG, id="SVG with a script"),
        pytest.param(b"GIF89a<script>alert(1)</script>", id="polyglot of GIF and script"),
        pytest.param(png_that_claims(10_000, 5_000), id="PNG of 50 million pixels"),
        pytest.param(animated("GIF"), id="moving GIF"),
        pytest.param(b"%PDF-1.7", id="PDF"),
        pytest.param(a_file()[:-40], id="PNG without its end"),
        pytest.param(bytes(MAXIMUM_BYTES + 1), id="more than 5 MB"),
    ],
)
def test_a_file_that_is_no_safe_picture_is_refused_at_its_field(ada: Merchant, hostile: bytes) -> None:
    answer = send(ada, {PRIMARY: "#f6d33c"}, logo=hostile)
    page = Page(answer)
    assert page.status == 422
    assert page.error_at("Logo, beside your name on each page")
    assert page.field("Colour of buttons")["value"] == "#f6d33c"
    assert branding(ada) == Branding()


def test_what_follows_the_pixels_of_a_picture_is_not_served(ada: Merchant) -> None:
    script = b"<script>alert(1)</script>"
    send(ada, logo=a_file() + script)
    logo = branding(ada).logo
    assert logo is not None
    assert script not in ada.get(logo).data


def test_a_picture_may_be_larger_than_other_forms(ada: Merchant) -> None:
    file = io.BytesIO()
    Image.effect_noise((600, 600), 90).save(file, "PNG")
    assert len(file.getvalue()) > FORM_BYTES
    send(ada, logo=file.getvalue())
    assert branding(ada).logo is not None
    page = ada.open("/console/links")
    assert branding(ada).logo in [image["src"] for image in page.root.all("img")]


def test_a_body_over_the_limit_of_pictures_is_refused(ada: Merchant) -> None:
    assert send(ada, logo=bytes(MAXIMUM_BYTES + 2 * 1024 * 1024)).status_code == 413
    assert branding(ada) == Branding()


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (SVG, "表示できる画像ではありません"),
        (b"", "このファイルは空です"),
        (b"\xff\xd8\xff" + b"0" * 100, "画像ではありません"),
        (a_file("PNG")[:60], "壊れています"),
        (animated("GIF"), "動きがあります"),
        (png_that_claims(9000, 9000), "25メガピクセルを超えています"),
        (bytes(MAXIMUM_BYTES + 1), "5 MBを超えています"),
    ],
    ids=["svg", "empty", "not quite jpeg", "half a png", "moving", "too many pixels", "too large"],
)
def test_the_reason_why_a_picture_is_refused_is_in_the_language_of_the_page(
    ada: Merchant, file: bytes, words: str
) -> None:
    answer = send(ada, logo=file, path=f"{BRAND}?locale=ja")
    assert answer.status_code == 422
    assert words in answer.text


@pytest.mark.parametrize("wrong", ["green", "#12345", "#1234567", "url(x)", "#0e585c;}"])
def test_a_text_that_is_no_colour_is_refused(ada: Merchant, wrong: str) -> None:
    page = Page(send(ada, {PRIMARY: wrong}))
    assert page.status == 422
    assert "such as #0e585c" in page.error_at("Colour of buttons")
    assert branding(ada).primary_color is None


def test_a_pale_colour_keeps_its_contrast_and_the_page_says_that_a_shade_is_used(ada: Merchant) -> None:
    send(ada, {PRIMARY: "#f6d33c"})
    page = ada.open(BRAND)
    items = page.by_id("contrast").all("li")
    ratios = [float(item.first("span", class_="tag").text.split()[0]) for item in items]
    assert len(ratios) == 4
    assert min(ratios) >= 4.5
    assert "a shade of your colour" in items[1].text
    assert "a shade of your colour" not in items[0].text


def test_the_preview_shows_unsaved_colours_on_a_real_page_and_saves_nothing(ada: Merchant) -> None:
    assert not ada.open(BRAND).has_button("Update preview")
    ada.shop.link()
    answer = send(ada, {PRIMARY: "#f6d33c"}, path=f"{BRAND}/preview")
    assert answer.status_code == 200
    assert "/brand/f6d33c.css" in answer.text
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert branding(ada) == Branding()
    shown = ada.get(BRAND)
    assert "frame-src 'self'" in shown.headers["Content-Security-Policy"]
