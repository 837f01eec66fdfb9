"""Events: list and retrieve."""

from app.sandbox.account import Account
from app.sandbox.routing import Listing, Operation, list_page, retrieve_operation
from app.wire.lists import EventList


def _list_events(account: Account, params: EventList) -> Listing:
    return list_page(account, "event", params, params.matches)


OPERATIONS = (Operation("GET", "/events", "event", EventList, _list_events), retrieve_operation("events", "event"))
