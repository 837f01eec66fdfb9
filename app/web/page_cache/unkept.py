"""The WSGI layer that compresses the pages of links that are made for one visitor and never kept.

Such a page holds values of a buyer, so it is made for each request. That takes ten times as long as to compress it. As in a kept page,
the tokens of its form are stored blocks, so no length tells anything about them, whatever else of the page a stranger can choose.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from app.web.http.encodings import accepts_gzip, content_coding
from app.web.page_cache.answers import Header, coded_headers, kept_headers, run_application
from app.web.page_cache.brotli_body import compress_parts
from app.web.page_cache.holes import TOKENS
from app.web.page_cache.page import Part, cut, join_gzip

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_PATH: Final = "/pay/"
_METHODS: Final = frozenset({"GET", "POST"})
_SMALLEST: Final = 1024
"""Bytes of a body below which compressing gains nothing."""


class UnkeptPages:
    """A WSGI application that compresses the pages of the application behind it."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        if not _may_be_page(environ):
            return self._application(environ, start_response)
        return answer_unkept(environ, start_response, *run_application(self._application, environ))


def answer_unkept(
    environ: "WSGIEnvironment", start_response: "StartResponse", status: str, headers: list[Header], body: bytes
) -> list[bytes]:
    """Answer with a page in the best coding that the client takes, and with anything else as it is."""
    named = {name.lower(): value for name, value in headers}
    if not named.get("content-type", "").startswith("text/html") or len(body) < _SMALLEST:
        start_response(status, headers)
        return [body]
    coding, coded = compress_page(body, environ.get("HTTP_ACCEPT_ENCODING", ""))
    shared = coded_headers(kept_headers(headers), coding) if coding else kept_headers(headers)
    start_response(status, [*shared, ("Request-Id", named.get("request-id", "")), ("Content-Length", str(len(coded)))])
    return [coded]


def compress_page(body: bytes, accept_encoding: str) -> tuple[str, bytes]:
    """Return the best coding for a client with this `Accept-Encoding`, and the page in it. The plain page has an empty name."""
    values = {f"{number}": token for number, token in enumerate(dict.fromkeys(TOKENS.findall(body)))}
    parts, holes = cut(body, values)
    filling = [values[name] for name in holes]
    if content_coding(accept_encoding) == "br":
        made = compress_parts(parts, list(map(len, filling)))
        filled = made.fill(filling) if made else None
        if filled is not None:
            return "br", filled
    if accepts_gzip(accept_encoding):
        return "gzip", join_gzip([Part.of(part) for part in parts], filling)
    return "", body


def _may_be_page(environ: "WSGIEnvironment") -> bool:
    """Return whether the answer may be a whole page. One to htmx is a part of a page."""
    path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
    return path.startswith(_PATH) and method in _METHODS and "HTTP_HX_REQUEST" not in environ
