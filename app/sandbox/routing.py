"""Operations of the API: a method, a path, the model of the parameters, and a function."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.sandbox.account import Account, Document
from app.sandbox.parameters import Request
from app.wire.lists import CreatedPage, Page


@dataclass(frozen=True)
class Listing:
    """A page of documents. `Api` puts it into Stripe's envelope."""

    documents: Sequence[Document]
    has_more: bool


@dataclass(frozen=True)
class Operation:
    """One operation. `path` is below `/v1`, in Werkzeug's notation. `object` is the kind of document in the answer.

    `run` gets the account, the validated parameters, and the values in the path by name.
    """

    method: str
    path: str
    object: str
    parameters: type[Request] | type[Page]
    run: Callable[..., Document | Listing]


def retrieve_operation(path: str, object: str) -> Operation:
    """Return the operation `GET /v1/<path>/<id>` for a kind of document."""

    def retrieve(account: Account, _params: Request, id: str) -> Document:
        return account.require(object, id)

    return Operation("GET", f"/{path}/<id>", object, Request, retrieve)


def list_page(account: Account, object: str, params: Page, where: Callable[[Document], bool] | None = None) -> Listing:
    """Return the page that `params` select, of the documents that match `where`."""

    def matches(document: dict[str, Any]) -> bool:
        in_time = not isinstance(params, CreatedPage) or params.matches_created(document["created"])
        return in_time and (where is None or where(document))

    documents, has_more = account.page(
        object,
        limit=params.limit,
        starting_after=params.starting_after,
        ending_before=params.ending_before,
        where=matches,
    )
    return Listing(documents, has_more)
