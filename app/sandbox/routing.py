"""Operations of the API: a method, a path, the model of the parameters, and a function."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import Field

from app.errors import InvalidRequest
from app.objects.scalars import Integer, Text
from app.sandbox.account import Account, Document
from app.sandbox.parameters import Request
from app.wire.lists import CreatedPage, Page
from app.wire.search_query import NO_PATHS, parse_query

_PAGE: Final = "after_"
"""The beginning of `next_page`, before the id of the last document of a page."""


@dataclass(frozen=True)
class Listing:
    """A page of documents. `Api` puts it into Stripe's envelope."""

    documents: Sequence[Document]
    has_more: bool


@dataclass(frozen=True)
class SearchResult:
    """A page of documents that a search found. `Api` puts it into Stripe's envelope. `next_page` is None on the last page."""

    documents: Sequence[Document]
    next_page: str | None


class SearchRequest(Request):
    """The parameters of a search."""

    limit: Annotated[Integer, Field(ge=1, le=100)] = 10
    page: Annotated[str, Text(5000, min_length=1)] | None = None
    query: Annotated[str, Text(5000, min_length=1)]


@dataclass(frozen=True)
class Operation:
    """One operation. `path` is below `/v1`, in Werkzeug's notation. `object` is the kind of document in the answer.

    `run` gets the account, the validated parameters, and the values in the path by name.
    """

    method: str
    path: str
    object: str
    parameters: type[Request] | type[Page]
    run: Callable[..., Document | Listing | SearchResult]


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


def search_operation(
    path: str, object: str, fields: Mapping[str, type], paths: Mapping[str, str] = NO_PATHS
) -> Operation:
    """Return the operation `GET /v1/<path>/search`. For `fields` and `paths` see `parse_query`."""

    def search(account: Account, params: SearchRequest) -> SearchResult:
        matches = parse_query(params.query, fields, paths)
        documents, has_more = account.page(
            object, limit=params.limit, starting_after=_cursor(params.page), where=matches
        )
        return SearchResult(documents, f"{_PAGE}{documents[-1]['id']}" if has_more else None)

    return Operation("GET", f"/{path}/search", object, SearchRequest, search)


def _cursor(page: str | None) -> str | None:
    """Return the id after which a page of a search starts."""
    if page is None:
        return None
    if not page.startswith(_PAGE):
        raise InvalidRequest("This is no page of a search: pass on `next_page` of the page before.", param="page")
    return page.removeprefix(_PAGE)
