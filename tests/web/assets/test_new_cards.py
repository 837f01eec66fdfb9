"""Cards of new and changed links are drawn by the periodic work, before a chat asks for them."""

from typing import Any

import pytest

from app.objects.payment_link import PaymentLink
from app.objects.picture import Picture
from app.server import reconcile_once
from app.web.assets.card.stored import DRAWN_AT_ONCE, draw_new_cards
from tests.support.build import a_line, a_link, a_price, a_product, an_organization
from tests.web.conftest import WebShop


def stored_cards(shop: WebShop) -> dict[str, str]:
    """Return the fingerprints of the stored cards by the id of their link."""
    rows = shop.store.engine.rows("SELECT payment_link, fingerprint FROM link_cards")  # type: ignore[attr-defined]
    return {row["payment_link"]: row["fingerprint"] for row in rows}


def change(shop: WebShop, **changes: Any) -> None:
    link = shop.found("honey")
    ours = link.counterfoil.model_copy(update={"version": link.counterfoil.version + 1, **changes})
    assert shop.store.save_link(link.model_copy(update={"counterfoil": ours}))


@pytest.mark.parametrize("whole", [True, False])
def test_the_card_of_a_new_link_is_drawn_once_and_is_what_chats_get(shop: WebShop, whole: bool) -> None:
    shop.add()
    assert reconcile_once(shop.app, "node", shop.clock(), whole=whole)
    assert draw_new_cards(shop.app, shop.clock()) == 0
    (fingerprint,) = stored_cards(shop).values()
    assert shop.client.get("/pay/honey/card.png").headers["ETag"] == f'"{fingerprint}"'


def test_a_changed_link_gets_another_card(shop: WebShop) -> None:
    shop.add()
    draw_new_cards(shop.app, shop.clock())
    first = stored_cards(shop)
    change(shop, title="Summer honey")
    assert draw_new_cards(shop.app, shop.clock()) == 1
    assert stored_cards(shop).keys() == first.keys()
    assert stored_cards(shop) != first


def test_a_card_is_drawn_in_the_language_of_its_link(shop: WebShop) -> None:
    shop.add(a_link(a_line(a_price(currency="usd")), counterfoil={"locale": "en-GB"}))
    draw_new_cards(shop.app, shop.clock())
    (fingerprint,) = stored_cards(shop).values()
    assert shop.client.get("/pay/honey/card.png?locale=de").headers["ETag"] == f'"{fingerprint}"'


@pytest.mark.parametrize(
    "link",
    [
        pytest.param(a_link(active=False), id="inactive"),
        pytest.param(a_link(counterfoil={"image": "https://shop.example/jar.png"}), id="a picture of its own"),
        pytest.param(
            a_link(a_line(a_price(product=a_product(images=("https://shop.example/jar.jpg",))))),
            id="a product's picture",
        ),
    ],
)
def test_a_link_that_needs_no_card_gets_none(shop: WebShop, link: PaymentLink) -> None:
    shop.add(link)
    draw_new_cards(shop.app, shop.clock())
    assert stored_cards(shop) == {}
    assert draw_new_cards(shop.app, shop.clock()) == 0


def test_a_link_whose_only_picture_no_chat_shows_gets_a_card(shop: WebShop) -> None:
    shop.add(a_link(a_line(a_price(product=a_product(images=("https://shop.example/jar.svg",))))))
    draw_new_cards(shop.app, shop.clock())
    assert len(stored_cards(shop)) == 1


def test_one_run_draws_a_few_cards_and_the_next_run_goes_on(shop: WebShop) -> None:
    for number in range(DRAWN_AT_ONCE + 1):
        image = {"image": "https://shop.example/jar.png"}
        shop.add(a_link(id=f"plink_{number}", counterfoil={"code": f"code{number}", **image}))
    assert [draw_new_cards(shop.app, shop.clock()) for _ in range(3)] == [DRAWN_AT_ONCE, 1, 0]


def test_a_card_that_cannot_be_drawn_keeps_no_other_from_being_drawn(
    shop: WebShop, caplog: pytest.LogCaptureFixture
) -> None:
    shop.add(a_link(id="plink_2", counterfoil={"code": "other"}))
    damaged = Picture(hash="a" * 64, extension="png", width=1, height=1, content=b"not a picture")
    shop.store.add_picture(damaged)
    shop.store.add_organization(an_organization("org_bakery", "Bakery", settings={"branding": {"logo": damaged.path}}))
    shop.add(a_link(counterfoil={"organization": "org_bakery"}))
    assert draw_new_cards(shop.app, shop.clock()) == 2
    assert list(stored_cards(shop)) == ["plink_2"]
    assert "The card of plink_honey was not drawn" in caplog.text
    assert draw_new_cards(shop.app, shop.clock()) == 0
