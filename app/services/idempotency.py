"""Idempotency keys of the API, as at Stripe: a repeated request gets the first answer, and a key serves one request only.

The answer is stored in the transaction that stores the change. A request that changed nothing leaves its key free.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from app.errors import IdempotencyInFlight, StoreError
from app.store.protocol import Store
from app.wire.idempotency import check_key, check_repeated


@dataclass(frozen=True)
class Claim:
    """A key that this request holds. `claimed_at` tells it from a later claim of the same key."""

    organization: str
    key: str
    claimed_at: int
    request_id: str = ""


@dataclass(frozen=True)
class StoredAnswer:
    """The answer to the first request with a key. `request_id` is that request's, None if an earlier version stored the answer."""

    status: int
    body: str
    request_id: str | None


def form_key(kind: str, organization_id: str, form: str, content: Any) -> str:
    """Return the idempotency key with which a form of the console creates an object at Stripe.

    `content` is what the form says. A corrected form has another key, because a key serves one request only.
    """
    text = json.dumps([organization_id, form, content], sort_keys=True, default=str)
    return f"{kind}_{hashlib.sha256(text.encode()).hexdigest()}"


def claim_key(
    store: Store, organization_id: str, key: str, fingerprint: str, now: int, *, request_id: str = ""
) -> Claim | StoredAnswer:
    """Claim a key for a request, or return the answer to the first request with this key.

    Raises `InvalidRequest` for a key that is empty or too long, `IdempotencyMismatch` where the first request was another one, and
    `IdempotencyInFlight` while the first one is being answered.
    """
    check_key(key)
    stored = store.begin_idempotent(organization_id, key, fingerprint, now)
    if stored is None:
        return Claim(organization_id, key, now, request_id)
    check_repeated(fingerprint, stored.fingerprint, is_answered=stored.body is not None)
    first_request, _, body = (stored.body or "").rpartition("\n")
    return StoredAnswer(stored.status or 200, body, first_request or None)


def store_answer(store: Store, claim: Claim, status: int, body: str) -> None:
    """Store the answer, in the transaction that stores the change. The stored text has the request's id on its first line.

    Raises `IdempotencyInFlight` if another request has taken over the key since. This rolls the change back, and the answer
    of the other request counts.
    """
    if not store.finish_idempotent(
        claim.organization, claim.key, claim.claimed_at, status, f"{claim.request_id}\n{body}"
    ):
        raise IdempotencyInFlight


@contextmanager
def release_on_failure(store: Store, claim: Claim | None) -> Iterator[None]:
    """Release the key if the block raises: the request has changed nothing, so the key stays free."""
    try:
        yield
    except BaseException:
        if claim is not None:
            with suppress(StoreError):
                store.abandon_idempotent(claim.organization, claim.key, claim.claimed_at)
        raise
