"""Answers a request with a kept page: fills its holes, and sends it in the best coding."""

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Final

from app.logs import REQUEST_ID
from app.web.page_cache.page import Page
from app.web.visit.form_token import FormTokens

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment


_VALUES: Final[Mapping[str, Callable[[FormTokens], str]]] = {
    "token": FormTokens.current,
    "name": FormTokens.current_name,
}
"""What differs from visitor to visitor, by the name of its hole."""


def token_values(tokens: FormTokens | None, holes: Collection[str] = _VALUES.keys()) -> dict[str, bytes]:
    """Return the value of each of these holes for one visitor. Other holes are left out."""
    return {} if tokens is None else {name: read(tokens).encode() for name, read in _VALUES.items() if name in holes}


def answer_page(
    page: Page, values: Mapping[str, bytes], environ: "WSGIEnvironment", start_response: "StartResponse"
) -> list[bytes]:
    """Answer with a page whose holes get these values."""
    headers = [*page.headers, ("Request-Id", environ.get(REQUEST_ID, ""))]
    coding, body = page.coded_body(environ.get("HTTP_ACCEPT_ENCODING", ""), values)
    if coding:
        headers.append(("Content-Encoding", coding))
    headers.append(("Content-Length", str(len(body))))
    start_response(page.status, headers)
    return [body]
