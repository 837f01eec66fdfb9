"""Rate limits by address and by link, their Retry-After header, and which proxies may name the address."""

from dataclasses import replace
from typing import Any

import pytest
from limits.storage import MemoryStorage

from app.application import assemble
from app.config import Config
from tests.support.build import NOW, a_coupon, a_link, a_promotion_code, an_organization
from tests.support.clock import Clock
from tests.support.page import SAME_ORIGIN, Page
from tests.web.conftest import WebShop


def limited(config: Config, **limits: Any) -> WebShop:
    app = assemble(replace(config, **limits), now=Clock())
    shop = WebShop(app)
    shop.store.migrate(NOW)
    shop.store.add_organization(an_organization())
    shop.sell()
    return shop


def test_too_many_pay_posts_of_one_address_get_a_retry_after(config: Config) -> None:
    shop = limited(config, rate_limit_pay_address="2/minute")
    data = shop.open().values()
    for _ in range(2):
        assert shop.client.post("/pay/honey", data=data).status_code == 303
    page = Page(shop.client.post("/pay/honey", data=data))
    assert (page.status, page.notice) == (429, "Wait one minute, then press the button again")
    assert 1 <= int(page.headers["Retry-After"]) <= 60
    other = shop.client.post("/pay/honey", data=data, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert other.status_code == 303
    assert shop.open().status == 200


def test_an_ipv6_prefix_of_64_bits_counts_as_one_address(config: Config) -> None:
    shop = limited(config, rate_limit_pay_address="1/minute")
    statuses = [
        shop.client.post("/pay/honey", environ_base={"REMOTE_ADDR": address}).status_code
        for address in ("2001:db8:0:1::1", "2001:db8:0:1::2", "2001:db8:0:2::1", "::ffff:192.0.2.1", "192.0.2.1")
    ]
    assert statuses == [403, 429, 403, 403, 429]


def test_the_port_of_a_forwarded_address_is_ignored(config: Config) -> None:
    shop = limited(config, rate_limit_pay_address="1/minute", trusted_proxies=1)
    forwarded = ("192.0.2.1:50000", "192.0.2.1:50001", "192.0.2.1", "[2001:db8::1]:443", "[2001:db8::2]", "2001:db8::3")
    statuses = [
        shop.client.post("/pay/honey", headers={"X-Forwarded-For": address}).status_code for address in forwarded
    ]
    assert statuses == [403, 429, 429, 403, 429, 429]


def test_previews_have_their_own_limit(config: Config) -> None:
    shop = limited(config, rate_limit_preview="1/minute")
    for expected in (200, 429):
        assert shop.client.post("/pay/honey/preview").status_code == expected
    assert shop.client.post("/pay/honey/embed").status_code == 429


def test_previews_from_memory_count_as_every_other(config: Config) -> None:
    shop = limited(config, rate_limit_preview="3/minute")
    sent = {"data": {"everything": "on"}, "headers": {"HX-Request": "true"}}
    statuses = [shop.client.post("/pay/honey/preview", **sent).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    other = shop.client.post("/pay/honey/preview", **sent, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert other.status_code == 200


def test_forwarded_addresses_count_only_from_trusted_proxies(config: Config) -> None:
    shop = limited(config, rate_limit_pay_address="1/minute")
    for expected, claimed in ((403, "192.0.2.1"), (429, "192.0.2.2")):
        assert shop.client.post("/pay/honey", headers={"X-Forwarded-For": claimed}).status_code == expected
    behind = limited(
        replace(config, database_url=config.database_url + "2"), rate_limit_pay_address="1/minute", trusted_proxies=1
    )
    for claimed in ("192.0.2.1", "192.0.2.2"):
        assert behind.client.post("/pay/honey", headers={"X-Forwarded-For": claimed}).status_code == 403


class OutOfReach(MemoryStorage):
    """A storage on another machine that does not answer."""

    STORAGE_SCHEME = ["out-of-reach"]  # noqa: RUF012 - as in its base
    base_exceptions = ConnectionError

    def incr(self, *_: Any, **__: Any) -> int:
        raise ConnectionRefusedError


def test_buyers_can_pay_while_the_storage_of_rate_limits_is_down(config: Config, clock: Clock) -> None:
    app = assemble(replace(config, rate_limit_storage="out-of-reach://"), now=clock)
    shop = WebShop(app)
    shop.store.migrate(NOW)
    shop.store.add_organization(an_organization())
    shop.sell()
    assert shop.press(shop.open(), "Continue to payment").status_code == 303


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["a form", "htmx"])
@pytest.mark.parametrize(
    ("path", "setting"),
    [
        ("/pay/honey", "rate_limit_pay_address"),
        ("/pay/honey/preview", "rate_limit_preview"),
        ("/pay/honey/embed", "rate_limit_preview"),
    ],
)
def test_a_refused_request_gets_a_retry_after(config: Config, path: str, setting: str, headers: dict[str, str]) -> None:
    shop = limited(config, **{setting: "1/hour"})
    shop.client.post(path, headers=headers)
    answer = shop.client.post(path, headers=headers)
    assert answer.status_code == 429
    assert 3500 < int(answer.headers["Retry-After"]) <= 3600
    assert "Wait 60 minutes" in answer.text


def test_a_rate_limit_in_a_frame_is_shown_in_the_frame(config: Config) -> None:
    shop = limited(config, rate_limit_preview="1/minute")
    shop.add(a_link(id="plink_framed", counterfoil={"code": "framed", "embed_origins": ("https://shop.example",)}))
    shop.client.post("/pay/framed/embed")
    refused = shop.client.post("/pay/framed/embed")
    assert refused.status_code == 429
    assert "frame-ancestors https://shop.example" in refused.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in refused.headers


def test_codes_in_addresses_count_against_the_limit_of_previews(config: Config) -> None:
    shop = limited(config, rate_limit_preview="2/minute")
    shop.sell(a_link(id="plink_codes", allow_promotion_codes=True, counterfoil={"code": "codes"}))
    shop.stock.promotion_code(a_promotion_code("HARVEST", a_coupon("20")))
    statuses = [shop.open(f"/pay/codes?prefilled_promo_code={code}").status for code in ("A1", "HARVEST", "A2")]
    assert statuses == [200, 200, 429]
    assert shop.client.post("/pay/codes/preview").status_code == 429
    assert shop.open("/pay/codes").status == 200
    assert shop.open("/pay/honey?prefilled_promo_code=A3").status == 200, "this link takes none, so nobody is asked"


def test_only_forwarded_addresses_from_trusted_proxies_count_among_several(config: Config) -> None:
    shop = limited(config, rate_limit_pay_address="1/minute", trusted_proxies=1)
    for expected, claimed in (
        (403, "192.0.2.1, 198.51.100.9"),
        (429, "192.0.2.2, 198.51.100.9"),
        (403, "198.51.100.9, 192.0.2.3"),
    ):
        assert shop.client.post("/pay/honey", headers={"X-Forwarded-For": claimed}).status_code == expected
    two = limited(
        replace(config, database_url=config.database_url + "2"), rate_limit_pay_address="1/minute", trusted_proxies=2
    )
    for expected, claimed in ((403, "192.0.2.1, 198.51.100.1, 10.0.0.1"), (429, "192.0.2.2, 198.51.100.1, 10.0.0.2")):
        assert two.client.post("/pay/honey", headers={"X-Forwarded-For": claimed}).status_code == expected


def test_refused_origins_have_the_rate_limit_of_previews(config: Config) -> None:
    shop = limited(config, rate_limit_preview="2/minute")
    for number in range(3):
        framed = {"Sec-Fetch-Dest": "iframe", "Referer": f"https://host-{number}.example/"}
        assert shop.client.get("/pay/honey/embed", headers=framed).status_code == 200
    assert len(shop.store.refused_origins("plink_honey")) == 2


def test_an_address_that_has_left_too_many_sessions_unpaid_waits_until_the_oldest_is_old_enough(
    config: Config, clock: Clock
) -> None:
    shop = WebShop(assemble(replace(config, unpaid_per_address="2/day"), now=clock))
    shop.store.migrate(NOW)
    shop.store.add_organization(an_organization())
    shop.sell()
    for _ in range(2):
        assert shop.press(shop.open(), "Continue to payment").status_code == 303
        shop.clock.now += 3600
    page = shop.pressed(shop.open(), "Continue to payment")
    assert (page.status, page.notice) == (429, "Wait 22 hours, then press the button again")
    assert int(page.headers["Retry-After"]) == 22 * 3600
    assert len(shop.store.attempts_of_link("plink_honey")) == 2
    other = shop.client.post(
        "/pay/honey", data=shop.open().values(), headers=SAME_ORIGIN, environ_base={"REMOTE_ADDR": "192.0.2.7"}
    )
    assert other.status_code == 303
    shop.clock.now += 22 * 3600
    assert shop.press(shop.open(), "Continue to payment").status_code == 303


def test_a_session_that_was_paid_does_not_count_and_one_that_is_open_already_may_be_continued(
    config: Config, clock: Clock
) -> None:
    shop = WebShop(assemble(replace(config, unpaid_per_address="1/day"), now=clock))
    shop.store.migrate(NOW)
    shop.store.add_organization(an_organization())
    shop.sell()
    page = shop.open()
    first = shop.press(page, "Continue to payment")
    assert shop.press(page, "Continue to payment").location == first.location
    shop.pay_in_sandbox()
    assert shop.press(shop.open(), "Continue to payment").status_code == 303
    assert shop.press(shop.open(), "Continue to payment").status_code == 429


def test_the_store_keeps_no_address_that_can_be_read(shop: WebShop) -> None:
    shop.sell()
    shop.press(shop.open(), "Continue to payment")
    attempt = shop.store.attempts_of_link("plink_honey")[0]
    assert attempt.address is not None
    assert len(attempt.address) == 32
    assert "127.0.0.1" not in attempt.model_dump_json().replace("http://127.0.0.1", "")
