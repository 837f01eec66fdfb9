"""The answer to a repeated request with an idempotency key, with Stripe's header."""

from typing import Final

from flask import Response

from app.services.idempotency import StoredAnswer
from app.web.api.errors import raw_answer

REPLAYED: Final = "Idempotent-Replayed"


def replayed_answer(stored: StoredAnswer) -> Response:
    """Return the answer to the first request with the key, marked as a repetition."""
    response = raw_answer(stored.body, stored.status)
    response.headers[REPLAYED] = "true"
    return response
