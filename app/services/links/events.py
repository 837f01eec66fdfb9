"""The events of links: `payment_link.created` and `payment_link.updated`, with the link as the API returns it."""

from collections.abc import Mapping
from typing import Any

from app.objects.event import Event, EventData, EventRequest
from app.objects.ids import new_id
from app.objects.payment_link import PaymentLink
from app.wire.expand import render


def created_event(link: PaymentLink, now: int, request: EventRequest | None) -> Event:
    """Return the event of a new link."""
    return _event("payment_link.created", link, EventData(object=render(link)), now, request)


def updated_event(before: PaymentLink, after: PaymentLink, now: int, request: EventRequest | None) -> Event:
    """Return the event of a changed link. Its `previous_attributes` contain only the attributes that changed."""
    earlier, later = render(before), render(after)
    data = EventData(object=later, previous_attributes=previous_attributes(earlier, later))
    return _event("payment_link.updated", after, data, now, request)


def previous_attributes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes of `before` that differ: objects by their attributes, lists as a whole. A new attribute was None before."""
    found: dict[str, Any] = {}
    for name in [*before, *(name for name in after if name not in before)]:
        old, new = before.get(name), after.get(name)
        if old == new and (name in before) == (name in after):
            continue
        both = isinstance(old, Mapping) and isinstance(new, Mapping)
        found[name] = previous_attributes(old, new) if both else old  # type: ignore[arg-type]  # both are mappings
    return found


def _event(type: str, link: PaymentLink, data: EventData, now: int, request: EventRequest | None) -> Event:
    id = new_id("evt")
    return Event(id=id, created=now, data=data, livemode=link.livemode, request=request, type=type)
