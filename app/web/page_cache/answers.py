"""The whole answer of a WSGI application, and what of its headers is the same for every request."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication, WSGIEnvironment

Header = tuple[str, str]


def run_application(application: "WSGIApplication", environ: "WSGIEnvironment") -> tuple[str, list[Header], bytes]:
    """Return the whole answer of an application."""
    status, headers, written = "", list[Header](), list[bytes]()

    def start(sent_status: str, sent_headers: list[Header], _exc_info: Any = None, /) -> Any:
        nonlocal status, headers
        status, headers = sent_status, list(sent_headers)
        return written.append

    answer = application(environ, start)
    try:
        written += answer
    finally:
        if (close := getattr(answer, "close", None)) is not None:
            close()
    return status, headers, b"".join(written)


def without_headers(headers: Sequence[Header], *names: str) -> list[Header]:
    """Return the headers without those of these names, which are in lower case."""
    return [(name, value) for name, value in headers if name.lower() not in names]


def kept_headers(headers: Sequence[Header]) -> list[Header]:
    """Return the headers that are the same for every answer with this page. `Vary` says that a compressed one exists."""
    vary = [value for name, value in headers if name.lower() == "vary"]
    kept = without_headers(headers, "content-length", "request-id", "vary")
    return [*kept, ("Vary", ", ".join([*vary, "Accept-Encoding"]))]


def coded_headers(headers: Sequence[Header], coding: str) -> list[Header]:
    """Return the headers of a body in this coding. Its bytes are others, so an `ETag` of the plain body becomes a weak one.

    >>> coded_headers([("ETag", '"a1"')], "br")
    [('ETag', 'W/"a1"'), ('Content-Encoding', 'br')]
    """
    changed = [
        (name, f"W/{value}") if name.lower() == "etag" and not value.startswith("W/") else (name, value)
        for name, value in headers
    ]
    return [*changed, ("Content-Encoding", coding)]
