"""The styles and scripts of pages: small, complete, kept by browsers for as long as they are the same, and only where a page uses them."""

from typing import Any

import pytest

from app.objects.organization import Branding, Settings
from app.resources import resource
from app.web.assets.brand_css import stylesheet
from app.web.http.bundles import BUNDLES, bundle_hash, read_bundle
from app.web.http.encodings import compress_text
from tests.support.build import NOW, a_link, an_organization
from tests.web.conftest import WebShop


def source(name: str) -> str:
    return (resource("static") / name).read_text(encoding="utf-8")


def scripts(shop: WebShop, path: str = "/pay/honey") -> list[str]:
    """Return the names of the scripts that a page loads."""
    page = shop.open(path)
    addresses = [script["src"] for script in page.root.all("script") if script.get("src")]
    return [address.partition("?")[0].rpartition("/")[2] for address in addresses]


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_is_served_and_kept_forever_by_the_hash_of_its_content(shop: WebShop, name: str) -> None:
    answer = shop.client.get(f"/bundles/{name}?v={bundle_hash(name)}")
    assert answer.data == read_bundle(name)
    assert answer.mimetype == ("text/css" if name.endswith(".css") else "text/javascript")
    assert "immutable" in answer.headers["Cache-Control"]
    other = next(bundle_hash(it) for it in BUNDLES if it != name)
    for version in ("", "?v=", f"?v={other}"):
        assert shop.client.get(f"/bundles/{name}{version}").headers["Cache-Control"] == "no-cache"
    etag = answer.headers["ETag"]
    assert shop.client.get(f"/bundles/{name}", headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize("name", ["none.css", "..%2Fapp.py", "js%2Fpage.js", "htmx.min.js"])
def test_there_is_no_other_bundle(shop: WebShop, name: str) -> None:
    assert shop.client.get(f"/bundles/{name}").status_code == 404


def test_a_vendored_file_stands_in_its_bundle_as_it_was_published() -> None:
    htmx, page = source("js/htmx.min.js").encode(), read_bundle("page.js")
    assert read_bundle("form.js") == htmx + b";\n" + page
    assert read_bundle("form-frame.js").endswith(b";\n" + read_bundle("form.js"))
    assert read_bundle("page-frame.js").endswith(b";\n" + page)


@pytest.mark.parametrize("name", [name for name in BUNDLES if "form" not in name])
def test_a_bundle_has_no_comments_and_is_a_fifth_smaller_than_its_file(name: str) -> None:
    names = ["frame.js", "page.js"] if name == "page-frame.js" else [name]
    text = "".join(source(f"{it.rpartition('.')[2]}/{it}") for it in names)
    small = read_bundle(name).decode()
    assert "/*" not in small
    assert "\n//" not in small
    assert len(small) < len(text) * 0.85


def test_styles_and_script_of_a_pay_page_leave_five_kilobytes_for_the_page() -> None:
    coded = [compress_text(read_bundle(name)).bodies["br"] for name in ("counterfoil.css", "form.js")]
    assert sum(map(len, coded)) <= 20_000


def test_a_page_with_a_form_loads_htmx_and_our_script_in_one_file(shop: WebShop) -> None:
    shop.add()
    assert scripts(shop) == ["form.js"]
    page = shop.open()
    assert len(page.root.all("link", rel="stylesheet")) == 1
    assert "includeIndicatorCSS" in page.root.first("meta", name="htmx-config")["content"]


@pytest.mark.parametrize(
    "link", [a_link(active=False), a_link(counterfoil={"opens_at": NOW + 9}), a_link(counterfoil={"closes_at": NOW})]
)
def test_a_page_without_a_form_loads_no_htmx(shop: WebShop, link: Any) -> None:
    shop.add(link)
    assert scripts(shop) == ["page.js"]
    assert not shop.open().root.all("meta", name="htmx-config")


@pytest.mark.parametrize("path", ["/", "/pay/unknown", "/docs/errors", "/nowhere"])
def test_pages_beside_the_pay_page_load_no_htmx(shop: WebShop, path: str) -> None:
    shop.add()
    assert scripts(shop, path) == ["page.js"]


def test_a_receipt_loads_no_htmx(shop: WebShop) -> None:
    shop.sell()
    shop.press(shop.open(), "Continue to payment")
    assert scripts(shop, shop.pay_in_sandbox()) == ["page.js"]


@pytest.mark.parametrize(("path", "script"), [("/pay/honey", "form.js"), ("/pay/honey/embed", "form-frame.js")])
def test_a_page_that_asks_whether_a_place_is_free_loads_htmx(shop: WebShop, path: str, script: str) -> None:
    origins = ("https://shop.example",)
    shop.sell(a_link(counterfoil={"embed_origins": origins}, restrictions={"completed_sessions": {"limit": 2}}))
    for _ in range(2):
        shop.press(shop.open(), "Continue to payment")
    assert shop.open(path).status == 409
    assert scripts(shop, path) == [script]


def test_a_page_in_a_frame_loads_one_script_too(shop: WebShop) -> None:
    shop.add(a_link(counterfoil={"embed_origins": ("https://shop.example",)}))
    assert scripts(shop, "/pay/honey/embed") == ["form-frame.js"]


def test_a_page_in_a_merchants_colours_loads_one_stylesheet_that_ends_with_them(shop: WebShop) -> None:
    colors = Branding(primary_color="#FFD400", secondary_color="#0e585c")
    shop.merchant(an_organization(settings=Settings(branding=colors)))
    shop.add()
    (sheet,) = (link["href"] for link in shop.open().root.all("link", rel="stylesheet"))
    assert sheet.startswith("/brand/ffd400-0e585c.css?v=")
    answer = shop.client.get(sheet)
    styles, brand = read_bundle("counterfoil.css").decode(), stylesheet("#ffd400", "#0e585c")
    assert answer.text == f"{styles}\n{brand}"
    assert "immutable" in answer.headers["Cache-Control"]
    # Another release makes other styles from the same colours.
    other = shop.client.get(sheet.replace("?v=", "?v=0"))
    assert (other.text, other.headers["Cache-Control"]) == (answer.text, "no-cache")


@pytest.mark.parametrize(
    ("icon", "logo", "shown"),
    [
        ("https://a.example/icon.png", "https://a.example/logo.png", "https://a.example/icon.png"),
        (None, "https://a.example/logo.png", "https://a.example/logo.png"),
        ("https://a.example/icon.png", None, "https://a.example/icon.png"),
        (None, None, "/static/img/icon.svg"),
    ],
)
def test_the_tab_shows_the_merchants_icon_or_else_the_logo(
    shop: WebShop, icon: str | None, logo: str | None, shown: str
) -> None:
    shop.merchant(an_organization(settings=Settings(branding=Branding(icon=icon, logo=logo))))
    shop.add()
    assert shop.open().root.first("link", rel="icon")["href"].partition("?")[0] == shown
