"""Uploaded pictures are served for good, to every site, and nothing in them can run."""

import io

import pytest
from PIL import Image

from app.errors import InvalidRequest
from app.objects.change import COMMAND_LINE
from app.objects.picture import Picture
from app.services import pictures
from app.services.accounts import organizations
from tests.support.build import a_link, an_organization
from tests.web.conftest import WebShop


def uploaded(shop: WebShop, mode: str = "RGB") -> Picture:
    file = io.BytesIO()
    Image.new(mode, (30, 20), (10, 90, 160, 128)[: len(mode)]).save(file, "PNG")
    return pictures.add_picture(shop.store, file.getvalue())


def test_a_picture_is_served_with_headers_that_keep_it_a_picture(shop: WebShop) -> None:
    picture = uploaded(shop)
    answer = shop.client.get(picture.path)
    assert answer.status_code == 200
    assert answer.data == picture.content
    headers = answer.headers
    assert headers["Content-Type"] == "image/png"
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in headers


def test_a_browser_that_has_the_picture_gets_no_bytes(shop: WebShop) -> None:
    picture = uploaded(shop)
    again = shop.client.get(picture.path, headers={"If-None-Match": shop.client.get(picture.path).headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_other_names_find_nothing(shop: WebShop) -> None:
    path = uploaded(shop).path
    names = (path.replace(".png", ".jpg"), path.replace(".png", ".svg"), path[:-4], path.upper(), "/pictures/x.png")
    assert [shop.client.get(name).status_code for name in names] == [404] * len(names)
    assert shop.client.post(path).status_code == 405


def test_an_uploaded_logo_stands_on_the_page(shop: WebShop) -> None:
    path = uploaded(shop, "RGBA").path
    organizations.update(
        shop.store, an_organization(), {"settings": {"branding": {"logo": path}}}, shop.clock(), actor=COMMAND_LINE
    )
    shop.add(a_link())
    (logo,) = shop.open().root.all("img", class_="merchant-logo")
    assert logo["src"] == path
    assert shop.client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/pictures/x.png", "/pictures/../console", f"/pictures/{'0' * 64}.svg"])
def test_a_path_that_is_no_picture_is_no_logo(shop: WebShop, path: str) -> None:
    with pytest.raises(InvalidRequest):
        organizations.update(
            shop.store, an_organization(), {"settings": {"branding": {"logo": path}}}, shop.clock(), actor=COMMAND_LINE
        )
