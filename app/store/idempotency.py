"""Idempotency keys of our own API: the first request with a key claims it, the others get what came of it, for 24 hours."""

from app.store.engine import Engine, one, whole
from app.store.protocol import IdempotentAnswer

KEPT = 24 * 60 * 60
"""Seconds that a key is remembered, as at Stripe."""


@whole
def begin_idempotent(
    engine: Engine, organization: str, key: str, fingerprint: str, now: int
) -> IdempotentAnswer | None:
    """See `Store.begin_idempotent`."""
    engine.execute("DELETE FROM idempotency_keys WHERE created <= :before", {"before": now - KEPT})
    claimed = engine.execute(
        "INSERT INTO idempotency_keys (organization, key, fingerprint, created) "
        "VALUES (:organization, :key, :fingerprint, :now) ON CONFLICT (organization, key) DO NOTHING",
        {"organization": organization, "key": key, "fingerprint": fingerprint, "now": now},
    )
    if claimed:
        return None
    row = one(
        engine,
        "SELECT body, fingerprint, status FROM idempotency_keys WHERE organization = :organization AND key = :key",
        {"organization": organization, "key": key},
    )
    # It can only be gone when its owner abandoned it this moment: then it was in flight just now, which is what is said.
    return IdempotentAnswer.read(row) if row else IdempotentAnswer(fingerprint=fingerprint)


def finish_idempotent(engine: Engine, organization: str, key: str, status: int, body: str) -> None:
    """Keep the answer to the request that claimed the key."""
    engine.execute(
        "UPDATE idempotency_keys SET status = :status, body = :body WHERE organization = :organization AND key = :key",
        {"organization": organization, "key": key, "status": status, "body": body},
    )


def abandon_idempotent(engine: Engine, organization: str, key: str) -> None:
    """See `Store.abandon_idempotent`. An answer that is kept already stays."""
    engine.execute(
        "DELETE FROM idempotency_keys WHERE organization = :organization AND key = :key AND status IS NULL",
        {"organization": organization, "key": key},
    )
