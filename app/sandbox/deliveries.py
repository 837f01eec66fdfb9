"""Events on their way to the application: signed, sent again with growing delay until a 2xx, never twice at once.

An attempt is claimed before it is made, by moving its due time on: a process that dies in between loses nothing, and two
processes never send the same event together.
"""

import hmac
import json
import logging
from collections.abc import Callable
from hashlib import sha256
from typing import Final

from app.sandbox.account import Account
from app.sandbox.events import plain
from app.store.engine import Engine

DELAYS: Final = (5, 15, 60, 300, 1_800, 7_200, 21_600)
"""Seconds until the next attempt, after the first, the second, ...; the last one counts for all that follow."""

AT_ONCE: Final = 20
"""How many deliveries one call makes at most."""

Deliver = Callable[[bytes, str], int]
"""Hands a payload and its `Stripe-Signature` to the application; the status that it answered."""

logger = logging.getLogger(__name__)


def signature(payload: bytes, secret: str, now: int) -> str:
    """The `Stripe-Signature` of a payload."""
    digest = hmac.new(secret.encode(), f"{now}.".encode() + payload, sha256).hexdigest()
    return f"t={now},v1={digest}"


def deliver_due(engine: Engine, deliver: Deliver, secret: str, now: int) -> int:
    """Make the attempts that are due, oldest first; how many arrived."""
    rows = engine.rows(
        "SELECT sequence, organization, event, attempts FROM sandbox_deliveries WHERE due <= :now"
        " ORDER BY due, sequence LIMIT :limit",
        {"now": now, "limit": AT_ONCE},
    )
    return sum(
        _attempt(engine, deliver, secret, now, row["organization"], row["event"], row["attempts"]) for row in rows
    )


def _attempt(
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
    payload = json.dumps(plain(document), ensure_ascii=False).encode()
    status = 0
    try:
        status = deliver(payload, signature(payload, secret, now))
    except Exception:
        # Whatever the application's trouble is, it must not become that of the request that made the event.
        logger.exception("The event %s could not be delivered.", event)
    arrived = 200 <= status < 300
    with engine.transaction():
        engine.execute(
            "UPDATE sandbox_deliveries SET status = :status, delivered = :delivered, due = CASE WHEN :done = 1 THEN NULL ELSE due END"
            " WHERE event = :event",
            {"event": event, "status": status, "delivered": now if arrived else None, "done": int(arrived)},
        )
        if arrived:
            account.save({**account.require("event", event), "pending_webhooks": 0})
    return arrived
