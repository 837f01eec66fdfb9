"""A kept page can be asked for without waiting: either it is fresh, or nothing is answered."""

import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from werkzeug.test import EnvironBuilder

from app.logs import UNANSWERED
from app.sandbox import SANDBOX
from app.web.page_cache.answers import run_application
from app.web.page_cache.layer import AT_ONCE
from tests.support.build import a_link
from tests.support.page import SAME_ORIGIN
from tests.web.conftest import WebShop
from tests.web.page_cache.conftest import cache_of

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment


def environ_of(path: str = "/pay/honey", **more: str) -> "WSGIEnvironment":
    builder = EnvironBuilder(path, base_url="http://localhost")
    environ: WSGIEnvironment = {**builder.get_environ(), **more, AT_ONCE: True}
    builder.close()
    return environ


def status_at_once(shop: WebShop, path: str = "/pay/honey", **more: str) -> str | None:
    """Ask for a page without waiting. None: it was left unanswered, and Flask was not entered."""
    environ = environ_of(path, **more)
    status, _, body = run_application(shop.app.wsgi_app, environ)
    assert (UNANSWERED in environ) == (not body) == (not status)
    assert not any(key.startswith("werkzeug.") for key in environ)
    return status or None


@pytest.fixture
def shop(shop: WebShop) -> WebShop:
    shop.add()
    return shop


def test_only_a_page_that_is_kept_is_answered_at_once(shop: WebShop) -> None:
    assert status_at_once(shop) is None
    shop.client.get("/pay/honey")
    assert status_at_once(shop) == "200 OK"
    others = ("/pay/honey?prefilled_email=a@b.example", "/pay/unknown", "/pay/honey/card.png", "/healthz")
    assert [status_at_once(shop, path) for path in others] == [None] * 4


def test_a_page_of_an_earlier_state_is_not_answered_at_once(shop: WebShop) -> None:
    shop.client.get("/pay/honey")
    link = shop.store.link_by_code("honey")
    assert link is not None
    ours = link.counterfoil.model_copy(update={"version": link.counterfoil.version + 1, "title": "Acacia"})
    shop.store.save_link(link.model_copy(update={"counterfoil": ours}))
    assert status_at_once(shop) is None


def test_what_only_a_view_can_answer_is_not_answered_at_once(shop: WebShop) -> None:
    """A site that frames a page without being listed is noted, and a page without a place is never kept."""
    shop.add(a_link(id="plink_framed", counterfoil={"code": "framed", "embed_origins": ["https://shop.example"]}))
    shop.sell(a_link(id="plink_full", counterfoil={"code": "full"}, restrictions={"completed_sessions": {"limit": 1}}))
    shop.client.post("/pay/full", data=shop.open("/pay/full").values(), headers=SAME_ORIGIN)
    for path in ("/pay/framed/embed", "/pay/full"):
        shop.client.get(path)
    frame = {"HTTP_SEC_FETCH_DEST": "iframe"}
    assert status_at_once(shop, "/pay/framed/embed", **frame, HTTP_REFERER="https://shop.example/a") == "200 OK"
    assert status_at_once(shop, "/pay/framed/embed", **frame, HTTP_REFERER="https://other.example/a") is None
    assert status_at_once(shop, "/pay/full") is None


def test_a_locked_database_leaves_a_page_unanswered_without_waiting(shop: WebShop) -> None:
    shop.client.get("/pay/honey")
    assert status_at_once(shop) == "200 OK"
    shop.store.close()
    shop.app.extensions[SANDBOX].engine.close()
    file = shop.context.config.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("UPDATE payment_links SET completed = completed")
        began = time.monotonic()
        assert status_at_once(shop) is None
        assert time.monotonic() - began < 5
    assert status_at_once(shop) == "200 OK"


def test_pages_are_answered_at_once_where_the_database_is_a_file(shops: tuple[WebShop, WebShop], database: str) -> None:
    assert cache_of(shops[0]).answers_at_once == database.startswith("sqlite:")
