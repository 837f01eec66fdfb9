"""A frame is light unless the page around it asks for something else."""

import re
from pathlib import Path

import pytest

from app.web.assets.brand_css import stylesheet
from tests.support.build import a_line, a_link, adjustable
from tests.web.conftest import WebShop

CSS = Path(__file__).parents[3] / "static" / "css" / "counterfoil.css"

FRAMED = {"embed_origins": ["https://office.example"]}


@pytest.mark.parametrize(
    ("query", "theme"),
    [
        ("", "light"),
        ("?theme=light", "light"),
        ("?theme=dark", "dark"),
        ("?theme=auto", None),
        ("?theme=pink", "light"),
    ],
)
def test_a_frame_has_the_theme_that_its_address_asks_for(shop: WebShop, query: str, theme: str | None) -> None:
    shop.add(a_link(counterfoil=FRAMED))
    assert shop.open(f"/pay/honey/embed{query}").root.first("html").get("data-theme") == theme


def test_a_page_of_its_own_follows_the_system_alone(shop: WebShop) -> None:
    shop.add(a_link(counterfoil=FRAMED))
    assert shop.open("/pay/honey?theme=dark").root.first("html").get("data-theme") is None


def test_a_preview_in_the_frame_keeps_the_theme(shop: WebShop) -> None:
    shop.add(a_link(a_line(adjustable_quantity=adjustable(1, 5)), counterfoil=FRAMED))
    page = shop.open("/pay/honey/embed?theme=dark&utm_source=x")
    assert page.form["action"] == "/pay/honey?utm_source=x"
    again = shop.pressed(page, "Update total")
    assert again.root.first("html").get("data-theme") == "dark"


def test_a_state_in_the_frame_keeps_the_theme(shop: WebShop) -> None:
    shop.add(a_link(active=False, counterfoil=FRAMED))
    page = shop.open("/pay/honey/embed?theme=dark")
    assert (page.status, page.root.first("html").get("data-theme")) == (410, "dark")


def test_dark_frames_have_the_same_colours_as_dark_pages() -> None:
    for css in (CSS.read_text(), stylesheet("#ffd400", "#123456")):
        system = re.findall(r":root:not\(\[data-theme\]\) \{(.*?)\}", css, re.S)
        asked = re.findall(r':root\[data-theme="dark"\] \{(.*?)\}', css, re.S)
        (values,) = system
        assert "--brand" in values
        assert values in asked
