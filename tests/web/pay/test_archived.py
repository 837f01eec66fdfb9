"""A price or product that is archived at Stripe closes every way to pay before anyone presses the button, and opens it again."""

import json
from typing import Any

import pytest

from app.objects.change import COMMAND_LINE
from app.objects.payment_link import PaymentLink
from app.sandbox.deliveries import sign
from app.services.accounts import keys
from tests.support.build import a_custom_price, a_line, a_link, a_price, a_product, an_organization
from tests.support.page import SAME_ORIGIN
from tests.web.conftest import WebShop

TITLE = "This payment can't be taken right now"
PRICE = "The price specified is inactive. This field only accepts active prices."


def ids(link: PaymentLink) -> tuple[str, str]:
    """Return the ids of the link's price and of its product."""
    assert link.line_items is not None
    price = link.line_items.data[0].price
    assert price is not None
    return price.id, price.product if isinstance(price.product, str) else price.product.id


def archive(shop: WebShop, link: PaymentLink, kind: str, *, active: bool = False) -> str:
    """Archive or activate the link's price or product. Return Stripe's message about it."""
    price, product = ids(link)
    if kind == "price":
        shop.stock.sdk.v1.prices.update(price, {"active": active})
        return PRICE
    shop.stock.sdk.v1.products.update(product, {"active": active})
    return f"The product {product} is marked as inactive."


def ask_api(shop: WebShop, link: PaymentLink) -> Any:
    _key, secret = keys.create_key(shop.store, link.counterfoil.organization, shop.clock(), actor=COMMAND_LINE)
    path = f"/api/payment-links/{link.id}/stripe_checkout_session"
    return shop.client.post(path, json={}, headers={"Authorization": f"Bearer {secret}"})


def assert_closed(shop: WebShop, link: PaymentLink, form: dict[str, str], message: str) -> None:
    """Check that page, frame, preview, form and endpoint say no."""
    for path in ("/pay/honey", "/pay/honey/embed"):
        page = shop.open(path)
        assert (page.status, page.heading) == (409, TITLE)
        assert "Nothing was charged. Please tell Hillside Apiary" in page.text
        assert not page.root.all("form")
        assert page.link("Write to Hillside Apiary")["href"] == "mailto:help@hillside.example"
        assert "try" not in page.text.lower()
    for path in ("/pay/honey/preview", "/pay/honey/embed", "/pay/honey"):
        answer = shop.client.post(path, data=form, headers=SAME_ORIGIN)
        assert answer.status_code == 409
        assert TITLE in answer.text.replace("&#39;", "'")
    region = shop.client.post("/pay/honey/preview", data=form, headers={"HX-Request": "true", **SAME_ORIGIN})
    assert region.status_code == 409
    answer = ask_api(shop, link)
    assert answer.status_code == 409
    assert answer.json == {"statusCode": 409, "message": message, "error": "Conflict"}
    assert shop.store.attempts_of_link(link.id) == []


@pytest.mark.parametrize("kind", ["price", "product"])
def test_an_archived_item_closes_every_way_to_pay_and_an_active_one_opens_it_again(shop: WebShop, kind: str) -> None:
    link = shop.sell()
    form = shop.open().values()
    message = archive(shop, link, kind)
    assert_closed(shop, link, form, message)
    archive(shop, link, kind, active=True)
    assert shop.open().status == 200
    assert ask_api(shop, link).status_code == 200
    assert shop.client.post("/pay/honey", data=form, headers=SAME_ORIGIN).status_code == 303


def test_the_archived_price_of_an_amount_that_the_buyer_chooses_closes_the_page(shop: WebShop) -> None:
    # The session gets the amount as price_data, so Stripe would not notice.
    link = shop.sell(a_link(a_line(a_custom_price(100, None, 1000))))
    archive(shop, link, "price")
    assert shop.open().status == 409


def test_one_archived_item_of_several_closes_the_page(shop: WebShop) -> None:
    candle = a_line(a_price(500, id="price_candle", product=a_product("prod_candle", "Candle")))
    link = shop.sell(a_link(a_line(), candle))
    assert link.line_items is not None
    price = link.line_items.data[1].price
    assert price is not None
    shop.stock.sdk.v1.prices.update(price.id, {"active": False})
    assert shop.open().status == 409


@pytest.mark.parametrize("change", ["inactive", "limit"])
def test_a_link_that_is_over_says_so_whatever_its_price_is(shop: WebShop, change: str) -> None:
    over: dict[str, Any] = (
        {"active": False}
        if change == "inactive"
        else {"restrictions": {"completed_sessions": {"limit": 2, "count": 2}}}
    )
    archive(shop, shop.sell(a_link(**over)), "price")
    assert shop.open().status == 410


def test_an_open_session_of_an_archived_price_can_still_be_paid(shop: WebShop) -> None:
    link = shop.sell()
    page = shop.open()
    shop.press(page, page.by_id("pay").text)
    archive(shop, link, "price")
    shop.pay_in_sandbox()
    (attempt,) = shop.store.attempts_of_link(link.id)
    assert attempt.state == "paid"
    assert shop.open(f"/pay/honey/complete/{attempt.token}").status == 200


# Events that the sandbox does not send


def deliver(shop: WebShop, type: str, data: dict[str, Any], account: str | None = "org_apiary", **event: Any) -> str:
    """Deliver a signed event and return its outcome."""
    id = f"evt_{type.replace('.', '_')}_{event.get('created', 0)}_{account}"
    body = {
        "id": id,
        "object": "event",
        "account": account,
        "created": shop.clock(),
        "data": {"object": data},
        "livemode": False,
        "type": type,
        **event,
    }
    payload = json.dumps(body).encode()
    secret = shop.context.config.stripe_webhook_secret
    assert secret is not None
    headers = {"Stripe-Signature": sign(payload, secret, shop.clock())}
    answer = shop.client.post("/webhooks/stripe", data=payload, headers=headers, content_type="application/json")
    assert answer.status_code == 200
    outcome = shop.store.event_outcome(id)
    assert outcome is not None
    return outcome[1]


def a_product_object(link: PaymentLink, **changes: Any) -> dict[str, Any]:
    return {"id": ids(link)[1], "object": "product", "active": True, "name": "Jar of honey", "updated": 5, **changes}


def a_price_object(link: PaymentLink) -> dict[str, Any]:
    price, product = ids(link)
    return {"id": price, "object": "price", "active": True, "currency": "eur", "product": product, "unit_amount": 1250}


def test_a_deleted_price_closes_the_page(shop: WebShop) -> None:
    link = shop.sell()
    assert deliver(shop, "price.deleted", a_price_object(link)) == "applied"
    assert shop.open().status == 409


def test_a_deleted_product_closes_the_page_and_no_older_news_opens_it(shop: WebShop) -> None:
    link = shop.sell()
    newest = shop.clock()
    assert deliver(shop, "product.deleted", a_product_object(link)) == "applied"
    assert shop.open().status == 409
    deliver(shop, "product.updated", a_product_object(link, updated=newest - 60))
    assert shop.open().status == 409


def test_news_of_a_product_in_the_wrong_order_leaves_the_newest(shop: WebShop) -> None:
    link = shop.sell()
    now = shop.clock()
    deliver(shop, "product.updated", a_product_object(link, active=False, updated=now + 20), created=now + 20)
    deliver(shop, "product.updated", a_product_object(link, active=True, updated=now + 10), created=now + 10)
    assert shop.open().status == 409
    deliver(shop, "product.updated", a_product_object(link, active=True, updated=now + 30), created=now + 30)
    assert shop.open().status == 200


def test_a_price_that_stripe_does_not_know_any_more_closes_the_page(shop: WebShop) -> None:
    link = shop.add()  # the sandbox does not have its price
    assert deliver(shop, "price.updated", a_price_object(link)) == "applied"
    assert shop.open().status == 409


@pytest.mark.parametrize("type", ["price.updated", "price.deleted", "product.updated", "product.deleted"])
@pytest.mark.parametrize("account", ["org_bakery", "acct_stranger", None])
def test_news_of_another_account_closes_nothing_of_ours(shop: WebShop, type: str, account: str | None) -> None:
    link = shop.sell()
    shop.store.add_organization(an_organization("org_bakery", "Bakery"))
    data = a_price_object(link) if type.startswith("price") else a_product_object(link, updated=shop.clock() + 1)
    assert deliver(shop, type, {**data, "active": False}, account=account) == "ignored"
    assert shop.open().status == 200
