"""What the merchant writes above the order: title, description and picture of a link, and titles that are cut."""

import pytest

from app.objects.line_item import LineItem
from app.web.display.formatting import initial, shortened
from app.web.display.markdown import plain
from tests.support.build import NOW, a_line, a_link, a_price, a_product, an_organization
from tests.web.conftest import WebShop

PICTURE = "/pictures/" + "a" * 64 + ".png"


def two_lines() -> list[LineItem]:
    return [a_line(a_price(1000)), a_line(a_price(500, id="price_jam", product=a_product("prod_jam", "Jam")))]


def test_the_title_of_a_link_heads_the_page_and_its_previews(shop: WebShop) -> None:
    shop.add(a_link(*two_lines(), counterfoil={"title": "Breakfast & more"}))
    page = shop.open()
    assert page.heading == "Breakfast & more"
    assert page.title == "Breakfast & more, €15.00 – Hillside Apiary"
    assert page.root.first("meta", property="og:title")["content"] == "Breakfast & more"


def test_the_title_of_an_invoice_is_followed_by_its_reference(shop: WebShop) -> None:
    shop.add(a_link(counterfoil={"title": "Winter supplies", "reference": "2026-0042", "due_date": NOW}))
    page = shop.open()
    assert page.heading == "Winter supplies"
    assert page.text.startswith("Winter supplies Invoice 2026-0042 Due")


def test_a_title_keeps_the_name_of_the_only_product(shop: WebShop) -> None:
    shop.add(a_link(counterfoil={"title": "Summer in a jar"}))
    assert shop.open().text.startswith("Summer in a jar Jar of honey")


def test_a_title_that_repeats_the_product_names_it_once(shop: WebShop) -> None:
    shop.add(a_link(counterfoil={"title": "Jar of honey"}))
    assert shop.open().text.count("Jar of honey") == 1


@pytest.mark.parametrize("several", [True, False], ids=["several lines", "one product"])
def test_the_description_is_markdown_and_its_html_is_text(shop: WebShop, *, several: bool) -> None:
    text = "Filled **by hand**\n\nSee [how](https://h.example/how) <b>now</b>"
    shop.add(a_link(*(two_lines() if several else []), counterfoil={"description": text}))
    page = shop.open()
    description = page.root.first("div", class_="description")
    assert [part.text for part in description.all("p")] == ["Filled by hand", "See how <b>now</b>"]
    assert description.first("strong").text == "by hand"
    assert page.link("how")["href"] == "https://h.example/how"
    assert page.root.first("meta", property="og:description")["content"].endswith(
        " · Filled by hand See how <b>now</b>"
    )


def test_links_of_a_description_leave_a_frame_in_a_new_tab(shop: WebShop) -> None:
    shop.add(
        a_link(counterfoil={"description": "[how](https://h.example/how)", "embed_origins": ["https://h.example"]})
    )
    assert shop.open("/pay/honey/embed").link("how")["target"] == "_blank"


def test_one_product_has_its_picture_beside_the_form(shop: WebShop) -> None:
    shop.add(a_link(a_line(a_price(product=a_product(images=("https://h.example/jar.jpg",))))))
    page = shop.open()
    assert page.root.first("div", class_="picture").first("img")["src"] == "https://h.example/jar.jpg"
    assert "wide" in page.root.first("body")["class"].split()


def test_the_picture_of_the_link_comes_before_that_of_the_product(shop: WebShop) -> None:
    product = a_product(images=("https://h.example/jar.jpg",))
    shop.add(a_link(a_line(a_price(product=product)), counterfoil={"image": PICTURE}))
    page = shop.open()
    assert page.root.first("div", class_="picture").first("img")["src"] == PICTURE
    assert page.root.first("meta", property="og:image")["content"] == f"http://localhost{PICTURE}"


def test_the_picture_of_a_link_with_several_lines_stands_above_them(shop: WebShop) -> None:
    shop.add(a_link(*two_lines(), counterfoil={"image": PICTURE}))
    page = shop.open()
    assert page.root.first("section", class_="summary").first("img")["src"] == PICTURE
    assert not page.root.all("div", class_="picture")


def test_without_a_picture_one_product_has_one_column(shop: WebShop) -> None:
    shop.add()
    page = shop.open()
    assert page.root.first("body")["class"].strip() == ""
    assert not page.root.all("div", class_="picture")


def test_an_image_that_a_page_may_not_show_is_left_out(shop: WebShop) -> None:
    shop.add(a_link(counterfoil={"image": "javascript:alert(1)"}))
    assert not shop.open().root.all("div", class_="picture")


def test_names_of_250_letters_are_cut_in_the_title_of_the_tab_and_of_previews(shop: WebShop) -> None:
    shop.merchant(an_organization(name="M" * 250, business_profile={"name": "M" * 250}))
    shop.add(a_link(a_line(a_price(product=a_product(name="N" * 250)))))
    page = shop.open()
    assert page.title == "N" * 79 + "…, €12.50 – " + "M" * 59 + "…"
    assert page.root.first("meta", property="og:title")["content"] == "N" * 79 + "…"
    assert page.heading == "N" * 250


@pytest.mark.parametrize(
    ("text", "maximum", "cut"),
    [
        ("Jar of honey", 12, "Jar of honey"),
        ("Jar of honey, large", 14, "Jar of honey…"),
        ("Jar\n of   honey", 20, "Jar of honey"),
        ("Donaudampfschiff", 6, "Donau…"),
        ("Zoe\u0301" * 3, 8, "Zoe\u0301Zo…"),
        ("👩🏽‍🚀👩🏽‍🚀", 6, "👩🏽‍🚀…"),
        ("👍🏽👍🏽", 3, "👍🏽…"),
        ("🇦🇹🇦🇹🇦🇹", 4, "🇦🇹…"),
        ("🇦🇹🇦🇹🇦🇹", 5, "🇦🇹🇦🇹…"),
        ("नमस्ते नमस्ते", 6, "नम…"),
        ("\u1100\u1161\u11a8" * 2, 5, "\u1100\u1161\u11a8…"),
    ],
)
def test_a_text_is_cut_after_a_word_and_never_within_a_letter(text: str, maximum: int, cut: str) -> None:
    assert shortened(text, maximum) == cut


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Hillside", "H"),
        ("(honey)", "H"),
        ("'n Sync", "N"),
        ("éclair", "É"),
        ("e\u0301clair", "É"),
        ("ßtraße", "S"),
        ("ﬁsh", "F"),
        ("24 jars", "2"),
        ("蜂蜜", "蜂"),
        ("निर्मल", "नि"),
        ("🐝 bees", "B"),
        ("🐝", "🐝"),
        ("  ", ""),
    ],
)
def test_a_name_has_one_initial(name: str, first: str) -> None:
    assert initial(name) == first


def test_a_preview_has_the_words_of_markdown_without_its_marks() -> None:
    assert plain("**Open**\n\n[hours](https://h.example/) and **more") == "Open hours and more"
