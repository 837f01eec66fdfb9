"""Idempotency keys of our API, as at Stripe: the first answer is given again, and never to other parameters.

The answer is kept in the very transaction that keeps the change. A request that changed nothing leaves nothing behind.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from hashlib import sha256
from typing import Any, Final

from flask import Response

from app.errors import IdempotencyInFlight, IdempotencyMismatch, InvalidRequest, StoreError
from app.objects.payment_link import PaymentLink
from app.services.links.service import Then
from app.store.protocol import IdempotentAnswer, Store
from app.web.api.errors import raw_answer

MAXIMUM_LENGTH: Final = 255
REPLAYED: Final = "Idempotent-Replayed"


def answered_once(
    store: Store,
    organization_id: str,
    key: str | None,
    fingerprint: str,
    now: int,
    act: Callable[[Then | None], PaymentLink],
    body: Callable[[PaymentLink], str],
) -> Response:
    """The answer to a change, or the one that this key had before. Raises what `act` raises, and the errors of keys.

    `act` makes the change and calls what it is given inside its transaction.
    """
    if key is None:
        return raw_answer(body(act(None)))
    if not key or len(key) > MAXIMUM_LENGTH:
        raise InvalidRequest(f"An Idempotency-Key has from 1 to {MAXIMUM_LENGTH} characters.", param="Idempotency-Key")
    kept = store.begin_idempotent(organization_id, key, fingerprint, now)
    if kept is not None:
        return _again(kept, fingerprint)
    told: list[str] = []

    def then(link: PaymentLink) -> None:
        told[:] = [body(link)]
        if not store.finish_idempotent(organization_id, key, now, 200, told[0]):
            raise IdempotencyInFlight  # Taken over: what was done here is undone, and the other request's answer counts.

    try:
        act(then)
    except BaseException:
        with suppress(StoreError):
            store.abandon_idempotent(organization_id, key, now)
        raise
    return raw_answer(told[0])


def fingerprint(path: str, params: Mapping[str, Any]) -> str:
    """Tells one request from another by what it says, not by how it was written."""
    text = json.dumps([path, params], sort_keys=True, default=str)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _again(kept: IdempotentAnswer, fingerprint: str) -> Response:
    if kept.fingerprint != fingerprint:
        raise IdempotencyMismatch(
            "This Idempotency-Key was used with other parameters. Use a new key for a new request.",
            param="Idempotency-Key",
        )
    if kept.status is None or kept.body is None:
        raise IdempotencyInFlight
    response = raw_answer(kept.body, kept.status)
    response.headers[REPLAYED] = "true"
    return response
