"""The first page of the console, its navigation, and what htmx gets where the log-in has ended."""

from app.services.attempts import state_machine
from app.services.attempts.waiting import COUNTED_AT_MOST, Waiting, count_waiting
from tests.web.console.conftest import Merchant


def flag_a_payment(ada: Merchant) -> None:
    """Pay a link, and put a flag on the payment."""
    shop = ada.shop
    shop.sell()
    shop.press(shop.open(), "Continue to payment")
    shop.pay_in_sandbox()
    (attempt,) = shop.store.attempts_of_link("plink_honey")
    state_machine.add_flag(shop.store, attempt, "amount_mismatch", shop.clock(), cause="evt_1")


def test_home_says_that_nothing_waits_and_nothing_was_paid(ada: Merchant) -> None:
    page = ada.open("/console/")
    assert page.heading == "Today Monday, 21\u00a0September"
    assert "No payments yet" in page.text
    assert "Nothing. Everything is done." in page.text
    assert page.link("Payments")["href"] == "/console/payments"


def test_a_payment_to_check_waits_on_home_and_in_the_navigation(ada: Merchant) -> None:
    flag_a_payment(ada)
    page = ada.open("/console/")
    assert "Jar of honey" in page.text
    assert page.link("1 payment to check")["href"] == "/console/payments?view=flagged"
    assert ada.open("/console/links").link("Payments 1 waiting")["href"] == "/console/payments"


def test_what_waits_is_counted_for_one_organization_and_not_beyond_a_hundred(ada: Merchant) -> None:
    flag_a_payment(ada)
    assert count_waiting(ada.shop.store, "org_apiary") == Waiting(flagged=1)
    assert count_waiting(ada.shop.store, "org_bakery") == Waiting(flagged=0)
    assert COUNTED_AT_MOST == 100
    assert ada.shop.store.count_waiting("org_apiary", 0)["flagged"] == 0


def test_the_navigation_marks_the_place_of_the_page(ada: Merchant) -> None:
    for path, place in {"": "Home", "links": "Links", "payments": "Payments"}.items():
        navigation = ada.open(f"/console/{path}").root.first("nav", class_="console-nav")
        assert [link.text for link in navigation.all("a", aria_current="page")] == [place]
    assert not ada.open("/console/account").root.first("nav", class_="console-nav").all("a", aria_current="page")


def test_a_request_of_htmx_without_a_log_in_makes_the_browser_open_the_log_in(merchant: Merchant) -> None:
    answer = merchant.get("/console/links?show=active", **{"HX-Request": "true"})
    assert (answer.status_code, answer.text) == (200, "")
    assert answer.headers["HX-Redirect"] == "/console/login?next=/console/links?show%3Dactive"
