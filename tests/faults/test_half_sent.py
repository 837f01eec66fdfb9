"""Clients that send half a request, or do not read their answer, without a proxy in between: nobody else waits for them."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from app.serving.worker import READ_SECONDS
from tests.faults.nodes import a_node
from tests.faults.processes import free_port

pytestmark = pytest.mark.faults

CLIENTS = 80
"""More than twice as many as both workers have threads."""

QUICK = 10.0
"""Seconds. A busy machine is slow. Without a read timeout, it took 79 seconds."""


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a `counterfoil serve` with two workers."""
    port = free_port()
    settings = {
        "DATABASE_URL": f"sqlite:///{tmp_path_factory.mktemp('node')}/node.db",
        "SECRET_KEY": "k" * 32,
        "STRIPE_WEBHOOK_SECRET": "whsec_" + "w" * 24,
        "RATE_LIMIT_LOGIN": "10/hour",
    }
    with a_node(port, settings, workers=2):
        yield port


def connected(port: int, text: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=READ_SECONDS + 30)
    connection.sendall(text)
    return connection


def asks(port: int) -> float:
    """Somebody asks for something: how long it takes."""
    began = time.monotonic()
    assert requests.get(f"http://127.0.0.1:{port}/healthz", timeout=120).status_code == 200
    return time.monotonic() - began


HALVES = {
    "nothing": b"",
    "a byte": b"G",
    "half a head": b"GET /healthz HTTP/1.1\r\nHost: x\r\n",
    "empty lines": b"\r\n\r\n",
    "half a body": b"POST /webhooks/stripe HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{",
    "half a long body": b"POST /v1/payment_links HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n"
    + b"x" * 300_000,
    "a body that is too long": b"POST /webhooks/stripe HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n{",
    "half a chunk": b"POST /webhooks/stripe HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{\r\n\r\n",
    "no last chunk": b"POST /webhooks/stripe HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
    "half a second request": b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HT",
    "a request that ends the connection": b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "a refused request": b"G<T / HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("half", HALVES)
def test_clients_that_do_not_go_on_keep_nobody_waiting(node: int, half: str) -> None:
    with ExitStack() as stack:
        for _ in range(CLIENTS):
            stack.enter_context(connected(node, HALVES[half]))
        longest = 0.0
        ends = time.monotonic() + 6
        while time.monotonic() < ends:
            longest = max(longest, asks(node))
            time.sleep(0.1)
    assert longest < QUICK


def test_clients_that_drip_keep_nobody_waiting_and_are_left_after_a_while(node: int) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(connected(node, b"GET /pay/honey HTTP/1.1\r\n")) for _ in range(CLIENTS)]
        began, longest, left = time.monotonic(), 0.0, 0
        while left < CLIENTS and time.monotonic() - began < READ_SECONDS + 20:
            left = sum(not dripped(client) for client in clients)
            longest = max(longest, asks(node))
            time.sleep(0.5)
    assert longest < QUICK
    assert left == CLIENTS


def dripped(client: socket.socket) -> bool:
    """Send one more byte of a head; whether the server still listens."""
    client.setblocking(False)
    try:
        client.send(b"a")
        return bool(client.recv(1) is None)
    except BlockingIOError:
        return True
    except OSError:
        return False


def test_a_client_that_is_too_slow_is_told_so_with_the_headers_that_everything_has(node: int) -> None:
    began = time.monotonic()
    with connected(node, b"GET /healthz HTTP/1.1\r\n") as client:
        answer = b"".join(iter(lambda: client.recv(65536), b"")).decode()
    assert answer.startswith("HTTP/1.1 408 ")
    assert "X-Content-Type-Options: nosniff" in answer
    assert READ_SECONDS - 1 < time.monotonic() - began < READ_SECONDS + 10


def test_clients_that_do_not_read_their_answers_keep_nobody_waiting(node: int) -> None:
    with ExitStack() as stack:
        for _ in range(CLIENTS):
            client = stack.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            client.connect(("127.0.0.1", node))
            client.sendall(b"GET /static/js/htmx.min.js HTTP/1.1\r\nHost: x\r\n\r\n")
        assert max(asks(node) for _ in range(20)) < QUICK


def test_requests_that_follow_each_other_on_one_connection_are_all_answered(node: int) -> None:
    request = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    last = request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    with connected(node, 3 * request + last[:20]) as client:
        time.sleep(0.3)
        client.sendall(last[20:])
        answers = b"".join(iter(lambda: client.recv(65536), b""))
    assert answers.count(b"HTTP/1.1 200 ") == 4


@pytest.mark.parametrize("length", [70_000, 5_000_000, 99_999_999])
def test_an_answer_to_a_body_that_is_too_long_says_that_the_connection_ends(node: int, length: int) -> None:
    """A proxy that believed `keep-alive` would send the next buyer's request into a closed connection."""
    head = f"POST /pay/honey/preview HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n"
    with connected(node, head.encode() + b"Content-Type: application/x-www-form-urlencoded\r\n\r\na=b") as client:
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 4")
    assert b"\r\nConnection: close\r\n" in answer


def test_a_client_that_waits_to_be_asked_for_its_body_is_asked(node: int) -> None:
    head = b"POST /webhooks/stripe HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    began = time.monotonic()
    with connected(node, head) as client:
        assert client.recv(1000).startswith(b"HTTP/1.1 100 ")
        client.sendall(b"{}")
        rest = b""
        while b"HTTP/1.1 400 " not in rest:  # gunicorn may ask a second time
            received = client.recv(65536)
            assert received, rest
            rest += received
    assert time.monotonic() - began < QUICK


def test_a_body_of_many_pieces_arrives_whole(node: int) -> None:
    body = b"x" * 200_000
    head = b"POST /webhooks/stripe HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
    with connected(node, head) as client:
        for at in range(0, len(body), 10_000):
            client.sendall(body[at : at + 10_000])
            time.sleep(0.02)
        assert client.recv(1000).startswith(b"HTTP/1.1 400 ")


def test_workers_share_their_counts(node: int) -> None:
    address, wrong = f"http://127.0.0.1:{node}/v1/payment_links", {"Authorization": "Bearer bc_wrong"}
    with ThreadPoolExecutor(8) as clients:
        statuses = list(clients.map(lambda _: requests.get(address, headers=wrong, timeout=60).status_code, range(60)))
    assert (statuses.count(401), statuses.count(429)) == (10, 50)


def test_a_stop_does_not_wait_for_halves(tmp_path: Path) -> None:
    port = free_port()
    with a_node(port, {"DATABASE_URL": f"sqlite:///{tmp_path}/node.db", "SECRET_KEY": "k" * 32}, workers=1) as process:
        with connected(port, b"GET /healthz HT"):
            asks(port)
            began = time.monotonic()
            process.terminate()
            process.wait(60)
        assert time.monotonic() - began < 10
