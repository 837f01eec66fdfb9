"""Where a post comes from, as the browser tells: a form that another site sends in a buyer's name creates nothing."""

from flask import request
from werkzeug.datastructures import Headers

from app.web.http.context import current_context


def is_same_origin(headers: Headers, *, origins: frozenset[str]) -> bool:
    """Whether a post comes from a page of `origins`, or from no browser at all.

    `Sec-Fetch-Site: same-origin` passes, even with a null Origin (pages framed under `no-referrer`). Else an Origin must be one of
    ours. Programs send neither; they need a valid token like everybody.
    """
    site = headers.get("Sec-Fetch-Site")
    if site == "same-origin":
        return True
    origin = headers.get("Origin")
    if origin is not None:
        return origin.lower() in origins
    return site in (None, "none")


def own_origins() -> frozenset[str]:
    """What counts as ours: the origin that buyers see, and the one by which this request has come (localhost, a machine's name)."""
    return frozenset({current_context().config.public_url.lower(), request.host_url.rstrip("/").lower()})
