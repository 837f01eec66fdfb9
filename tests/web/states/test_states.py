"""Every state has a page and a status. The page says what happened, what it means for the money, and what to do next."""

import pytest

from app.objects.payment_link.parts import OptionalItem
from tests.support.build import NOW, a_link, an_organization
from tests.web.conftest import WebShop

DAY = 86_400


def test_an_inactive_link_shows_the_merchants_message(shop: WebShop) -> None:
    shop.add(a_link(active=False, inactive_message="Back in **spring** <b>"))
    page = shop.open()
    assert (page.status, page.heading) == (410, "This link is no longer active")
    assert "Back in spring <b>" in page.text
    assert page.title == "This link is no longer active – Hillside Apiary"


def test_an_inactive_link_without_a_message_names_the_merchant(shop: WebShop) -> None:
    shop.add(a_link(active=False))
    page = shop.open()
    assert page.status == 410
    assert "Ask Hillside Apiary for a new one." in page.text


def test_a_link_that_opens_later_says_when_and_in_which_time_zone(shop: WebShop) -> None:
    shop.merchant(an_organization(timezone="Europe/Vienna"))
    shop.add(a_link(counterfoil={"opens_at": NOW + DAY}))
    page = shop.open()
    assert page.status == 403
    assert page.heading == "This page opens on 22\u00a0September 2026 at 16:13"
    assert "That is the time in Vienna." in page.text
    shop.clock.now += DAY
    assert shop.open().status == 200


def test_a_closed_link_says_when_it_closed(shop: WebShop) -> None:
    shop.add(a_link(counterfoil={"closes_at": NOW}))
    page = shop.open()
    assert (page.status, page.heading) == (410, "This page closed on 21\u00a0September 2026")
    assert "You can no longer order through this link." in page.text


def test_a_closed_link_shows_the_merchants_message(shop: WebShop) -> None:
    shop.add(a_link(counterfoil={"closes_at": NOW}, inactive_message="Over. Come back in **spring**."))
    page = shop.open()
    assert (page.status, page.heading) == (410, "This page closed on 21\u00a0September 2026")
    assert "Over. Come back in spring." in page.text
    assert "You can no longer order through this link." not in page.text


def test_a_sold_out_link_says_how_many_places_there_were(shop: WebShop) -> None:
    shop.sell(a_link(restrictions={"completed_sessions": {"limit": 2}}))
    for _ in range(2):
        assert shop.store.hold_place("plink_honey")
        shop.store.complete_place("plink_honey")
    page = shop.open()
    assert (page.status, page.heading) == (410, "All 2 places are taken")
    assert "Nothing was charged." in page.text
    assert page.link("Check again")["href"] == "/pay/honey"


def test_a_sold_out_link_shows_the_merchants_message(shop: WebShop) -> None:
    restrictions = {"completed_sessions": {"limit": 2}}
    shop.sell(a_link(inactive_message="Sold out. More in **May**.", restrictions=restrictions))
    for _ in range(2):
        assert shop.store.hold_place("plink_honey")
        shop.store.complete_place("plink_honey")
    page = shop.open()
    assert (page.status, page.heading) == (410, "All 2 places are taken")
    assert "Sold out. More in May." in page.text
    assert "Nothing was charged." not in page.text


def test_a_page_waits_while_another_buyer_pays_for_the_last_place(shop: WebShop) -> None:
    shop.sell(a_link(restrictions={"completed_sessions": {"limit": 2}}))
    shop.store.hold_place("plink_honey")
    shop.store.complete_place("plink_honey")
    first, second = shop.open(), shop.open()
    assert shop.press(first, "Continue to payment").status_code == 303
    page = shop.pressed(second, "Continue to payment")
    assert (page.status, page.heading) == (409, "Someone is paying for the last one")
    assert "It becomes free at 14:45 (UTC) at the latest" in page.text
    # The page polls, with htmx or, without scripts, with a refresh.
    assert page.root.first("article")["data-hx-get"] == "/pay/honey?polls=1"
    assert page.root.first("noscript").first("meta")["content"] == "5; url=/pay/honey?polls=1"


@pytest.mark.parametrize("path", ["/pay/honey", "/pay/honey/embed"])
def test_the_form_is_not_shown_while_all_places_are_held(shop: WebShop, path: str) -> None:
    shop.sell(a_link(restrictions={"completed_sessions": {"limit": 2}}))
    shop.press(shop.open(), "Continue to payment")
    shop.press(shop.open(), "Continue to payment")
    page = shop.open(path)
    assert (page.status, page.heading) == (409, "Other people are paying for all remaining places")
    assert not page.has_button("Continue to payment")
    assert page.root.first("article")["data-hx-get"] == f"{path}?polls=1"
    shop.open(f"/pay/honey/cancel/{shop.store.attempts_of_link('plink_honey')[0].token}")
    free = shop.client.get(f"{path}?polls=1", headers={"HX-Request": "true"})
    assert free.headers["HX-Redirect"] == path
    assert shop.open(path).has_button("Continue to payment")


def test_url_parameters_are_kept_while_a_page_waits(shop: WebShop) -> None:
    shop.sell(a_link(restrictions={"completed_sessions": {"limit": 2}}))
    shop.press(shop.open(), "Continue to payment")
    shop.press(shop.open(), "Continue to payment")
    page = shop.open("/pay/honey?prefilled_email=mara%40shop.example&utm_source=letter")
    again = page.link("Check again")["href"]
    assert again == "/pay/honey?prefilled_email=mara%40shop.example&utm_source=letter&polls=1"
    assert page.root.first("article")["data-hx-get"] == again
    shop.open(f"/pay/honey/cancel/{shop.store.attempts_of_link('plink_honey')[0].token}")
    assert shop.open(again).field("E-mail address")["value"] == "mara@shop.example"
    free = shop.client.get(again, headers={"HX-Request": "true"})
    assert free.headers["HX-Redirect"] == again.removesuffix("&polls=1")


def test_a_buyer_who_comes_back_from_checkout_finds_the_form_and_not_their_own_hold(shop: WebShop) -> None:
    shop.sell(a_link(restrictions={"completed_sessions": {"limit": 1}}))
    shop.press(shop.open(), "Continue to payment")
    page = shop.open(f"/pay/honey/cancel/{shop.store.attempts_of_link('plink_honey')[0].token}")
    assert (page.status, page.notice) == (200, "You left before paying")
    assert shop.press(page, "Continue to payment").status_code == 303


def test_a_deactivated_link_says_so_even_while_its_places_are_held(shop: WebShop) -> None:
    shop.sell(a_link(restrictions={"completed_sessions": {"limit": 1}}))
    shop.press(shop.open(), "Continue to payment")
    link = shop.store.link("plink_honey")
    assert link is not None
    counterfoil = link.counterfoil.model_copy(update={"version": link.counterfoil.version + 1})
    assert shop.store.save_link(link.model_copy(update={"active": False, "counterfoil": counterfoil}))
    assert shop.open().status == 410
    assert shop.open("/pay/honey?polls=2").status == 410


def test_a_waiting_page_polls_less_and_less_often_until_a_place_is_free(shop: WebShop) -> None:
    shop.sell(a_link(restrictions={"completed_sessions": {"limit": 1}}))
    shop.press(shop.open(), "Continue to payment")
    waiting = shop.client.get("/pay/honey?polls=3", headers={"HX-Request": "true"})
    assert waiting.status_code == 409
    assert "HX-Redirect" not in waiting.headers
    assert 'data-hx-trigger="load delay:40s"' in waiting.text
    assert "<html" not in waiting.text
    assert shop.open("/pay/honey?polls=1").status == 409
    token = shop.store.attempts_of_link("plink_honey")[0].token
    assert shop.open(f"/pay/honey/cancel/{token}").status == 200
    free = shop.client.get("/pay/honey?polls=4", headers={"HX-Request": "true"})
    assert (free.status_code, free.headers.get("HX-Redirect")) == (200, "/pay/honey")
    assert shop.open("/pay/honey?polls=4").has_button("Continue to payment")


def test_a_link_that_was_paid_once_says_when_and_how_much_but_not_who_paid(shop: WebShop) -> None:
    shop.merchant(an_organization(timezone="Europe/Vienna"))
    shop.sell(a_link(counterfoil={"reference": "2026-0042"}, restrictions={"completed_sessions": {"limit": 1}}))
    shop.press(shop.open(), "Continue to payment")
    shop.pay_in_sandbox()
    page = shop.open()
    assert (page.status, page.heading) == (200, "Invoice 2026-0042 is already paid")
    assert "€12.50 was paid on 21\u00a0September 2026. There is nothing left to pay." in page.text
    assert "ada@example.com" not in page.html
    assert not page.root.all("form")


def test_a_link_that_was_paid_once_shows_the_merchants_message(shop: WebShop) -> None:
    restrictions = {"completed_sessions": {"limit": 1}}
    shop.sell(a_link(inactive_message="See you **there**.", restrictions=restrictions))
    shop.press(shop.open(), "Continue to payment")
    shop.pay_in_sandbox()
    page = shop.open()
    assert (page.status, page.heading) == (200, "This is already paid")
    assert "There is nothing left to pay." in page.text
    assert "See you there." in page.text


def test_an_unexpected_error_shows_the_request_id(shop: WebShop) -> None:
    # A stored link with only the id of a price cannot occur. It causes an unexpected error here.
    shop.add(a_link(optional_items=[OptionalItem(price="price_lost", quantity=1)]))
    page = shop.open()
    assert (page.status, page.heading) == (500, "Something went wrong on our side")
    assert page.headers["Request-Id"] in page.text
    assert "Nothing was charged" not in page.text
    assert "price_lost" not in page.html
    assert page.link("Back to the payment page")["href"] == "/pay/honey"
