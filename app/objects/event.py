"""The Event in Stripe's format, which reports a change here or at Stripe, and the outcomes that we store for events."""

from typing import Annotated, Any, Final, Literal

from app.objects.base import Object
from app.objects.scalars import OMIT_IF_NONE, Boolean, Integer, Timestamp

APPLIED: Final = "applied"
"""The event was applied. Applying it again changes nothing."""

IGNORED: Final = "ignored"
"""The event is not about a payment, price or product that we know, or its type changes nothing here."""

WAITING: Final = "waiting"
"""The event is not applied or ignored yet."""

MADE: Final = "made"
"""This server created the event. It did not come from Stripe."""


class EventData(Object):
    """The object of an event, and the former values of its changed attributes."""

    object: dict[str, Any]
    previous_attributes: Annotated[dict[str, Any] | None, OMIT_IF_NONE] = None


class EventRequest(Object):
    """The API request that caused the event."""

    id: str | None = None
    idempotency_key: str | None = None


class Event(Object):
    """One change."""

    id: str
    object: Literal["event"] = "event"
    account: str | None = None
    api_version: str | None = None
    created: Timestamp
    data: EventData
    livemode: Boolean = False
    pending_webhooks: Integer = 0
    request: EventRequest | None = None
    type: str
