"""A thread of each worker that makes the pages of busy links when the worker starts, so that the first visitors need not wait.

After them it makes the description of the API. It makes a limited number of pages, up to a limited number of bytes. It rests after each
page for as long as it took, and longer while visitors are answered, because each page that is made delays them.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

from flask import Flask

from app.errors import StoreError
from app.objects.payment_link import PaymentLink
from app.services.links.page_states import find_busy_links
from app.serving.threads import start_thread
from app.web.display.languages import DEFAULT
from app.web.http.context import EXTENSION, Context
from app.web.openapi.document import document
from app.web.page_cache.layer import PAGE_CACHE, PAGES_BYTES, PageCache

log: Final = logging.getLogger(__name__)

LINKS: Final = 100
"""How many links have their pages made. One page takes about ten milliseconds."""

LONGEST_REST: Final = 0.1
LONGEST_PAUSE: Final = 2.0
"""How long to wait for a moment without visitors before a page is made."""

DOCUMENT_PAUSE: Final = 60.0
"""The same before the description of the API, which takes as long as twenty pages."""

_LOOK_SECONDS: Final = 0.05


def warm_pages(
    app: Flask, *, goes_on: Callable[[], bool] = lambda: True, is_busy: Callable[[], bool] = lambda: False
) -> threading.Thread:
    """Start the thread. It ends when it is done, or as soon as `goes_on` returns False. It pauses while `is_busy` returns True."""
    return start_thread("warming", _warm, app, goes_on, is_busy)


def _warm(app: Flask, goes_on: Callable[[], bool], is_busy: Callable[[], bool]) -> None:
    def pause(longest: float = LONGEST_PAUSE) -> None:
        ends = time.monotonic() + longest
        while is_busy() and goes_on() and time.monotonic() < ends:
            time.sleep(_LOOK_SECONDS)

    try:
        make_pages(app, goes_on=goes_on, pause=pause)
    except StoreError as error:
        log.warning("pages were not made ahead", extra={"reason": type(error).__name__})
    except Exception:
        log.exception("pages were not made ahead")
    pause(DOCUMENT_PAUSE)
    if goes_on():
        document()  # kept for `/openapi.json`, which takes a quarter of a second to make


def make_pages(
    app: Flask,
    *,
    goes_on: Callable[[], bool] = lambda: True,
    pause: Callable[[], None] = lambda: None,
    links: int = LINKS,
    longest_rest: float = LONGEST_REST,
    maximum_bytes: int = PAGES_BYTES // 2,
) -> None:
    """Make and keep the pages of busy links, each after a `pause`.

    Stop once kept pages take `maximum_bytes`, so that other pages have room.
    """
    context: Context = app.extensions[EXTENSION]
    cache: PageCache = app.extensions[PAGE_CACHE]
    for link, locales in find_busy_links(context.store, links):
        for path, locale in _pages(link, locales):
            pause()
            if not goes_on() or cache.usual_bytes >= maximum_bytes:
                return
            began = time.monotonic()
            cache.warm(path, locale)
            time.sleep(min(time.monotonic() - began, longest_rest))


def _pages(link: PaymentLink, locales: list[str]) -> Iterator[tuple[str, str]]:
    """Return the path and the language of each page of a link that visitors are likely to open."""
    path = f"/pay/{link.counterfoil.slug or link.counterfoil.code}"
    for locale in locales or [link.counterfoil.locale or DEFAULT]:
        yield path, locale
        if link.counterfoil.embed_origins:
            yield f"{path}/embed", locale
