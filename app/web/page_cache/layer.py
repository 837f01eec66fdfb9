"""The WSGI layer in front of Flask that answers with kept pages. The package says by which rule."""

import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder

from app.errors import StoreError
from app.logs import UNANSWERED, bind
from app.objects.page_state import PageState
from app.services.links.page_states import find_page_state
from app.web.display.locale import locale_of_page
from app.web.http.context import EXTENSION, Context
from app.web.http.metrics import UNCOUNTED, count_request
from app.web.page_cache.answering import answer_page, token_values
from app.web.page_cache.answers import Header, run_application
from app.web.page_cache.brotli_body import compress_parts
from app.web.page_cache.freshness import find_fresh, is_still
from app.web.page_cache.kept import KeptPages
from app.web.page_cache.keys import LONGEST_HOST, PageKey, address_of, preview_address_of, shown_parameters
from app.web.page_cache.making import make_page
from app.web.page_cache.offer import OFFER, Offer, raise_found_error
from app.web.page_cache.page import Page
from app.web.page_cache.previews import Previews
from app.web.page_cache.unkept import UnkeptPages, answer_unkept
from app.web.visit.form_token import FormTokens
from app.wire.web_address import origin_of

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

PAGES_BYTES: Final = 24 * 1024 * 1024
PARAMETERS_BYTES: Final = 8 * 1024 * 1024
"""For pages with parameters, and pages by another name of this server. There can be any number of them."""

AT_ONCE: Final = "counterfoil.at_once"
"""The key in the WSGI environment of a request that gets a kept page without waiting, or no answer, which `UNANSWERED` says."""

PAGE_CACHE: Final = "counterfoil_page_cache"
"""The key of the `PageCache` in the extensions of an application."""

_KEPT_STATUSES: Final = frozenset({"200", "403", "409", "410"})
_LONGEST_ACCEPT_LANGUAGE: Final = 500
_FRAMES: Final = frozenset({"frame", "iframe"})


class PageCache:
    """A WSGI application that answers a page of a link from memory, and everything else by the application behind it."""

    def __init__(self, app: Flask, application: "WSGIApplication") -> None:
        self._app = app
        self._application = application
        self._unkept = UnkeptPages(application)
        self._usual = KeptPages(PAGES_BYTES)
        self._others = KeptPages(PARAMETERS_BYTES)
        self._previews = Previews(app, self._unkept)
        self._accepted_locale = lru_cache(maxsize=2048)(self._read_accepted_locale)
        app.before_request(raise_found_error)
        app.extensions[PAGE_CACHE] = self

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        began = time.perf_counter()
        key = self._key(environ, address_of(environ))
        if AT_ONCE in environ:
            return self._answer_at_once(key, environ, start_response, began)
        if key is None:
            previewed = self._key(environ, preview_address_of(environ))
            return self._previews.answer(previewed, environ, start_response)
        context: Context = self._app.extensions[EXTENSION]
        try:
            state = find_page_state(context.store, key.code)
        except StoreError as error:
            environ[OFFER] = Offer(error=error)
            return self._unkept(environ, start_response)
        if state is None:
            return self._unkept(environ, start_response)
        pages = self._pages(key, context)
        page, now = find_fresh(pages, key, state, context)
        if page is None:
            with pages.making(key):
                page, now = find_fresh(pages, key, state, context)
                if page is None:
                    return self._make(pages, key, state, environ, start_response)
        if not page.parts or not _may_answer(page, environ):
            return self._unkept(environ, start_response)
        return self._answer_kept(page, key, now, environ, start_response, began)

    @property
    def answers_at_once(self) -> bool:
        """Whether pages can be answered without waiting: not where the database is behind a network."""
        context: Context = self._app.extensions[EXTENSION]
        return context.store.nonblocking is not None

    def warm(self, path: str, locale: str) -> None:
        """Make and keep the page of a path in a language before a visitor asks for it. This counts as no request."""
        context: Context = self._app.extensions[EXTENSION]
        headers = Headers({"Accept-Language": locale})
        builder = EnvironBuilder(path, base_url=context.config.public_url, headers=headers)
        environ = builder.get_environ()
        builder.close()
        environ[UNCOUNTED] = True
        key = self._key(environ, address_of(environ))
        if key is not None and self._usual.find(key) is None:
            run_application(self, environ)

    @property
    def usual_bytes(self) -> int:
        """How many bytes the pages without parameters take."""
        return self._usual.bytes

    @property
    def pages(self) -> list[Page]:
        """Every kept page, and every kept preview."""
        return [*self._usual.values, *self._others.values, *self._previews.pages]

    def _key(self, environ: "WSGIEnvironment", address: tuple[str, bool] | None) -> PageKey | None:
        host = environ.get("HTTP_HOST")
        if address is None or not host or len(host) > LONGEST_HOST:
            return None
        parameters = shown_parameters(environ.get("QUERY_STRING", ""))
        accept_language = environ.get("HTTP_ACCEPT_LANGUAGE", "")
        if parameters is None or len(accept_language) > _LONGEST_ACCEPT_LANGUAGE:
            return None
        locale = self._accepted_locale(accept_language)
        return PageKey(environ["wsgi.url_scheme"], host, environ.get("SCRIPT_NAME", ""), *address, parameters, locale)

    def _read_accepted_locale(self, accept_language: str) -> str:
        """Return the locale that a browser asks for, in place of the header, of which there are many. Empty: it asks for none."""
        if not accept_language:
            return ""
        with self._app.app_context():
            return locale_of_page(None, accept_language=accept_language)

    def _pages(self, key: PageKey, context: Context) -> KeptPages:
        usual = not key.parameters and f"{key.scheme}://{key.host}" == context.config.public_url
        return self._usual if usual else self._others

    def _answer_at_once(
        self, key: PageKey | None, environ: "WSGIEnvironment", start_response: "StartResponse", began: float
    ) -> list[bytes]:
        """Answer with a kept page that is fresh. Where there is none, or the database would wait for a lock, leave it unanswered."""
        context: Context = self._app.extensions[EXTENSION]
        nonblocking = context.store.nonblocking
        with suppress(StoreError):
            state = find_page_state(nonblocking, key.code) if key is not None and nonblocking is not None else None
            if key is not None and state is not None:
                page, now = find_fresh(self._pages(key, context), key, state, context)
                if page is not None and page.parts and _may_answer(page, environ):
                    return self._answer_kept(page, key, now, environ, start_response, began)
        environ[UNANSWERED] = True
        return []

    def _answer_kept(
        self,
        page: Page,
        key: PageKey,
        now: int,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
        began: float,
    ) -> list[bytes]:
        context: Context = self._app.extensions[EXTENSION]
        count_request(self._app, key.rule, int(page.status[:3]), began)
        bind(payment_link=page.state.link)
        tokens = FormTokens(context.config.secret_key, page.state.link, now)
        return answer_page(page, token_values(tokens, page.holes), environ, start_response)

    def _make(
        self,
        pages: KeptPages,
        key: PageKey,
        state: PageState,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
    ) -> Iterable[bytes]:
        """Answer by the application, and keep its page if the state is still the same."""
        context: Context = self._app.extensions[EXTENSION]
        offer = environ[OFFER] = Offer()
        status, headers, body = run_application(self._application, environ)
        page = _page_of(offer, state, status, headers, body) if status[:3] in _KEPT_STATUSES else None
        if page is not None and is_still(state, key.code, context):
            pages.keep(key, page)
        if page is None or not page.parts:
            return answer_unkept(environ, start_response, status, headers, body)
        return answer_page(page, token_values(offer.tokens), environ, start_response)


def _may_answer(page: Page, environ: "WSGIEnvironment") -> bool:
    """Return whether the kept page may answer. A site that frames it without being listed is noted by the view."""
    if page.embed_origins is None or environ.get("HTTP_SEC_FETCH_DEST") not in _FRAMES:
        return True
    origin = origin_of(environ.get("HTTP_REFERER"))
    return origin is None or origin in page.embed_origins


def _page_of(offer: Offer, state: PageState, status: str, headers: list[Header], body: bytes) -> Page | None:
    """Return the page to keep. It has no parts if the view did not offer it, and is None if it shows another state or lacks a hole."""
    visit = offer.visit
    # A form without a place is shown as long as no buyer holds the last one, which the state does not say.
    if visit is None or (offer.tokens is not None and not state.has_place):
        return Page(state, 0, sys.maxsize)
    values = token_values(offer.tokens)
    page, may_be_kept = make_page(visit, state, status, headers, body, values)
    if not may_be_kept:
        return None
    return replace(
        page,
        embed_origins=frozenset(visit.link.counterfoil.embed_origins) if visit.embedded else None,
        brotli=compress_parts([part.plain for part in page.parts], [len(values[name]) for name in page.holes]),
    )
