"""The main loop of a worker answers with kept pages, and gives everything else to its threads."""

import os
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from selectors import DefaultSelector
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger

from app.application import assemble
from app.config import read_config
from app.serving.worker import Worker
from app.web.page_cache.layer import AT_ONCE
from tests.support.build import NOW, a_link, an_organization
from tests.support.clock import Clock
from tests.support.migrated import migrated_database
from tests.support.postgresql import new_database
from tests.web.conftest import WebShop

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

PAGE = b"GET /pay/honey HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Site:
    """A shop's application with a page that is kept, and `/wait`, which is answered when the test lets it."""

    def __init__(self, shop: WebShop) -> None:
        self._application: WSGIApplication = shop.app
        self.extensions = shop.app.extensions
        self.goes_on = threading.Event()
        self.threads: list[str] = []
        """The name of the thread of each call, those of pages only."""
        self.at_once: list[bool] = []
        self.fails_at_once = False

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/wait":
            self.goes_on.wait(30)
            start_response("200 OK", [("Content-Length", "4")])
            return [b"done"]
        self.threads.append(threading.current_thread().name)
        self.at_once.append(AT_ONCE in environ)
        if self.fails_at_once and AT_ONCE in environ:
            raise ZeroDivisionError
        return self._application(environ, start_response)


def wait(holds: Callable[[], bool], seconds: float) -> bool:
    """Wait until something holds, and return whether it does after these seconds."""
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.005)
    return holds()


@contextmanager
def serving(site: Site, *, threads: int = 1) -> Iterator[int]:
    """Run a worker in a thread of this process. Return its port."""
    with running(site, threads) as (port, _worker):
        yield port


@contextmanager
def running(site: Site, threads: int = 1) -> Iterator[tuple[int, Worker]]:
    settings = Config()
    settings.set("threads", threads)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        app = SimpleNamespace(wsgi=lambda: site, callable=site)
        worker = Worker(1, os.getppid(), [listener], app, 30, settings, Logger(settings))
        worker.tpool = ThreadPoolExecutor(threads, thread_name_prefix="answering")
        worker.poller = DefaultSelector()
        worker.method_queue.init()
        worker.load_wsgi()
        interval = sys.getswitchinterval()
        loop = threading.Thread(target=worker.run, name="main loop")
        loop.start()
        try:
            yield int(listener.getsockname()[1]), worker
        finally:
            site.goes_on.set()
            # Every client has gone: only the listener and the queue are polled.
            assert wait(lambda: worker.nr_conns == 0 and len(worker.poller.get_map()) == 2, 30)
            worker.alive = False
            worker.method_queue.defer(lambda: None)
            loop.join(30)
            sys.setswitchinterval(interval)
            worker.tpool.shutdown()
            worker.tmp.close()


def opened(database: str, folder: Path) -> WebShop:
    """Return a shop with one link."""
    settings = {"DATABASE_URL": database, "PUBLIC_URL": "http://localhost", "SECRET_KEY": "k" * 32}
    shop = WebShop(assemble(read_config(settings, data=folder), now=Clock()))
    shop.store.migrate(NOW)
    shop.store.add_organization(an_organization())
    shop.add(a_link())
    return shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[WebShop]:
    shop = opened(migrated_database(tmp_path / "counterfoil.db"), tmp_path)
    yield shop
    shop.store.close()


@pytest.fixture
def site(shop: WebShop) -> Site:
    return Site(shop)


def ask(port: int, path: str = "/pay/honey", **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Host": "localhost", "Connection": "close", **headers})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


def test_a_kept_page_is_answered_while_every_thread_is_busy(site: Site) -> None:
    with serving(site) as port, socket.create_connection(("127.0.0.1", port)) as waiting:
        ask(port)
        waiting.sendall(b"GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(0.2)
        response, body = ask(port)
        assert (response.status, b"csrf_token" in body) == (200, True)
        assert not site.goes_on.is_set()
    assert site.threads == ["main loop", "answering_0", "main loop"]


def test_an_answer_of_the_main_loop_has_the_same_headers_as_that_of_a_thread(site: Site, shop: WebShop) -> None:
    def headers_of(response: HTTPResponse) -> dict[str, str]:
        differing = {"date", "request-id", "content-length"}
        return {name: value for name, value in response.getheaders() if name.lower() not in differing}

    with serving(site) as port:
        answers = [ask(port, **{"Accept-Encoding": "br"}) for _ in range(2)]
    assert site.at_once == [True, False, True]
    assert headers_of(answers[0][0]) == headers_of(answers[1][0])
    assert answers[1][0].headers["Connection"] == "close"
    assert int(answers[1][0].headers["Content-Length"]) == len(answers[1][1])


def test_the_next_request_after_a_change_is_answered_by_a_thread_with_the_change(site: Site, shop: WebShop) -> None:
    with serving(site) as port:
        ask(port)
        link = shop.store.link_by_code("honey")
        assert link is not None
        ours = link.counterfoil.model_copy(update={"version": link.counterfoil.version + 1, "title": "Acacia"})
        shop.store.save_link(link.model_copy(update={"counterfoil": ours}))
        _, body = ask(port)
    assert b"Acacia" in body
    assert site.at_once == [True, False, True, False]


def test_each_request_has_one_line_in_the_log_whoever_answers_it(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="app.requests"), serving(site) as port:
        for _ in range(3):
            ask(port)
    lines = [record for record in caplog.records if record.name == "app.requests"]
    assert [record.__dict__["status"] for record in lines] == [200, 200, 200]


def test_requests_of_one_connection_are_answered_in_their_order(site: Site) -> None:
    with serving(site) as port, socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        ask(port)
        unknown = PAGE.replace(b"honey", b"unknown")
        client.sendall(PAGE + unknown + PAGE)
        time.sleep(0.5)
        client.sendall(PAGE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        received = b"".join(iter(lambda: client.recv(65536), b""))
    assert re.findall(rb"HTTP/1\.1 (\d+) ", received) == [b"200", b"404", b"200", b"200"]


def test_a_client_that_does_not_read_gets_every_answer_later_and_delays_nobody(site: Site) -> None:
    with serving(site) as port, socket.socket() as client:
        ask(port)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32_768)
        client.settimeout(30)
        client.connect(("127.0.0.1", port))
        number, answered = 0, True
        while answered:  # until an answer has no room, and the only thread waits with the rest of it
            client.sendall(PAGE)
            number += 1
            answered = wait(lambda: len(site.at_once) == number + 2, 2)  # noqa: B023 - it is called at once
        assert set(site.at_once[2:]) == {True}
        assert ask(port)[0].status == 200
        received = b""
        while received.count(b"</html>") < number:
            received += client.recv(1 << 20)
    assert received.count(b"HTTP/1.1 200 OK") == number > 10


def test_a_worker_is_busy_for_a_moment_after_each_request(site: Site) -> None:
    with running(site) as (port, worker):
        before = worker.is_busy
        ask(port)
        assert [before, worker.is_busy] == [False, True]
        assert wait(lambda: not worker.is_busy, 10)


def test_a_thread_that_computes_soon_lets_others_continue(site: Site) -> None:
    before = sys.getswitchinterval()
    with serving(site):
        assert wait(lambda: sys.getswitchinterval() < before / 5, 10)


def test_an_error_of_the_main_loop_leaves_the_request_to_a_thread(site: Site) -> None:
    site.fails_at_once = True
    with serving(site) as port:
        assert [ask(port)[0].status for _ in range(2)] == [200, 200]
    assert site.at_once == [True, False, True, False]


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /pay/honey HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"HEAD /pay/honey HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    ],
    ids=["a body", "no page", "another method"],
)
def test_requests_that_no_kept_page_answers_are_not_tried_by_the_main_loop(site: Site, request_: bytes) -> None:
    with serving(site) as port, socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        ask(port)
        site.at_once.clear()
        client.sendall(request_)
        assert b"".join(iter(lambda: client.recv(65536), b"")).startswith(b"HTTP/1.1 200 ")
    assert site.at_once == [False]


def test_a_refused_request_for_a_page_is_answered_like_every_refused_request(site: Site) -> None:
    with serving(site) as port, socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(b"GET /pay/honey HTTP/1.1\r\nHost: one\r\nHost: two\r\n\r\n")
        assert b"".join(iter(lambda: client.recv(65536), b"")).startswith(b"HTTP/1.1 400 ")
    assert site.threads == []


@pytest.mark.postgresql
def test_no_request_is_answered_by_the_main_loop_where_the_database_is_behind_a_network(
    postgresql_server: Any, tmp_path: Path
) -> None:
    with new_database(postgresql_server, "main_loop") as address:
        shop = opened(address, tmp_path)
        site = Site(shop)
        with serving(site) as port:
            ask(port)
            ask(port)
        shop.store.close()
    assert site.at_once == [False, False]
