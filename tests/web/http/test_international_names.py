"""A server with an international name: browsers use punycode, and people read its letters."""

from dataclasses import replace

import pytest

from app.application import assemble
from app.config import Config, read_config
from tests.support.build import NOW, a_link, an_organization
from tests.support.clock import Clock
from tests.support.page import Page
from tests.support.shop import PASSWORD
from tests.web.conftest import WebShop
from tests.web.console.conftest import ADA, Merchant, add_user

GIVEN = "https://оплата.рф"
ASCII = "https://xn--80aa5alfu.xn--p1ai"


@pytest.fixture
def there(config: Config, clock: Clock) -> WebShop:
    public_url = read_config({"PUBLIC_URL": GIVEN, "SECRET_KEY": "s", "STRIPE_WEBHOOK_SECRET": "s"}).public_url
    shop = WebShop(assemble(replace(config, public_url=public_url), now=clock))
    shop.store.migrate(NOW)
    shop.store.add_organization(an_organization())
    add_user(shop)
    return shop


@pytest.mark.costly_rows
@pytest.mark.parametrize(
    "path", ["/pay/honey", "/pay/honey/embed", "/pay/none", "/console/login", "/healthz", "/embed.js"]
)
@pytest.mark.parametrize("base_url", [ASCII, GIVEN, "http://127.0.0.1:8000"])
def test_every_answer_has_headers_that_a_browser_can_read(there: WebShop, path: str, base_url: str) -> None:
    there.add(a_link(counterfoil={"embed_origins": ("https://xn--bcher-kva.example",)}))
    answer = there.client.get(path, base_url=base_url)
    assert answer.status_code == (404 if path == "/pay/none" else 200)
    assert all(value.isascii() for _, value in answer.headers)
    assert ASCII in answer.headers["Content-Security-Policy"]


def test_a_form_with_our_own_origin_is_accepted(there: WebShop) -> None:
    link = there.sell()
    page = Page(there.client.get("/pay/honey", base_url=ASCII))
    for headers, status in (
        ({"Origin": "https://xn--bcher-kva.example", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": ASCII}, 303),
        ({"Origin": ASCII, "Sec-Fetch-Site": "same-origin"}, 303),
    ):
        answer = there.client.post("/pay/honey", data=page.values(), headers=headers, base_url=ASCII)
        assert answer.status_code == status
    behind_a_proxy = {"Origin": ASCII, "Host": "127.0.0.1:8000"}
    assert there.client.post("/pay/honey", data=page.values(), headers=behind_a_proxy).status_code == 303
    assert len(there.store.attempts_of_link(link.id)) == 1


def test_a_buyer_pays_and_comes_back(there: WebShop) -> None:
    there.sell()
    page = Page(there.client.get("/pay/honey", base_url=ASCII))
    answer = there.client.post("/pay/honey", data=page.values(), headers={"Origin": ASCII}, base_url=ASCII)
    assert answer.location.startswith(f"{ASCII}/sandbox/checkout/")
    back = there.pay_in_sandbox()
    assert back.startswith(f"{ASCII}/pay/honey/complete/")
    assert there.client.get(back).status_code == 200


def test_the_console_works_with_an_international_name_and_shows_its_letters(there: WebShop) -> None:
    there.add(a_link(counterfoil={"embed_origins": ("https://xn--bcher-kva.example",)}))
    merchant = Merchant(there, ASCII)
    merchant.press(merchant.open("/console/login"), "Log in", email=ADA, password=PASSWORD)
    page = merchant.open("/console/links/plink_honey")
    assert page.field("Address")["value"] == f"{GIVEN}/pay/honey"
    assert f'data-copy="{ASCII}/pay/honey"' in page.html
    assert "https://bücher.example" in page.html


def test_the_log_in_names_the_right_address_with_its_letters(there: WebShop) -> None:
    answer = there.client.post("/console/login", data={}, headers={"Origin": "http://127.0.0.1:8000"})
    assert f"Open {GIVEN}/console/" in answer.text
