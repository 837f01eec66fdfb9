"""The preview card of a link: what it says, when it is drawn, and what it must not tell."""

import io
from typing import Any

import pytest
from flask import g
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from app.objects.payment_link import PaymentLink
from app.pricing.quote import default_selection, quote
from app.services import pictures
from app.web.assets.brand_css import contrast, parse_color
from app.web.assets.card import drawing
from app.web.assets.card.content import Card, card_of
from app.web.assets.card.font import code_points, drawable, open_font
from tests.support.build import (
    NOW,
    a_custom_price,
    a_line,
    a_link,
    a_price,
    a_product,
    an_organization,
)
from tests.support.examples import at_most
from tests.web.conftest import WebShop

DAY = 86_400
PNG = b"\x89PNG\r\n\x1a\n"


def said(shop: WebShop, link: PaymentLink, language: str = "en", **merchant: Any) -> Card:
    """Return the card of a link."""
    with shop.app.test_request_context("/"):
        g.page_locale = language
        shown = quote(link, default_selection(link), NOW)
        return card_of(link, an_organization(**merchant), shown, "https://pay.apiary.example")


def colors(content: bytes, box: tuple[int, int, int, int]) -> set[tuple[int, ...]]:
    """Return the colours within a part of a picture."""
    part = Image.open(io.BytesIO(content)).convert("RGB").crop(box)
    return {color for _count, color in part.getcolors(part.width * part.height) or []}  # type: ignore[misc]


def uploaded(shop: WebShop, color: tuple[int, ...], size: tuple[int, int] = (300, 300)) -> str:
    file = io.BytesIO()
    Image.new("RGBA" if len(color) == 4 else "RGB", size, color).save(file, "PNG")
    return pictures.add_picture(shop.store, file.getvalue()).path


def test_a_card_is_a_picture_of_1200_by_630_pixels_that_others_may_show_and_keep(shop: WebShop) -> None:
    shop.add()
    answer = shop.client.get("/pay/honey/card.png")
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert Image.open(io.BytesIO(answer.data)).size == (1200, 630)
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    again = shop.client.get("/pay/honey/card.png", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_card_is_drawn_once(shop: WebShop) -> None:
    link = shop.add()
    first = shop.client.get("/pay/honey/card.png")
    fingerprint = first.headers["ETag"].strip('"')
    assert shop.store.card(link.id, fingerprint) == first.data
    shop.store.save_card(link.id, fingerprint, PNG + b"as stored")
    assert shop.client.get("/pay/honey/card.png").data == PNG + b"as stored"


@pytest.mark.parametrize(
    ("link", "merchant"),
    [
        pytest.param(a_link(a_line(a_price(product=a_product(name="Beeswax")))), {}, id="another name"),
        pytest.param(a_link(a_line(a_price(990))), {}, id="another price"),
        pytest.param(a_link(a_line(a_price(), quantity=2)), {}, id="another quantity"),
        pytest.param(a_link(), {"business_profile": {"name": "Valley Apiary"}}, id="another merchant"),
        pytest.param(a_link(), {"settings": {"branding": {"primary_color": "#803040"}}}, id="another colour"),
        pytest.param(a_link(), {"settings": {"branding": {"logo": f"/pictures/{'0' * 64}.png"}}}, id="another logo"),
    ],
)
def test_a_card_is_drawn_again_when_what_it_shows_has_changed(
    shop: WebShop, link: PaymentLink, merchant: dict[str, Any]
) -> None:
    assert said(shop, link, **merchant).fingerprint != said(shop, a_link()).fingerprint


def test_a_card_stays_when_what_it_does_not_show_has_changed(shop: WebShop) -> None:
    other = a_link(metadata={"a": "1"}, inactive_message="Gone", active=False)
    assert said(shop, other).fingerprint == said(shop, a_link()).fingerprint


def test_a_card_that_cannot_be_stored_is_shown_all_the_same(shop: WebShop, caplog: pytest.LogCaptureFixture) -> None:
    shop.add()
    engine = shop.store.engine  # type: ignore[attr-defined]
    engine.execute("CREATE TRIGGER full BEFORE INSERT ON link_cards BEGIN SELECT RAISE(FAIL, 'disk full'); END")
    answer = shop.client.get("/pay/honey/card.png")
    assert (answer.status_code, answer.data[:8]) == (200, PNG)
    assert "The card of plink_honey was not stored" in caplog.text


@pytest.mark.parametrize(
    ("link", "title", "amount"),
    [
        pytest.param(a_link(), "Jar of honey", "€12.50", id="one price"),
        pytest.param(
            a_link(a_line(a_price(800, recurring="month"))), "Jar of honey", "€8.00 · every month", id="a subscription"
        ),
        pytest.param(
            a_link(a_line(a_price(800, recurring="month")), subscription_data={"trial_period_days": 14}),
            "Jar of honey",
            "14 days free · then €8.00 every month",
            id="a trial",
        ),
        pytest.param(
            a_link(a_line(a_custom_price(2500))),
            "Jar of honey",
            "",
            id="an amount that the buyer chooses",
        ),
        pytest.param(a_link(counterfoil={"title": "Two jars"}), "Two jars", "€12.50", id="a title of its own"),
        pytest.param(a_link(counterfoil={"reference": "2026-0042"}), "Invoice 2026-0042", "", id="an invoice"),
        pytest.param(
            a_link(counterfoil={"reference": "2026-0042", "due_date": NOW + 70 * DAY}),
            "Invoice 2026-0042",
            "Due 30 November 2026",
            id="an invoice with a day",
        ),
        pytest.param(
            a_link(a_line(a_price(currency="sar"))), "Jar of honey", "SAR 12.50", id="a currency without a sign"
        ),
    ],
)
def test_the_words_of_a_card(shop: WebShop, link: PaymentLink, title: str, amount: str) -> None:
    words = said(shop, link).words
    assert (words.seller, words.title) == ("Hillside Apiary", title)
    assert words.amount.replace("\u00a0", " ") == amount
    assert words.host == "pay.apiary.example"


def test_an_amount_in_letters_that_the_font_lacks_is_written_as_in_english(shop: WebShop) -> None:
    pounds = a_link(a_line(a_price(currency="egp")))
    assert said(shop, pounds, "ar").words.amount.replace("\u00a0", " ") == "EGP 12.50"
    assert said(shop, a_link(counterfoil={"reference": "1", "due_date": NOW}), "ja").words.amount == ""


def test_the_card_of_an_invoice_tells_neither_amount_nor_payer(shop: WebShop) -> None:
    words = said(shop, a_link(counterfoil={"reference": "2026-0042", "name": "For Ada Lovelace"}))
    assert "12" not in repr(words)
    assert "Ada" not in repr(words)


def test_a_card_is_in_the_language_of_its_link_for_every_visitor(shop: WebShop) -> None:
    dollars = a_line(a_price(currency="usd"))
    shop.add(a_link(dollars))
    tags = {
        shop.client.get(f"/pay/honey/card.png{query}", headers=headers).headers["ETag"]
        for query, headers in (("", {}), ("?locale=en-GB", {}), ("", {"Accept-Language": "en-GB"}))
    }
    assert len(tags) == 1
    # In British English the price is US$12.50.
    shop.add(a_link(dollars, id="plink_2", counterfoil={"code": "2", "locale": "en-GB"}))
    assert shop.client.get("/pay/2/card.png").headers["ETag"] not in tags


@pytest.mark.parametrize(
    "path",
    ["/pay/unknown/card.png", "/pay/unknown/qr.png"],
)
def test_an_unknown_link_has_no_picture(shop: WebShop, path: str) -> None:
    assert shop.client.get(path).status_code == 404


def test_a_closed_link_keeps_its_card(shop: WebShop) -> None:
    shop.add(a_link(active=False))
    assert shop.client.get("/pay/honey/card.png").status_code == 200


def test_the_letter_of_the_merchant_stands_in_the_brands_colour(shop: WebShop) -> None:
    shop.merchant(an_organization(settings={"branding": {"primary_color": "#803040"}}))
    shop.add()
    tile = colors(shop.client.get("/pay/honey/card.png").data, (64, 64, 120, 120))
    assert {(0x80, 0x30, 0x40), (255, 255, 255)} <= tile


def test_an_uploaded_logo_and_a_picture_are_drawn(shop: WebShop) -> None:
    logo, picture = uploaded(shop, (0, 0, 200, 255)), uploaded(shop, (10, 200, 10), (900, 300))
    shop.merchant(an_organization(settings={"branding": {"logo": logo}}))
    shop.add(a_link(a_line(a_price(product=a_product(images=(picture,))))))
    card = shop.client.get("/pay/honey/card.png").data
    assert colors(card, (0, 0, 630, 630)) == {(10, 200, 10)}
    shop.add(a_link(id="plink_2", counterfoil={"code": "2", "image": picture}))
    assert colors(shop.client.get("/pay/2/card.png").data, (0, 0, 630, 630)) == {(10, 200, 10)}
    assert (0, 0, 200) in colors(card, (694, 64, 750, 120))


def test_a_picture_that_is_gone_leaves_a_card_without_it(shop: WebShop) -> None:
    shop.add(a_link(a_line(a_price(product=a_product(images=(f"/pictures/{'0' * 64}.png",))))))
    assert shop.client.get("/pay/honey/card.png").status_code == 200


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Kerzen für Köln", "Kerzen für Köln"),
        ("Ko\u0308ln", "Köln"),
        ("Ελλάδα · Київ · Łódź · Việt Nam", "Ελλάδα · Київ · Łódź · Việt Nam"),
        ("€ £ ¥ ₹ ₩ ₪ ₫ ₱ ₺ ₽ ฿", "€ £ ¥ ₹ ₩ ₪ ₫ ₱ ₺ ₽ ฿"),
        ("Christmas box 🎄", "Christmas box"),
        ("👨‍👩‍👧 Family  pass", "Family pass"),
        ("a\u202eb\u200b", "ab"),
        ("❤️ love", "❤ love"),
        ("👍🏽 Thumbs", "Thumbs"),
        ("🎄", None),
        ("", None),
        ("蜂蜜", None),
        ("Honey 蜂蜜", None),
        ("عسل", None),
        ("דבש", None),
        ("शहद", None),
    ],
)
def test_texts_that_the_font_can_draw(text: str, drawn: str | None) -> None:
    assert drawable(text) == drawn


def test_the_characters_of_the_font_are_those_that_it_draws() -> None:
    font = open_font(40, 400)
    missing = font.getmask("க").getbbox()
    assert font.getmask("蜂").getbbox() == missing
    assert len(code_points()) > 2500
    assert not {ord(character) for character in "蜂عש"} & code_points()
    assert {font.getmask(letter).getbbox() == missing for letter in "Aéж₪ỡΩ"} == {False}


def test_a_name_that_the_font_lacks_is_left_to_the_logo(shop: WebShop) -> None:
    words = said(shop, a_link(a_line(a_price(product=a_product(name="蜂蜜"))))).words
    assert (words.seller, words.title, words.amount) == ("Hillside Apiary", "", "€12.50")
    assert said(shop, a_link(), business_profile={"name": "蜂"}).words.title == ""
    shop.merchant(an_organization(settings={"branding": {"logo": uploaded(shop, (0, 0, 200, 255))}}))
    shop.add(a_link(a_line(a_price(product=a_product(name="蜂蜜")))))
    assert (0, 0, 200) in colors(shop.client.get("/pay/honey/card.png").data, (500, 200, 700, 300))


def test_a_card_without_any_letter_still_has_a_mark(shop: WebShop) -> None:
    shop.merchant(an_organization(business_profile={"name": "蜂"}, settings={"branding": {"primary_color": "#803040"}}))
    shop.add()
    mark = colors(shop.client.get("/pay/honey/card.png").data, (500, 150, 700, 340))
    assert {(0x80, 0x30, 0x40), (255, 255, 255)} <= mark


LETTERS = st.text(
    st.sampled_from([chr(point) for point in sorted(code_points()) if point > 32]), min_size=1, max_size=90
)


@settings(max_examples=at_most(30))
@given(st.lists(LETTERS, min_size=1, max_size=12), st.sampled_from([442, 1072]))
def test_no_line_of_a_title_is_wider_than_its_column(words: list[str], column: int) -> None:
    size, lines = drawing._fit(" ".join(words), column)
    font = open_font(size, 600)
    assert 1 <= len(lines) <= 3
    assert max(font.getlength(line) for line in lines) <= column


def test_a_name_of_5000_letters_is_cut_before_it_is_measured(shop: WebShop) -> None:
    name = "Honey " * 833
    words = said(
        shop, a_link(a_line(a_price(product=a_product(name=name)))), business_profile={"name": name[:500]}
    ).words
    assert max(len(words.title), len(words.seller)) <= 200
    assert words.title.endswith("Honey…")


def test_a_title_that_was_cut_ends_with_an_ellipsis() -> None:
    assert drawing._fit("word " * 80, 442)[1][-1].endswith("…")
    (line,) = drawing._fit("x" * 300, 1072)[1]
    font = open_font(40, 600)
    assert font.getlength(line) <= 1072 < font.getlength(f"{line[:-1]}x…"), "as much as the column holds"
    assert drawing._fit("Jar of honey", 1072) == (60, ["Jar of honey"])


def test_the_texts_of_a_card_are_readable_on_paper() -> None:
    for color in (drawing._INK, drawing._SOFT):
        assert contrast(parse_color(color), parse_color(drawing._PAPER)) >= 4.5
