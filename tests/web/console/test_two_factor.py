"""The two-step log-in in the browser: switched on with a code, asked for at the log-in, switched off with the password."""

from collections.abc import Callable

import pyotp
import pytest

from app.services.accounts.two_factor import STEP_SECONDS, TRIES
from tests.support.clock import Clock
from tests.support.page import Page
from tests.support.shop import PASSWORD
from tests.web.console.conftest import ADA, Merchant

SETUP = "/console/account/two-factor"


def switch_on(ada: Merchant) -> pyotp.TOTP:
    """Switch the second step on. Return the app."""
    page = ada.open(SETUP)
    app = pyotp.TOTP(page.field("Or type this into the app")["value"].replace(" ", ""))
    assert ada.pressed(page, "Switch on", code=app.at(ada.shop.clock())).notice == "Two-step log-in is on"
    return app


def with_password(merchant: Merchant) -> Page:
    """Enter e-mail address and password."""
    return merchant.pressed(merchant.open("/console/payments"), "Log in", email=ADA, password=PASSWORD)


@pytest.fixture
def app(ada: Merchant, clock: Clock) -> pyotp.TOTP:
    """Return the app of Ada, whose second step is on."""
    app = switch_on(ada)
    clock.now += STEP_SECONDS
    return app


def test_a_log_in_leads_over_the_second_step_to_the_requested_page(
    ada: Merchant, app: pyotp.TOTP, merchant_of: Callable[..., Merchant], clock: Clock
) -> None:
    assert "10 backup codes are left" in ada.open("/console/account").text
    other = merchant_of()
    page = with_password(other)
    assert page.heading == "Second step"
    for path in ("/console/", "/console/payments", SETUP):
        assert other.open(path).heading == "Second step"
    assert other.pressed(page, "Continue", code=app.at(clock())).heading == "Payments"


def test_a_wrong_code_is_named_at_the_field_and_many_end_the_log_in(
    app: pyotp.TOTP, merchant_of: Callable[..., Merchant], clock: Clock
) -> None:
    other = merchant_of()
    page = with_password(other)
    for _ in range(TRIES - 1):
        page = other.pressed(page, "Continue", code="000000")
        assert (page.status, page.title.startswith("Error: ")) == (422, True)
        assert "wrong or was used" in page.error_at("Code from your app")
    page = other.pressed(page, "Continue", code="000000")
    assert page.heading == "Log in"
    assert "Too many wrong codes" in page.text
    clock.now += STEP_SECONDS
    assert other.open("/console/login/code").heading == "Log in"


def test_a_code_that_was_used_opens_no_second_browser(
    app: pyotp.TOTP, merchant_of: Callable[..., Merchant], clock: Clock
) -> None:
    first, second = merchant_of(), merchant_of()
    pages = with_password(first), with_password(second)
    assert first.pressed(pages[0], "Continue", code=app.at(clock())).heading == "Payments"
    assert second.pressed(pages[1], "Continue", code=app.at(clock())).heading == "Second step"


def test_a_backup_code_of_the_setup_page_logs_in(ada: Merchant, merchant_of: Callable[..., Merchant]) -> None:
    page = ada.open(SETUP)
    codes = [item.text for item in page.root.first("ul", class_="code-list").all("li")]
    assert (
        ada.open(SETUP).field("Or type this into the app")["value"] == page.field("Or type this into the app")["value"]
    )
    switch_on(ada)
    other = merchant_of()
    assert other.pressed(with_password(other), "Continue", code=codes[3]).heading == "Payments"
    assert "9 backup codes are left" in ada.open("/console/account").text


def test_it_is_not_switched_on_without_a_right_code(ada: Merchant, merchant_of: Callable[..., Merchant]) -> None:
    page = ada.pressed(ada.open(SETUP), "Switch on", code="000000")
    assert page.status == 422
    assert "This code is wrong" in page.error_at("Code from your app")
    assert with_password(merchant_of()).heading == "Payments"


def test_it_is_switched_off_with_the_password_only(
    ada: Merchant, app: pyotp.TOTP, merchant_of: Callable[..., Merchant]
) -> None:
    page = ada.pressed(ada.open(SETUP), "Switch off", password="not the password")
    assert page.status == 422
    assert "not your current password" in page.error_at("Current password")
    assert with_password(merchant_of()).heading == "Second step"
    assert ada.pressed(ada.open(SETUP), "Switch off", password=PASSWORD).notice == "Two-step log-in is off"
    assert with_password(merchant_of()).heading == "Payments"


def test_another_person_can_log_in_where_one_waits_for_a_code(
    app: pyotp.TOTP, merchant_of: Callable[..., Merchant]
) -> None:
    other = merchant_of()
    page = with_password(other)
    assert other.open(page.link("Log in as another person")["href"]).heading == "Log in"


def test_a_form_that_the_log_in_interrupted_comes_back_after_the_second_step(
    ada: Merchant, app: pyotp.TOTP, clock: Clock
) -> None:
    page = ada.open("/console/links/new")
    sent = page.values(page.form_of("Create link")) | {"line_items[0][price_data][product_data][name]": "Heather honey"}
    ada.post("/console/logout", ada.open("/console/account").values())
    asked = Page(ada.post("/console/links/new", sent))
    assert asked.heading == "Log in"
    step = ada.pressed(asked, "Log in", email=ADA, password=PASSWORD)
    assert step.heading == "Second step"
    step = ada.pressed(step, "Continue", code="000000")
    kept = ada.pressed(step, "Continue", code=app.at(clock()))
    assert kept.heading == "You are logged in again"
    assert "Heather honey" in kept.values().values()


def test_the_second_step_has_no_way_around_the_rate_limit(
    ada: Merchant, app: pyotp.TOTP, merchant_of: Callable[..., Merchant]
) -> None:
    """The default is ten tries a minute from one address."""
    statuses, told = [], ""
    for _ in range(4):
        other = merchant_of()
        page = with_password(other)
        for _ in range(TRIES - 1):
            if page.heading == "Second step":
                page = other.pressed(page, "Continue", code="000000")
                statuses.append(page.status)
        told = page.text
    assert statuses == [422] * 8
    assert "Too many attempts" in told


def outlives_the_browser(merchant: Merchant) -> bool:
    """Return whether the cookie stays when the window is closed."""
    cookie = merchant.client.get_cookie("counterfoil")
    assert cookie is not None
    return cookie.expires is not None


def test_a_device_that_is_trusted_is_not_asked_again_until_all_browsers_are_logged_out(
    ada: Merchant, app: pyotp.TOTP, merchant_of: Callable[..., Merchant], clock: Clock
) -> None:
    other = merchant_of()
    page = with_password(other)
    assert page.field("Do not ask on this device for 30 days").get("checked") is None
    assert other.pressed(page, "Continue", code=app.at(clock()), remember="true").heading == "Payments"
    assert outlives_the_browser(other)
    other.pressed(other.open("/console/account"), "Log out")
    assert with_password(other).heading == "Payments"
    assert with_password(merchant_of()).heading == "Second step", "another browser is asked"
    other.pressed(other.open("/console/account"), "Log out")
    account = ada.open("/console/account")
    assert "One device is not asked for the code" in account.text
    ada.pressed(account, "Log out everywhere else")
    assert with_password(other).heading == "Second step"


def test_a_device_that_is_not_trusted_is_asked_again(
    app: pyotp.TOTP, merchant_of: Callable[..., Merchant], clock: Clock
) -> None:
    other = merchant_of()
    assert other.pressed(with_password(other), "Continue", code=app.at(clock())).heading == "Payments"
    assert not outlives_the_browser(other)
    other.pressed(other.open("/console/account"), "Log out")
    assert with_password(other).heading == "Second step"
