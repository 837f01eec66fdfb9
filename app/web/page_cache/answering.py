"""Answers a request with a kept page: fills its holes, and sends it in the best coding."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from app.logs import REQUEST_ID
from app.web.page_cache.page import Page
from app.web.visit.form_token import FormTokens

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment


def token_values(tokens: FormTokens | None) -> dict[str, bytes]:
    """Return what differs from visitor to visitor, by the name of its hole."""
    return {} if tokens is None else {"token": tokens.current().encode(), "name": tokens.current_name().encode()}


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
