"""Sites that tried to frame a page without permission. Browsers show such a frame blank, so the console lists the site's origin.

The origin comes from the Referer of the request, without path or query. Anyone can forge it, so only a few are stored per link.
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
    """Store the origin of a site that the link does not list. If storing fails, the page is shown all the same."""
    if request.headers.get("Sec-Fetch-Dest") not in ("iframe", "frame"):
        return
    origin = origin_of(request.headers.get("Referer"))
    if origin is None or len(origin) > _LONGEST or origin in visit.link.counterfoil.embed_origins:
        return
    with suppress(StoreError, TooManyRequests):
        rate_limits.count_refused_origin()
        links.record_refused_origin(visit.context.store, visit.link, origin, visit.now)
