"""`counterfoil serve`: periodic work in one process at a time, requests that are refused before the application, and the demo."""

import json
import os
import re
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from flask import Flask

from app.application import assemble
from app.config import read_config
from app.errors import GatewayRefused, StoreError
from app.objects.change import COMMAND_LINE
from app.objects.selection import Selection
from app.resources import SOURCE_TREE
from app.server import LEASE_SECONDS, THREADS, Server, prune_once, reconcile_every_minute, reconcile_once
from app.services.checkout import reservation
from app.services.checkout import steps as checkout
from app.services.links import service as links
from app.services.retention import DAY_SECONDS
from app.serving.worker import READ_SECONDS
from app.web.http.bundles import read_bundle
from app.web.http.context import EXTENSION, Context
from app.web.http.encodings import compress_text
from app.web.page_cache.layer import PAGE_CACHE
from tests.faults.nodes import a_node
from tests.faults.processes import clean_environment, free_port, python, running, wait_until_it_listens
from tests.support import run_logs
from tests.support.build import NOW, an_organization
from tests.support.buyer import CHECKOUT
from tests.support.migrated import migrated_database


class Minutes:
    """A shop in the sandbox. The test sets its time."""

    def __init__(self, folder: Path) -> None:
        self.now = NOW
        environment = {"DATABASE_URL": migrated_database(folder / "minutes.db"), "PUBLIC_URL": "http://localhost"}
        self.app: Flask = assemble(read_config(environment, data=folder), now=lambda: self.now)
        self.context: Context = self.app.extensions[EXTENSION]
        self.context.store.add_organization(an_organization())

    def attempt(self, form: str = "form_1") -> str:
        """Open Checkout as a buyer. Return the id of the attempt."""
        context = self.context
        price = {"currency": "eur", "unit_amount": 1250, "product_data": {"name": "Jar of honey"}}
        params = {"line_items": [{"price_data": price, "quantity": 1}]}
        organization = context.store.organizations()[0]
        link = links.create(
            context.store,
            context.gateway,
            organization,
            params,
            self.now,
            settings=context.link_settings,
            actor=COMMAND_LINE,
        )
        attempt = checkout.start(
            context.store,
            context.gateway,
            organization,
            link,
            Selection(),
            self.now,
            form=form,
            public_url="http://localhost",
        )
        return attempt.id

    def state(self, id: str) -> str:
        found = self.context.store.attempt(id)
        assert found is not None
        return found.state


@pytest.fixture
def minutes(tmp_path: Path) -> Iterator[Minutes]:
    minutes = Minutes(tmp_path)
    yield minutes
    minutes.context.store.close()


def test_an_unpaid_session_expires_without_any_request(minutes: Minutes) -> None:
    id = minutes.attempt()
    minutes.now += reservation.SESSION_SECONDS
    assert reconcile_once(minutes.app, "node", minutes.now)
    assert minutes.state(id) == "expired"


def test_a_payment_is_found_without_any_request(minutes: Minutes) -> None:
    id = minutes.attempt()
    attempt = minutes.context.store.attempt(id)
    assert attempt is not None
    assert attempt.session_url is not None
    minutes.app.test_client().post(attempt.session_url, data=CHECKOUT)
    reconcile_once(minutes.app, "node", minutes.now)
    assert minutes.state(id) == "paid"


def test_one_process_at_a_time_reconciles_and_another_takes_over_when_the_lease_ends(minutes: Minutes) -> None:
    assert reconcile_once(minutes.app, "one", minutes.now)
    assert not reconcile_once(minutes.app, "other", minutes.now + LEASE_SECONDS - 1)
    assert reconcile_once(minutes.app, "one", minutes.now + LEASE_SECONDS - 1)
    assert not reconcile_once(minutes.app, "other", minutes.now + LEASE_SECONDS)
    assert reconcile_once(minutes.app, "other", minutes.now + 2 * LEASE_SECONDS)


class Slow:
    """A Stripe that lists no events and reads each session slowly. Something else happens during each read."""

    def __init__(self, minutes: Minutes, seconds: int, during: Callable[[], object]) -> None:
        self.read = 0
        self._minutes, self._seconds, self._during = minutes, seconds, during
        self._gateway = minutes.context.gateway
        minutes.app.extensions[EXTENSION] = replace(minutes.context, gateway=self)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)

    def list_events(self, **_: Any) -> Any:
        raise GatewayRefused("The key may not list events.", status=403)

    def retrieve_checkout_session(self, id: str, *, account: str | None) -> Any:
        self.read += 1
        self._minutes.now += self._seconds
        self._during()
        return self._gateway.retrieve_checkout_session(id, account=account)


def test_the_lease_is_renewed_until_every_session_is_read(minutes: Minutes) -> None:
    for number in range(5):
        minutes.attempt(f"form_{number}")
    others: list[bool] = []
    minutes.now += 60
    stripe = Slow(minutes, LEASE_SECONDS // 2, lambda: others.append(reconcile_once(minutes.app, "two", minutes.now)))
    assert reconcile_once(minutes.app, "one", minutes.now, parallel=1)
    assert (stripe.read, others) == (5, [False] * 5)


def test_a_process_that_lost_the_lease_stops_reading(minutes: Minutes) -> None:
    for number in range(5):
        minutes.attempt(f"form_{number}")

    def take_over() -> None:
        assert minutes.context.store.take_lease("reconcile", "two", minutes.now, minutes.now + LEASE_SECONDS)

    minutes.now += 60
    stripe = Slow(minutes, LEASE_SECONDS, take_over)
    assert reconcile_once(minutes.app, "one", minutes.now, parallel=1)
    assert stripe.read == 1


class Recorded:
    """A gateway that works and records the calls to Stripe."""

    def __init__(self, minutes: Minutes) -> None:
        self.calls: list[str] = []
        self._gateway = minutes.context.gateway
        minutes.app.extensions[EXTENSION] = replace(minutes.context, gateway=self)

    def __getattr__(self, name: str) -> Any:
        if name not in {"livemode", "sandbox", "read_event"}:
            self.calls.append(name)
        return getattr(self._gateway, name)


def test_between_two_minutes_only_sessions_of_inactive_links_are_ended(minutes: Minutes) -> None:
    id = minutes.attempt()
    stripe, store = Recorded(minutes), minutes.context.store
    assert reconcile_once(minutes.app, "node", minutes.now, whole=False)
    assert (stripe.calls, minutes.state(id)) == ([], "opened")
    (link,) = store.links("org_apiary")[0]
    counterfoil = link.counterfoil.model_copy(update={"version": link.counterfoil.version + 1})
    assert store.save_link(link.model_copy(update={"active": False, "counterfoil": counterfoil}))
    assert reconcile_once(minutes.app, "node", minutes.now, whole=False)
    assert (stripe.calls, minutes.state(id)) == (["expire_checkout_session"], "expired")


def test_old_rows_are_removed_once_a_day_by_one_process(minutes: Minutes) -> None:
    ids = [minutes.attempt(f"form_{number}") for number in range(2)]
    minutes.now += reservation.SESSION_SECONDS + 60
    reconcile_once(minutes.app, "node", minutes.now)
    assert [minutes.state(id) for id in ids] == ["expired"] * 2
    assert (prune_once(minutes.app, minutes.now) or {})["attempts"] == 0
    minutes.now += 91 * DAY_SECONDS
    removed = prune_once(minutes.app, minutes.now)
    assert removed is not None
    assert (removed["attempts"], removed["sandbox_sessions"]) == (2, 2)
    assert prune_once(minutes.app, minutes.now + DAY_SECONDS - 1) is None
    assert prune_once(minutes.app, minutes.now + DAY_SECONDS) is not None


def test_the_periodic_work_goes_on_after_any_error(minutes: Minutes) -> None:
    id = minutes.attempt()
    minutes.now += reservation.SESSION_SECONDS
    fails = iter((KeyError("unexpected"), StoreError("the database is away")))

    class Failing:
        """A store that fails at first."""

        def __getattr__(self, name: str) -> Any:
            for failure in fails:
                raise failure
            return getattr(minutes.context.store, name)

    minutes.app.extensions[EXTENSION] = replace(minutes.context, store=Failing())
    ended = threading.Event()
    thread = reconcile_every_minute(minutes.app, seconds=0.01, ended=ended)
    deadline = time.monotonic() + 30
    while minutes.state(id) != "expired" and time.monotonic() < deadline:
        time.sleep(0.02)
    ended.set()
    thread.join(30)
    assert minutes.state(id) == "expired"


def test_every_worker_starts_the_periodic_work_and_makes_pages_ahead() -> None:
    app = Flask("app")
    server = Server(lambda: app, host="127.0.0.1", port=8000, workers=1)
    # The thread lives as long as this process, so it must never get the lease.
    ended = threading.Event()

    def busy_links(_limit: int) -> list[object]:
        ended.wait(60)
        return []

    store = SimpleNamespace(take_lease=lambda *_: False, running_imports=list, busy_links=busy_links)
    app.extensions |= {EXTENSION: SimpleNamespace(store=store, import_wanted=threading.Event()), PAGE_CACHE: None}
    before = set(threading.enumerate())
    server.cfg.post_worker_init(SimpleNamespace(app=SimpleNamespace(callable=app), alive=True, is_busy=False))
    started = {thread.name for thread in set(threading.enumerate()) - before}
    ended.set()
    assert started == {"imports", "prune", "reconcile", "warming"}


@pytest.mark.faults
def test_gunicorn_logs_json_without_secrets(tmp_path: Path) -> None:
    port = free_port()
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/node.db", "SECRET_KEY": "k" * 32}
    with a_node(port, settings, workers=1), socket.create_connection(("127.0.0.1", port), timeout=30) as visitor:
        visitor.sendall(b"GET /pay/honey/complete/s3cr3t-s3cr3t to mary@post.example HTTP/1.1\r\n\r\n")
        assert b"400" in visitor.recv(1000)
    written = max(run_logs.folder().glob(f"node-{os.getpid()}-*.log"), key=os.path.getmtime).read_text()
    serving, *said = written.splitlines()
    assert serving.startswith("Serving ")
    assert "gunicorn.error" in [json.loads(line)["logger"] for line in said if line.startswith("{")]
    assert "s3cr3t" not in written
    assert "mary" not in written


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Start `counterfoil serve` with one worker. Yield its port."""
    port = free_port()
    settings = {
        "DATABASE_URL": f"sqlite:///{tmp_path_factory.mktemp('node')}/node.db",
        "SECRET_KEY": "k" * 32,
        "STRIPE_WEBHOOK_SECRET": "whsec_" + "w" * 24,
    }
    with a_node(port, settings, workers=1):
        yield port


def sent(port: int, text: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=READ_SECONDS + 30)
    connection.sendall(text)
    return connection


@pytest.mark.faults
@pytest.mark.parametrize(
    "begun",
    [
        pytest.param(b"GET /healthz HT", id="half a head"),
        pytest.param(b"POST /webhooks/stripe HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{", id="half a body"),
    ],
)
def test_unfinished_requests_do_not_block_others(node: int, begun: bytes) -> None:
    slow = [sent(node, begun) for _ in range(THREADS)]
    try:
        began = time.monotonic()
        assert requests.get(f"http://127.0.0.1:{node}/healthz", timeout=READ_SECONDS + 30).status_code == 200
        assert time.monotonic() - began < READ_SECONDS + 10
    finally:
        for connection in slow:
            connection.close()


@pytest.mark.faults
@pytest.mark.parametrize(
    ("request_", "status"),
    [
        pytest.param(b"GET /%s HTTP/1.1\r\nHost: x\r\n\r\n" % (b"a" * 9000), 414, id="address too long"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: x\r\nX: %s\r\n\r\n" % (b"a" * 20_000), 431, id="header too long"),
        pytest.param(b"G<T / HTTP/1.1\r\nHost: x\r\n\r\n", 400, id="no method"),
    ],
)
def test_a_malformed_request_is_refused_with_all_security_headers(node: int, request_: bytes, status: int) -> None:
    with sent(node, request_) as connection:
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    assert answer.startswith(f"HTTP/1.1 {status} ")
    assert "Content-Security-Policy: default-src 'none'; " in answer
    assert "frame-ancestors 'none'" in answer
    assert "X-Content-Type-Options: nosniff" in answer


@pytest.mark.faults
@pytest.mark.parametrize(("proxies", "trusted"), [("0", False), ("1", True)])
def test_only_configured_proxies_are_trusted_even_on_this_machine(tmp_path: Path, proxies: str, trusted: bool) -> None:
    port = free_port()
    settings = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/node.db",
        "SECRET_KEY": "k" * 32,
        "STRIPE_WEBHOOK_SECRET": "whsec_" + "w" * 24,
        "TRUSTED_PROXIES": proxies,
    }
    with a_node(port, settings, workers=1):
        answer = requests.get(f"http://127.0.0.1:{port}/healthz", headers={"X-Forwarded-Proto": "https"}, timeout=30)
    assert ("Strict-Transport-Security" in answer.headers) is trusted


@pytest.mark.faults
def test_a_server_without_a_user_prints_an_address_that_makes_the_first_one(tmp_path: Path) -> None:
    port = free_port()
    settings = {"DATA_DIR": str(tmp_path), "SECRET_KEY": "k" * 32}
    arguments = python("app", "serve", "--port", str(port))
    with running("serve", arguments, clean_environment(**settings), stdout=subprocess.PIPE) as process:
        wait_until_it_listens(port, process)
        assert process.stdout is not None
        printed = process.stdout.readline()
        said = re.search(rf"http://127\.0\.0\.1:{port}/console/setup/\S+", printed)
        assert said is not None, printed
        assert "Who is the owner?" in requests.get(said[0], timeout=30).text
        assert requests.get(f"{said[0]}x", timeout=30).status_code == 404


@pytest.mark.faults
def test_the_demo_prints_a_console_login_that_works_and_addresses_that_links_list_prints(tmp_path: Path) -> None:
    port = free_port()
    settings = {"DATA_DIR": str(tmp_path), "SECRET_KEY": "k" * 32}
    printed = []
    for _ in range(2):
        arguments = python("app", "demo", "--port", str(port))
        with running("demo", arguments, clean_environment(**settings), stdout=subprocess.PIPE) as process:
            wait_until_it_listens(port, process)
            assert process.stdout is not None
            lines = iter(process.stdout.readline, "")
            printed.append(next(line for line in lines if line.startswith("The console")))
            said = re.fullmatch(r"The console: (\S+) with (\S+) and the password (\S+)\n", printed[-1])
            assert said is not None
            address, email, password = said.groups()
            browser = requests.Session()
            form = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(address, timeout=30).text)
            assert form is not None
            sent = {"csrf_token": form[1], "email": email, "password": password}
            entered = browser.post(f"{address}login", data=sent, timeout=30)
            assert entered.status_code == 200
            # Without the log-in, this address leads back to it.
            assert "Spring candle box" in browser.get(f"{address}links", timeout=30).text
            listed = subprocess.run(
                python("app", "links", "list"), env=clean_environment(**settings), cwd=SOURCE_TREE,
                check=True, capture_output=True, text=True, timeout=60,
            ).stdout  # fmt: skip
            assert f"http://127.0.0.1:{port}/pay/spring-box\n" in listed
    assert printed[0] == printed[1]


def test_what_every_pay_page_loads_is_compressed_before_the_workers_start() -> None:
    compress_text.cache_clear()
    Server(lambda: Flask("unused"), host="127.0.0.1", port=8000, workers=1)
    made = compress_text.cache_info().misses
    for name in ("counterfoil.css", "form.js"):
        compress_text(read_bundle(name))
    assert compress_text.cache_info().misses == made == 2
