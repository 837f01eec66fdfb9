"""A kept page is never stale: the next request sees each change, whichever process made it, on each engine."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.objects.organization import Branding, BusinessProfile, Settings
from app.objects.payment_link import PaymentLink
from app.objects.user import User
from tests.support.build import NOW, a_custom_price, a_line, a_link, a_price, a_product, an_organization
from tests.support.clock import Clock
from tests.web.conftest import WebShop
from tests.web.page_cache.conftest import is_kept

Shops = tuple[WebShop, WebShop]

LIMITED = {"completed_sessions": {"limit": 2, "count": 0}}


def change(shop: WebShop, link: PaymentLink, **attributes: Any) -> None:
    """Save a link with other attributes. `counterfoil` names the changes of that part."""
    ours = {**attributes.pop("counterfoil", {}), "version": link.counterfoil.version + 1}
    changed = link.model_copy(update={**attributes, "counterfoil": link.counterfoil.model_copy(update=ours)})
    assert shop.store.save_link(changed)


def rename(shop: WebShop, link: PaymentLink) -> None:
    change(shop, link, counterfoil={"title": "Winter honey"})


def deactivate(shop: WebShop, link: PaymentLink) -> None:
    change(shop, link, active=False)


def raise_price(shop: WebShop, link: PaymentLink) -> None:
    dearer = a_link(a_line(a_price(1999)), restrictions=LIMITED)
    change(shop, link, line_items=dearer.line_items)


def archive(shop: WebShop, link: PaymentLink) -> None:
    archived = a_link(a_line(a_price(1250, active=False)), restrictions=LIMITED)
    change(shop, link, line_items=archived.line_items)


def sell_out(shop: WebShop, link: PaymentLink) -> None:
    for _ in range(2):
        assert shop.store.hold_place(link.id)
        assert shop.store.complete_place(link.id)


def rebrand(shop: WebShop, _link: PaymentLink) -> None:
    shop.merchant(an_organization(settings=Settings(branding=Branding(primary_color="#123456"))))


def rename_merchant(shop: WebShop, _link: PaymentLink) -> None:
    shop.merchant(an_organization(business_profile=BusinessProfile(name="Valley Apiary")))


def give_no_place(shop: WebShop, link: PaymentLink) -> None:
    change(shop, link, restrictions=a_link(restrictions={"completed_sessions": {"limit": 1, "count": 0}}).restrictions)


CHANGES: list[tuple[Callable[[WebShop, PaymentLink], None], int, str]] = [
    (rename, 200, "Winter honey"),
    (deactivate, 410, "no longer active"),
    (raise_price, 200, "€19.99"),
    (archive, 409, "right now"),
    (sell_out, 410, "places are taken"),
    (rebrand, 200, "/brand/123456"),
    (rename_merchant, 200, "Valley Apiary"),
]


@pytest.mark.costly_rows
@pytest.mark.parametrize("path", ["/pay/honey", "/pay/honey/embed"])
@pytest.mark.parametrize(("act", "status", "text"), CHANGES, ids=[act.__name__ for act, _, _ in CHANGES])
def test_every_process_shows_a_change_at_once(
    shops: Shops, act: Callable[[WebShop, PaymentLink], None], status: int, text: str, path: str
) -> None:
    link = shops[0].add(a_link(restrictions=LIMITED))
    for shop in shops:
        assert text not in shop.client.get(path).text
        assert is_kept(shop, path)
    act(shops[1], link)
    for shop in shops:
        answer = shop.client.get(path)
        assert answer.status_code == status
        if not (path.endswith("/embed") and act is rename_merchant):
            assert text in answer.text
        assert is_kept(shop, path)


def test_a_page_that_is_kept_in_two_languages_is_changed_in_both(shops: Shops) -> None:
    first, second = shops
    link = first.add()
    for language in ("en", "en-GB"):
        assert first.client.get(f"/pay/honey?locale={language}").status_code == 200
        assert is_kept(first, f"/pay/honey?locale={language}")
    rename(second, link)
    for language in ("en", "en-GB"):
        assert "Winter honey" in first.client.get(f"/pay/honey?locale={language}").text


def test_a_held_place_is_never_hidden_by_a_kept_page(shops: Shops) -> None:
    first, second = shops
    link = first.sell(a_link(restrictions={"completed_sessions": {"limit": 1, "count": 0}}))
    assert first.open().status == 200
    assert is_kept(first)
    second.press(second.open(), "Continue to payment")
    answer = first.client.get("/pay/honey")
    assert answer.status_code == 409
    assert "This payment was started" in answer.text
    assert not is_kept(first)
    attempt = first.store.attempts_of_link(link.id)[0]
    assert second.client.get(f"/pay/honey/cancel/{attempt.token}").status_code == 200
    assert first.client.get("/pay/honey").status_code == 200
    assert is_kept(first)


def test_a_page_without_a_contact_names_the_first_user_as_soon_as_there_is_one(shops: Shops) -> None:
    first, second = shops
    first.merchant(an_organization(business_profile=BusinessProfile(name="Hillside Apiary")))
    first.add(a_link(active=False))
    assert "ada@hillside.example" not in first.client.get("/pay/honey").text
    assert is_kept(first)
    user = User(id="user_ada", created=NOW, email="ada@hillside.example", organization="org_apiary", password_hash="x")
    assert second.store.add_user(user, "owner")
    assert "ada@hillside.example" in first.client.get("/pay/honey").text
    second.store.delete_user(user.id)
    assert "ada@hillside.example" not in first.client.get("/pay/honey").text


@pytest.mark.parametrize(
    ("named", "before", "after"),
    [
        ("opens_at", "This page opens on", "Continue to payment"),
        ("closes_at", "Continue to payment", "This page closed on"),
    ],
)
def test_a_page_changes_in_the_second_that_its_link_names(
    shop: WebShop, clock: Clock, named: str, before: str, after: str
) -> None:
    shop.add(a_link(counterfoil={named: NOW + 7}))
    for clock.now in (NOW, NOW + 6):
        assert before in shop.client.get("/pay/honey").text
    assert is_kept(shop)
    clock.now = NOW + 7
    assert after in shop.client.get("/pay/honey").text


@pytest.mark.parametrize("timezone", ["UTC", "Asia/Kathmandu", "Pacific/Chatham", "America/St_Johns"])
def test_an_invoice_is_overdue_with_the_first_second_of_the_next_day(
    shop: WebShop, clock: Clock, timezone: str
) -> None:
    shop.merchant(an_organization(timezone=timezone))
    due = datetime.fromtimestamp(NOW, ZoneInfo(timezone)).replace(hour=12, minute=0, second=0)
    shop.add(a_link(counterfoil={"due_date": int(due.timestamp()), "reference": "INV-7"}))
    midnight = int((due.replace(hour=0) + timedelta(days=1)).timestamp())
    clock.now = midnight - 1
    assert "Overdue" not in shop.client.get("/pay/honey").text
    assert is_kept(shop)
    clock.now = midnight
    assert "Overdue" in shop.client.get("/pay/honey").text


def test_a_page_is_made_again_when_the_clock_was_set_back(shop: WebShop, clock: Clock) -> None:
    shop.add(a_link(counterfoil={"opens_at": NOW}))
    assert "Continue to payment" in shop.client.get("/pay/honey").text
    clock.now = NOW - 1
    assert "This page opens on" in shop.client.get("/pay/honey").text


def test_a_page_that_was_made_while_its_link_changed_is_not_kept(shop: WebShop) -> None:
    link = shop.add()
    context = shop.context
    store = context.store

    class Changing:
        """The store, which another process changes after the link was read for the page."""

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        def link_and_organization(self, code: str) -> Any:
            found = store.link_and_organization(code)
            if not done:
                done.append("title")
                rename(shop_before, link)
            return found

    done: list[str] = []
    shop_before = WebShop(shop.app)
    shop.app.extensions["counterfoil"] = replace(context, store=Changing())
    assert "Winter honey" not in shop.client.get("/pay/honey").text
    assert "Winter honey" in shop.client.get("/pay/honey").text


def test_a_restored_database_is_told_from_the_one_before(shop: WebShop) -> None:
    """A link can have the same version twice, with other contents, where a backup was restored in between."""
    link = shop.add()
    rename(shop, link)
    shop.client.get("/pay/honey")
    assert is_kept(shop)
    engine = shop.store.engine  # type: ignore[attr-defined]
    engine.execute("UPDATE payment_links SET version = version - 1 WHERE id = 'plink_honey'")
    change(shop, link, counterfoil={"title": "Summer honey"})
    assert "Summer honey" in shop.client.get("/pay/honey").text


def test_a_product_that_the_buyer_prices_keeps_its_own_page(shop: WebShop) -> None:
    shop.add(a_link(a_line(a_custom_price(preset=1500))))
    first = shop.open()
    assert is_kept(shop)
    assert shop.open().text == first.text


def test_the_name_of_a_product_is_part_of_the_page(shop: WebShop) -> None:
    link = shop.add()
    shop.open()
    jar = a_link(a_line(a_price(1250, product=a_product(name="Jar of forest honey"))))
    change(shop, link, line_items=jar.line_items)
    assert "Jar of forest honey" in shop.client.get("/pay/honey").text
