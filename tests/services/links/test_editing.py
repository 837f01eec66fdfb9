"""The editor's services: a form makes one link however often it arrives, and a search finds prices."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from app.errors import GatewayUnavailable, LinkChanged
from app.objects.change import COMMAND_LINE
from app.objects.payment_link import PaymentLink
from app.services.links import editing, stock
from tests.services.shop import ServiceShop
from tests.support.shop import price_data

HONEY: dict[str, Any] = {"line_items": [{"price_data": price_data(), "quantity": 1}]}
GIFT: dict[str, Any] = {"new_price_0": {"currency": "eur", "product_data": {"name": "Gift"}, "unit_amount": 450}}


def sent(shop: ServiceShop, form: str = "form_1", params: dict[str, Any] = HONEY, **prices: Any) -> PaymentLink:
    """Create a link as the form of the console does."""
    draft = editing.draft_form(shop.gateway, shop.organization, params, prices, form=form, settings=shop.settings)
    assert draft.problems(shop.store) == []
    return editing.create_once(shop.store, draft, shop.clock(), actor=COMMAND_LINE)


def test_a_form_that_arrives_twice_at_once_makes_one_link_and_one_price(shop: ServiceShop) -> None:
    def sent_or_busy(_number: int) -> PaymentLink | None:
        """Send the form. Stripe may stay busy with the first one for longer than the SDK asks again."""
        try:
            return sent(shop)
        except GatewayUnavailable:
            return None

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(sent_or_busy, range(4)))
    assert len({link.id for link in found if link is not None}) == 1
    stored = shop.store.links(shop.organization.id, limit=10)[0]
    assert len(stored) == 1
    prices = shop.gateway.list_catalogue("prices", {}, account=shop.organization.id, limit=10)
    assert len(prices) == 1


def test_nothing_is_created_before_every_rule_is_checked(shop: ServiceShop) -> None:
    params = {**HONEY, "optional_items": [{"price": "new_price_0", "quantity": 0}]}
    draft = editing.draft_form(shop.gateway, shop.organization, params, GIFT, form="f", settings=shop.settings)
    assert [error.param for error in draft.problems(shop.store)] == ["optional_items[0][quantity]"]
    assert shop.gateway.list_catalogue("prices", {}, account=shop.organization.id, limit=10) == []


def test_every_broken_rule_is_named_at_once(shop: ServiceShop) -> None:
    ours = {"opens_at": 2_000_000_000, "closes_at": 1_900_000_000, "return_url": "ftp://a.example"}
    params = {**HONEY, "counterfoil": ours, "restrictions": {"completed_sessions": {"limit": 0}}}
    draft = editing.draft_form(shop.gateway, shop.organization, params, {}, form="f", settings=shop.settings)
    assert {error.param for error in draft.problems(shop.store)} == {
        "counterfoil[closes_at]",
        "counterfoil[return_url]",
        "restrictions[completed_sessions][limit]",
    }


def test_a_change_for_an_old_version_is_refused(shop: ServiceShop) -> None:
    link = sent(shop)
    edit = editing.prepare_edit(
        shop.gateway,
        shop.organization,
        link,
        {"submit_type": "book"},
        version=link.counterfoil.version,
        settings=shop.settings,
    )
    shop.update(link, counterfoil={"title": "First"})
    with pytest.raises(LinkChanged):
        editing.save_edit(shop.store, shop.gateway, edit, shop.clock(), actor=COMMAND_LINE)
    assert shop.found(link).submit_type == "auto"


SEARCHES = [("lav", ["Lavender soap"]), ("12.50", ["Jar of honey"]), ("12,50", ["Jar of honey"]), ("nothing", [])]


@pytest.mark.parametrize(("text", "names"), SEARCHES)
def test_a_price_is_found_by_name_and_amount(shop: ServiceShop, text: str, names: list[str]) -> None:
    sent(shop)
    sent(shop, "form_2", {"line_items": [{"price_data": price_data(700, "Lavender soap"), "quantity": 1}]})
    found = stock.search_prices(shop.gateway, shop.organization, text, shop.clock())
    assert [price.product.name for price in found if not isinstance(price.product, str)] == names


def test_a_price_is_found_by_its_id(shop: ServiceShop) -> None:
    link = sent(shop)
    assert link.line_items is not None
    price = link.line_items.data[0].price
    assert price is not None
    assert [it.id for it in stock.search_prices(shop.gateway, shop.organization, price.id, shop.clock())] == [price.id]
