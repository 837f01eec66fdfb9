"""Events that can be read back: what happened, newest first."""

from typing import Annotated

from pydantic import Field

from app.objects.scalars import Boolean
from app.sandbox.account import Account, Document
from app.sandbox.parameters import ListRequest, Words
from app.sandbox.routing import Listing, Operation, listing, retrieval


class EventList(ListRequest):
    """Parameters of `GET /v1/events`."""

    delivery_success: Boolean | None = None
    type: Words | None = None
    types: Annotated[tuple[Words, ...], Field(max_length=20)] = ()


def _matches(pattern: str, type: str) -> bool:
    """Stripe allows one star at the end: `checkout.session.*`."""
    return type.startswith(pattern[:-1]) if pattern.endswith("*") else type == pattern


def _page(account: Account, params: EventList) -> Listing:
    def holds(event: Document) -> bool:
        return (
            (params.type is None or _matches(params.type, event["type"]))
            and (not params.types or any(_matches(pattern, event["type"]) for pattern in params.types))
            and (params.delivery_success is None or params.delivery_success == (event["pending_webhooks"] == 0))
        )

    return listing(account, "event", params, holds)


OPERATIONS = (Operation("GET", "/events", "event", EventList, _page), retrieval("events", "event"))
