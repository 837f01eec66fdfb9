"""Only a page that is whole is kept: each value of a visitor is a hole, its status is a good one, and the database confirms its state."""

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

import pytest
from flask import Flask
from werkzeug.test import Client, TestResponse

from app.web.page_cache.answers import run_application
from app.web.page_cache.layer import PageCache
from tests.support.build import a_link
from tests.web.conftest import WebShop
from tests.web.page_cache.test_own_tokens import tokens_in

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

Change = Callable[[str, bytes], tuple[str, bytes]]

NAME: Final = "custom_fields[name]"
LINK: Final = a_link(
    custom_fields=[{"key": "name", "label": {"type": "custom", "custom": "Name"}, "type": "text", "optional": True}],
    restrictions={"completed_sessions": {"limit": 9, "count": 0}},
)


def visitors(shop: WebShop, change: Change) -> tuple[PageCache, Client]:
    """Return a page cache in front of an application whose answers are changed, and a client of it."""

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        status, headers, body = run_application(lambda *both: Flask.wsgi_app(shop.app, *both), environ)
        status, body = change(status, body)
        start_response(status, headers)
        return [body]

    cache = PageCache(shop.app, application)
    return cache, Client(cache, use_cookies=False)


def a_host(length: int) -> str:
    """Return a host of an odd length."""
    return ("h." * length)[:length]


def ask(client: Client, kind: str, **environ: str) -> TestResponse:
    """Ask for a page, or for a preview with a typed text."""
    if kind == "page":
        return client.get("/pay/honey", environ_overrides=environ)
    return client.post(
        "/pay/honey/preview", data={NAME: "Mary"}, environ_overrides={"HTTP_HX_REQUEST": "true", **environ}
    )


def unchanged(status: str, body: bytes) -> tuple[str, bytes]:
    return status, body


def with_token_in_other_letters(status: str, body: bytes) -> tuple[str, bytes]:
    token = tokens_in(body.decode())[0].encode()
    return status, body.replace(token, b"&#%d;" % token[0] + token[1:])


def with_token_twice(status: str, body: bytes) -> tuple[str, bytes]:
    return status, body + tokens_in(body.decode())[0].encode()


def with_another_token(status: str, body: bytes) -> tuple[str, bytes]:
    return status, body + b'<input type="hidden" name="csrf_token" value="of-another-form">'


def with_another_name(status: str, body: bytes) -> tuple[str, bytes]:
    return status, body.replace(b' data-form="', b' data-form="0')


def without_form(status: str, body: bytes) -> tuple[str, bytes]:
    return status, b"<p>Nothing</p>" * 200


@pytest.mark.parametrize("kind", ["page", "preview"])
def test_a_whole_page_is_kept(shop: WebShop, kind: str) -> None:
    shop.add(LINK)
    cache, client = visitors(shop, unchanged)
    assert ask(client, kind).status_code == 200
    assert len(cache.pages) == 1
    assert set(cache.pages[0].holes) == {"token", "name", *([NAME] if kind == "preview" else [])}


@pytest.mark.parametrize(
    "change", [with_token_in_other_letters, with_token_twice, with_another_token, with_another_name, without_form]
)
@pytest.mark.parametrize("kind", ["page", "preview"])
def test_a_page_that_lacks_a_hole_is_answered_and_not_kept(shop: WebShop, kind: str, change: Change) -> None:
    shop.add(LINK)
    cache, client = visitors(shop, change)
    first, second = (ask(client, kind) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert cache.pages == []
    if b"data-form" in first.data:
        assert tokens_in(first.text)[0] != tokens_in(second.text)[0]


def test_a_preview_whose_typed_text_has_no_hole_is_not_kept(shop: WebShop) -> None:
    shop.add(LINK)
    marks: list[bytes] = []

    def without_mark(status: str, body: bytes) -> tuple[str, bytes]:
        marks.extend(re.findall(rb'value="([0-9a-f]{32})"', body))
        return status, body.replace(marks[0], b"X" * 32)

    cache, client = visitors(shop, without_mark)
    assert ask(client, "preview").status_code == 200
    assert len(marks) == 1
    assert cache.pages == []


@pytest.mark.parametrize(
    "status", ["500 INTERNAL SERVER ERROR", "429 TOO MANY REQUESTS", "422 UNPROCESSABLE ENTITY", "204 NO CONTENT"]
)
@pytest.mark.parametrize("kind", ["page", "preview"])
def test_an_answer_with_another_status_is_not_kept(shop: WebShop, kind: str, status: str) -> None:
    shop.add(LINK)
    cache, client = visitors(shop, lambda _, body: (status, body))
    for _ in range(2):
        assert ask(client, kind).status == status
    assert cache.pages == []


@pytest.mark.parametrize("kind", ["page", "preview"])
def test_an_answer_is_sent_and_not_kept_where_its_state_cannot_be_confirmed(shop: WebShop, kind: str) -> None:
    shop.add(LINK)
    engine: Any = shop.store.engine  # type: ignore[attr-defined]

    def losing_the_database(status: str, body: bytes) -> tuple[str, bytes]:
        engine.execute("ALTER TABLE link_codes RENAME TO gone")
        return status, body

    cache, client = visitors(shop, losing_the_database)
    answer = ask(client, kind)
    assert answer.status_code == 200
    assert "Jar of honey" in answer.text
    assert cache.pages == []


@pytest.mark.parametrize("kind", ["page", "preview"])
def test_nothing_is_kept_for_a_host_that_no_server_can_have(shop: WebShop, kind: str) -> None:
    shop.add(LINK)
    cache, client = visitors(shop, unchanged)
    for length, kept in ((257, 0), (6003, 0), (255, 1)):
        assert ask(client, kind, HTTP_HOST=a_host(length)).status_code == 200
        assert len(cache.pages) == kept


@pytest.mark.parametrize("kind", ["page", "preview"])
def test_a_longer_host_takes_more_of_the_memory(shop: WebShop, kind: str) -> None:
    shop.add(LINK)
    cache, client = visitors(shop, unchanged)
    memory = cache._others if kind == "page" else cache._previews._pages
    sizes = [0]
    for length in (21, 221):
        assert ask(client, kind, HTTP_HOST=a_host(length)).status_code == 200
        sizes.append(memory.bytes)
    bodies = [page.size for page in cache.pages]
    assert sizes[1] - bodies[0] > 20
    assert (sizes[2] - sum(bodies)) - 2 * (sizes[1] - bodies[0]) == 200
