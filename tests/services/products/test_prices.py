"""The change of a price while something else changes its links."""

from typing import Any

import pytest

from app.errors import InvalidRequest
from app.objects.change import COMMAND_LINE
from app.services.products import prices
from app.services.products.prices import PriceChange
from tests.services.broken import InterruptedStore
from tests.services.shop import PRICE, ServiceShop


def test_a_link_that_was_changed_in_between_is_checked_again(shop: ServiceShop) -> None:
    link = shop.link(line_items=[{"price_data": PRICE, "quantity": 5}])
    assert link.line_items is not None
    (item,) = link.line_items.data
    assert item.price is not None
    store: Any = InterruptedStore(shop.store, lambda: shop.update(link, line_items=[{"id": item.id, "quantity": 1}]))
    change = PriceChange(amount=20, moved=[link.id], archive=True, form="form_1", custom_fields_max=3)
    with pytest.raises(InvalidRequest, match="could never be paid"):
        prices.change_price(store, shop.gateway, shop.organization, item.price.id, change, shop.now, actor=COMMAND_LINE)
    after = shop.found(link).line_items
    assert after is not None
    assert after.data[0].price == item.price
