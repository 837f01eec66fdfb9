"""Pages, pictures and answers of imported links, which have values that no link made here has."""

import pytest

from app.services.links.importing.reading import read_link
from tests.support.build import a_link
from tests.support.odd_links import ODD, Odd
from tests.support.stripe_account import a_link as stripe_link
from tests.support.stripe_account import an_item
from tests.web.conftest import WebShop


@pytest.mark.parametrize("name", [name for name, odd in ODD.items() if odd.param is None])
def test_an_odd_link_has_a_page_and_a_picture(shop: WebShop, name: str) -> None:
    odd: Odd = ODD[name]
    items = {"object": "list", "data": list(odd.items or (an_item("li_odd"),)), "has_more": False, "url": "/v1/x"}
    data = {**stripe_link("plink_odd", **odd.link), "line_items": items}
    link = read_link(data, a_link().counterfoil).link
    shop.add(link)
    path = f"/pay/{link.counterfoil.code}"
    assert shop.client.get(path).status_code in (200, 410)
    assert shop.client.get(f"{path}/embed").status_code in (200, 410)
    assert shop.client.get(f"{path}/card.png").status_code == 200
