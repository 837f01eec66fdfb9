"""How long a kept page says what the database and the time make of it."""

import re
from collections.abc import Hashable
from typing import Final, TypeVar

from app.errors import StoreError
from app.kept import Kept
from app.objects.page_state import PageState
from app.objects.payment_link import PaymentLink
from app.services.links.page_states import find_page_state
from app.web.http.context import Context
from app.web.page_cache.page import Page
from app.web.visit.visit import Visit

K = TypeVar("K", bound=Hashable)

QUARTER_SECONDS: Final = 15 * 60

_TIME: Final = re.compile(r"(?<!\d)\d{10}(?!\d)")
"""A number of ten digits, which can be a time in Unix seconds."""


def find_fresh(pages: Kept[K, Page], key: K, state: PageState, context: Context) -> tuple[Page | None, int]:
    """Return the kept page if it is fresh, and the time if it had to be read."""
    page = pages.find(key)
    if page is None or page.state != state:
        return None, 0
    now = context.clock()
    return (page, now) if page.since <= now < page.until else (None, now)


def is_still(state: PageState, code: str, context: Context) -> bool:
    """Return whether a link is still in this state. An answer must not be lost, so this is False where the database cannot say it."""
    try:
        return find_page_state(context.store, code) == state
    except StoreError:
        return False


def shows(link: PaymentLink, state: PageState) -> bool:
    """Return whether a page of this link shows this state."""
    completed = link.restrictions.completed_sessions.count if link.restrictions else 0
    return (link.id, link.counterfoil.version, completed) == (state.link, state.version, state.completed)


def until(visit: Visit) -> int:
    """Return the next time at which the page may say something else: one that the link names, or the end of the quarter."""
    end = (visit.now // QUARTER_SECONDS + 1) * QUARTER_SECONDS
    named = (int(found) for found in _TIME.findall(visit.link.model_dump_json()))
    return min((at for at in named if visit.now < at < end), default=end)
