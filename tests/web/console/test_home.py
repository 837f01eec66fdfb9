"""The first page of the console, its navigation, and the answer to htmx after the log-in has ended."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.errors import GatewayRefused
from app.services.attempts import state_machine
from app.services.attempts.waiting import Waiting, count_waiting
from app.services.links.refusals import record
from tests.store.build import an_attempt, an_event
from tests.support.build import an_organization
from tests.support.page import Page
from tests.web.console.conftest import Merchant
from tests.web.console.test_orders import PARCEL

DAY = 24 * 3600


def flag_a_payment(ada: Merchant) -> None:
    """Pay a link, and put a flag on the payment."""
    shop = ada.shop
    shop.sell()
    shop.press(shop.open(), "Continue to payment")
    shop.pay_in_sandbox()
    (attempt,) = shop.store.attempts_of_link("plink_honey")
    state_machine.add_flag(shop.store, attempt, "amount_mismatch", shop.clock(), cause="evt_1")


def test_home_says_that_nothing_waits_and_nothing_was_paid(ada: Merchant) -> None:
    ada.shop.add()
    page = ada.open("/console/")
    assert page.heading == "Today Monday, 21\u00a0September"
    assert "No payments yet" in page.text
    assert "Nothing. Everything is done." in page.text
    assert page.link("Payments")["href"] == "/console/payments"


def test_a_payment_to_check_waits_on_home_and_in_the_navigation(ada: Merchant) -> None:
    flag_a_payment(ada)
    page = ada.open("/console/")
    assert "Jar of honey" in page.text
    assert (
        page.link("1 payment to check the amount is not the one of the order")["href"]
        == "/console/payments?view=flagged"
    )
    assert ada.open("/console/links").link("Payments 1 waiting")["href"] == "/console/payments"


def test_what_waits_is_counted_for_one_organization(ada: Merchant) -> None:
    flag_a_payment(ada)
    assert count_waiting(ada.shop.store, "org_apiary", livemode=False) == Waiting(flagged=1)
    assert count_waiting(ada.shop.store, "org_bakery", livemode=False) == Waiting(flagged=0)


def test_the_navigation_marks_the_place_of_the_page(ada: Merchant) -> None:
    for path, place in {"": "Home", "links": "Links", "payments": "Payments"}.items():
        navigation = ada.open(f"/console/{path}").root.first("nav", class_="console-nav")
        assert [link.text for link in navigation.all("a", aria_current="page")] == [place]
    assert not ada.open("/console/account").root.first("nav", class_="console-nav").all("a", aria_current="page")


def test_a_request_of_htmx_without_a_log_in_makes_the_browser_open_the_log_in(merchant: Merchant) -> None:
    answer = merchant.get("/console/links?show=active", **{"HX-Request": "true"})
    assert (answer.status_code, answer.text) == (200, "")
    assert answer.headers["HX-Redirect"] == "/console/login?next=/console/links?show%3Dactive"


def taken_rows(page: Page) -> dict[str, list[str]]:
    """Return the figures by their label."""
    found = page.root.first("dl", class_="figures")
    return {group.first("dt").text: [one.text for one in group.all("dd")] for group in found.all("div")}


def add_paid(ada: Merchant, id: str, amount: int, at: int, **changes: Any) -> None:
    told = {"amount_total": amount, "paid_at": at, "created": at, "state": "paid", **changes}
    assert ada.shop.store.add_attempt(an_attempt(id, **told), "paid")


def test_home_says_what_was_taken_today_and_in_thirty_days_by_currency(ada: Merchant) -> None:
    shop, now = ada.shop, ada.shop.clock()
    shop.add()
    add_paid(ada, "att_1", 1250, now)
    add_paid(ada, "att_2", 3200, now, currency="jpy")
    add_paid(ada, "att_3", 2000, now - 2 * DAY)
    add_paid(ada, "att_4", 500, now - 2 * DAY, state="refunded")
    add_paid(ada, "att_5", 99_999, now - 31 * DAY)
    page = ada.open("/console/")
    assert taken_rows(page) == {
        "Taken today": ["€12.50 1 payment", "¥3,200 1 payment"],
        "Last 30 days": ["€32.50 3 payments, €5.00 refunded", "¥3,200 1 payment"],
    }
    drawing = page.root.first("svg", role="img")
    assert drawing["aria-label"] == (
        "Between €0.00 and €20.00 a day. The most on Sat, 19 Sep: €20.00. Today so far: €12.50."
    )
    assert [(bar["x"], bar["height"]) for bar in drawing.all("rect")] == [("543", "108"), ("583", "67")]
    table = page.root.first("div", class_="fold-scroll").first("tbody").all("tr")
    assert len(table) == 30
    assert [cell.text for cell in table[0].all("td")] == ["2", "€12.50", "¥3,200"]
    assert [cell.text for cell in table[2].all("td")] == ["2", "€20.00", "–"]


def test_a_day_begins_in_the_time_zone_of_the_organization(ada: Merchant) -> None:
    shop = ada.shop
    shop.add()
    midnight = int(datetime(2026, 9, 21, tzinfo=ZoneInfo("Asia/Kathmandu")).timestamp())
    organization = shop.store.organization("org_apiary")
    assert organization is not None
    shop.merchant(organization.model_copy(update={"timezone": "Asia/Kathmandu"}))
    shop.clock.now = midnight + 60
    add_paid(ada, "att_1", 100, midnight - 1)
    add_paid(ada, "att_2", 700, midnight)
    shown = taken_rows(ada.open("/console/"))
    assert (shown["Taken today"], shown["Last 30 days"]) == (["€7.00 1 payment"], ["€8.00 2 payments"])


def test_more_than_three_currencies_stand_in_a_fold(ada: Merchant) -> None:
    ada.shop.add()
    for index, currency in enumerate(["eur", "jpy", "usd", "gbp", "chf"]):
        add_paid(ada, f"att_{index}", 10_000, ada.shop.clock(), currency=currency)
    page = ada.open("/console/")
    assert [len(found) for found in taken_rows(page).values()] == [3, 3]
    (fold,) = [fold for fold in page.root.all("details", class_="fold") if "More currencies" in fold.text]
    assert "$100.00" in fold.text


def test_a_shop_without_a_link_is_welcomed_with_what_is_left_to_do(ada: Merchant) -> None:
    page = ada.open("/console/")
    assert page.heading == "Welcome"
    assert page.link("New link")["href"] == "/console/links/new"
    assert "2 of 5 done" in page.text
    assert page.link("Make your first link")["href"] == "/console/links/new"
    ada.shop.sell()
    assert "3 of 5 done" in ada.open("/console/").text


def test_the_checklist_is_hidden_and_shown_again(ada: Merchant) -> None:
    ada.shop.add()
    hidden = ada.pressed(ada.open("/console/"), "Hide this list")
    assert "Set up your shop" not in hidden.text
    assert "Set up your shop" not in ada.open("/console/").text
    assert "Set up your shop" in ada.pressed(hidden, "Undo").text
    log = ada.open("/console/settings/log").text
    assert "List of steps hidden" in log
    assert "List of steps shown again" in log


def test_in_test_mode_the_checklist_and_the_banner_lead_to_how_to_go_live(ada: Merchant) -> None:
    page = ada.open("/console/")
    links = [link for link in page.root.all("a") if link.text == "Go live"]
    assert [link["href"] for link in links] == ["/console/settings/stripe#live"] * 2


def test_a_checklist_on_which_everything_is_done_is_gone(ada: Merchant) -> None:
    shop = ada.shop
    shop.add()
    shop.merchant(
        an_organization(
            privacy_policy_url="https://honey.example/privacy",
            settings={"branding": {"logo": "/static/demo/logo.svg", "primary_color": "#7a4a00"}},
            terms_of_service_url="https://honey.example/terms",
        )
    )
    assert "Set up your shop" not in ada.open("/console/").text


def test_a_link_that_stripe_refuses_needs_attention_on_home(ada: Merchant) -> None:
    ada.shop.add()
    record(ada.shop.store, "plink_honey", GatewayRefused("No.", code="no", param="no"), ada.shop.clock())
    page = ada.open("/console/")
    assert page.link("1 link cannot be paid Stripe refuses it")["href"] == "/console/links/plink_honey"


def test_home_shows_when_stripe_last_delivered_an_event(ada: Merchant) -> None:
    shop = ada.shop
    shop.add()
    assert "Last event from Stripe" not in ada.open("/console/").text
    shop.store.add_event(an_event(), organization=None, received=shop.clock(), payload="{}", delivered=True)
    assert "Last event from Stripe: today, 14:13" in ada.open("/console/").text


HX = {"HX-Request": "true"}


def add_parcel(ada: Merchant, id: str, paid_at: int) -> None:
    """Add a paid order to send."""
    order = an_attempt(id, state="paid", customer_name="Mara Lindqvist", paid_at=paid_at, shipping_details=PARCEL)
    assert ada.shop.store.add_attempt(order, "paid")


def test_home_names_the_day_of_the_oldest_order_to_send(ada: Merchant) -> None:
    ada.shop.add()
    now = ada.shop.clock()
    for id, days in (("att_new", 0), ("att_old", 6)):
        add_parcel(ada, id, now - days * DAY)
    page = ada.open("/console/")
    assert page.link("2 orders to send the oldest is from Tuesday")["href"] == "/console/payments?view=to-send"
    add_parcel(ada, "att_older", now - 7 * DAY)
    assert "3 orders to send the oldest is from 14\u00a0Sep" in ada.open("/console/").text


def test_home_names_the_earliest_deadline_of_a_dispute(ada: Merchant) -> None:
    shop = ada.shop
    shop.sell()
    shop.press(shop.open(), "Continue to payment")
    shop.open(shop.pay_in_sandbox("4000000000000259"))
    text = ada.open("/console/").text.replace("\u00a0", " ")
    assert "1 disputed payment Answer by Monday, 28 September" in text


def test_home_asks_for_what_changes_by_itself(ada: Merchant) -> None:
    ada.shop.add()
    live = ada.open("/console/").by_id("live")
    assert (live["data-hx-get"], live["data-hx-trigger"]) == ("/console/latest", "every 60s")
    add_parcel(ada, "att_new", ada.shop.clock())
    answer = Page(ada.get("/console/latest", **HX))
    assert "1 order to send the oldest is from today" in answer.root.text
    assert "Mara Lindqvist" in answer.root.text
    assert answer.by_id("figures")["data-hx-swap-oob"] == "true"
    assert "Set up your shop" not in answer.root.text
    assert ada.get("/console/latest").location == "/console/"
