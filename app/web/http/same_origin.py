"""Check which site sent a POST. A form that another site sends on behalf of a buyer has no effect."""

from collections.abc import Callable

from flask import request
from werkzeug.datastructures import Headers

from app.web.http.context import current_context
from app.wire.web_address import origin_of


def is_same_origin(headers: Headers, *, origins: Callable[[], frozenset[str]]) -> bool:
    """Whether a POST comes from a page of `origins`, or from a program that is no browser. Most browsers say so themselves, and
    `origins` is not called.

    `Sec-Fetch-Site: same-origin` passes, even with a null Origin (pages in frames with `no-referrer`). Otherwise the Origin must be
    one of ours. Programs send neither header, and still need a valid token.
    """
    site = headers.get("Sec-Fetch-Site")
    if site == "same-origin":
        return True
    origin = headers.get("Origin")
    if origin is not None:
        return origin.lower() in origins()
    return site in (None, "none")


def own_origins() -> frozenset[str]:
    """Return the origins that count as ours: the one that buyers see, and the one that this request came by."""
    origins = (current_context().config.public_url, request_origin())
    return frozenset(origin for origin in origins if origin)


def request_origin() -> str | None:
    """Return the origin that this request came by (localhost, a machine's name), in punycode as browsers send it."""
    return origin_of(f"{request.scheme}://{request.host}")
