"""A total that is not up to date says so, and the form stays whatever a preview was answered."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from app.objects.payment_link import PaymentLink
from app.web.http.context import EXTENSION
from tests.browser.buyer import expect_checkout, expect_total, pay_button
from tests.browser.conftest import OpenPage
from tests.browser.shop import DemoShop
from tests.browser.visits import Visit, check_accessibility, expect_fits, late_scripts
from tests.support.shop import price_data

PREVIEWS = re.compile("/preview")
BUSY = ".hand-off-total[aria-busy]"
STALE = ".hand-off-total[data-stale]"


@pytest.fixture
def jars(shop: DemoShop) -> PaymentLink:
    """Return a link with a quantity and a question."""
    item = {"price_data": price_data(), "quantity": 1, "adjustable_quantity": {"enabled": True}}
    words = {"key": "words", "label": {"type": "custom", "custom": "Words"}, "type": "text", "optional": True}
    return shop.link(line_items=[item], custom_fields=[words])


def choose(page: Page, quantity: str) -> None:
    """Change the quantity and leave the field."""
    page.get_by_role("spinbutton").fill(quantity)
    page.get_by_role("spinbutton").press("Tab")


def test_a_quantity_that_was_filled_in_before_the_script_came_has_its_total(
    shop: DemoShop, open_window: Callable[..., Visit], jars: PaymentLink
) -> None:
    page = open_window(shop.origin).page
    previews: list[str] = []
    page.on("request", lambda request: previews.append(request.url) if PREVIEWS.search(request.url) else None)
    with late_scripts(page):
        page.goto(shop.address(jars), wait_until="commit")
        page.get_by_role("spinbutton").fill("3")
    expect_total(page, "€37.50")
    assert len(previews) == 1


def test_a_slow_preview_is_visible_after_400_milliseconds(open_page: OpenPage, jars: PaymentLink) -> None:
    page = open_page(jars)
    held: list[Route] = []
    page.route(PREVIEWS, lambda route: held.append(route))
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    with page.expect_request(PREVIEWS):
        choose(page, "3")
    page.clock.run_for(390)
    expect(page.locator(BUSY)).to_have_count(0)
    page.clock.run_for(20)
    expect(page.locator(BUSY)).to_have_count(1)
    expect(page.get_by_text("Updating the total")).to_be_visible()
    expect_total(page, "€12.50")
    expect(pay_button(page)).to_be_enabled()
    expect_fits(page)
    page.clock.resume()
    check_accessibility(page)
    held[0].continue_()
    expect_total(page, "€37.50")
    expect(page.locator(BUSY)).to_have_count(0)
    expect(page.get_by_text("Updating the total")).to_have_count(0)


def test_a_quick_preview_shows_nothing_but_the_new_total(open_page: OpenPage, jars: PaymentLink) -> None:
    page = open_page(jars)
    page.evaluate(
        "() => { window.seen = 0; new MutationObserver(found => { window.seen += found.length }).observe("
        "document.querySelector('.hand-off-total'), { attributeFilter: ['aria-busy', 'data-stale'] }) }"
    )
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    choose(page, "3")
    expect_total(page, "€37.50")
    page.clock.run_for(1000)
    assert page.evaluate("window.seen") == 0


def offline(route: Route) -> None:
    route.abort()


def answering(status: int, body: str) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=status, content_type="text/html", body=body)


FAILURES = {
    "no network": offline,
    "a proxy without a server": answering(502, "<html><h1>502 Bad Gateway</h1></html>"),
    "an error of ours": answering(500, '<article data-state="internal_error"><h1>Something went wrong</h1></article>'),
    "a busy database": answering(503, '<article data-state="busy"><h1>We are busy</h1></article>'),
    "too many requests": answering(429, '<article data-state="too_many_requests"><h1>Wait</h1></article>'),
    "a log-in page of a network": answering(200, "<html><h1>Welcome to our hotel</h1></html>"),
    "an empty answer": answering(200, ""),
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES.keys())
def test_a_failed_preview_keeps_the_form_and_is_repeated(
    shop: DemoShop, open_window: Callable[..., Visit], jars: PaymentLink, failure: Callable[[Route], None]
) -> None:
    window = open_window(shop.origin)
    window.forgiving = True
    page = window.page
    page.goto(shop.address(jars))
    page.route(PREVIEWS, failure)
    page.get_by_label("Words").fill("for Ada")
    choose(page, "3")
    expect(page.locator(STALE)).to_have_count(1)
    expect(page.locator(STALE)).to_contain_text("Last total")
    expect(page.get_by_text("Total could not be updated.")).to_be_visible()
    expect(page.get_by_text("the next page shows the new total before you pay")).to_be_visible()
    expect(page.get_by_label("Words")).to_have_value("for Ada")
    expect(page.get_by_role("spinbutton")).to_have_value("3")
    expect_fits(page)
    page.unroute(PREVIEWS)
    page.get_by_role("button", name="Try again").click()
    expect_total(page, "€37.50")
    expect(page.locator(STALE)).to_have_count(0)
    expect(page.get_by_text("Last total")).to_have_count(0)
    expect(page.get_by_text("Total could not be updated.")).to_have_count(0)
    expect(page.get_by_text("the next page shows the new total before you pay")).to_have_count(0)


def test_an_old_total_is_accessible_and_the_button_leads_to_the_true_one(
    shop: DemoShop, open_window: Callable[..., Visit], jars: PaymentLink
) -> None:
    window = open_window(shop.origin, size="phone")
    window.forgiving = True
    page = window.page
    page.goto(shop.address(jars))
    page.route(PREVIEWS, offline)
    choose(page, "3")
    expect(page.get_by_text("Total could not be updated.")).to_be_visible()
    expect_fits(page)
    check_accessibility(page)
    pay_button(page).click()
    expect_checkout(page)
    expect(page.get_by_text("€37.50").first).to_be_visible()


def test_the_total_is_marked_where_the_button_is_pressed_before_it_is_known(
    open_page: OpenPage, jars: PaymentLink
) -> None:
    page = open_page(jars)
    page.route(PREVIEWS, lambda _route: None)
    with page.expect_request(PREVIEWS):
        choose(page, "3")
    page.evaluate(
        "() => document.addEventListener('submit', () => sessionStorage.setItem("
        "'busy', document.querySelector('.hand-off-total').getAttribute('aria-busy')))"
    )
    pay_button(page).click()
    expect_checkout(page)
    assert page.evaluate("sessionStorage.getItem('busy')") == "true"
    expect(page.get_by_text("€37.50").first).to_be_visible()


def test_a_link_that_closed_meanwhile_says_so(shop: DemoShop, open_page: OpenPage, jars: PaymentLink) -> None:
    page = open_page(jars)
    shop.update(jars, active=False)
    choose(page, "3")
    expect(page.get_by_role("heading", level=1, name="This link is no longer active")).to_be_visible()


def test_without_scripts_no_button_promises_an_amount(
    shop: DemoShop, open_page: OpenPage, jars: PaymentLink, javascript: bool
) -> None:
    page = open_page(jars, javascript=javascript)
    expect(pay_button(page)).not_to_contain_text("€")
    page.get_by_role("spinbutton").fill("3")
    if not javascript:
        page.get_by_role("button", name="Update total").last.click()
        expect_total(page, "€37.50")
        page.get_by_role("spinbutton").fill("4")
    pay_button(page).click()
    expect_checkout(page)
    expect(page.get_by_text("€37.50" if javascript else "€50.00").first).to_be_visible()


@pytest.fixture
def busy_shop(shop: DemoShop) -> Iterator[DemoShop]:
    """A shop in which this address may ask for no more totals within the hour."""
    before = shop.context
    shop.limit(rate_limit_preview="1/hour")
    shop.app.test_client(use_cookies=False).post("/pay/dipping/preview")
    yield shop
    shop.app.extensions[EXTENSION] = before


def test_a_total_that_may_not_be_asked_for_keeps_the_form_and_the_payment_costs_the_true_one(
    busy_shop: DemoShop, open_window: Callable[..., Visit], jars: PaymentLink, javascript: bool
) -> None:
    window = open_window(busy_shop.origin, javascript=javascript)
    window.forgiving = True
    page = window.page
    page.goto(busy_shop.address(jars))
    page.get_by_label("Words").fill("for Ada")
    choose(page, "3")
    if javascript:
        expect(page.get_by_text("Total could not be updated.")).to_be_visible()
    else:
        page.get_by_role("button", name="Update total").last.click()
        expect(page.get_by_role("heading", name=re.compile("Wait .+, then press the button again"))).to_be_visible()
        expect_total(page, "€37.50")
    expect(page.get_by_label("Words")).to_have_value("for Ada")
    expect(page.get_by_role("spinbutton")).to_have_value("3")
    expect(pay_button(page)).not_to_contain_text("€")
    pay_button(page).click()
    expect_checkout(page)
    expect(page.get_by_text("€37.50").first).to_be_visible()
