"""A page in any language costs as much as in English. Calls of functions are counted, because time depends on the machine."""

import pytest

from tests.support.build import a_link
from tests.support.counting import count_function_calls
from tests.web.conftest import WebShop

HEAD_ROOM = 1.03
"""A few languages format an amount in one more step than English."""

PAGE = "/pay/honey?prefilled_email=ada%40example.com&locale="
"""An address with data of one buyer, whose page is never kept."""


def count_calls(shop: WebShop, locale: str) -> int:
    """Return how many functions one page calls after the catalogue is loaded."""
    for _ in range(3):
        assert shop.client.get(PAGE + locale).status_code == 200
    return count_function_calls(lambda: shop.client.get(PAGE + locale))


@pytest.mark.parametrize("locale", ["de", "ja", "ar", "pl", "pt-BR", "zh-TW", "es-419"])
def test_a_page_in_another_language_calls_no_more_functions(shop: WebShop, locale: str) -> None:
    shop.sell(a_link(shipping_address_collection={"allowed_countries": ["AT"]}))
    english = count_calls(shop, "en")
    assert english > 1000
    assert count_calls(shop, locale) <= english * HEAD_ROOM
