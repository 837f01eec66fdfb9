"""Idempotency keys of the sandbox, by the same rules and with the same statements as those of the API."""

import json
from dataclasses import dataclass
from typing import Any, Final

from app.errors import IdempotencyInFlight
from app.store.engine import Engine
from app.store.idempotency import IdempotencyKeys
from app.wire.idempotency import check_key, check_repeated

ABANDONED_SECONDS: Final = 2
"""A claim this old most likely belongs to a process that died, so the same request takes it over.

The request that lost its claim may still be running. It must not change anything then: see `finish`."""

KEYS: Final = IdempotencyKeys("sandbox_idempotency", ABANDONED_SECONDS)


@dataclass(frozen=True)
class StoredAnswer:
    """The answer to the first request with a key."""

    status: int
    body: dict[str, Any]
    request_id: str


def claim(engine: Engine, organization: str, key: str, fingerprint: str, now: int) -> StoredAnswer | None:
    """Claim a key for a request and return None, or return the answer to the first request with this key.

    Raises `InvalidRequest`, `IdempotencyInFlight` and `IdempotencyMismatch` as `app/wire/idempotency.py` says.
    """
    check_key(key)
    stored = KEYS.begin(engine, organization, key, fingerprint, now)
    if stored is None:
        return None
    check_repeated(fingerprint, stored.fingerprint, is_answered=stored.body is not None)
    answer = json.loads(stored.body or "")
    return StoredAnswer(stored.status or 200, answer["body"], answer["request_id"])


def finish(engine: Engine, organization: str, key: str, claimed: int, answer: StoredAnswer) -> None:
    """Store the answer in the transaction that does the request's work.

    Raises `IdempotencyInFlight` when another request has taken over the claim of that second. The work must then be undone.
    """
    body = json.dumps({"body": answer.body, "request_id": answer.request_id})
    if not KEYS.finish(engine, organization, key, claimed, answer.status, body):
        raise IdempotencyInFlight


def release(engine: Engine, organization: str, key: str, claimed: int) -> None:
    """Release the claim of a request that changed nothing. A claim that another request has taken over stays."""
    KEYS.abandon(engine, organization, key, claimed)
