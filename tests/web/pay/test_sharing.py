"""What a chat shows of a shared address: title, price and picture, and nothing that only the payer should see."""

import io

import pytest
from PIL import Image

from app.objects.payment_link import PaymentLink
from app.services import pictures
from tests.support.build import NOW, a_line, a_link, a_price, a_product, an_organization
from tests.web.conftest import WebShop

ELSEWHERE = "https://cdn.example/jar.jpg"
GONE = f"/pictures/{'0' * 64}.png"


def uploaded(shop: WebShop) -> str:
    file = io.BytesIO()
    Image.new("RGB", (640, 480), (10, 90, 160)).save(file, "PNG")
    return pictures.add_picture(shop.store, file.getvalue()).path


def tags(shop: WebShop, path: str = "/pay/honey") -> dict[str, str]:
    """Return the Open Graph and Twitter tags of a page."""
    metas = shop.open(path).root.all("meta")
    return {
        tag.get("property") or tag["name"]: tag["content"] for tag in metas if tag.get("property") or tag.get("name")
    }


def showing(*images: str, name: str = "Jar of honey") -> PaymentLink:
    return a_link(a_line(a_price(product=a_product(name=name, images=images))))


def test_a_shared_address_unfolds_with_title_price_seller_and_card(shop: WebShop) -> None:
    shop.add()
    shown = tags(shop, "/pay/honey?prefilled_email=a%40b.example")
    assert shown["og:title"] == "Jar of honey"
    assert shown["og:description"] == shown["description"] == "€12.50 · Sold by Hillside Apiary"
    assert shown["og:site_name"] == "Hillside Apiary"
    assert shown["og:url"] == "http://localhost/pay/honey"
    assert shown["og:image"] == "http://localhost/pay/honey/card.png"
    assert shown["og:image:alt"] == "Jar of honey, €12.50, Hillside Apiary"
    assert (shown["og:image:width"], shown["og:image:height"]) == ("1200", "630")
    assert shown["twitter:card"] == "summary_large_image"
    assert shop.client.get("/pay/honey/card.png").mimetype == "image/png"


def test_the_preview_of_an_invoice_tells_no_amount(shop: WebShop) -> None:
    shop.add(a_link(counterfoil={"reference": "2026-0042", "due_date": NOW + 70 * 86_400}))
    shown = tags(shop)
    assert shown["og:title"] == "Invoice 2026-0042"
    assert shown["og:description"] == "Due 30 November 2026 · Sold by Hillside Apiary"
    assert shown["og:image:alt"] == "Invoice 2026-0042, Due 30\u00a0November 2026, Hillside Apiary"
    assert not [text for text in shown.values() if "12.50" in text]


@pytest.mark.parametrize(
    ("images", "shared"),
    [
        pytest.param((ELSEWHERE,), ELSEWHERE, id="the product's picture"),
        pytest.param(("https://cdn.example/jar.SVG?v=1", ELSEWHERE), ELSEWHERE, id="no chat shows SVG"),
        pytest.param(("/static/img/logo.svg",), "http://localhost/pay/honey/card.png", id="only SVG"),
        pytest.param(("http://cdn.example/jar.jpg",), "http://localhost/pay/honey/card.png", id="without TLS"),
        pytest.param(("javascript:alert(1)",), "http://localhost/pay/honey/card.png", id="no address"),
    ],
)
def test_the_picture_of_a_preview(shop: WebShop, images: tuple[str, ...], shared: str) -> None:
    shop.add(showing(*images))
    shown = tags(shop)
    assert shown["og:image"] == shared
    assert ("og:image:width" in shown) is shared.endswith("card.png")


@pytest.mark.parametrize(
    ("branding", "shared", "kind"),
    [
        pytest.param({"logo": ELSEWHERE}, ELSEWHERE, "summary", id="the logo"),
        pytest.param({"icon": ELSEWHERE}, ELSEWHERE, "summary", id="the icon where there is no logo"),
        pytest.param(
            {"logo": "/static/img/logo.svg", "icon": ELSEWHERE}, ELSEWHERE, "summary", id="the icon instead of SVG"
        ),
        pytest.param(
            {"logo": GONE}, "http://localhost/pay/honey/card.png", "summary_large_image", id="the card shows it"
        ),
        pytest.param({}, "http://localhost/pay/honey/card.png", "summary_large_image", id="no logo"),
    ],
)
def test_a_title_that_the_card_cannot_show_is_shared_with_the_logo(
    shop: WebShop, branding: dict[str, str], shared: str, kind: str
) -> None:
    shop.merchant(an_organization(settings={"branding": branding}))
    shop.add(showing(name="蜂蜜"))
    shown = tags(shop)
    assert (shown["og:title"], shown["og:image"], shown["twitter:card"]) == ("蜂蜜", shared, kind)


def test_a_title_that_the_card_can_show_is_not_shared_with_the_logo(shop: WebShop) -> None:
    shop.merchant(an_organization(settings={"branding": {"logo": ELSEWHERE}}))
    shop.add()
    assert tags(shop)["og:image"] == "http://localhost/pay/honey/card.png"


def test_long_names_are_cut_after_a_word(shop: WebShop) -> None:
    shop.add(showing(name="Honey " * 41))
    assert tags(shop)["og:title"] == "Honey " * 12 + "Honey…"
    shop.merchant(an_organization(business_profile={"name": "Apiary " * 40}))
    assert 180 < len(tags(shop)["og:description"]) <= 200
    assert tags(shop)["og:description"].endswith("Apiary…")


def test_the_merchants_own_title_text_and_picture_are_shared(shop: WebShop) -> None:
    image = uploaded(shop)
    ours = {"title": "Two jars", "description": "From **thyme** & [lime](https://lime.example)", "image": image}
    product = a_product(description="Runny", images=(ELSEWHERE,))
    shop.add(a_link(a_line(a_price(product=product)), counterfoil=ours))
    shown = tags(shop)
    assert shown["og:title"] == shown["og:image:alt"] == "Two jars"
    assert shown["og:description"] == "€12.50 · From thyme & lime"
    assert shown["og:image"] == f"http://localhost{image}"
    assert (shown["og:image:width"], shown["og:image:height"]) == ("640", "480")


def test_what_a_product_is_stands_in_the_preview(shop: WebShop) -> None:
    shop.add(a_link(a_line(a_price(product=a_product(description="Runny")))))
    assert tags(shop)["og:description"] == "€12.50 · Runny"
