"""Stripe's signed deliveries: verifies the signature and the time stamp before it parses the event.

The SDK verifies the signature. This module checks the time, because the SDK reads the clock itself and accepts the future.
"""

import re
from typing import Any, Final

import stripe
from pydantic import ValidationError
from pydantic_core import from_json

from app.errors import InvalidRequest, SignatureRefused
from app.objects.event import Event

TOLERANCE: Final = 300
"""How many seconds a time stamp may differ from now, in either direction (Stripe's default for the past)."""

MAXIMUM_BYTES: Final = 1024 * 1024
MAXIMUM_HEADER: Final = 4096

_verify: Final = stripe.WebhookSignature.verify_header
"""Looked up once, because the SDK finds its names again at each use."""

_HEADER = re.compile(r"t=(?P<timestamp>[0-9]{1,12})(?:,v[0-9]{1,3}=[0-9A-Za-z]+)+")


def read_event(payload: bytes, signature: str | None, secret: str | None, now: int) -> Event:
    """Verify and parse a delivery. `now` is in Unix seconds.

    Raises `SignatureRefused` for a wrong signature or an old time stamp, and `InvalidRequest` if the signed text is not an event.
    """
    if len(payload) > MAXIMUM_BYTES:
        raise SignatureRefused("The delivery is larger than 1 MiB.")
    header = _HEADER.fullmatch(signature) if signature and len(signature) <= MAXIMUM_HEADER else None
    if header is None:
        raise SignatureRefused("The Stripe-Signature header is missing or cannot be read.")
    try:
        _verify(payload, signature, secret)
    except (stripe.SignatureVerificationError, UnicodeDecodeError):
        raise SignatureRefused from None
    if abs(int(header["timestamp"]) - now) > TOLERANCE:
        raise SignatureRefused(f"The signature's time stamp is more than {TOLERANCE} seconds off.")
    return _event(payload)


def _event(payload: bytes) -> Event:
    try:
        # Unlike the standard library's parser, this one limits the depth and refuses lone surrogates and NaN.
        data: Any = from_json(payload, allow_inf_nan=False)
    except ValueError:
        raise InvalidRequest("The delivery is not JSON.") from None
    if not isinstance(data, dict) or data.get("object") != "event":
        raise InvalidRequest("The delivery is not an event.")
    try:
        return Event.read(data)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise InvalidRequest(f"The delivery is not an event: {place} is missing or wrong.") from None
