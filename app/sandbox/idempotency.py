"""Idempotency keys of the sandbox: a repeated request gets the first answer, and a key serves one request only.

As at Stripe, a refused request leaves its key free, and keys are forgotten after a day.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

from app.errors import IdempotencyInFlight, IdempotencyMismatch, InvalidRequest
from app.store.engine import Engine

KEPT_SECONDS: Final = 86_400
ABANDONED_SECONDS: Final = 2
"""A claim this old most likely belongs to a process that died: the next request takes it over.

The request that lost its claim may still be running. It must not change anything then: see `finish`."""

MAXIMUM_LENGTH: Final = 255


@dataclass(frozen=True)
class StoredAnswer:
    """The answer to the first request with a key."""

    status: int
    body: dict[str, Any]
    request_id: str


def claim(engine: Engine, organization: str, key: str, fingerprint: str, now: int) -> StoredAnswer | None:
    """Claim a key for a request and return None, or return the answer to the first request with this key.

    Raises `IdempotencyInFlight` while the first request is being answered, `IdempotencyMismatch` if it was another request.
    """
    if len(key) > MAXIMUM_LENGTH:
        raise InvalidRequest(f"An idempotency key has at most {MAXIMUM_LENGTH} characters.")
    values = {"organization": organization, "key": key, "fingerprint": fingerprint, "now": now}
    with engine.transaction():
        engine.execute(
            "DELETE FROM sandbox_idempotency WHERE created <= :expired OR (status IS NULL AND created <= :abandoned)",
            {"expired": now - KEPT_SECONDS, "abandoned": now - ABANDONED_SECONDS},
        )
        claimed = engine.execute(
            "INSERT INTO sandbox_idempotency (organization, key, fingerprint, status, body, created)"
            " VALUES (:organization, :key, :fingerprint, NULL, NULL, :now) ON CONFLICT (organization, key) DO NOTHING",
            values,
        )
        if claimed:
            return None
        row = engine.rows(
            "SELECT fingerprint, status, body FROM sandbox_idempotency WHERE organization = :organization AND key = :key",
            values,
        )[0]
    if row["fingerprint"] != fingerprint:
        raise IdempotencyMismatch(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. "
            "Try using a key other than this one if you meant to execute a different request."
        )
    if row["status"] is None:
        raise IdempotencyInFlight
    stored = json.loads(row["body"])
    return StoredAnswer(row["status"], stored["body"], stored["request_id"])


def finish(engine: Engine, organization: str, key: str, claimed: int, answer: StoredAnswer) -> None:
    """Store the answer in the transaction that does the request's work.

    Raises `IdempotencyInFlight` when another request has taken over the claim of that second. The work must then be undone.
    """
    stored = engine.execute(
        "UPDATE sandbox_idempotency SET status = :status, body = :body"
        " WHERE organization = :organization AND key = :key AND status IS NULL AND created = :claimed",
        {
            "organization": organization,
            "key": key,
            "claimed": claimed,
            "status": answer.status,
            "body": json.dumps({"body": answer.body, "request_id": answer.request_id}),
        },
    )
    if not stored:
        raise IdempotencyInFlight


def release(engine: Engine, organization: str, key: str, claimed: int) -> None:
    """Release the claim of a request that changed nothing. A claim that another request has taken over stays."""
    engine.execute(
        "DELETE FROM sandbox_idempotency"
        " WHERE organization = :organization AND key = :key AND status IS NULL AND created = :claimed",
        {"organization": organization, "key": key, "claimed": claimed},
    )
