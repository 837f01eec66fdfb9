"""The list of links in the console: search, views, sums, states that tell the truth, and the menu of each row."""

from typing import Any

import pytest

from app.objects.refusal import Refusal
from tests.store.build import an_attempt
from tests.support.build import NOW, a_line, a_price
from tests.support.page import Page, tidy
from tests.web.console.conftest import Merchant, add_user
from tests.web.console.test_links import add_foreign_link, link_of, rows

HX = {"HX-Request": "true"}


def pay(ada: Merchant, id: str, **changes: Any) -> None:
    changes = {"state": "paid", "paid_at": NOW, "payment_link": "plink_honey", **changes}
    assert ada.shop.store.add_attempt(an_attempt(f"att_{id}", **changes), "paid")


def result(page: Page) -> str:
    """Return the line that counts and adds up the list."""
    return tidy(page.root.first("p", class_="result").first("span").text)


def menu(page: Page) -> list[str]:
    """Return what the menu of the first row offers."""
    items = page.root.first("tbody").first("details").first("ul")
    return [tidy(item.text) for item in items.all("li")]


def test_the_list_counts_links_and_payments_and_adds_up_what_was_taken(ada: Merchant) -> None:
    ada.shop.add(link_of("wax", counterfoil={"name": "Wax"}))
    ada.shop.add(link_of("honey", counterfoil={"name": "Honey"}))
    pay(ada, "1", amount_total=1000)
    pay(ada, "2", amount_total=12800, currency="jpy")
    pay(ada, "3", amount_total=50, state="processing")
    page = ada.open()
    assert result(page) == "2 links, 2 payments, €10.00 and ¥12,800 taken"
    taken = {tidy(row.first("a").text): tidy(row.all("td")[3].text) for row in page.root.first("tbody").all("tr")}
    assert taken == {"Honey": "€10.00 and ¥12,800", "Wax": "–"}
    assert result(ada.open("/console/links?q=wax")) == "1 link, 0 payments"


def test_a_link_is_found_by_name_address_reference_and_amount(ada: Merchant) -> None:
    ada.shop.add(link_of("one", counterfoil={"name": "Spring box", "slug": "spring-26"}))
    ada.shop.add(link_of("two", a_line(a_price(1900)), counterfoil={"name": "Bill", "reference": "INV-2041"}))
    for text in ("spring", "26", "12.50", "€12.50"):
        assert list(rows(ada.open(f"/console/links?q={text}"))) == ["Spring box"]
    for text in ("inv-2041", "19", "bi"):
        assert list(rows(ada.open(f"/console/links?q={text}"))) == ["Bill"]
    page = ada.open("/console/links?q=lavender&show=active")
    assert "No link matches “lavender”" in page.text
    assert page.field("Search")["value"] == "lavender"
    assert list(rows(ada.open(page.link("Show all")["href"]))) == ["Bill", "Spring box"]


@pytest.mark.parametrize("text", ["%00", "%ff", "%22%3E%3Cb%3E", "%25", "x" * 5000, "*", "%E2%80%AE", "=2:1250", "1e9"])
def test_a_hostile_search_finds_nothing_and_breaks_nothing(ada: Merchant, text: str) -> None:
    ada.shop.add(link_of("one"))
    page = ada.open(f"/console/links?q={text}")
    assert page.status in {200, 400}
    assert "<b>" not in page.html


def test_links_that_need_attention_are_counted_and_listed(ada: Merchant) -> None:
    assert "No links yet" in ada.open().text
    ada.shop.add(link_of("fine", counterfoil={"name": "Fine"}))
    assert tidy(ada.open().link("Needs attention").text) == "Needs attention"
    assert "No link needs attention" in ada.open("/console/links?show=attention").text
    ada.shop.add(link_of("late", counterfoil={"name": "Late", "due_date": NOW - 48 * 3600}))
    ada.shop.add(link_of("gone", a_line(a_price(900, active=False)), counterfoil={"name": "Gone"}))
    ada.shop.add(link_of("no", counterfoil={"name": "Refused"}))
    refusal = Refusal(code=None, count=1, created=NOW, last_seen=NOW, message="No such tax rate")
    ada.shop.store.note_refusal("plink_no", refusal)
    page = ada.open()
    assert tidy(page.link("Needs attention 3").text) == "Needs attention 3"
    shown = rows(ada.open(page.link("Needs attention 3")["href"]))
    assert list(shown) == ["Refused", "Gone", "Late"]
    assert shown["Late"][0] == "Overdue"
    assert "No such tax rate" in shown["Refused"][0]
    assert shown["Gone"][0].startswith("Cannot be paid ")


def test_a_link_whose_last_place_a_buyer_holds_says_so(ada: Merchant) -> None:
    ada.shop.add(link_of("one", restrictions={"completed_sessions": {"limit": 2, "count": 1}}))
    assert rows(ada.open())["Jar of honey"][0] == "Active"
    ada.shop.store.hold_place("plink_one")
    assert rows(ada.open())["Jar of honey"][0] == "All places held"
    ada.shop.store.complete_place("plink_one")
    assert rows(ada.open())["Jar of honey"][0] == "Sold out"


def test_a_view_and_a_search_are_kept_from_page_to_page(ada: Merchant) -> None:
    for number in range(30):
        ada.shop.add(link_of(f"c{number:02}", active=number != 3, counterfoil={"name": f"Box {number:02}"}))
    page = ada.open("/console/links?q=box&show=active")
    assert result(page) == "29 links, 0 payments"
    older = ada.open(page.link("Older")["href"])
    assert list(rows(older)) == ["Box 04", "Box 02", "Box 01", "Box 00"]
    assert older.field("Search")["value"] == "box"
    assert result(older) == result(page)
    assert list(rows(ada.open(older.link("Newer")["href"]))) == list(rows(page))
    assert list(rows(ada.open(page.link("Off")["href"]))) == ["Box 03"]


def test_a_search_of_htmx_answers_with_the_rows_and_the_views(ada: Merchant) -> None:
    ada.shop.add(link_of("one", counterfoil={"name": "Box"}))
    answer = ada.get("/console/links?q=box", **HX)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith("<div")
    assert 'id="views"' in answer.text
    assert "<h1" not in answer.text
    assert "Box" in answer.text


def test_the_menu_of_a_row_leads_to_what_can_be_done_with_the_link(ada: Merchant) -> None:
    ada.shop.add(link_of("one"))
    page = ada.open()
    assert menu(page) == ["Share Jar of honey", "Change", "Duplicate", "Show payments", "Switch off…"]
    for name in ("Change", "Duplicate", "Show payments", "Switch off…"):
        assert ada.open(page.link(name)["href"]).status == 200
    off = ada.pressed(ada.open("/console/links/plink_one"), "Switch off")
    assert off.status == 200
    assert menu(ada.open())[-1] == "Switch on"
    assert ada.press(ada.open(), "Switch on").status_code == 303
    assert menu(ada.open())[-1] == "Switch off…"


def test_a_viewer_sees_no_act_that_only_a_manager_may_do(ada: Merchant) -> None:
    ada.shop.add(link_of("one"))
    add_user(ada.shop, "eve@example.com", role="viewer")
    eve = Merchant(ada.shop)
    assert menu(eve.log_in(email="eve@example.com")) == ["Share Jar of honey", "Show payments"]


def test_counts_sums_and_searches_leave_out_other_organizations(ada: Merchant) -> None:
    add_foreign_link(ada.shop)
    pay(ada, "1", payment_link="plink_theirs", organization="org_other", amount_total=777)
    page = ada.open()
    assert "No links yet" in page.text
    assert "7.77" not in page.html
    assert "No link matches" in ada.open("/console/links?q=jar").text
