"""Idempotency keys of our own API: the first request with a key claims it, the others get what came of it, for 24 hours.

A claim is told from a later one by the time at which it was made: whoever lost a key while at work can keep nothing under it.
"""

from app.store.engine import Engine, atomic, fetch_one
from app.store.protocol import IdempotentAnswer

KEPT = 24 * 60 * 60
"""Seconds that a key is remembered, as at Stripe."""

ABANDONED = 90
"""Seconds after which a claim without an answer is taken for one whose process died; requests are answered in far less."""


@atomic
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
    # The same request again goes on where a dead process left off; another one is still told that the key was used.
    if not claimed:
        claimed = engine.execute(
            "UPDATE idempotency_keys SET created = :now WHERE organization = :organization AND key = :key "
            "AND fingerprint = :fingerprint AND status IS NULL AND created <= :abandoned",
            {
                "organization": organization,
                "key": key,
                "fingerprint": fingerprint,
                "now": now,
                "abandoned": now - ABANDONED,
            },
        )
    if claimed:
        return None
    row = fetch_one(
        engine,
        "SELECT body, fingerprint, status FROM idempotency_keys WHERE organization = :organization AND key = :key",
        {"organization": organization, "key": key},
    )
    # It can only be gone when its owner abandoned it this moment: then it was in flight just now, which is what is said.
    return IdempotentAnswer.read(row) if row else IdempotentAnswer(fingerprint=fingerprint)


def finish_idempotent(engine: Engine, organization: str, key: str, claimed: int, status: int, body: str) -> bool:
    """See `Store.finish_idempotent`."""
    kept = engine.execute(
        "UPDATE idempotency_keys SET status = :status, body = :body "
        "WHERE organization = :organization AND key = :key AND created = :claimed AND status IS NULL",
        {"organization": organization, "key": key, "claimed": claimed, "status": status, "body": body},
    )
    return kept == 1


def abandon_idempotent(engine: Engine, organization: str, key: str, claimed: int) -> None:
    """See `Store.abandon_idempotent`."""
    engine.execute(
        "DELETE FROM idempotency_keys "
        "WHERE organization = :organization AND key = :key AND created = :claimed AND status IS NULL",
        {"organization": organization, "key": key, "claimed": claimed},
    )
