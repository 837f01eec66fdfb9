"""How much each kind of request asks of the store, the database, the gateway and the clock.

The table is exact. When a change saves a call, lower its number; a number that grows needs a reason.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from app.objects.attempt import Attempt
from app.objects.change import COMMAND_LINE
from app.sandbox.deliveries import sign
from app.services.accounts import keys
from tests.support.build import a_link
from tests.support.counting import Calls, count_calls
from tests.support.page import SAME_ORIGIN
from tests.web.conftest import WebShop

ITEM = {"price_data": {"currency": "eur", "unit_amount": 1250, "product_data": {"name": "Jar"}}, "quantity": 1}


class Counted:
    """A shop with one paid-for link and one API key; `send` counts one request."""

    def __init__(self, shop: WebShop) -> None:
        self.shop = shop
        self.link = shop.sell(a_link(restrictions={"completed_sessions": {"limit": 5, "count": 0}}))
        _key, self.secret = keys.create_key(shop.store, "org_apiary", shop.clock(), actor=COMMAND_LINE)
        # The key's last use is written once a minute; let that happen before anything is counted.
        shop.client.get("/v1/events", headers=self.headers())
        self.recorder = count_calls(shop.app)
        self.calls = Calls()

    def headers(self, **more: str) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return {"Authorization": f"Bearer {self.secret}", **named}

    def send(self, method: str, path: str, status: int = 200, **request: Any) -> Any:
        """Send one request and count what it asks for."""
        with self.recorder.record() as self.calls:
            response = self.shop.client.open(path, method=method, **request)
        assert response.status_code == status, response.text
        return response

    def form(self) -> dict[str, str]:
        return self.shop.open("/pay/honey").values()

    def start(self) -> Attempt:
        self.shop.client.post("/pay/honey", data=self.form(), headers=SAME_ORIGIN)
        return self.attempt()

    def attempt(self) -> Attempt:
        return self.shop.store.attempts_of_link(self.link.id)[0]


def get_pay(counted: Counted) -> None:
    counted.send("GET", "/pay/honey")


def get_embed(counted: Counted) -> None:
    counted.send("GET", "/pay/honey/embed")


def get_pay_again(counted: Counted) -> None:
    get_pay(counted)
    get_pay(counted)


def get_embed_again(counted: Counted) -> None:
    get_embed(counted)
    get_embed(counted)


def get_closed_again(counted: Counted) -> None:
    counted.shop.add(a_link(id="plink_closed", active=False, counterfoil={"code": "closed"}))
    for _ in range(2):
        counted.send("GET", "/pay/closed", 410)


def get_card_first(counted: Counted) -> None:
    counted.send("GET", "/pay/honey/card.png")


def get_card_again(counted: Counted) -> None:
    get_card_first(counted)
    get_card_first(counted)


def get_unknown(counted: Counted) -> None:
    counted.send("GET", "/pay/unknown", 404)


def preview(counted: Counted) -> None:
    counted.send("POST", "/pay/honey/preview", data=counted.form(), headers={"HX-Request": "true", **SAME_ORIGIN})


def preview_again(counted: Counted) -> None:
    preview(counted)
    preview(counted)


def pay(counted: Counted) -> None:
    counted.send("POST", "/pay/honey", 303, data=counted.form(), headers=SAME_ORIGIN)


def pay_again(counted: Counted) -> None:
    form = counted.form()
    counted.send("POST", "/pay/honey", 303, data=form, headers=SAME_ORIGIN)
    counted.send("POST", "/pay/honey", 303, data=form, headers=SAME_ORIGIN)


def complete(counted: Counted) -> None:
    attempt = counted.start()
    counted.send("GET", f"/pay/honey/complete/{attempt.token}")


def complete_after_the_webhook(counted: Counted) -> None:
    counted.start()
    counted.shop.pay_in_sandbox()
    counted.send("GET", f"/pay/honey/complete/{counted.attempt().token}")


def cancel(counted: Counted) -> None:
    attempt = counted.start()
    counted.send("GET", f"/pay/honey/cancel/{attempt.token}")


def webhook(counted: Counted) -> None:
    deliver(counted, completed_event(counted))


def webhook_again(counted: Counted) -> None:
    event = completed_event(counted)
    deliver(counted, event)
    deliver(counted, event)


def webhook_of_another_type(counted: Counted) -> None:
    deliver(counted, {**completed_event(counted), "type": "invoice.created"})


def api_create(counted: Counted) -> None:
    counted.send("POST", "/v1/payment_links", json={"line_items": [ITEM]}, headers=counted.headers())


def api_create_with_key(counted: Counted) -> None:
    headers = counted.headers(Idempotency_Key="one")
    counted.send("POST", "/v1/payment_links", json={"line_items": [ITEM]}, headers=headers)


def api_create_replayed(counted: Counted) -> None:
    api_create_with_key(counted)
    api_create_with_key(counted)


def api_update(counted: Counted) -> None:
    path = f"/v1/payment_links/{counted.link.id}"
    counted.send("POST", path, json={"metadata": {"a": "1"}}, headers=counted.headers())


def api_update_with_key(counted: Counted) -> None:
    path = f"/v1/payment_links/{counted.link.id}"
    headers = counted.headers(Idempotency_Key="one")
    counted.send("POST", path, json={"metadata": {"a": "1"}}, headers=headers)


def api_retrieve(counted: Counted) -> None:
    counted.send("GET", f"/v1/payment_links/{counted.link.id}", headers=counted.headers())


def api_list(counted: Counted) -> None:
    counted.send("GET", "/v1/payment_links", headers=counted.headers())


def api_retrieve_again(counted: Counted) -> None:
    api_retrieve(counted)
    api_retrieve(counted)


def api_list_again(counted: Counted) -> None:
    api_list(counted)
    api_list(counted)


def api_line_items(counted: Counted) -> None:
    counted.send("GET", f"/v1/payment_links/{counted.link.id}/line_items", headers=counted.headers())


def api_events(counted: Counted) -> None:
    counted.send("GET", "/v1/events", headers=counted.headers())


def api_sessions_open(counted: Counted) -> None:
    counted.start()
    counted.send("GET", f"/v1/checkout/sessions?payment_link={counted.link.id}", headers=counted.headers())


def api_sessions_paid(counted: Counted) -> None:
    counted.start()
    counted.shop.pay_in_sandbox()
    counted.send("GET", f"/v1/checkout/sessions?payment_link={counted.link.id}", headers=counted.headers())


def api_session_paid(counted: Counted) -> None:
    attempt = counted.start()
    counted.shop.pay_in_sandbox()
    counted.send("GET", f"/v1/checkout/sessions/{attempt.checkout_session}", headers=counted.headers())


def bigcapital(counted: Counted) -> None:
    path = f"/api/payment-links/{counted.link.id}/stripe_checkout_session"
    counted.send("POST", path, json={}, headers=counted.headers())


def completed_event(counted: Counted) -> dict[str, Any]:
    """The event of a completed session, as Stripe would send it; the application has not heard of it."""
    attempt = counted.start()
    session = counted.shop.context.gateway.retrieve_checkout_session(
        attempt.checkout_session or "", account=attempt.account
    )
    document = session.model_dump(mode="json") | {"status": "complete", "payment_status": "paid"}
    return {
        "id": "evt_completed",
        "object": "event",
        "account": attempt.account,
        "created": counted.shop.clock(),
        "data": {"object": document | {"payment_intent": "pi_1"}},
        "livemode": False,
        "type": "checkout.session.completed",
    }


def deliver(counted: Counted, event: Mapping[str, Any]) -> None:
    payload = json.dumps(event).encode()
    secret = counted.shop.context.config.stripe_webhook_secret
    assert secret is not None
    headers = {"Stripe-Signature": sign(payload, secret, counted.shop.clock())}
    counted.send("POST", "/webhooks/stripe", data=payload, headers=headers, content_type="application/json")


# Store calls, SQL statements, calls to Stripe, readings of the clock, parsed documents.
TABLE: list[tuple[Callable[[Counted], None], tuple[int, int, int, int, int]]] = [
    # A page is kept if the state of its link is the same before and after it was made. From then on, one statement says so.
    (get_pay, (4, 4, 0, 1, 2)),
    (get_pay_again, (1, 1, 0, 1, 0)),
    (get_embed, (4, 4, 0, 1, 2)),
    (get_embed_again, (1, 1, 0, 1, 0)),
    (get_closed_again, (1, 1, 0, 1, 0)),
    (get_card_first, (3, 3, 0, 1, 2)),
    (get_card_again, (2, 2, 0, 1, 2)),
    # An unknown code is looked for as people type codes, too. The page names the only merchant.
    (get_unknown, (5, 5, 0, 0, 1)),
    # So is a preview.
    (preview, (3, 3, 0, 1, 2)),
    (preview_again, (1, 1, 0, 1, 0)),
    (pay, (12, 14, 1, 1, 4)),
    (pay_again, (2, 2, 0, 1, 3)),
    (complete, (3, 3, 1, 1, 4)),
    (complete_after_the_webhook, (3, 4, 1, 1, 3)),
    # The sandbox delivers the event of the expired session at once, so this row includes a webhook.
    (cancel, (8, 12, 1, 2, 5)),
    # A webhook stores the event with its payment in one transaction. It stores the words of the order, and adds the payment to the
    # sums of the shop and of the link.
    # A payment locks its link and changes the sums of its link, of its view, of the day and of the lists of payments.
    (webhook, (5, 13, 0, 1, 1)),
    (webhook_again, (1, 1, 0, 1, 0)),
    (webhook_of_another_type, (6, 6, 0, 1, 2)),
    # The words of a link are stored for the console's search.
    (api_create, (4, 10, 1, 1, 2)),
    (api_create_with_key, (6, 13, 1, 1, 2)),
    (api_create_replayed, (2, 5, 0, 1, 3)),
    (api_update, (6, 11, 0, 1, 4)),
    (api_update_with_key, (8, 14, 0, 1, 4)),
    (api_retrieve, (2, 2, 0, 1, 3)),
    # The answer with a link is kept until the link changes.
    (api_retrieve_again, (2, 2, 0, 1, 2)),
    (api_list, (2, 2, 0, 1, 3)),
    (api_list_again, (2, 2, 0, 1, 2)),
    (api_line_items, (2, 2, 0, 1, 3)),
    (api_events, (2, 2, 0, 1, 2)),
    (api_sessions_open, (3, 3, 1, 1, 4)),
    # Stripe is not asked about a settled payment: the event that settled it has the session.
    (api_sessions_paid, (4, 4, 0, 1, 4)),
    (api_session_paid, (4, 4, 0, 1, 3)),
    (bigcapital, (10, 12, 1, 1, 5)),
]


@pytest.mark.parametrize(("send", "expected"), TABLE, ids=[send.__name__ for send, _ in TABLE])
def test_a_request_asks_for_exactly_what_the_table_says(
    shop: WebShop, send: Callable[[Counted], None], expected: tuple[int, int, int, int, int]
) -> None:
    counted = Counted(shop)
    send(counted)
    assert counted.calls.totals() == expected, counted.calls
