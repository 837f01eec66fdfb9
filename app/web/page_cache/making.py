"""Makes a page to keep from the answer of a view."""

from collections.abc import Mapping, Sequence

from app.objects.page_state import PageState
from app.web.page_cache.answers import Header, kept_headers
from app.web.page_cache.freshness import shows, until
from app.web.page_cache.holes import has_every_hole
from app.web.page_cache.page import Page, Part, cut
from app.web.visit.visit import Visit


def make_page(
    visit: Visit,
    state: PageState,
    status: str,
    headers: Sequence[Header],
    body: bytes,
    values: Mapping[str, bytes],
) -> tuple[Page, bool]:
    """Return the page with a hole for each of these values, and whether it may be kept.

    It may be kept if it shows this state, sets no cookie, and has every hole, so that no value of a visitor is left in it.
    """
    parts, holes = cut(body, values)
    page = Page(
        state,
        visit.now,
        until(visit),
        status,
        tuple(kept_headers(headers)),
        tuple(Part.of(part) for part in parts),
        tuple(holes),
    )
    has_cookie = any(name.lower() == "set-cookie" for name, _ in headers)
    return page, shows(visit.link, state) and not has_cookie and has_every_hole(parts, holes, values)
