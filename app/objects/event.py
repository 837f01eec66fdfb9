"""The Event, as Stripe writes it: a change, here or at Stripe, with the changed object; and the outcomes that we store."""

from typing import Annotated, Any, Final, Literal

from app.objects.base import Object
from app.objects.scalars import OMIT_IF_NONE, Boolean, Integer, Timestamp

APPLIED: Final = "applied"
"""The outcome of an event from Stripe that changed something here, or had done so before."""

IGNORED: Final = "ignored"
"""The outcome of an event from Stripe that is about nothing here."""

WAITING: Final = "waiting"
"""The outcome of an event from Stripe until it is applied or ignored."""

MADE: Final = "made"
"""The outcome of an event that this server made."""


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
