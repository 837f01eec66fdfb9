"""A link that can be paid once and was started: its buyer continues, anyone starts again. Nobody else sees the open session."""

import re
from dataclasses import replace
from typing import Any

import pytest

from app.objects.attempt import Attempt
from app.services.checkout.reservation import HOLD_SECONDS
from tests.services.broken import Broken
from tests.support.build import a_link, an_organization
from tests.support.page import SAME_ORIGIN, Page
from tests.web.conftest import WebShop

PAY = "Continue to payment"
CONTINUE, RESTART = "Continue this payment", "Start again"


def once(shop: WebShop, limit: int = 1, **changes: Any) -> None:
    shop.sell(a_link(restrictions={"completed_sessions": {"limit": limit}}, **changes))


def attempt(shop: WebShop) -> Attempt:
    return shop.store.attempts_of_link("plink_honey")[0]


def started(shop: WebShop) -> str:
    """Start a payment. Return the token of its form, which page.js keeps."""
    page = shop.open()
    assert shop.press(page, PAY).status_code == 303
    return page.values()["csrf_token"]


def hold(shop: WebShop, step: str, kept: str | None = None, **headers: str) -> Any:
    """Press a button of the page that is shown now, in a browser that kept this token."""
    data = shop.open().values() | {"hold": step, "held_form": kept or ""}
    return shop.client.post("/pay/honey", data=data, headers=headers or SAME_ORIGIN)


def test_the_page_says_when_the_payment_was_started_and_offers_to_start_again(shop: WebShop) -> None:
    shop.merchant(an_organization(timezone="Europe/Vienna"))
    once(shop)
    started(shop)
    page = shop.open()
    assert (page.status, page.heading) == (409, "This payment was started at 16:13")
    assert page.root.first("p", class_="amount").text == "€12.50"
    assert page.rows("facts")["Open until"] == "16:45 (Vienna time)"
    assert "It has not been paid yet." in page.text
    assert page.root.first("p", **{"data-other": ""}).text.startswith("Continue in the browser where it was started")
    # page.js shows this text in its place, in the browser that kept the form.
    assert page.root.first("p", **{"data-holder": ""}).get("hidden") == ""
    assert not page.root.all("div", class_="waiting")
    assert page.button(RESTART).is_shown
    # Only page.js shows this button, where the browser kept the form.
    assert not page.button(CONTINUE).is_shown


def test_the_page_of_an_invoice_names_it(shop: WebShop) -> None:
    once(shop, counterfoil={"reference": "2026-0042"})
    shop.press(shop.open(), "Continue to payment")
    page = shop.open()
    assert "Invoice 2026-0042 has not been paid yet." in page.text
    assert page.rows("facts")["Invoice"] == "2026-0042"
    assert "This invoice can be paid only once." in page.text


def test_the_page_says_nothing_about_what_the_first_buyer_chose(shop: WebShop) -> None:
    once(shop, allow_promotion_codes=True)
    started(shop)
    assert not shop.open().root.all("p", class_="amount")


def test_the_page_keeps_the_token_of_its_form_in_no_html(shop: WebShop) -> None:
    once(shop)
    kept = started(shop)
    page = shop.open()
    assert kept not in page.html
    assert attempt(shop).form not in page.html
    assert (attempt(shop).session_url or "none") not in page.html


def test_only_links_with_a_limit_name_their_form_to_the_browser(shop: WebShop) -> None:
    shop.sell()
    assert shop.open().form.get("data-form") is None


def test_the_browser_finds_its_form_by_a_name_that_is_no_secret(shop: WebShop) -> None:
    once(shop)
    first, other = shop.open(), shop.open()
    shop.press(first, PAY)
    holders = shop.open().root.first("form")["data-holders"]
    assert holders == first.form["data-form"] != other.form["data-form"]


def test_the_buyer_who_started_the_payment_continues_it(shop: WebShop) -> None:
    once(shop)
    kept = started(shop)
    answer = hold(shop, "continue", kept)
    assert (answer.status_code, answer.location) == (303, attempt(shop).session_url)
    assert len(shop.store.attempts_of_link("plink_honey")) == 1


@pytest.mark.parametrize("kept", [None, "", "forged", "another form"])
def test_another_browser_cannot_continue(shop: WebShop, kept: str | None) -> None:
    once(shop)
    other = shop.open().values()["csrf_token"]
    started(shop)
    answer = Page(hold(shop, "continue", other if kept == "another form" else kept))
    assert (answer.status, answer.heading) == (409, "This payment was started at 14:13")
    assert attempt(shop).state == "opened"


def test_a_payment_that_was_paid_meanwhile_is_not_continued_but_shown(shop: WebShop) -> None:
    once(shop)
    kept = started(shop)
    page = shop.open()
    shop.pay_in_sandbox()
    data = page.values() | {"hold": "continue", "held_form": kept}
    answer = shop.client.post("/pay/honey", data=data, headers=SAME_ORIGIN)
    assert (answer.status_code, answer.location) == (303, f"/pay/honey/complete/{attempt(shop).token}")


def test_a_payment_whose_time_is_over_starts_from_the_form(shop: WebShop) -> None:
    once(shop)
    kept = started(shop)
    page = shop.open()
    shop.clock.now += HOLD_SECONDS + 1
    data = page.values() | {"hold": "continue", "held_form": kept}
    answer = shop.client.post("/pay/honey", data=data, headers=SAME_ORIGIN)
    assert (answer.status_code, answer.location) == (303, "/pay/honey")
    assert attempt(shop).state == "expired"
    assert shop.open().has_button(PAY)


def test_anyone_starts_again_and_the_open_session_ends_first(shop: WebShop) -> None:
    once(shop)
    started(shop)
    url = attempt(shop).session_url or ""
    answer = hold(shop, "restart")
    assert (answer.status_code, answer.location) == (303, "/pay/honey")
    assert attempt(shop).state == "canceled"
    assert shop.store.places_left("plink_honey") == 1
    assert "Card number" not in shop.client.get(url).text
    assert shop.press(shop.open(), PAY).status_code == 303
    shop.pay_in_sandbox()
    assert shop.open().heading == "This is already paid"


def test_starting_again_keeps_the_parameters_of_the_address(shop: WebShop) -> None:
    once(shop)
    started(shop)
    page = shop.open("/pay/honey?prefilled_email=mara%40shop.example")
    answer = shop.client.post(page.form["action"], data=page.values() | {"hold": "restart"}, headers=SAME_ORIGIN)
    assert answer.location == "/pay/honey?prefilled_email=mara%40shop.example"


def test_starting_again_after_the_payment_says_that_it_is_paid(shop: WebShop) -> None:
    once(shop)
    started(shop)
    page = shop.open()
    shop.pay_in_sandbox()
    answer = shop.client.post("/pay/honey", data=page.values() | {"hold": "restart"}, headers=SAME_ORIGIN)
    assert answer.status_code == 200
    assert Page(answer).heading == "This is already paid"
    assert attempt(shop).state == "paid"


def test_starting_again_while_stripe_is_away_changes_nothing(shop: WebShop) -> None:
    once(shop)
    started(shop)
    page = shop.open()
    context = shop.app.extensions["counterfoil"]
    shop.app.extensions["counterfoil"] = replace(context, gateway=Broken())
    answer = shop.client.post("/pay/honey", data=page.values() | {"hold": "restart"}, headers=SAME_ORIGIN)
    assert answer.status_code == 503
    shop.app.extensions["counterfoil"] = context
    assert attempt(shop).state == "opened"
    assert shop.store.places_left("plink_honey") == 0


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}, {"Origin": "https://other.example"}]
)
@pytest.mark.parametrize("step", ["continue", "restart"])
def test_another_site_cannot_press_the_buttons(shop: WebShop, headers: dict[str, str], step: str) -> None:
    once(shop)
    kept = started(shop)
    page = Page(hold(shop, step, kept, **headers))
    assert (page.status, page.heading) == (403, "This payment was started at 14:13")
    assert attempt(shop).state == "opened"


def test_a_press_without_a_valid_token_shows_the_page_again(shop: WebShop) -> None:
    once(shop)
    started(shop)
    answer = Page(shop.client.post("/pay/honey", data={"hold": "restart"}, headers=SAME_ORIGIN))
    assert (answer.status, answer.heading) == (403, "This payment was started at 14:13")
    assert attempt(shop).state == "opened"
    again = shop.client.post("/pay/honey", data=answer.values() | {"hold": "restart"}, headers=SAME_ORIGIN)
    assert again.status_code == 303


def test_one_address_starts_again_only_so_often(shop: WebShop) -> None:
    once(shop)
    for _ in range(10):
        started(shop)
        assert hold(shop, "restart").status_code == 303
    started(shop)
    answer = hold(shop, "restart")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert attempt(shop).state == "opened"


def test_on_a_link_with_more_places_only_the_holder_ends_a_payment(shop: WebShop) -> None:
    once(shop, limit=2)
    mine, theirs = started(shop), started(shop)
    newest = attempt(shop)
    page = shop.open()
    assert page.heading == "Other people are paying for all remaining places"
    assert not any(page.button(name).is_shown for name in (CONTINUE, RESTART))
    refused = Page(hold(shop, "restart"))
    assert refused.status == 409
    assert shop.store.places_left("plink_honey") == 0
    answer = hold(shop, "restart", mine)
    assert answer.status_code == 303
    assert shop.store.places_left("plink_honey") == 1
    assert shop.store.attempt(newest.id) == newest
    again = shop.client.post(
        "/pay/honey", data={"csrf_token": theirs, "hold": "continue", "held_form": theirs}, headers=SAME_ORIGIN
    )
    assert again.location == newest.session_url


def test_a_link_without_a_limit_knows_no_such_buttons(shop: WebShop) -> None:
    shop.sell()
    page = shop.open()
    answer = Page(shop.client.post("/pay/honey", data=page.values() | {"hold": "restart"}, headers=SAME_ORIGIN))
    assert answer.status == 422


def test_the_buttons_lead_out_of_a_frame(shop: WebShop) -> None:
    once(shop)
    started(shop)
    form = shop.open("/pay/honey/embed").root.first("form")
    assert (form["action"], form["target"]) == ("/pay/honey", "_top")


def test_the_state_polls_and_opens_the_form_when_the_place_is_free(shop: WebShop) -> None:
    once(shop)
    started(shop)
    poll = shop.open().root.first("article")["data-hx-get"]
    again = shop.client.get(poll, headers={"HX-Request": "true"})
    assert re.search(r'data-holders="[0-9a-f]{32}"', again.text)
    shop.open(f"/pay/honey/cancel/{attempt(shop).token}")
    assert shop.client.get(poll, headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/pay/honey"
