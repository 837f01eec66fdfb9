"""Idempotency keys: the first request with a key claims it, and later ones get its answer, for 24 hours.

A claim is identified by its time. A request that lost its claim while at work cannot store an answer.
"""

# ruff: noqa: S608 -- the names of tables are constants of ours

from dataclasses import dataclass
from typing import Final

from app.store.engine import Engine, fetch_one
from app.store.protocol import IdempotentAnswer

KEPT_SECONDS: Final = 24 * 60 * 60
"""How long a key is remembered, as at Stripe."""


@dataclass(frozen=True)
class IdempotencyKeys:
    """The keys in one table. A claim of `abandoned_seconds` without an answer belongs to a process that died."""

    table: str
    abandoned_seconds: int

    def begin(self, engine: Engine, organization: str, key: str, fingerprint: str, now: int) -> IdempotentAnswer | None:
        """See `Store.begin_idempotent`."""
        return engine.run(lambda: self._begin(engine, organization, key, fingerprint, now))

    def _begin(
        self, engine: Engine, organization: str, key: str, fingerprint: str, now: int
    ) -> IdempotentAnswer | None:
        engine.execute(f"DELETE FROM {self.table} WHERE created <= :before", {"before": now - KEPT_SECONDS})
        claim = {"organization": organization, "key": key, "fingerprint": fingerprint, "now": now}
        claimed = engine.execute(
            f"INSERT INTO {self.table} (organization, key, fingerprint, created) "
            "VALUES (:organization, :key, :fingerprint, :now) ON CONFLICT (organization, key) DO NOTHING",
            claim,
        )
        # Only the same request continues the work of a process that died. Another one must still use a new key.
        if not claimed:
            claimed = engine.execute(
                f"UPDATE {self.table} SET created = :now WHERE organization = :organization AND key = :key "
                "AND fingerprint = :fingerprint AND status IS NULL AND created <= :abandoned",
                {**claim, "abandoned": now - self.abandoned_seconds},
            )
        if claimed:
            return None
        row = fetch_one(
            engine,
            f"SELECT body, fingerprint, status FROM {self.table} WHERE organization = :organization AND key = :key",
            {"organization": organization, "key": key},
        )
        # The row is missing only if its owner released it at this moment, so the key was in flight a moment ago.
        return IdempotentAnswer.read(row) if row else IdempotentAnswer(fingerprint=fingerprint)

    def finish(self, engine: Engine, organization: str, key: str, claimed: int, status: int, body: str) -> bool:
        """See `Store.finish_idempotent`."""
        stored = engine.execute(
            f"UPDATE {self.table} SET status = :status, body = :body "
            "WHERE organization = :organization AND key = :key AND created = :claimed AND status IS NULL",
            {"organization": organization, "key": key, "claimed": claimed, "status": status, "body": body},
        )
        return stored == 1

    def abandon(self, engine: Engine, organization: str, key: str, claimed: int) -> None:
        """See `Store.abandon_idempotent`."""
        engine.execute(
            f"DELETE FROM {self.table} "
            "WHERE organization = :organization AND key = :key AND created = :claimed AND status IS NULL",
            {"organization": organization, "key": key, "claimed": claimed},
        )


KEYS: Final = IdempotencyKeys("idempotency_keys", abandoned_seconds=90)
"""The keys of our own API. Requests are answered in far less than 90 seconds."""
