"""A merchant's links in the console: listed, shared, deactivated and activated."""

from collections.abc import Callable
from typing import Any

import pytest

from app.objects.payment_link import PaymentLink
from tests.support.build import NOW, a_custom_price, a_line, a_link, a_price, an_organization
from tests.support.languages import in_language
from tests.support.page import Page, tidy
from tests.web.conftest import WebShop
from tests.web.console.conftest import Merchant, add_user

HOUR = 3600


def link_of(code: str, *lines: Any, **changes: Any) -> PaymentLink:
    ours = {"code": code, **changes.pop("counterfoil", {})}
    return a_link(*lines, id=f"plink_{code}", counterfoil=ours, **changes)


def rows(page: Page) -> dict[str, list[str]]:
    """Return the rows of the list by name, as [state, price, payments]."""
    found = {}
    for row in page.root.first("tbody").all("tr"):
        cells = [tidy(cell.text) for cell in row.all("td")]
        found[tidy(row.first("a").text)] = cells[:3]
    return found


LIMITED = {"restrictions": {"completed_sessions": {"limit": 40, "count": 3}}}
STATES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "active": ({}, ["Active", "€12.50", "0"]),
    "inactive": ({"active": False}, ["Off", "€12.50", "0"]),
    "not open": ({"counterfoil": {"opens_at": NOW + HOUR}}, ["Opens 21\u00a0September 2026", "€12.50", "0"]),
    "closed": ({"counterfoil": {"closes_at": NOW - HOUR}}, ["Closed", "€12.50", "0"]),
    "limited": (LIMITED, ["Active", "€12.50", "3 of 40"]),
    "sold out": ({"restrictions": {"completed_sessions": {"limit": 2, "count": 2}}}, ["Sold out", "€12.50", "2 of 2"]),
    "paid": ({"restrictions": {"completed_sessions": {"limit": 1, "count": 1}}}, ["Paid", "€12.50", "1 of 1"]),
    "overdue": ({"counterfoil": {"due_date": NOW - 48 * HOUR}}, ["Overdue", "€12.50", "0"]),
}


@pytest.mark.parametrize("state", STATES)
def test_a_link_is_listed_with_its_state_price_and_payments(ada: Merchant, state: str) -> None:
    changes, told = STATES[state]
    ada.shop.add(link_of("one", **changes))
    assert rows(ada.open()) == {"Jar of honey": told}


LATEST, TOO_LATE = 253402300799, 9_000_000_000_000


@pytest.mark.parametrize("moment", [LATEST, TOO_LATE, -TOO_LATE])
@pytest.mark.parametrize("name", ["opens_at", "closes_at", "due_date"])
def test_a_stored_time_outside_the_calendar_breaks_neither_list_nor_page(ada: Merchant, name: str, moment: int) -> None:
    ada.shop.merchant(an_organization(timezone="Europe/Vienna"))
    ada.shop.add(link_of("two", counterfoil={"name": "Two"}))
    ada.shop.add(link_of("one", counterfoil={"name": "One", name: moment}))
    assert list(rows(ada.open())) == ["One", "Two"]
    assert ada.open("/console/links/plink_one").status == 200
    assert ada.shop.open("/pay/one").status in {200, 403, 410}
    assert ada.shop.open("/pay/one/embed").status in {200, 403, 410}


def test_a_stored_link_without_a_price_does_not_break_the_list(ada: Merchant) -> None:
    ada.shop.add(link_of("two", counterfoil={"name": "Two"}))
    ada.shop.add(link_of("one", currency="usd", counterfoil={"name": "One"}))
    assert rows(ada.open()) == {"One": ["Cannot be shown", "", "0"], "Two": ["Active", "€12.50", "0"]}


@pytest.mark.parametrize("timezone", ["Factory", "localtime", "Europe", "No/Where", "x" * 5000, "", "../UTC"])
def test_an_unknown_stored_time_zone_counts_as_utc(ada: Merchant, timezone: str) -> None:
    ada.shop.merchant(an_organization(timezone=timezone))
    ada.shop.add(link_of("one", counterfoil={"opens_at": NOW + HOUR, "due_date": NOW}))
    assert [cells[0] for cells in rows(ada.open()).values()] == ["Opens 21\u00a0September 2026"]
    assert ada.shop.open("/pay/one").status == 403


PRICES = {
    "what a buyer decides": (a_line(a_custom_price(500, 10000, 2500)), "Buyer decides"),
    "a subscription": (a_line(a_price(900, recurring="month")), "€9.00, every month"),
    "several things": (a_line(quantity=3), "€37.50"),
}


@pytest.mark.parametrize("price", PRICES)
def test_a_price_without_a_fixed_amount_is_described_in_words(ada: Merchant, price: str) -> None:
    line, told = PRICES[price]
    ada.shop.add(link_of("one", line))
    assert [cells[1] for cells in rows(ada.open()).values()] == [told]


def test_links_are_listed_by_the_merchants_own_name(ada: Merchant) -> None:
    ada.shop.add(link_of("one", counterfoil={"name": "Spring <box>", "slug": "spring-box"}))
    page = ada.open()
    assert list(rows(page)) == ["Spring <box>"]
    assert "/pay/spring-box" in page.text


def test_the_list_has_filters_and_pages_of_older_and_newer_links(ada: Merchant) -> None:
    for number in range(30):
        ada.shop.add(link_of(f"c{number:02}", active=number % 10 != 0, counterfoil={"name": f"Link {number:02}"}))
    page = ada.open()
    assert list(rows(page)) == [f"Link {number:02}" for number in range(29, 4, -1)]
    older = ada.open(page.link("Older")["href"])
    assert list(rows(older)) == [f"Link {number:02}" for number in range(4, -1, -1)]
    assert not [link for link in older.root.all("a") if tidy(link.text) == "Older"]
    assert list(rows(ada.open(older.link("Newer")["href"]))) == list(rows(page))
    assert not [link for link in page.root.all("a") if tidy(link.text) == "Newer"]
    assert list(rows(ada.open(page.link("Off 3")["href"]))) == ["Link 20", "Link 10", "Link 00"]


@pytest.mark.parametrize(
    "query",
    ["starting_after=plink_none", "ending_before=plink_theirs", "share=plink_none", "share=%00", "share=plink_theirs"],
)
def test_links_of_others_and_unknown_links_are_not_found(ada: Merchant, query: str) -> None:
    add_foreign_link(ada.shop)
    page = ada.open(f"/console/links?{query}")
    assert (page.status, page.heading) == (404, "Page not found")
    assert page.link("Home")["href"] == "/console/"


@pytest.mark.parametrize("cursor", ["%00", "%ff", "x" * 6000])
def test_an_invalid_cursor_is_refused(ada: Merchant, cursor: str) -> None:
    for path in ("/console/links", "/console/payments"):
        page = ada.open(f"{path}?starting_after={cursor}")
        assert page.status in {400, 404}
        assert "Nothing was changed" in page.text or "typing error" in page.text


def test_an_unknown_filter_shows_all_links(ada: Merchant) -> None:
    ada.shop.add()
    assert list(rows(ada.open("/console/links?show=nonsense&show=x"))) == ["Jar of honey"]


def test_a_console_without_links_says_how_to_create_one(ada: Merchant) -> None:
    assert "counterfoil links create" in ada.open().text
    assert "No links match this filter" in ada.open("/console/links?show=inactive").text


def test_a_link_is_shared_by_address_qr_code_and_snippet(ada: Merchant) -> None:
    ours = {"slug": "spring-box", "embed_origins": ("https://shop.example",)}
    ada.shop.add(link_of("one", counterfoil=ours))
    ada.shop.store.note_refused_origin("plink_one", "https://somewhere.example", NOW)
    listed = ada.open()
    page = ada.open(listed.link("Share Jar of honey")["href"])
    assert page.field("Address").get("value") == "http://localhost/pay/spring-box"
    snippet = page.field("Snippet for your site").text
    assert '<iframe src="http://localhost/pay/spring-box/embed"' in snippet
    assert page.button("Copy the snippet")["data-copy"].replace("\n", " ").split() == snippet.split()
    code = page.root.first("img", alt="QR code of http://localhost/pay/spring-box")
    assert ada.get(code["src"]).mimetype == "image/svg+xml"
    assert "https://shop.example only" in page.description("Snippet for your site")
    assert "https://somewhere.example once, last on 21\u00a0September 2026" in page.text


@pytest.mark.parametrize(("locale", "shown"), [(None, "nl"), ("fi", "fi")])
def test_a_snippet_speaks_the_language_of_the_link_else_that_of_the_console(
    ada: Merchant, locale: str | None, shown: str
) -> None:
    ours = {"slug": "spring-box", "locale": locale}
    ada.shop.add(link_of("one", counterfoil=ours))
    for path in ("/console/links/plink_one", "/console/links/plink_one/created"):
        assert (
            f">{in_language(shown, 'Open the payment page')}</a>"
            in Page(ada.get(path, **{"Accept-Language": "nl"})).by_id("snippet").text
        )


def test_a_snippet_is_built_with_a_way_back_a_theme_and_without_a_qr_code(ada: Merchant) -> None:
    ada.shop.add(link_of("one", counterfoil={"slug": "spring-box", "embed_origins": ("https://shop.example",)}))
    asked = {"return_url": "https://shop.example/orders?id=7&x=1", "theme": "dark", "snippet": "on"}
    page = Page(ada.client.get("/console/links/plink_one", query_string=asked))
    built = page.field("Snippet for your site").text
    query = "return_url=https%3A%2F%2Fshop.example%2Forders%3Fid%3D7%26x%3D1&amp;theme=dark"
    assert f'<iframe src="http://localhost/pay/spring-box/embed?{query}"' in built
    assert "qr.svg" not in built
    assert page.field("Address of your page (optional)")["value"] == asked["return_url"]
    assert "qr.svg" in ada.open("/console/links/plink_one").field("Snippet for your site").text


def test_a_way_back_to_a_site_that_may_not_frame_the_link_is_refused(ada: Merchant) -> None:
    ada.shop.add(link_of("one", counterfoil={"embed_origins": ("https://shop.example",)}))
    page = ada.open("/console/links/plink_one?return_url=https://evil.example/&snippet=on&qr=on")
    assert page.status == 200
    assert page.error_at("Address of your page (optional)") == "Its site is not allowed to show the frame."
    assert "evil" not in page.field("Snippet for your site").text


def test_addresses_and_code_run_from_left_to_right_in_every_language(ada: Merchant) -> None:
    ada.shop.add(link_of("one"))
    page = ada.open("/console/links/plink_one")
    assert [page.field(label).get("dir") for label in ("Address", "Snippet for your site")] == ["ltr", "ltr"]


def test_a_link_is_switched_off_with_a_message_and_on_again(ada: Merchant) -> None:
    ada.shop.add(link_of("one"))
    page = ada.open("/console/links/plink_one")
    off = ada.pressed(page, "Switch off", inactive_message="  Come <back> in spring.  ")
    assert off.heading == "Jar of honey"
    assert "Come <back> in spring." in off.text
    assert "Come &lt;back&gt; in spring." in ada.shop.open("/pay/one").html
    assert ada.shop.open("/pay/one").status == 410
    on = ada.pressed(off, "Switch on")
    assert on.has_button("Switch off")
    assert ada.shop.open("/pay/one").status == 200


def test_open_sessions_end_when_their_link_is_deactivated(ada: Merchant) -> None:
    shop = ada.shop
    shop.sell()
    shop.press(shop.open(), "Continue to payment")
    assert shop.store.attempts_of_link("plink_honey")[0].state == "opened"
    ada.press(ada.open("/console/links/plink_honey"), "Switch off")
    assert shop.store.attempts_of_link("plink_honey")[0].state == "expired"


def test_a_message_that_is_too_long_is_shown_again_and_the_link_stays_active(ada: Merchant) -> None:
    ada.shop.add(link_of("one"))
    page = ada.pressed(ada.open("/console/links/plink_one"), "Switch off", inactive_message="x" * 501)
    assert page.status == 422
    assert "500" in page.error_at("Message for visitors")
    assert page.field("Message for visitors").text.strip() == "x" * 501
    assert ada.shop.open("/pay/one").status == 200


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_line_end_in_a_message_counts_as_one_character(ada: Merchant, end: str) -> None:
    ada.shop.add(link_of("one"))
    message = end.join(["x"] * 250)
    assert ada.pressed(ada.open("/console/links/plink_one"), "Switch off", inactive_message=message).status == 200
    link = ada.shop.store.link("plink_one")
    assert link is not None
    assert link.inactive_message == "\n".join(["x"] * 250)


def test_the_page_of_a_database_error_does_not_repeat_the_databases_message(
    ada: Merchant, caplog: pytest.LogCaptureFixture
) -> None:
    ada.shop.add(link_of("one"))
    ada.shop.store.engine.execute("DROP TABLE refused_origins")  # type: ignore[attr-defined]
    page = ada.open("/console/links/plink_one")
    assert (page.status, page.heading) == (503, "We're busy")
    assert "refused_origins" not in page.html
    assert "refused_origins" in caplog.text


def test_a_wrong_method_is_answered_with_the_allowed_methods(ada: Merchant) -> None:
    token = ada.open("/console/account").values()
    answer = ada.post("/console/payments", token)
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def add_foreign_link(shop: WebShop) -> None:
    """Add a link of another merchant."""
    shop.store.add_organization(an_organization("org_other", "Other"))
    shop.add(a_link(id="plink_theirs", counterfoil={"code": "theirs", "organization": "org_other"}))


def test_the_links_of_another_organization_are_not_found(ada: Merchant, merchant_of: Callable[..., Merchant]) -> None:
    add_foreign_link(ada.shop)
    token = ada.open("/console/account").values()["csrf_token"]
    assert "theirs" not in ada.open().html
    assert ada.open("/console/links/plink_theirs").status == 404
    for verb in ("deactivate", "activate"):
        assert ada.post(f"/console/links/plink_theirs/{verb}", {"csrf_token": token}).status_code == 404
    link = ada.shop.store.link("plink_theirs")
    assert link is not None
    assert link.active
    add_user(ada.shop, "eve@example.com", "org_other")
    other = merchant_of()
    other.log_in(email="eve@example.com")
    assert other.open("/console/links/plink_theirs").heading == "Jar of honey"
