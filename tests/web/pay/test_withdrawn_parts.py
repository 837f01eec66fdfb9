"""A coupon or rate that is withdrawn at Stripe closes the link before a buyer presses the button.

A coupon whose time is over does not: the link is sold without it.
"""

from typing import Any

import pytest

from app.objects.payment_link import PaymentLink
from app.services.links import refusals
from app.services.links.checking import check_links
from tests.support.build import a_coupon, a_link, a_shipping_rate, a_tax_rate, an_organization
from tests.support.page import SAME_ORIGIN
from tests.web.conftest import WebShop
from tests.web.pay.test_archived import TITLE, ask_api, deliver

WITH_TAX = a_link(tax_rates=[a_tax_rate()])
WITH_COUPON = a_link(coupon=a_coupon("20"))
WITH_SHIPPING = a_link(shipping=[a_shipping_rate(), a_shipping_rate(990)])


def part(link: PaymentLink) -> Any:
    """Return the tax rate, the shipping rate or the coupon of a link."""
    if link.shipping_options:
        return link.shipping_options[0].shipping_rate
    return link.counterfoil.tax_rates[0] if link.counterfoil.tax_rates else link.counterfoil.coupon


def check(shop: WebShop) -> str | None:
    """Run `links check`. Return why Stripe refuses the only link."""
    (finding,) = check_links(shop.store, shop.context.gateway, shop.store.organizations(), shop.clock())
    return finding.refusal.message if finding.refusal is not None else None


def assert_closed(shop: WebShop, link: PaymentLink, form: dict[str, str], message: str) -> None:
    for path in ("/pay/honey", "/pay/honey/embed"):
        assert (shop.open(path).status, shop.open(path).heading) == (409, TITLE)
    for path in ("/pay/honey/preview", "/pay/honey/embed", "/pay/honey"):
        assert shop.client.post(path, data=form, headers=SAME_ORIGIN).status_code == 409
    answer = ask_api(shop, link)
    assert (answer.status_code, answer.json["message"]) == (409, message)
    assert shop.store.attempts_of_link(link.id) == []
    told = refusals.refusal_of(shop.store, shop.found(link), shop.clock())
    assert (told.message if told else None) == message
    assert check(shop) is not None
    assert shop.open().status == 409


def assert_open(shop: WebShop, form: dict[str, str]) -> None:
    assert shop.open().status == 200
    assert check(shop) is None
    assert shop.client.post("/pay/honey", data=form, headers=SAME_ORIGIN).status_code == 303


def test_an_archived_tax_rate_closes_the_page_and_an_active_one_opens_it_again(shop: WebShop) -> None:
    link = shop.sell(WITH_TAX)
    form = shop.open().values()
    rate = part(link).id
    shop.stock.sdk.v1.tax_rates.update(rate, {"active": False})
    assert_closed(shop, link, form, f"The tax rate {rate} is archived. This field only accepts active tax rates.")
    shop.stock.sdk.v1.tax_rates.update(rate, {"active": True})
    assert_open(shop, form)


def test_a_deleted_coupon_closes_the_page_and_a_new_one_of_its_name_opens_it(shop: WebShop) -> None:
    link = shop.sell(WITH_COUPON)
    form = shop.open().values()
    coupon = part(link).id
    shop.stock.sdk.v1.coupons.delete(coupon)
    assert_closed(shop, link, form, f"No such coupon: '{coupon}'")
    shop.stock.sdk.v1.coupons.create({"id": coupon, "percent_off": 50})
    shop.stock.sdk.v1.coupons.update(coupon, {"name": "Half price"})
    assert_open(shop, form)
    assert shop.open().rows("totals")["Half price"] == "−€6.25"


def test_news_of_a_coupon_change_what_the_page_says(shop: WebShop) -> None:
    link = shop.sell(WITH_COUPON)
    shop.stock.sdk.v1.coupons.update(part(link).id, {"name": "Harvest"})
    assert "Harvest" in shop.open().rows("totals")


def test_the_check_closes_a_page_with_an_archived_shipping_rate_and_opens_it_again(shop: WebShop) -> None:
    # Stripe sends no events about shipping rates.
    link = shop.sell(WITH_SHIPPING)
    form = shop.open().values()
    rate = part(link).id
    shop.stock.sdk.v1.shipping_rates.update(rate, {"active": False})
    assert shop.open().status == 200
    assert check(shop) == f"The shipping rate {rate} is archived."
    assert_closed(shop, link, form, f"The shipping rate {rate} is archived.")
    shop.stock.sdk.v1.shipping_rates.update(rate, {"active": True})
    assert check(shop) is None
    assert_open(shop, form)


def test_a_coupon_whose_last_redemption_is_gone_closes_the_page(shop: WebShop) -> None:
    link = shop.add(a_link(coupon=a_coupon("20", max_redemptions=3, times_redeemed=3, valid=False)))
    assert shop.open().status == 409
    assert ask_api(shop, link).status_code == 409


def test_a_coupon_whose_time_is_over_leaves_the_link_for_sale_without_it(shop: WebShop) -> None:
    shop.add(a_link(coupon=a_coupon("20", redeem_by=shop.clock() - 1, valid=False)))
    page = shop.open()
    assert page.status == 200
    assert "€12.50" in page.text
    assert "€10.00" not in page.text


def test_a_withdrawn_coupon_and_rate_that_stripe_does_not_show_close_the_page(shop: WebShop) -> None:
    # The sandbox does not have them.
    shop.add(WITH_COUPON)
    coupon = {"id": part(WITH_COUPON).id, "object": "coupon", "valid": True}
    assert deliver(shop, "coupon.deleted", coupon) == "applied"
    assert shop.open().status == 409
    shop.add(a_link(tax_rates=[a_tax_rate()], id="plink_2", counterfoil={"code": "tax"}))
    rate = {"id": part(WITH_TAX).id, "object": "tax_rate", "active": False}
    assert deliver(shop, "tax_rate.updated", rate) == "applied"
    assert shop.open("/pay/tax").status == 409


@pytest.mark.parametrize("type", ["coupon.deleted", "coupon.updated", "tax_rate.updated"])
@pytest.mark.parametrize("account", ["org_bakery", "acct_stranger", None])
def test_news_of_a_part_of_another_account_closes_nothing_of_ours(
    shop: WebShop, type: str, account: str | None
) -> None:
    link = shop.sell(WITH_COUPON if type.startswith("coupon") else WITH_TAX)
    shop.store.add_organization(an_organization("org_bakery", "Bakery"))
    about = {"id": part(link).id, "object": type.partition(".")[0], "active": False, "valid": False}
    assert deliver(shop, type, about, account=account) == "ignored"
    assert shop.open().status == 200


def test_an_open_session_with_a_withdrawn_coupon_can_still_be_paid(shop: WebShop) -> None:
    link = shop.sell(WITH_COUPON)
    page = shop.open()
    shop.press(page, page.by_id("pay").text)
    shop.stock.sdk.v1.coupons.delete(part(link).id)
    shop.pay_in_sandbox()
    (attempt,) = shop.store.attempts_of_link(link.id)
    assert (attempt.state, attempt.amount_total) == ("paid", 1000)


def test_a_withdrawn_coupon_of_another_link_closes_nothing_here(shop: WebShop) -> None:
    shop.sell(WITH_COUPON)
    other = shop.stock.coupon(a_coupon("10"))
    shop.stock.sdk.v1.coupons.delete(other.id)
    assert shop.open().status == 200
