"""The first page of a server, the way from a typed code to its link, and the files that programs ask for by name."""

import io
import re
from pathlib import Path
from urllib.robotparser import RobotFileParser

import pytest
from PIL import Image

from app.resources import resource
from app.web.root import read_code
from tests.support.build import a_link, an_organization
from tests.web.conftest import WebShop


def test_the_first_page_says_whose_server_it_is(shop: WebShop) -> None:
    shop.merchant(
        an_organization(
            business_profile={
                "name": "Hillside Apiary",
                "url": "https://apiary.example/",
                "support_email": "help@apiary.example",
                "support_address": {"line1": "Mühlgasse 4", "postal_code": "1040", "city": "Wien", "country": "AT"},
            }
        )
    )
    page = shop.open("/")
    assert (page.status, page.heading) == (200, "Payment pages of Hillside Apiary")
    assert page.title == "Payment pages of Hillside Apiary"
    facts = page.rows("facts")
    assert facts["Whose server"] == "Hillside Apiary, Mühlgasse 4, 1040 Wien, Austria"
    assert facts["Payments by"] == "A simulation of Stripe. No money moves here."
    assert page.link("Visit Hillside Apiary")["href"] == "https://apiary.example/"
    assert page.link("Write to Hillside Apiary")["href"] == "mailto:help@apiary.example"
    assert page.link("Log in to the console")["href"].startswith("/console")
    assert "code on your invoice" in page.text
    assert page.field("Code or address of the payment page")["name"] == "code"


def test_the_first_page_lists_no_link_and_has_one_filled_button(shop: WebShop) -> None:
    shop.add(a_link(counterfoil={"slug": "spring-box"}))
    page = shop.open("/")
    assert "spring-box" not in page.html
    assert "honey" not in page.html
    filled = [button for button in page.root.all("a", class_="button") if "button-secondary" not in button["class"]]
    assert filled == []
    assert [button.text for button in page.root.all("button")] == ["Open"]


@pytest.mark.parametrize("merchants", [0, 2])
def test_a_server_with_several_merchants_or_none_names_its_host_alone(shop: WebShop, merchants: int) -> None:
    if merchants:
        shop.store.add_organization(an_organization("org_other", "Valley Apiary"))
    else:
        shop.store.engine.execute("DELETE FROM organizations")  # type: ignore[attr-defined]
    page = shop.open("/")
    assert (page.status, page.heading, page.title) == (200, *["Payment pages at localhost"] * 2)
    assert "Apiary" not in page.html
    assert page.rows("facts")["Whose server"] == "localhost"
    assert not page.root.all("p", class_="actions")
    assert page.has_link("Log in to the console")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("spring-box", "spring-box"),
        ("  spring-box \n", "spring-box"),
        ("https://pay.example/pay/spring-box", "spring-box"),
        ("pay.example/pay/spring-box/?utm_source=letter#x", "spring-box"),
        ("/pay/spring-box&utm_source=letter", "spring-box"),
        ("?", ""),
        ("", ""),
    ],
)
def test_the_code_in_what_people_type_or_paste(typed: str, code: str) -> None:
    assert read_code(typed) == code


def test_a_typed_code_leads_to_its_page(shop: WebShop) -> None:
    shop.add(a_link(counterfoil={"slug": "spring-box"}))
    for typed in ("spring-box", "honey", " https://localhost/pay/spring-box?x=1 "):
        answer = shop.client.get("/pay", query_string={"code": typed})
        assert answer.status_code == 303
        assert shop.client.get(answer.location).status_code == 200
    assert shop.client.get("/pay?code=spring-box").location == "/pay/spring-box"


def test_a_wrong_code_leads_to_a_page_where_it_can_be_corrected(shop: WebShop) -> None:
    page = shop.open("/pay?code=spring-bxo")
    assert (page.status, page.heading) == (404, "There is no payment page at this address")
    assert page.field("Last part of the address")["value"] == "spring-bxo"


@pytest.mark.parametrize("query", ["", "?code=", "?code=%20", "?other=1"])
def test_no_code_leads_to_the_first_page(shop: WebShop, query: str) -> None:
    answer = shop.client.get(f"/pay{query}")
    assert (answer.status_code, answer.location) == (303, "/")


@pytest.mark.parametrize(
    "typed", ["//evil.example", "https://evil.example/", "\\evil.example", "..", "%00", "\r\nX: y"]
)
def test_a_typed_code_never_leads_to_another_site(shop: WebShop, typed: str) -> None:
    answer = shop.client.get("/pay", query_string={"code": typed})
    assert answer.status_code in {303, 404}
    assert answer.headers.get("Location", "/") == "/"


def test_the_icon_has_the_sizes_of_tabs_and_desktops(shop: WebShop) -> None:
    answer = shop.client.get("/favicon.ico")
    assert answer.status_code == 200
    assert answer.mimetype in {"image/vnd.microsoft.icon", "image/x-icon"}
    assert Image.open(io.BytesIO(answer.data)).info["sizes"] == {(16, 16), (32, 32), (48, 48)}
    assert "max-age=86400" in answer.headers["Cache-Control"]


def test_the_touch_icon_fills_180_pixels(shop: WebShop) -> None:
    shop.add()
    href = shop.open().root.first("link", rel="apple-touch-icon")["href"]
    with shop.client.get(href) as answer:
        icon = Image.open(io.BytesIO(answer.data))
    assert (icon.size, icon.mode) == ((180, 180), "RGB"), "phones show transparency as black"


@pytest.mark.parametrize(
    ("icon", "shown"),
    [
        ("https://a.example/icon.png", "https://a.example/icon.png"),
        ("https://a.example/icon.svg", "/static/img/touch-icon.png"),
        (None, "/static/img/touch-icon.png"),
    ],
)
def test_the_touch_icon_is_the_merchants_unless_it_is_svg(shop: WebShop, icon: str | None, shown: str) -> None:
    shop.merchant(an_organization(settings={"branding": {"icon": icon}}))
    shop.add()
    assert shop.open().root.first("link", rel="apple-touch-icon")["href"].partition("?")[0] == shown


@pytest.mark.parametrize("path", ["/", "/pay/honey", "/pay/unknown", "/console/login"])
def test_the_colour_around_a_page_is_its_ground_in_both_schemes(shop: WebShop, path: str) -> None:
    shop.add()
    colors = {tag["media"]: tag["content"] for tag in shop.open(path).root.all("meta", name="theme-color")}
    light, dark = re.findall(r"--ground: (#[0-9a-f]{6});", Path(resource("static/css/counterfoil.css")).read_text())[:2]
    assert colors == {"(prefers-color-scheme: light)": light, "(prefers-color-scheme: dark)": dark}


def test_robots_may_read_pay_pages_for_previews_and_nothing_else_of_a_merchant(shop: WebShop) -> None:
    shop.add()
    answer = shop.client.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    rules = RobotFileParser()
    rules.parse(answer.text.splitlines())
    may = {
        path: rules.can_fetch("Twitterbot", path)
        for path in (
            "/",
            "/pay/honey",
            "/pay/honey/card.png",
            "/console/",
            "/console/login",
            "/v1/events",
            "/sandbox/invoice",
        )
    }
    assert [path for path, allowed in may.items() if allowed] == ["/", "/pay/honey", "/pay/honey/card.png"]


@pytest.mark.parametrize(
    "path", ["/", "/pay/honey", "/pay/honey/card.png", "/pay/honey/qr.svg", "/pay/unknown", "/robots.txt"]
)
def test_nothing_is_listed_by_search_engines(shop: WebShop, path: str) -> None:
    shop.add()
    assert shop.client.get(path).headers["X-Robots-Tag"] == "noindex"
