"""The transports of the SDK: a WSGI application in this process, and a real socket."""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import stripe

from app.errors import GatewayUnavailable
from app.gateway.stripe_gateway import StripeGateway
from app.gateway.transport import WSGIClient
from app.objects.api_version import API_VERSION
from tests.gateway.stripe_shaped import KEY, a_session, an_error, answering
from tests.support.http_server import served

SOCKET_TIMEOUT = 20
"""How many seconds a socket of a test may wait."""


def test_the_application_gets_the_environment_of_a_server() -> None:
    seen: dict[str, Any] = {}

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.update(environ, body=environ["wsgi.input"].read())
        start_response("201 Created", [("Request-Id", "req_1")])
        return [b"{", b"}"]

    client = WSGIClient(application)
    body, status, headers = client.request(
        "post", "http://127.0.0.1:8000/v1/a%2Fb%C3%A9?x=1", {"Content-Type": "text/plain", "X-One": "1"}, "é"
    )
    assert (body, status, headers["request-id"]) == ("{}", 201, "req_1")
    assert seen["REQUEST_METHOD"] == "POST"
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/v1/a/bé"
    assert (seen["QUERY_STRING"], seen["SERVER_NAME"], seen["SERVER_PORT"]) == ("x=1", "127.0.0.1", "8000")
    assert (seen["CONTENT_TYPE"], seen["CONTENT_LENGTH"], seen["body"]) == ("text/plain", "2", "é".encode())
    assert (seen["HTTP_X_ONE"], seen["REMOTE_ADDR"], seen["wsgi.url_scheme"]) == ("1", "127.0.0.1", "http")
    client.close()


def test_the_body_of_the_answer_is_closed_and_can_be_read_as_a_file() -> None:
    server = answering({"a": 1})
    stream, status, _ = WSGIClient(server).request_stream("get", "https://api.stripe.com/v1/x", None)
    assert (stream.read(), status) == (b'{"a": 1}', 200)
    assert [body.closed for body in server.bodies] == [True]


def test_an_application_may_write_its_body() -> None:
    def application(_environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [])(b"written ")
        return [b"and returned"]

    assert WSGIClient(application).request("get", "https://api.stripe.com/v1/x", {})[0] == "written and returned"


def test_an_exception_of_the_application_is_raised() -> None:
    def application(_environ: dict[str, Any], _start_response: Any) -> list[bytes]:
        raise LookupError("a bug of ours")

    with pytest.raises(LookupError):
        WSGIClient(application).request("get", "https://api.stripe.com/v1/x", {})


def test_requests_come_from_this_machine() -> None:
    server = answering(a_session())
    client = stripe.StripeClient(KEY, http_client=WSGIClient(server))
    client.v1.checkout.sessions.retrieve("cs_1")
    assert server.only.remote_addr == "127.0.0.1"


def whole_request(visitor: socket.socket) -> bytes:
    """Read one complete request: headers and body arrive in pieces."""
    heard = b""
    while b"\r\n\r\n" not in heard:
        heard += received(visitor)
    head, _, body = heard.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += received(visitor)
    return head + b"\r\n\r\n" + body


def received(visitor: socket.socket) -> bytes:
    if not (piece := visitor.recv(65536)):
        raise ConnectionError("the visitor went away in the middle of a request")
    return piece


@contextmanager
def broken(*, resets: int, then: str = "") -> Iterator[tuple[str, list[bytes]]]:
    """Run a server that reads requests and resets the first connections. Later ones reach `then`, or get no answer."""
    heard: list[bytes] = []
    held: list[socket.socket] = []
    door = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                visitor, _ = door.accept()
            except OSError:
                return
            visitor.settimeout(SOCKET_TIMEOUT)
            heard.append(whole_request(visitor))
            if len(heard) <= resets:
                visitor.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                visitor.close()
            elif then:
                host, port = then.removeprefix("http://").split(":")
                with visitor, socket.create_connection((host, int(port)), timeout=SOCKET_TIMEOUT) as beyond:
                    beyond.sendall(heard[-1])
                    while chunk := beyond.recv(65536):
                        visitor.sendall(chunk)
            else:
                held.append(visitor)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{door.getsockname()[1]}", heard
    finally:
        door.shutdown(socket.SHUT_RDWR)
        door.close()
        thread.join()
        for visitor in held:
            visitor.close()


def over_network(api_base: str, **settings: Any) -> StripeGateway:
    return StripeGateway(KEY, webhook_secret=None, api_base=api_base, **settings)


def test_a_post_over_the_network_has_key_version_and_idempotency_key() -> None:
    server = answering(a_session())
    with served(server) as address:
        session = over_network(address + "/").create_checkout_session(
            {"mode": "payment", "success_url": "https://a.example/?session_id={CHECKOUT_SESSION_ID}"},
            idempotency_key="att_1",
            account=None,
        )
    request = server.only
    assert session.id == "cs_test_a1"
    assert (request.method, request.path) == ("POST", "/v1/checkout/sessions")
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["stripe-version"] == API_VERSION
    assert request.headers["idempotency-key"] == "att_1"
    assert dict(request.pairs)["success_url"] == "https://a.example/?session_id={CHECKOUT_SESSION_ID}"


@pytest.mark.faults
def test_after_a_reset_the_same_post_is_sent_again_with_the_same_key() -> None:
    server = answering(a_session())
    with served(server) as address, broken(resets=1, then=address) as (door, heard):
        session = over_network(door).create_checkout_session({"mode": "payment"}, idempotency_key="att_1", account=None)
    assert session.id == "cs_test_a1"
    assert len(heard) == 2
    assert all(b"Idempotency-Key: att_1\r\n" in request for request in heard)
    assert heard[0].split(b"\r\n\r\n")[1] == heard[1].split(b"\r\n\r\n")[1]


@pytest.mark.faults
def test_a_silent_stripe_is_asked_twice_and_given_up_within_the_timeout() -> None:
    with broken(resets=0) as (door, heard):
        begun = time.monotonic()
        with pytest.raises(GatewayUnavailable):
            over_network(door, timeout=2).create_checkout_session({}, idempotency_key="att_1", account=None)
        took = time.monotonic() - begun
    assert len(heard) >= 2
    assert took < 5, "the time is for the call with all its retries"


def test_the_timeout_is_for_one_call_and_not_for_the_gateway() -> None:
    server = answering(a_session())
    with served(server) as address:
        subject = over_network(address, timeout=1.5)
        subject.retrieve_checkout_session("cs_1", account=None)
        time.sleep(1.6)
        subject.retrieve_checkout_session("cs_1", account=None)
    assert len(server.requests) == 2


@pytest.mark.faults
def test_a_server_that_keeps_failing_is_given_up() -> None:
    server = answering(an_error("api_error"), 500)
    with served(server) as address, pytest.raises(GatewayUnavailable):
        over_network(address, max_network_retries=1).retrieve_price("price_1", account=None)
    assert len(server.requests) == 2


@pytest.mark.faults
def test_a_closed_port_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        address = f"http://127.0.0.1:{door.getsockname()[1]}"
    with pytest.raises(GatewayUnavailable, match="ConnectionError"):
        over_network(address, max_network_retries=0).retrieve_price("price_1", account=None)
