"""Delivers events to the application's webhook: signed, and repeated with growing delays until a 2xx answer.

A delivery is claimed first, by moving its due time into the future. So a process that dies loses no event, and two processes never send the
same event at the same time.
"""

import hmac
import json
import logging
from collections.abc import Callable
from hashlib import sha256
from typing import Final

from app.sandbox.account import Account
from app.sandbox.events import event_object
from app.store.engine import Engine

DELAYS: Final = (5, 15, 60, 300, 1_800, 7_200, 21_600)
"""Seconds until the next try, after the first, the second and so on. The last one is repeated."""

BATCH_SIZE: Final = 20
"""The largest number of deliveries of one call."""

Deliver = Callable[[bytes, str], int]
"""Sends a payload and its `Stripe-Signature` to the application, and returns the status of its answer."""

logger = logging.getLogger(__name__)


def sign(payload: bytes, secret: str, now: int) -> str:
    """Return the `Stripe-Signature` of a payload."""
    digest = hmac.new(secret.encode(), f"{now}.".encode() + payload, sha256).hexdigest()
    return f"t={now},v1={digest}"


def deliver_due(engine: Engine, deliver: Deliver, secret: str, now: int) -> int:
    """Try the deliveries that are due, oldest first. Return how many the application accepted."""
    rows = engine.rows(
        "SELECT sequence, organization, event, attempts FROM sandbox_deliveries WHERE due <= :now"
        " ORDER BY due, sequence LIMIT :limit",
        {"now": now, "limit": BATCH_SIZE},
    )
    return sum(
        _try_delivery(engine, deliver, secret, now, row["organization"], row["event"], row["attempts"]) for row in rows
    )


def _try_delivery(
    engine: Engine, deliver: Deliver, secret: str, now: int, organization: str, event: str, attempts: int
) -> bool:
    values = {"event": event, "attempts": attempts, "now": now}
    claimed = engine.execute(
        "UPDATE sandbox_deliveries SET attempts = attempts + 1, due = :later"
        " WHERE event = :event AND attempts = :attempts AND due <= :now",
        values | {"later": now + DELAYS[min(attempts, len(DELAYS) - 1)]},
    )
    if not claimed:
        return False
    account = Account(engine, organization, now, public_url="")
    document = account.require("event", event)
    payload = json.dumps(event_object(document), ensure_ascii=False).encode()
    status = 0
    try:
        status = deliver(payload, sign(payload, secret, now))
    except Exception:
        # An error of the application must not fail the request that emitted the event.
        logger.exception("The event %s could not be delivered.", event)
    accepted = 200 <= status < 300
    with engine.transaction():
        engine.execute(
            "UPDATE sandbox_deliveries SET status = :status, delivered = :delivered, due = CASE WHEN :done = 1 THEN NULL ELSE due END"
            " WHERE event = :event",
            {"event": event, "status": status, "delivered": now if accepted else None, "done": int(accepted)},
        )
        if accepted:
            account.save({**account.require("event", event), "pending_webhooks": 0})
    return accepted
