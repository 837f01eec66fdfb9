"""What `counterfoil serve` does beside answering: the minute's work, in one process at a time, what it refuses by itself, and the demo."""

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
from app.objects.selection import Selection
from app.resources import SOURCE_TREE
from app.server import LEASE_SECONDS, THREADS, Server, reconcile_every_minute, reconcile_once
from app.services.checkout import reservation
from app.services.checkout import steps as checkout
from app.services.links import service as links
from app.serving.worker import READ_SECONDS
from app.web.http.context import EXTENSION, Context
from tests.faults.buyers import CHECKOUT
from tests.faults.nodes import a_node
from tests.faults.processes import clean_environment, free_port, python, running, wait_until_it_listens
from tests.support import run_logs
from tests.support.build import NOW, an_organization


class Minutes:
    """A shop in the sandbox whose time a test tells."""

    def __init__(self, folder: Path) -> None:
        self.now = NOW
        environment = {"DATABASE_URL": f"sqlite:///{folder}/minutes.db", "PUBLIC_URL": "http://localhost"}
        self.app: Flask = assemble(read_config(environment, data=folder), now=lambda: self.now)
        self.context: Context = self.app.extensions[EXTENSION]
        self.context.store.migrate(NOW)
        self.context.store.add_organization(an_organization())

    def attempt(self, form: str = "form_1") -> str:
        """Somebody has opened Checkout."""
        context = self.context
        price = {"currency": "eur", "unit_amount": 1250, "product_data": {"name": "Jar of honey"}}
        params = {"line_items": [{"price_data": price, "quantity": 1}]}
        organization = context.store.organizations()[0]
        link = links.create(
            context.store, context.gateway, organization, params, self.now, settings=context.link_settings
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


def test_a_session_that_nobody_paid_ends_although_nobody_asks_for_anything(minutes: Minutes) -> None:
    id = minutes.attempt()
    minutes.now += reservation.SESSION_SECONDS
    assert reconcile_once(minutes.app, "node", minutes.now)
    assert minutes.state(id) == "expired"


def test_a_payment_is_found_although_nobody_asks_for_anything(minutes: Minutes) -> None:
    id = minutes.attempt()
    attempt = minutes.context.store.attempt(id)
    assert attempt is not None
    assert attempt.session_url is not None
    minutes.app.test_client().post(attempt.session_url, data=CHECKOUT)
    reconcile_once(minutes.app, "node", minutes.now)
    assert minutes.state(id) == "paid"


def test_one_process_at_a_time_does_it_and_another_takes_over_when_that_is_gone(minutes: Minutes) -> None:
    assert reconcile_once(minutes.app, "one", minutes.now)
    assert not reconcile_once(minutes.app, "other", minutes.now + LEASE_SECONDS - 1)
    assert reconcile_once(minutes.app, "one", minutes.now + LEASE_SECONDS - 1)
    assert not reconcile_once(minutes.app, "other", minutes.now + LEASE_SECONDS)
    assert reconcile_once(minutes.app, "other", minutes.now + 2 * LEASE_SECONDS)


class Slow:
    """A Stripe that lists no events, and takes its time over each session, in which something else happens."""

    def __init__(self, minutes: Minutes, seconds: int, meanwhile: Callable[[], object]) -> None:
        self.read = 0
        self._minutes, self._seconds, self._meanwhile = minutes, seconds, meanwhile
        self._gateway = minutes.context.gateway
        minutes.app.extensions[EXTENSION] = replace(minutes.context, gateway=self)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)

    def list_events(self, **_: Any) -> Any:
        raise GatewayRefused("The key may not list events.", status=403)

    def retrieve_checkout_session(self, id: str, *, account: str | None) -> Any:
        self.read += 1
        self._minutes.now += self._seconds
        self._meanwhile()
        return self._gateway.retrieve_checkout_session(id, account=account)


def test_who_takes_longer_than_the_lease_lasts_keeps_it_until_all_is_read(minutes: Minutes) -> None:
    for number in range(5):
        minutes.attempt(f"form_{number}")
    others: list[bool] = []
    minutes.now += 60
    stripe = Slow(minutes, LEASE_SECONDS // 2, lambda: others.append(reconcile_once(minutes.app, "two", minutes.now)))
    assert reconcile_once(minutes.app, "one", minutes.now, parallel=1)
    assert (stripe.read, others) == (5, [False] * 5)


def test_who_has_lost_the_lease_leaves_the_rest_to_the_other(minutes: Minutes) -> None:
    for number in range(5):
        minutes.attempt(f"form_{number}")

    def taken_over() -> None:
        assert minutes.context.store.take_lease("reconcile", "two", minutes.now, minutes.now + LEASE_SECONDS)

    minutes.now += 60
    stripe = Slow(minutes, LEASE_SECONDS, taken_over)
    assert reconcile_once(minutes.app, "one", minutes.now, parallel=1)
    assert stripe.read == 1


class Heard:
    """A gateway that works, and notes what Stripe is asked."""

    def __init__(self, minutes: Minutes) -> None:
        self.calls: list[str] = []
        self._gateway = minutes.context.gateway
        minutes.app.extensions[EXTENSION] = replace(minutes.context, gateway=self)

    def __getattr__(self, name: str) -> Any:
        if name not in {"livemode", "sandbox", "read_event"}:
            self.calls.append(name)
        return getattr(self._gateway, name)


def test_between_two_minutes_only_the_sessions_of_links_that_were_switched_off_are_ended(minutes: Minutes) -> None:
    id = minutes.attempt()
    stripe, store = Heard(minutes), minutes.context.store
    assert reconcile_once(minutes.app, "node", minutes.now, whole=False)
    assert (stripe.calls, minutes.state(id)) == ([], "opened")
    (link,) = store.links("org_apiary")[0]
    counterfoil = link.counterfoil.model_copy(update={"version": link.counterfoil.version + 1})
    assert store.save_link(link.model_copy(update={"active": False, "counterfoil": counterfoil}))
    assert reconcile_once(minutes.app, "node", minutes.now, whole=False)
    assert (stripe.calls, minutes.state(id)) == (["expire_checkout_session"], "expired")


def test_it_is_done_again_and_again_whatever_happened_the_last_time(minutes: Minutes) -> None:
    id = minutes.attempt()
    minutes.now += reservation.SESSION_SECONDS
    fails = iter((KeyError("as nobody foresaw"), StoreError("the database is away")))

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


def test_every_worker_that_serves_takes_part_in_it() -> None:
    app = Flask("app")
    server = Server(lambda: app, host="127.0.0.1", port=8000, workers=1)
    # It lives as long as this process, so it is never to have the lease.
    app.extensions[EXTENSION] = SimpleNamespace(store=SimpleNamespace(take_lease=lambda *_: False))
    before = set(threading.enumerate())
    server.cfg.post_worker_init(SimpleNamespace(app=SimpleNamespace(callable=app)))
    assert [thread.name for thread in set(threading.enumerate()) - before] == ["reconcile"]


@pytest.mark.faults
def test_what_the_server_itself_has_to_say_is_said_in_json_and_without_secrets(tmp_path: Path) -> None:
    port = free_port()
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/node.db", "SECRET_KEY": "k" * 32}
    with a_node(port, settings, workers=1), socket.create_connection(("127.0.0.1", port), timeout=30) as visitor:
        visitor.sendall(b"GET /pay/honey/complete/s3cr3t-s3cr3t to mary@post.example HTTP/1.1\r\n\r\n")
        assert b"400" in visitor.recv(1000)
    written = max(run_logs.folder().glob(f"node-{os.getpid()}-*.log"), key=os.path.getmtime).read_text()
    serving, *said = written.splitlines()
    assert serving.startswith("Serving ")
    assert "gunicorn.error" in [json.loads(line)["logger"] for line in said]
    assert "s3cr3t" not in written
    assert "mary" not in written


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a `counterfoil serve` with one worker."""
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
def test_those_who_do_not_finish_a_request_do_not_keep_others_waiting_for_ever(node: int, begun: bytes) -> None:
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
def test_what_is_no_request_is_refused_with_the_headers_that_everything_has(
    node: int, request_: bytes, status: int
) -> None:
    with sent(node, request_) as connection:
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    assert answer.startswith(f"HTTP/1.1 {status} ")
    assert "Content-Security-Policy: default-src 'none'; " in answer
    assert "frame-ancestors 'none'" in answer
    assert "X-Content-Type-Options: nosniff" in answer


@pytest.mark.faults
@pytest.mark.parametrize(("proxies", "believed"), [("0", False), ("1", True)])
def test_only_proxies_that_are_set_are_believed_even_on_this_machine(
    tmp_path: Path, proxies: str, believed: bool
) -> None:
    port = free_port()
    settings = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/node.db",
        "SECRET_KEY": "k" * 32,
        "STRIPE_WEBHOOK_SECRET": "whsec_" + "w" * 24,
        "TRUSTED_PROXIES": proxies,
    }
    with a_node(port, settings, workers=1):
        answer = requests.get(f"http://127.0.0.1:{port}/healthz", headers={"X-Forwarded-Proto": "https"}, timeout=30)
    assert ("Strict-Transport-Security" in answer.headers) is believed


@pytest.mark.faults
def test_the_demo_prints_how_to_enter_the_console_and_lets_in_twice(tmp_path: Path) -> None:
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
            assert "Spring candle box" in entered.text
            listed = subprocess.run(
                python("app", "links", "list"), env=clean_environment(**settings), cwd=SOURCE_TREE,
                check=True, capture_output=True, text=True, timeout=60,
            ).stdout  # fmt: skip
            assert f"http://127.0.0.1:{port}/pay/spring-box\n" in listed
    assert printed[0] == printed[1]
