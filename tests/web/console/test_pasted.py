"""What merchants paste into the console: an address with marks around it, a message with invisible characters, a reference."""

import pytest

from tests.support.build import a_link
from tests.support.shop import PASSWORD
from tests.web.conftest import WebShop
from tests.web.console.conftest import ADA, Merchant, add_user


@pytest.mark.parametrize(
    "typed", [f"\u200b{ADA}\u202c", f" {ADA}, ", f"mailto:{ADA}", f"Ada <{ADA}>", ADA.replace("@", "＠"), ADA.upper()]
)
def test_a_pasted_address_logs_in(shop: WebShop, typed: str) -> None:
    add_user(shop)
    merchant = Merchant(shop)
    page = merchant.open("/console/login")
    answer = merchant.press(page, "Log in", email=typed, password=PASSWORD)
    assert answer.status_code == 303


def test_a_password_is_taken_as_it_is(shop: WebShop) -> None:
    add_user(shop)
    merchant = Merchant(shop)
    page = merchant.open("/console/login")
    assert merchant.press(page, "Log in", email=ADA, password=f"{PASSWORD}\u200b").status_code != 303
    assert not [field for field in page.root.all("input") if field.get("maxlength") is not None]


def test_a_message_loses_its_invisible_characters(shop: WebShop) -> None:
    add_user(shop)
    shop.add(a_link())
    merchant = Merchant(shop)
    merchant.log_in()
    page = merchant.open("/console/links/plink_honey")
    merchant.press(page, "Switch off", inactive_message="\ufeffBack in\u200b May\u202c\r\n\u2066Ada\u2069")
    link = shop.store.link("plink_honey")
    assert link is not None
    assert link.inactive_message == "Back in May\nAda"
