"""Who tried to frame a page and may not: the browser shows such a frame blank, so its merchant is told the origin to list.

The origin comes from the Referer of a framed request, without path or query; anybody can make one up, so few are kept.
"""

from contextlib import suppress

from flask import request
from werkzeug.exceptions import TooManyRequests

from app.errors import StoreError
from app.services.links import service as links
from app.web.http import rate_limits
from app.web.visit.visit import Visit
from app.wire.web_address import origin_of

_LONGEST = 300


def note_refused_origin(visit: Visit) -> None:
    """Keep the origin of a host that this link does not list. What can't be kept now is told another time: the page goes on."""
    if request.headers.get("Sec-Fetch-Dest") not in ("iframe", "frame"):
        return
    origin = origin_of(request.headers.get("Referer"))
    if origin is None or len(origin) > _LONGEST or origin in visit.link.counterfoil.embed_origins:
        return
    with suppress(StoreError, TooManyRequests):
        rate_limits.refused_host_by_address()
        links.record_refused_origin(visit.context.store, visit.link, origin, visit.now)
