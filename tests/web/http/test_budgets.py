"""Budgets of links, attempts and accounts: strangers cannot spend them, and a spent budget refuses no more than it must."""

from dataclasses import replace
from typing import Any, cast

import pytest

from app.application import assemble
from app.config import Config
from app.gateway.protocol import Gateway
from app.objects.attempt import Attempt
from app.services.checkout.reservation import HOLD_SECONDS
from app.web.http.context import EXTENSION
from tests.services.broken import Broken
from tests.support.build import NOW, a_link, an_organization
from tests.support.clock import Clock
from tests.support.counting import count_calls
from tests.support.page import Page
from tests.web.conftest import WebShop

STRANGERS = [f"198.51.100.{number}" for number in range(1, 11)]


def shop_with(config: Config, clock: Clock, **settings: Any) -> WebShop:
    shop = WebShop(assemble(replace(config, **settings), now=clock))
    shop.store.migrate(NOW)
    shop.store.add_organization(an_organization())
    return shop


def send(shop: WebShop, address: str, data: dict[str, Any], path: str = "/pay/honey", site: str = "same-origin") -> Any:
    return shop.client.post(path, data=data, headers={"Sec-Fetch-Site": site}, environ_base={"REMOTE_ADDR": address})


def opened(shop: WebShop, address: str) -> Attempt:
    """Open a session from this address."""
    assert send(shop, address, shop.open().values()).status_code == 303
    return shop.store.attempts_of_link("plink_honey")[0]


GREETING = {
    "key": "greeting",
    "label": {"type": "custom", "custom": "Greeting"},
    "type": "text",
    "optional": True,
    "text": {"maximum_length": 60},
}
RUBBISH: dict[str, tuple[int, dict[str, Any], str]] = {
    "no token": (403, {"csrf_token": ""}, "same-origin"),
    "another origin": (403, {}, "cross-site"),
    "a wrong answer": (422, {"custom_fields[greeting]": "long " * 20}, "same-origin"),
    "an unknown promotion code": (422, {"promotion_code": "GUESS"}, "same-origin"),
}


@pytest.mark.parametrize("rubbish", RUBBISH)
def test_posts_that_open_no_session_leave_the_budget_of_the_link(config: Config, clock: Clock, rubbish: str) -> None:
    status, changes, site = RUBBISH[rubbish]
    shop = shop_with(config, clock, rate_limit_pay_link="1/minute")
    shop.sell(a_link(allow_promotion_codes=True, custom_fields=[GREETING]))
    page = shop.open()
    for address in STRANGERS:
        assert send(shop, address, page.values() | changes, site=site).status_code == status
    assert send(shop, "192.0.2.1", page.values()).status_code == 303


def test_a_post_that_finds_its_session_open_leaves_the_budget_of_the_link(config: Config, clock: Clock) -> None:
    shop = shop_with(config, clock, rate_limit_pay_link="2/minute")
    shop.sell()
    sent = shop.open().values()
    for address in STRANGERS:
        assert send(shop, address, sent).status_code == 303
    assert send(shop, "192.0.2.1", shop.open().values()).status_code == 303


def test_sessions_that_one_link_opens_are_counted_for_all_addresses_and_for_that_link(
    config: Config, clock: Clock
) -> None:
    shop = shop_with(config, clock, rate_limit_pay_link="1/hour")
    shop.sell()
    shop.sell(a_link(id="plink_other", counterfoil={"code": "other"}))
    assert send(shop, STRANGERS[0], shop.open().values()).status_code == 303
    refused = Page(send(shop, STRANGERS[1], shop.open().values()))
    assert (refused.status, refused.heading) == (429, "Too many attempts from your network")
    assert 3500 < int(refused.headers["Retry-After"]) <= 3600
    assert len(shop.store.attempts_of_link("plink_honey")) == 1
    assert send(shop, STRANGERS[1], shop.open("/pay/other").values(), "/pay/other").status_code == 303


def test_an_address_that_holds_too_many_places_is_told_when_one_comes_free(config: Config, clock: Clock) -> None:
    shop = shop_with(config, clock, holds_per_address=2)
    shop.sell(a_link(restrictions={"completed_sessions": {"limit": 50, "count": 0}}))
    prefix = "2001:db8:0:1::"
    for number in (1, 2):
        assert send(shop, f"{prefix}{number}", shop.open().values()).status_code == 303
        clock.now += 60
    refused = Page(send(shop, f"{prefix}3", shop.open().values()))
    assert (refused.status, refused.heading) == (429, "Too many attempts from your network")
    assert int(refused.headers["Retry-After"]) == HOLD_SECONDS - 120
    assert "Wait 30 minutes" in refused.text
    assert send(shop, "2001:db8:0:2::1", shop.open().values()).status_code == 303
    assert send(shop, "192.0.2.1", shop.open().values()).status_code == 303


def test_the_page_after_payment_asks_stripe_about_an_attempt_once_in_a_while(config: Config, clock: Clock) -> None:
    shop = shop_with(config, clock, rate_limit_return="1/hour")
    shop.sell()
    recorder = count_calls(shop.app)
    one, other = (opened(shop, address) for address in STRANGERS[:2])
    with recorder.record() as calls:
        for address in STRANGERS:
            page = shop.client.get(f"/pay/honey/complete/{one.token}", environ_base={"REMOTE_ADDR": address})
            assert page.status_code == 200
        assert calls.gateway == {"retrieve_checkout_session": 1}
        assert shop.open(f"/pay/honey/complete/{other.token}").status == 200
        assert calls.gateway == {"retrieve_checkout_session": 2}


def test_a_payment_is_shown_although_stripe_may_not_be_asked_now(config: Config, clock: Clock) -> None:
    shop = shop_with(config, clock, rate_limit_return="1/hour")
    shop.sell()
    attempt = opened(shop, STRANGERS[0])
    assert shop.open(f"/pay/honey/complete/{attempt.token}").heading != "Thank you for your order"
    shop.pay_in_sandbox()  # its event arrives
    assert shop.open(f"/pay/honey/complete/{attempt.token}").heading == "Thank you for your order"


def test_leaving_checkout_asks_stripe_once_in_a_while_while_the_session_cannot_be_ended(
    config: Config, clock: Clock
) -> None:
    shop = shop_with(config, clock, rate_limit_return="1/hour")
    shop.sell()
    attempt = opened(shop, STRANGERS[0])
    shop.app.extensions[EXTENSION] = replace(shop.context, gateway=cast(Gateway, Broken()))
    recorder = count_calls(shop.app)
    with recorder.record() as calls:
        assert shop.client.get(f"/pay/honey/cancel/{attempt.token}").status_code == 503
        for _ in range(3):
            answer = shop.client.get(f"/pay/honey/cancel/{attempt.token}")
            assert (answer.status_code, answer.location) == (303, f"/pay/honey/complete/{attempt.token}")
        assert calls.gateway == {"expire_checkout_session": 1}
