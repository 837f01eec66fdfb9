"""Where "back" leads: the page that framed the link, else the link's own address, else the merchant's site."""

from urllib.parse import quote

import pytest

from app.objects.organization import BusinessProfile
from app.objects.payment_link import PaymentLink
from app.services.attempts import state_machine
from app.services.attempts.erasure import erase
from app.services.attempts.state_machine import Fact
from tests.support.build import NOW, a_link, an_organization
from tests.web.conftest import WebShop

OFFICE = "https://office.example"
FRAMED = f"{OFFICE}/invoices/42?key=abc"
OWN = "https://shop.example/orders"
SITE = "https://shop.example/"


def invoice(**ours: object) -> PaymentLink:
    return a_link(counterfoil={"reference": "2026-0042", "embed_origins": [OFFICE], **ours})


def sell(shop: WebShop, link: PaymentLink, return_url: str | None, site: str | None = SITE) -> str:
    """Start a payment from a page with this parameter. Return the secret of the buyer's return addresses."""
    shop.merchant(an_organization(business_profile=BusinessProfile(name="Tallow & Reed", url=site)))
    shop.sell(link)
    query = f"?return_url={quote(return_url, safe='')}" if return_url else ""
    page = shop.open(f"/pay/honey{query}")
    assert shop.press(page, "Continue to payment").status_code == 303
    return shop.store.attempts_of_link("plink_honey")[0].token


@pytest.mark.parametrize(
    ("asked", "own", "site", "leads_to", "label"),
    [
        pytest.param(FRAMED, OWN, SITE, FRAMED, "Back to the invoice", id="the framing page first"),
        pytest.param(None, OWN, SITE, OWN, "Back to the invoice", id="then the link's own"),
        pytest.param(None, None, SITE, SITE, "Back to Tallow & Reed", id="then the merchant's site"),
        pytest.param(
            "https://evil.example/", OWN, SITE, OWN, "Back to the invoice", id="not a site that is not listed"
        ),
        pytest.param(
            "https://office.example.evil.example/", None, SITE, SITE, "Back to Tallow & Reed", id="not a longer name"
        ),
        pytest.param("http://office.example/", None, SITE, SITE, "Back to Tallow & Reed", id="not another scheme"),
        pytest.param("javascript:alert(1)", None, SITE, SITE, "Back to Tallow & Reed", id="not a script"),
        pytest.param(f"{OFFICE}/{'x' * 1000}", None, SITE, SITE, "Back to Tallow & Reed", id="not a huge address"),
    ],
)
def test_back_leads_to_the_first_address_that_may_be_used(
    shop: WebShop, asked: str | None, own: str | None, site: str, leads_to: str, label: str
) -> None:
    sell(shop, invoice(return_url=own), asked, site)
    page = shop.open(shop.pay_in_sandbox())
    assert page.link(label)["href"] == leads_to
    assert not [link for link in page.root.all("a") if "evil" in (link.get("href") or "")]


def test_without_any_address_there_is_no_way_back(shop: WebShop) -> None:
    sell(shop, invoice(), None, site=None)
    page = shop.open(shop.pay_in_sandbox())
    assert not [link for link in page.root.all("a") if link.text.startswith("Back to")]


def test_back_from_an_order_is_named_after_the_merchant(shop: WebShop) -> None:
    sell(shop, a_link(counterfoil={"embed_origins": [OFFICE]}), FRAMED)
    assert shop.open(shop.pay_in_sandbox()).link("Back to Tallow & Reed")["href"] == FRAMED


def test_a_buyer_who_leaves_checkout_can_go_back_to_the_framing_page(shop: WebShop) -> None:
    token = sell(shop, invoice(), FRAMED)
    page = shop.open(f"/pay/honey/cancel/{token}")
    assert page.notice == "You left before paying"
    assert page.link("Back to the invoice")["href"] == FRAMED
    assert page.form["action"] == f"/pay/honey?return_url={quote(FRAMED, safe='')}"


def test_a_buyer_who_leaves_checkout_is_not_sent_to_the_merchants_site_in_general(shop: WebShop) -> None:
    token = sell(shop, invoice(), None)
    page = shop.open(f"/pay/honey/cancel/{token}")
    assert not page.has_link("Back to Tallow & Reed")


@pytest.mark.parametrize("state", ["processing", "failed", "expired"])
def test_every_state_of_the_payment_leads_back(shop: WebShop, state: str) -> None:
    token = sell(shop, invoice(), FRAMED)
    attempt = shop.store.attempts_of_link("plink_honey")[0]
    state_machine.settle(shop.store, attempt, Fact(state), NOW, cause="test")  # type: ignore[arg-type]  # a state
    assert shop.open(f"/pay/honey/complete/{token}").link("Back to the invoice")["href"] == FRAMED


def test_a_site_that_is_no_longer_listed_is_no_way_back(shop: WebShop) -> None:
    sell(shop, invoice(), FRAMED)
    link = shop.store.link("plink_honey")
    assert link is not None
    ours = link.counterfoil.model_copy(update={"embed_origins": (), "version": link.counterfoil.version + 1})
    assert shop.store.save_link(link.model_copy(update={"counterfoil": ours}))
    assert shop.open(shop.pay_in_sandbox()).link("Back to Tallow & Reed")["href"] == SITE


def test_the_merchant_is_told_in_test_mode_why_a_way_back_is_ignored(shop: WebShop) -> None:
    shop.add(invoice())
    page = shop.open("/pay/honey?return_url=https://evil.example/")
    assert "return_url: its site is not listed in counterfoil[embed_origins]" in page.text


def test_the_frame_hands_its_way_back_on_to_the_payment(shop: WebShop) -> None:
    shop.add(invoice())
    query = f"?return_url={quote(FRAMED, safe='')}"
    page = shop.open(f"/pay/honey/embed{query}")
    assert page.form["action"] == f"/pay/honey{query}"
    assert page.link("open the payment page in a new tab")["href"] == f"/pay/honey{query}"
    promise = "You pay on the next page, and it leads you back here."
    assert promise in page.text
    for without_way in ("/pay/honey/embed", f"/pay/honey{query}"):
        assert promise not in shop.open(without_way).text


def test_an_erased_payment_has_no_address_of_its_readers_page(shop: WebShop) -> None:
    token = sell(shop, invoice(), FRAMED)
    shop.open(shop.pay_in_sandbox())
    attempt = shop.store.attempts_of_link("plink_honey")[0]
    erase(shop.store, attempt.id, NOW)
    assert "key=abc" not in shop.open(f"/pay/honey/complete/{token}").html
