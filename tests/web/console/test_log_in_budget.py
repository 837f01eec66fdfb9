"""The limit of log-ins by account: many addresses together cannot guess a password, nor keep the owner out."""

from typing import Any

import pytest

from app.config import Config
from app.services.accounts.users import KNOWN_SECONDS
from tests.support.clock import Clock
from tests.support.page import Page
from tests.support.shop import PASSWORD
from tests.web.console.conftest import ADA, Merchant
from tests.web.console.test_login import served

HOME, ELSEWHERE = "192.0.2.1", "192.0.2.2"
STRANGERS = [f"198.51.100.{number}" for number in range(1, 7)]
NEW_PASSWORD = "ten bees on lavender"


@pytest.fixture
def merchant(config: Config, clock: Clock) -> Merchant:
    """A server that takes three tries for an account from new addresses, behind a proxy that names the address."""
    return served(config, clock, rate_limit_login_account="3/hour", rate_limit_login="1000/minute", trusted_proxies=1)


def log_in(merchant: Merchant, address: str, email: str = ADA, password: str = PASSWORD) -> Any:
    """Log in with a new browser at this address."""
    browser = Merchant(merchant.shop)
    values = Page(browser.get("/console/login")).values() | {"email": email, "password": password}
    return browser.client.post(
        "/console/login", data=values, headers={"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": address}
    )


def guess(merchant: Merchant, email: str = ADA) -> list[int]:
    return [log_in(merchant, address, email, "a wrong password").status_code for address in STRANGERS]


def test_many_addresses_together_guess_no_more_than_the_limit_of_an_account(merchant: Merchant) -> None:
    assert guess(merchant) == [422, 422, 422, 429, 429, 429]
    refused = log_in(merchant, HOME)
    assert refused.status_code == 429, "the right password tells a stranger nothing either"
    assert 3500 < int(refused.headers["Retry-After"]) <= 3600
    assert "Wait 60 minutes" in Page(refused).text


def test_the_owner_logs_in_from_an_address_that_was_used_before(merchant: Merchant) -> None:
    assert log_in(merchant, HOME).status_code == 303
    assert guess(merchant) == [422, 422, 429, 429, 429, 429]
    assert log_in(merchant, HOME).status_code == 303
    assert log_in(merchant, ELSEWHERE).status_code == 429


def test_every_spelling_of_an_address_and_an_account_that_does_not_exist_count_alike(merchant: Merchant) -> None:
    spellings = [ADA, ADA.upper(), f" {ADA} ", ADA.title()]
    statuses = [log_in(merchant, HOME, email, "a wrong password").status_code for email in spellings]
    assert statuses == [422, 422, 422, 429]
    assert guess(merchant, "nobody@example.com") == [422, 422, 422, 429, 429, 429]


def test_an_address_is_known_for_a_while_and_only_to_its_user(merchant: Merchant, clock: Clock) -> None:
    assert log_in(merchant, HOME).status_code == 303
    clock.now += KNOWN_SECONDS
    assert log_in(merchant, HOME).status_code == 303, "this log-in renews it"
    clock.now += KNOWN_SECONDS
    guess(merchant)
    assert log_in(merchant, HOME).status_code == 303
    clock.now += KNOWN_SECONDS + 1
    assert log_in(merchant, HOME).status_code == 429
    assert guess(merchant, "joe@example.com")[-1] == 429
    assert log_in(merchant, HOME, "joe@example.com").status_code == 429


def test_a_new_password_forgets_the_addresses_except_the_one_it_came_from(merchant: Merchant) -> None:
    users, store = merchant.shop.store.users("org_apiary"), merchant.shop.store
    assert log_in(merchant, HOME).status_code == log_in(merchant, ELSEWHERE).status_code == 303
    browser = Merchant(merchant.shop)
    browser.log_in()  # from a third address
    page = browser.open("/console/account")
    changed = browser.pressed(page, "Change password", old_password=PASSWORD, password=NEW_PASSWORD)
    assert changed.status == 200
    guess(merchant)
    assert log_in(merchant, HOME, password=NEW_PASSWORD).status_code == 429
    assert log_in(merchant, "127.0.0.1", password=NEW_PASSWORD).status_code == 303
    store.delete_user(users[0].id)
    assert store.user(users[0].id) is None
