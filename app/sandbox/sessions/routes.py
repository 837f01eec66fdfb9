"""The operations on Checkout Sessions."""

from app.errors import InvalidRequest
from app.sandbox.account import Account, Document
from app.sandbox.parameters import Request
from app.sandbox.routing import Listing, Operation, list_page, retrieve_operation
from app.sandbox.sessions.create import create
from app.sandbox.sessions.lifecycle import expire
from app.sandbox.sessions.parameters import SessionCreate
from app.wire.lists import Page, SessionList, take_page


def _expire(account: Account, _params: Request, id: str) -> Document:
    session = account.require("checkout.session", id)
    if session["status"] != "open":
        raise InvalidRequest(
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Session has a status of `{session['status']}`."
        )
    return expire(account, session)


def _list_sessions(account: Account, params: SessionList) -> Listing:
    return list_page(account, "checkout.session", params, params.matches)


def _list_line_items(account: Account, params: Page, id: str) -> Listing:
    lines: list[Document] = account.require("checkout.session", id)["line_items"]["data"]
    return Listing(*take_page(lines, params, id_of=lambda line: str(line["id"]), noun="line item"))


OPERATIONS = (
    Operation("POST", "/checkout/sessions", "checkout.session", SessionCreate, create),
    Operation("POST", "/checkout/sessions/<id>/expire", "checkout.session", Request, _expire),
    Operation("GET", "/checkout/sessions", "checkout.session", SessionList, _list_sessions),
    Operation("GET", "/checkout/sessions/<id>/line_items", "item", Page, _list_line_items),
    retrieve_operation("checkout/sessions", "checkout.session"),
)
