"""The log has one line per request, with the ids of its link, its attempt or its event."""

import io
import json

from app.objects.change import COMMAND_LINE
from app.sandbox.deliveries import sign
from app.services.accounts import keys
from tests.support.build import NOW, a_link
from tests.web.conftest import WebShop, lines


def test_log_lines_of_a_buyer_name_the_link_and_the_attempt(shop: WebShop, log: io.StringIO) -> None:
    shop.sell()
    shop.press(shop.open(), "Continue to payment")
    attempt = shop.store.attempts_of_link("plink_honey")[0]
    shop.client.get(shop.pay_in_sandbox())
    shown, posted, returned = lines(log, "/pay/honey")
    assert (shown["payment_link"], "attempt" in shown) == ("plink_honey", False)
    assert (posted["payment_link"], posted["attempt"]) == ("plink_honey", attempt.id)
    assert (returned["payment_link"], returned["attempt"]) == ("plink_honey", attempt.id)
    assert returned["path"] == "/pay/honey/complete/…"


def test_log_lines_of_the_cancel_page_name_the_link_and_the_attempt(shop: WebShop, log: io.StringIO) -> None:
    shop.sell()
    shop.press(shop.open(), "Continue to payment")
    attempt = shop.store.attempts_of_link("plink_honey")[0]
    shop.client.get(f"/pay/honey/cancel/{attempt.token}")
    assert lines(log, "/pay/honey/cancel/")[0]["attempt"] == attempt.id


def test_log_lines_of_an_api_request_name_the_link_and_the_attempt(shop: WebShop, log: io.StringIO) -> None:
    shop.sell()
    _key, secret = keys.create_key(shop.store, "org_apiary", NOW, actor=COMMAND_LINE)
    path = "/api/payment-links/honey/stripe_checkout_session"
    shop.client.post(path, headers={"Authorization": f"Bearer {secret}"})
    attempt = shop.store.attempts_of_link("plink_honey")[0]
    (line,) = lines(log, path)
    assert (line["payment_link"], line["attempt"]) == ("plink_honey", attempt.id)


def test_the_log_line_of_a_delivery_names_its_event(shop: WebShop, log: io.StringIO) -> None:
    shop.add(a_link())
    event = {"id": "evt_1", "object": "event", "created": NOW, "data": {"object": {}}, "livemode": False, "type": "x"}
    body = json.dumps(event).encode()
    headers = {"Stripe-Signature": sign(body, shop.context.config.stripe_webhook_secret or "", NOW)}
    assert shop.client.post("/webhooks/stripe", data=body, headers=headers).status_code == 200
    (line,) = lines(log, "/webhooks/stripe")
    assert (line["event"], line["status"]) == ("evt_1", 200)
