"""Events: list and retrieve."""

from typing import Annotated

from pydantic import Field

from app.objects.scalars import Boolean
from app.sandbox.account import Account, Document
from app.sandbox.parameters import Words
from app.sandbox.routing import Listing, Operation, list_page, retrieve_operation
from app.wire.lists import CreatedPage


class EventList(CreatedPage):
    """Parameters of `GET /v1/events`."""

    delivery_success: Boolean | None = None
    type: Words | None = None
    types: Annotated[tuple[Words, ...], Field(max_length=20)] = ()


def _matches(pattern: str, type: str) -> bool:
    """Return whether a type matches a pattern. A pattern may end with a star: `checkout.session.*`."""
    return type.startswith(pattern[:-1]) if pattern.endswith("*") else type == pattern


def _list_events(account: Account, params: EventList) -> Listing:
    def matches(event: Document) -> bool:
        return (
            (params.type is None or _matches(params.type, event["type"]))
            and (not params.types or any(_matches(pattern, event["type"]) for pattern in params.types))
            and (params.delivery_success is None or params.delivery_success == (event["pending_webhooks"] == 0))
        )

    return list_page(account, "event", params, matches)


OPERATIONS = (Operation("GET", "/events", "event", EventList, _list_events), retrieve_operation("events", "event"))
