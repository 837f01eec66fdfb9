"""The answer to a repeated request with an idempotency key, with Stripe's headers."""

from typing import Final

from flask import Response

from app.services.idempotency import StoredAnswer
from app.web.api.errors import raw_answer
from app.web.api.headers import ORIGINAL_REQUEST

REPLAYED: Final = "Idempotent-Replayed"


def replayed_answer(stored: StoredAnswer) -> Response:
    """Return the answer to the first request with the key, marked as a repetition."""
    response = raw_answer(stored.body, stored.status)
    response.headers[REPLAYED] = "true"
    if stored.request_id is not None:
        response.headers[ORIGINAL_REQUEST] = stored.request_id
    return response
