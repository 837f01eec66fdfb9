"""The Event, as Stripe writes it: something that happened, here or at Stripe, with the object as it was then."""

from typing import Annotated, Any, Literal

from app.objects.base import Object
from app.objects.scalars import OMIT_IF_NONE, Boolean, Integer, Timestamp


class EventData(Object):
    """The object of an event, and what it was before."""

    object: dict[str, Any]
    previous_attributes: Annotated[dict[str, Any] | None, OMIT_IF_NONE] = None


class EventRequest(Object):
    """The request that made the event, where one did."""

    id: str | None = None
    idempotency_key: str | None = None


class Event(Object):
    """Something that happened."""

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
