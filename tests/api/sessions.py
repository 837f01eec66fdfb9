"""Checkout Sessions for tests of the API: opened on the page or by a program, and paid at the sandbox's Checkout."""

from typing import Any

from tests.api.bigcapital import ask
from tests.api.conftest import ApiShop
from tests.support.buyer import CHECKOUT
from tests.support.page import SAME_ORIGIN, Page

FIELDS: list[dict[str, Any]] = [
    {
        "key": "size",
        "type": "dropdown",
        "label": {"type": "custom", "custom": "Size"},
        "dropdown": {"options": [{"label": "Small", "value": "s"}, {"label": "Large", "value": "l"}]},
    },
    {"key": "name", "type": "text", "label": {"type": "custom", "custom": "Name"}, "text": {"maximum_length": 10}},
    {"key": "age", "type": "numeric", "label": {"type": "custom", "custom": "Age"}, "optional": True},
]


def open_session(shop: ApiShop, link: Any) -> str:
    """Open a session of a link as a program does. Return its id."""
    return str(ask(shop, link.id).json["id"])


def open_on_page(shop: ApiShop, link: Any, query: str = "", **answers: str) -> str:
    """Open a session as a buyer does on the pay page, with answers by the name of the field. Return its id."""
    path = f"/pay/{link.to_dict()['counterfoil']['code']}{query}"
    page = Page(shop.http.get(path))
    answer = shop.http.post(path, data={**page.values(), **answers}, headers=SAME_ORIGIN)
    assert answer.status_code == 303, answer.text
    found = shop.store.attempts_of_link(link.id)[0].checkout_session
    assert found is not None
    return found


def pay(shop: ApiShop, session: str, **changes: str) -> None:
    """Pay a session at the sandbox's Checkout."""
    address = f"/sandbox/checkout/{session}"
    values = Page(shop.http.get(address)).values() | {**CHECKOUT, **changes}
    answer = shop.http.post(address, data=values, headers=SAME_ORIGIN)
    assert answer.status_code == 303, answer.text
