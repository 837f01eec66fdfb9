"""`check_links` asks Stripe whether every active link can still be sold, and records what it hears."""

from typing import Any

import pytest

from app.errors import GatewayRefused, GatewayUnavailable
from app.gateway.stripe_gateway import StripeGateway
from app.objects.payment_link import PaymentLink
from app.pricing.unsold import unsold_part
from app.services.accounts import keys
from app.services.links import availability, checking, refusals
from app.services.links.checking import AT_ONCE, Finding, check_links
from tests.services.broken import Broken
from tests.services.shop import ServiceShop
from tests.support.asking import Asking


def check(shop: ServiceShop, gateway: Any = None) -> list[Finding]:
    return check_links(shop.store, gateway or shop.gateway, shop.store.organizations(), shop.now)


def reason(shop: ServiceShop, link: PaymentLink, gateway: Any = None) -> tuple[str, str | None] | None:
    """Check all links. Return why Stripe refuses this one: message and parameter."""
    found = {finding.link.id: finding.refusal for finding in check(shop, gateway)}
    refusal = found[link.id]
    return (refusal.message, refusal.param) if refusal is not None else None


def with_shipping(shop: ServiceShop) -> tuple[PaymentLink, str]:
    fixed = {"fixed_amount[amount]": "490", "fixed_amount[currency]": "eur"}
    rate = shop.post("/v1/shipping_rates", {"display_name": "Parcel", "type": "fixed_amount", **fixed})["id"]
    countries = {"allowed_countries": ["AT"]}
    link = shop.link(shipping_options=[{"shipping_rate": rate}], shipping_address_collection=countries)
    return link, f"/v1/shipping_rates/{rate}"


def with_tax(shop: ServiceShop) -> tuple[PaymentLink, str]:
    rate = shop.post("/v1/tax_rates", {"display_name": "VAT", "percentage": "20", "inclusive": "true"})["id"]
    return shop.link(counterfoil={"tax_rates": [rate]}), f"/v1/tax_rates/{rate}"


def price_of(link: PaymentLink) -> Any:
    assert link.line_items is not None
    return link.line_items.data[0].price


def test_links_that_can_be_sold_have_no_refusal(shop: ServiceShop) -> None:
    links = [shop.link(), with_shipping(shop)[0], with_tax(shop)[0], shop.link(allow_promotion_codes=True)]
    assert [(finding.link.id, finding.refusal) for finding in check(shop)] == [
        (link.id, None) for link in reversed(links)
    ]


@pytest.mark.parametrize(
    ("make", "param", "message"),
    [
        (with_shipping, "shipping_options[0][shipping_rate]", "The shipping rate {id} is archived."),
        (
            with_tax,
            "line_items[0][tax_rates][0]",
            "The tax rate {id} is archived. This field only accepts active tax rates.",
        ),
    ],
)
def test_an_archived_rate_is_found_and_forgotten_when_it_is_active_again(
    shop: ServiceShop, make: Any, param: str, message: str
) -> None:
    link, path = make(shop)
    other = shop.link()
    shop.post(path, {"active": "false"})
    assert reason(shop, link) == (message.format(id=path.rpartition("/")[2]), param)
    assert reason(shop, other) is None
    assert refusals.refusal_of(shop.store, shop.found(link), shop.now) is not None
    shop.post(path, {"active": "true"})
    assert reason(shop, link) is None
    assert refusals.refusal_of(shop.store, shop.found(link), shop.now) is None


@pytest.mark.parametrize("kind", ["price", "product"])
def test_an_archived_price_whose_event_is_missing_closes_its_links(shop: ServiceShop, kind: str) -> None:
    link, other = shop.link(), shop.link()
    price = price_of(link)
    path = f"/v1/prices/{price.id}" if kind == "price" else f"/v1/products/{price.product.id}"
    shop.post(path, {"active": "false"})
    shop.deliveries()  # lost
    availability.ensure_payable(shop.found(link), shop.now)
    found = reason(shop, link)
    assert found is not None
    assert "inactive" in found[0]
    assert found[1] == "line_items[0][price]"
    assert availability.closed_reason(shop.found(link), shop.now) is None
    assert unsold_part(shop.found(link), shop.now) is not None
    assert reason(shop, other) is None
    shop.post(path, {"active": "true"})
    assert reason(shop, link) is None
    availability.ensure_payable(shop.found(link), shop.now)


def test_a_price_that_stripe_does_not_know_any_more_is_found(shop: ServiceShop) -> None:
    link = shop.link()
    price = price_of(link).id
    shop.engine.execute("DELETE FROM sandbox_objects WHERE id = :id", {"id": price})
    assert reason(shop, link) == (f"No such price: '{price}'", "line_items[0][price]")
    assert unsold_part(shop.found(link), shop.now) is not None


def test_a_deleted_and_a_used_up_coupon_are_found_and_an_expired_one_is_not(shop: ServiceShop) -> None:
    def with_coupon(**changes: str) -> tuple[PaymentLink, str]:
        coupon = shop.post("/v1/coupons", {"percent_off": "10", **changes})["id"]
        return shop.link(counterfoil={"coupon": coupon}), coupon

    (gone, gone_id), (used, used_id) = with_coupon(), with_coupon(max_redemptions="1")
    over, _ = with_coupon(redeem_by=str(shop.now + 60))
    shop.pay(shop.start(used))
    shop.send("delete", f"/v1/coupons/{gone_id}")
    shop.now += 61
    assert reason(shop, gone) == (f"No such coupon: '{gone_id}'", "discounts[0][coupon]")
    assert reason(shop, used) == (f"The coupon {used_id} can no longer be redeemed.", "discounts[0][coupon]")
    assert reason(shop, over) is None
    assert shop.start(over, "another").state == "opened"


def test_a_key_that_may_not_look_up_codes_is_found_where_a_link_takes_codes(shop: ServiceShop) -> None:
    plain, coded = shop.link(), shop.link(allow_promotion_codes=True)

    class NoCodes(Asking):
        def find_promotion_code(self, code: str, *, account: str | None) -> Any:
            raise GatewayRefused(f"The key may not look up {len(code)} letters of {account}.", status=403)

    assert reason(shop, plain, NoCodes(shop.gateway)) is None
    found = reason(shop, coded, NoCodes(shop.gateway))
    assert found is not None
    assert found[1] == "discounts[0][promotion_code]"
    assert reason(shop, coded) is None


def test_a_wrong_key_refuses_every_link(shop: ServiceShop) -> None:
    links = [shop.link(), shop.link()]
    wrong = StripeGateway("sk_" + "live_" + "wrong", webhook_secret=None, http_client=shop.client(), sandbox=True)
    for link in links:
        assert reason(shop, link, wrong) == ("Stripe does not accept the API key.", "line_items[0][price]")
    assert [finding.refusal for finding in check(shop)] == [None, None]


def test_inactive_links_are_not_checked(shop: ServiceShop) -> None:
    link = shop.link()
    shop.update(link, active=False)
    shop.post(f"/v1/prices/{price_of(link).id}", {"active": "false"})
    assert check(shop) == []


def test_an_archived_optional_item_leaves_the_link_for_sale(shop: ServiceShop) -> None:
    gift = shop.post("/v1/prices", {"currency": "eur", "unit_amount": "400", "product_data[name]": "Gift"})["id"]
    link = shop.link(optional_items=[{"price": gift, "quantity": 1}])
    shop.post(f"/v1/prices/{gift}", {"active": "false"})
    assert reason(shop, link) is None


def test_a_refusal_that_the_check_cannot_see_stays(shop: ServiceShop) -> None:
    link = shop.link()
    refusals.record(shop.store, link.id, GatewayRefused("Not enough rights.", status=403), shop.now)
    assert reason(shop, link) == ("Not enough rights.", None)
    refusals.record(
        shop.store, link.id, GatewayRefused("It was archived.", param="line_items[0][price]", status=400), shop.now
    )
    assert reason(shop, link) is None


def test_where_stripe_does_not_answer_nothing_is_recorded(shop: ServiceShop) -> None:
    link = shop.link()
    with pytest.raises(GatewayUnavailable):
        check(shop, Broken())
    assert refusals.refusal_of(shop.store, shop.found(link), shop.now) is None


def test_each_object_is_asked_for_once_and_a_few_at_a_time(shop: ServiceShop) -> None:
    price = shop.post("/v1/prices", {"currency": "eur", "unit_amount": "400", "product_data[name]": "Jar"})["id"]
    for _ in range(3):
        shop.link(line_items=[{"price": price, "quantity": 1}])
    others = [price_of(shop.link()).id for _ in range(2 * AT_ONCE)]
    asking = Asking(shop.gateway)
    assert {finding.refusal for finding in check(shop, asking)} == {None}
    assert sorted(asking.asked) == sorted(("retrieve_price", id) for id in [price, *others])
    assert 1 <= asking.most <= AT_ONCE


def test_links_of_each_organization_are_asked_for_in_its_own_account(shop: ServiceShop) -> None:
    ours = shop.link()
    keys.create_organization(shop.store, "Bakery", shop.now)
    theirs = shop.store.organizations()[1]
    # The same price id exists in our account alone.
    copied = ours.counterfoil.model_copy(update={"code": "theirs", "organization": theirs.id})
    shop.store.add_link(ours.model_copy(update={"id": "plink_theirs", "counterfoil": copied}))
    assert reason(shop, ours) is None
    found = {finding.link.id: finding.refusal for finding in check(shop)}
    assert found["plink_theirs"] is not None
    only = check_links(shop.store, shop.gateway, [theirs], shop.now)
    assert [finding.link.id for finding in only] == ["plink_theirs"]
    assert unsold_part(shop.found(ours), shop.now) is None


SESSION: dict[str, Any] = {
    "line_items": [{"price": "price_1", "quantity": 1, "tax_rates": ["txr_1"]}],
    "discounts": [{"coupon": "TEN"}],
    "shipping_options": [{"shipping_rate": "shr_1"}],
    "customer_email": "ada@example.com",
}


@pytest.mark.parametrize(
    ("param", "named"),
    [
        ("line_items[0][price]", ("price", "price_1")),
        ("line_items[0][tax_rates][0]", ("tax_rate", "txr_1")),
        ("discounts[0][coupon]", ("coupon", "TEN")),
        ("shipping_options[0][shipping_rate]", ("shipping_rate", "shr_1")),
        ("line_items[1][price]", None),
        ("line_items[0][tax_rates][1]", None),
        ("line_items[0][tax_rates]", None),
        ("line_items[0][quantity]", None),
        ("line_items[x][price]", None),
        ("line_items", None),
        ("customer_email", None),
        ("price", None),
        ("", None),
    ],
)
def test_a_parameter_of_a_session_names_an_object_or_none(param: str, named: tuple[str, str] | None) -> None:
    assert checking._named_object(SESSION, param) == named
