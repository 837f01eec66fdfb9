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
from tests.support.build import NOW, a_coupon, a_link, a_promotion_code, an_organization
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
    assert (refused.status, refused.notice) == (429, "Wait 60 minutes, then press the button again")
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
    assert (refused.status, refused.notice) == (429, "Wait 30 minutes, then press the button again")
    assert int(refused.headers["Retry-After"]) == HOLD_SECONDS - 120
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


def apply_code(shop: WebShop, address: str, code: str) -> Page:
    """Press "Apply" with this code."""
    return Page(send(shop, address, shop.open().values() | {"promotion_code": code}, "/pay/honey/preview"))


@pytest.fixture
def with_codes(config: Config, clock: Clock) -> WebShop:
    """A link with the codes HARVEST and AUTUMN, whose codes may be looked up four times, twice by one address."""
    shop = shop_with(config, clock, rate_limit_codes_address="2/hour", rate_limit_codes_link="4/hour")
    shop.sell(a_link(allow_promotion_codes=True))
    for name in ("HARVEST", "AUTUMN"):
        shop.stock.promotion_code(a_promotion_code(name, a_coupon("20")))
    return shop


PAUSED = "Promotion codes cannot be checked at the moment"


def test_guessing_codes_spends_the_look_ups_of_an_address_and_then_those_of_the_link(with_codes: WebShop) -> None:
    shop = with_codes
    with count_calls(shop.app).record() as calls:
        for address in STRANGERS:
            for number in range(3):
                page = apply_code(shop, address, f"GUESS{address[-1]}{number}")
                assert (page.status == 503) == (PAUSED in page.text)
        assert calls.gateway == {"find_promotion_code": 4}
    assert send(shop, "192.0.2.1", shop.open().values()).status_code == 303, "without a code, buyers pay as before"


def test_one_address_cannot_spend_the_look_ups_of_a_link(with_codes: WebShop) -> None:
    for number in range(9):
        apply_code(with_codes, STRANGERS[0], f"GUESS{number}")
    assert PAUSED in apply_code(with_codes, STRANGERS[0], "GUESS").text
    page = apply_code(with_codes, "192.0.2.1", "HARVEST")
    assert (page.status, PAUSED in page.text) == (200, False)


def test_codes_that_were_found_within_the_hour_work_while_none_can_be_looked_up(
    with_codes: WebShop, clock: Clock
) -> None:
    shop = with_codes
    assert apply_code(shop, "192.0.2.1", "HARVEST").status == 200
    clock.now += 3000
    for address in STRANGERS:
        for number in range(2):
            apply_code(shop, address, f"GUESS{address[-1]}{number}")
    assert apply_code(shop, "192.0.2.2", "harvest").status == 200
    sent = shop.open().values() | {"promotion_code": "HARVEST"}
    assert send(shop, "192.0.2.2", sent).status_code == 303
    promotion_code = shop.store.attempts_of_link("plink_honey")[0].selection.promotion_code
    assert promotion_code is not None
    assert promotion_code.code == "HARVEST"
    assert apply_code(shop, "192.0.2.2", "AUTUMN").status == 503
    clock.now += 600
    assert apply_code(shop, "192.0.2.2", "HARVEST").status == 503


def test_a_post_with_a_code_that_cannot_be_looked_up_keeps_the_answers(with_codes: WebShop) -> None:
    shop = with_codes
    for number in range(2):
        apply_code(shop, STRANGERS[0], f"GUESS{number}")
    page = Page(send(shop, STRANGERS[0], shop.open().values() | {"promotion_code": "HARVEST"}))
    assert (page.status, PAUSED in page.text) == (503, True)
    assert page.values()["promotion_code"] == "HARVEST"
    assert shop.store.attempts_of_link("plink_honey") == []
