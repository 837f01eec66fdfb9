"""Stripe's rules of idempotency keys, for the API and the sandbox: their length, and how a repeated request is answered."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from app.errors import IdempotencyInFlight, IdempotencyMismatch, InvalidRequest

MAXIMUM_KEY_LENGTH: Final = 255


def check_key(key: str) -> None:
    """Raise `InvalidRequest` for a key that is empty or too long."""
    if not 1 <= len(key) <= MAXIMUM_KEY_LENGTH:
        raise InvalidRequest(
            f"An Idempotency-Key has from 1 to {MAXIMUM_KEY_LENGTH} characters.", param="Idempotency-Key"
        )


def check_repeated(fingerprint: str, first_fingerprint: str, *, is_answered: bool) -> None:
    """Raise if a repeated request must not get the stored answer.

    Raises `IdempotencyMismatch` if the first request had another path or other parameters, and `IdempotencyInFlight` if it has no
    answer yet.
    """
    if fingerprint != first_fingerprint:
        raise IdempotencyMismatch(
            "This Idempotency-Key was used with other parameters. Use a new key for a new request.",
            param="Idempotency-Key",
        )
    if not is_answered:
        raise IdempotencyInFlight


def fingerprint_of(path: str, params: Mapping[str, Any]) -> str:
    """Return a hash of the path and the parameters of a request. The order of the parameters does not count."""
    text = json.dumps([path, params], sort_keys=True, default=str)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
