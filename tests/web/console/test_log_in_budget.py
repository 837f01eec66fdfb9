"""The limit of log-ins by account: many addresses together cannot guess a password, nor keep the owner out."""

from typing import Any

import pytest

from app.config import Config
from app.errors import AccessError
from app.objects.change import COMMAND_LINE
from app.services.accounts import logins, users
from app.services.accounts.logins import KNOWN_SECONDS
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


def test_a_message_names_the_account_where_the_account_is_the_reason(merchant: Merchant) -> None:
    guess(merchant)
    text = Page(log_in(merchant, HOME)).text
    assert "Too many attempts for this account." in text
    assert "network" not in text


# the owner's way in from a new address: one that the server prints


def one_time_address(merchant: Merchant) -> str:
    store = merchant.shop.store
    return f"/console/login/{logins.create_one_time_login(store, users.retrieve(store, ADA), merchant.shop.clock())}"


def use(merchant: Merchant, path: str, address: str = HOME) -> Any:
    """Open an address with a new browser and press its button."""
    browser = Merchant(merchant.shop)
    values = Page(browser.get(path)).values()
    return browser.client.post(path, data=values, headers={"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": address})


def test_the_owner_gets_in_while_strangers_have_spent_the_limit_and_is_known_from_then_on(merchant: Merchant) -> None:
    guess(merchant)
    answer = use(merchant, one_time_address(merchant), ELSEWHERE)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/")
    assert "Set-Cookie" in answer.headers
    assert log_in(merchant, ELSEWHERE).status_code == 303


def test_such_an_address_works_once_and_opening_it_does_not_use_it_up(merchant: Merchant) -> None:
    path = one_time_address(merchant)
    for _ in range(3):
        assert merchant.get(path).status_code == 200
    assert merchant.get("/console/links").status_code == 303
    assert use(merchant, path).status_code == 303
    again = use(merchant, path)
    assert again.status_code == 422
    assert "This address was used already" in Page(again).text


def test_such_an_address_ends_after_a_while(merchant: Merchant, clock: Clock) -> None:
    path = one_time_address(merchant)
    clock.now += logins.ONE_TIME_SECONDS
    assert use(merchant, path).status_code == 422


def test_a_new_password_ends_such_an_address(merchant: Merchant) -> None:
    path = one_time_address(merchant)
    users.set_password(
        merchant.shop.store,
        users.retrieve(merchant.shop.store, ADA),
        NEW_PASSWORD,
        merchant.shop.clock(),
        actor=COMMAND_LINE,
    )
    assert use(merchant, path).status_code == 422


def test_the_token_of_a_browser_and_that_of_an_address_are_not_interchangeable(merchant: Merchant) -> None:
    store, now = merchant.shop.store, merchant.shop.clock()
    user = users.retrieve(store, ADA)
    assert use(merchant, f"/console/login/{logins.create_login(store, user, now)}").status_code == 422
    with pytest.raises(AccessError):
        logins.authenticate(store, logins.create_one_time_login(store, user, now), now)


def test_tries_of_such_addresses_are_counted_by_address(config: Config, clock: Clock) -> None:
    merchant = served(config, clock, rate_limit_login="3/minute", trusted_proxies=1)
    statuses = [use(merchant, f"/console/login/guess{number}").status_code for number in range(4)]
    assert statuses == [422, 422, 422, 429]


def test_a_post_from_another_site_does_not_use_such_an_address(merchant: Merchant) -> None:
    path = one_time_address(merchant)
    values = Page(merchant.get(path)).values()
    refused = merchant.client.post(path, data=values, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403
    assert use(merchant, path).status_code == 303
