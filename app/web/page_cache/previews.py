"""Previews that are made once and answered many times. The package says by which rule."""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

from flask import Flask
from markupsafe import escape

from app.errors import StoreError
from app.kept import Kept, length_of_texts
from app.logs import bind
from app.objects.page_state import PageState
from app.services.links.page_states import find_page_state
from app.web.http.context import EXTENSION, Context
from app.web.http.metrics import count_request
from app.web.http.rate_limits import may_preview
from app.web.page_cache.answering import answer_page, token_values
from app.web.page_cache.answers import run_application
from app.web.page_cache.freshness import find_fresh, is_still
from app.web.page_cache.keys import PageKey
from app.web.page_cache.making import make_page
from app.web.page_cache.offer import OFFER, PREVIEW_OFFER, Offer, PreviewOffer
from app.web.page_cache.page import Page
from app.web.page_cache.sent_form import Pairs, Rules, Sent, read_pairs
from app.web.visit.form_token import FormTokens

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

PREVIEWS_BYTES: Final = 16 * 1024 * 1024
RULES_BYTES: Final = 4 * 1024 * 1024
_RULES_SIZE: Final = 16 * 1024
"""What the rules of one form take, roughly."""


class PreviewKey(NamedTuple):
    """The page, and what the buyer has chosen. It says which texts were typed, but not the texts."""

    page: PageKey
    choices: tuple[tuple[str, str | None], ...]

    @property
    def rule(self) -> str:
        """The rule of the route, as metrics name it."""
        return self.page.rule if self.page.embedded else f"{self.page.rule}/preview"


class KnownRules(NamedTuple):
    """The rules of a form as they were in one state of the database."""

    state: PageState
    rules: Rules


class Previews:
    """Answers a preview for htmx from memory, and everything else by the application behind it."""

    def __init__(self, app: Flask, application: "WSGIApplication") -> None:
        self._app = app
        self._application = application
        self._pages = Kept[PreviewKey, Page](PREVIEWS_BYTES, lambda page: page.size, length_of_texts)
        self._rules = Kept[PageKey, KnownRules](RULES_BYTES, lambda _: _RULES_SIZE, length_of_texts)

    @property
    def pages(self) -> list[Page]:
        """Every kept preview."""
        return self._pages.values

    def answer(
        self, key: PageKey | None, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request. Without a key it asks for no preview that may be kept."""
        began = time.perf_counter()
        pairs = read_pairs(environ) if key is not None else None
        if key is None or pairs is None:
            return self._application(environ, start_response)
        context: Context = self._app.extensions[EXTENSION]
        try:
            state = find_page_state(context.store, key.code)
        except StoreError as error:
            environ[OFFER] = Offer(error=error)
            return self._application(environ, start_response)
        if state is None or not state.has_place:
            return self._application(environ, start_response)
        known = self._rules.find(key)
        if known is None or known.state != state:
            return self._make(key, state, pairs, environ, start_response)
        sent = known.rules.read(pairs)
        if sent is None:
            return self._application(environ, start_response)
        found = PreviewKey(key, sent.choices)
        page, now = find_fresh(self._pages, found, state, context)
        if page is None:
            return self._make(key, state, pairs, environ, start_response)
        if not may_preview(self._app, environ.get("REMOTE_ADDR")):
            # Flask counts the refused request again, which changes nothing: a full window stays full until it ends.
            return self._application(environ, start_response)
        count_request(self._app, found.rule, int(page.status[:3]), began)
        bind(payment_link=state.link)
        tokens = FormTokens(context.config.secret_key, state.link, now, sent.token)
        return answer_page(page, _values(tokens, sent, page), environ, start_response)

    def _make(
        self,
        key: PageKey,
        state: PageState,
        pairs: Pairs,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
    ) -> Iterable[bytes]:
        """Answer by the application. Keep its preview if it has every hole and the state is still the same."""
        context: Context = self._app.extensions[EXTENSION]
        offer = environ[PREVIEW_OFFER] = PreviewOffer(pairs)
        status, headers, body = run_application(self._application, environ)
        if offer.visit is None or offer.sent is None or offer.rules is None:
            start_response(status, headers)
            return [body]
        holes = {**token_values(offer.tokens), **{name: mark.encode() for name, mark in offer.marks.items()}}
        page, may_be_kept = make_page(offer.visit, state, status, headers, body, holes)
        if may_be_kept and status.startswith("200 ") and is_still(state, key.code, context):
            self._rules.keep(key, KnownRules(state, offer.rules))
            self._pages.keep(PreviewKey(key, offer.sent.choices), page)
        return answer_page(page, _values(offer.tokens, offer.sent, page), environ, start_response)


def _values(tokens: FormTokens | None, sent: Sent, page: Page) -> dict[str, bytes]:
    """Return the values of the holes of a preview."""
    # A typed text cannot take the name of another hole: names of its fields end in a bracket.
    return {**token_values(tokens, page.holes), **{name: escape(text).encode() for name, text in sent.typed.items()}}
