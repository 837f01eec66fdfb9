"""Events about sessions that were paid, one for each open attempt of a link, signed as Stripe signs them."""

import json
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any, Final

from app.objects.attempt import Attempt
from app.sandbox.deliveries import sign
from app.store.protocol import Store

SECRET: Final = "whsec_bench"


class Deliveries:
    """Events that are sent one after the other, each once."""

    def __init__(self, path: str, payloads: list[bytes]) -> None:
        self._path = path
        self._payloads: Iterator[bytes] = iter(payloads)

    def send(self, connection: HTTPConnection) -> bytes:
        """Send the next event and return the body of the answer."""
        payload = next(self._payloads)
        signature = sign(payload, SECRET, int(time.time()))
        headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signature}
        connection.request("POST", self._path, payload, headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200 or b"applied" not in body:
            raise RuntimeError(f"{self._path}: {answer.status} {body[:500]!r}")
        return body


def completed_events(store: Store, link: str, number: int) -> list[bytes]:
    """Return an event about the payment of each of the newest attempts."""
    attempts = store.attempts_of_link(link, state=("opened",), limit=number)
    return [json.dumps(_completed(attempt), indent=2).encode() for attempt in attempts]


def _completed(attempt: Attempt) -> dict[str, Any]:
    address = {"city": "Wien", "country": "AT", "line1": "Ring 1", "line2": None, "postal_code": "1010", "state": None}
    buyer: dict[str, Any] = {
        "address": address,
        "email": "mary@post.example",
        "name": "Mary Bee",
        "phone": None,
        "tax_ids": [],
    }
    session = {
        "id": attempt.checkout_session,
        "object": "checkout.session",
        "amount_subtotal": attempt.quote.amount_subtotal,
        "amount_total": attempt.quote.amount_total,
        "created": attempt.created,
        "currency": attempt.currency,
        "customer_details": buyer,
        "expires_at": attempt.expires_at,
        "livemode": attempt.livemode,
        "metadata": attempt.session_params["metadata"],
        "mode": attempt.mode,
        "payment_intent": f"pi_{attempt.id}",
        "payment_status": "paid",
        "status": "complete",
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "url": None,
    }
    return {
        "id": f"evt_{attempt.id}",
        "object": "event",
        "account": attempt.account,
        "created": int(time.time()),
        "data": {"object": session},
        "livemode": attempt.livemode,
        "pending_webhooks": 1,
        "type": "checkout.session.completed",
    }
