"""What an operation is: a method, a path, the model of its parameters, and the function that does it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.sandbox.account import Account, Document
from app.sandbox.parameters import ListRequest, Request
from app.wire.lists import Page


@dataclass(frozen=True)
class Listing:
    """A page of documents; the dispatcher puts it into Stripe's envelope."""

    documents: Sequence[Document]
    has_more: bool


@dataclass(frozen=True)
class Operation:
    """`path` in Werkzeug's notation below `/v1`; `object` is the kind of document that is answered.

    `run` gets the account, the checked parameters, and the path's own values by name.
    """

    method: str
    path: str
    object: str
    parameters: type[Request] | type[Page]
    run: Callable[..., Document | Listing]


def retrieval(path: str, object: str) -> Operation:
    """`GET /v1/<path>/<id>` of a kind of document."""

    def retrieve(account: Account, _params: Request, id: str) -> Document:
        return account.require(object, id)

    return Operation("GET", f"/{path}/<id>", object, Request, retrieve)


def listing(account: Account, object: str, params: Page, where: Callable[[Document], bool] | None = None) -> Listing:
    """The page of a list that `params` ask for, of those documents for which `where` holds."""

    def holds(document: dict[str, Any]) -> bool:
        in_time = not isinstance(params, ListRequest) or params.holds_created(document["created"])
        return in_time and (where is None or where(document))

    documents, has_more = account.page(
        object,
        limit=params.limit,
        starting_after=params.starting_after,
        ending_before=params.ending_before,
        where=holds,
    )
    return Listing(documents, has_more)
