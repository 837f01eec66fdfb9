"""The HTTP client of the SDK uses the proxies that the environment names, and sends no credentials except the API key.

It keeps its connection, reads compressed answers, follows no redirect, and does not repeat a call whose answer broke off.
"""

import gzip
import json
import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.errors import GatewayUnavailable
from app.gateway.network.client import NetworkClient
from app.gateway.stripe_gateway import StripeGateway
from tests.gateway.stripe_shaped import KEY, StripeShaped, a_session, answering
from tests.support.http_server import served


def ask(base: str, times: int = 1) -> None:
    gateway = StripeGateway(KEY, webhook_secret=None, api_base=base, http_client=NetworkClient(10))
    for _ in range(times):
        gateway.retrieve_checkout_session("cs_test_a1", account=None)


@pytest.fixture
def stripe(environment: pytest.MonkeyPatch) -> StripeShaped:
    return answering(a_session())


def test_each_call_goes_through_the_proxy_of_the_environment(
    stripe: StripeShaped, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(stripe) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy)
        ask("http://stripe.example", times=2)
    assert [request.headers["host"] for request in stripe.requests] == ["stripe.example"] * 2


def test_a_server_without_a_proxy_is_called_itself(stripe: StripeShaped, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(stripe) as base:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        ask(base)
    assert len(stripe.requests) == 1


def test_a_netrc_file_does_not_replace_the_api_key(
    stripe: StripeShaped, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "netrc"
    file.write_text("machine 127.0.0.1 login somebody password secret\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(file))
    with served(stripe) as base:
        ask(base)
    assert stripe.only.headers["authorization"] == f"Bearer {KEY}"


def test_a_proxy_gets_the_name_and_password_of_its_address(
    stripe: StripeShaped, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(stripe) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.replace("//", "//ada:p%40ss@"))
        ask("http://stripe.example")
    assert stripe.only.headers["proxy-authorization"] == f"Basic {b64encode(b'ada:p@ss').decode()}"


def test_a_proxy_without_a_scheme_is_asked_over_http(stripe: StripeShaped, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(stripe) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.removeprefix("http://"))
        ask("http://stripe.example")
    assert stripe.only.headers["host"] == "stripe.example"


def test_a_proxy_of_a_scheme_that_we_do_not_know_is_an_unavailable_stripe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "socks5://127.0.0.1:9")
    with pytest.raises(GatewayUnavailable):
        ask("http://stripe.example")


def test_a_compressed_answer_is_read() -> None:
    answer = answering(a_session())
    [(status, session, headers)] = answer.answers
    answer.answers = [(status, gzip.compress(json.dumps(session).encode()), headers | {"Content-Encoding": "gzip"})]
    with served(answer) as base:
        ask(base)
    assert "gzip" in answer.only.headers["accept-encoding"]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(stripe: StripeShaped, status: int) -> None:
    with served(stripe) as other:
        first = answering({}, status, Location=f"{other}/v1/checkout/sessions/cs_test_a1")
        with served(first) as base, pytest.raises(GatewayUnavailable):
            ask(base)
    assert len(first.requests) == 1
    assert not stripe.requests, "the other server was asked"


@contextmanager
def connections(*answers: bytes) -> Iterator[tuple[str, list[int]]]:
    """Serve on loopback. Each request of a connection gets the next answer; after the last one the connection ends.

    Yield the address, and how many requests each connection has sent.
    """
    asked: list[int] = []

    def serve(server: socket.socket) -> None:
        while True:
            try:
                visitor, _ = server.accept()
            except OSError:
                return
            asked.append(0)
            with visitor:
                for answer in answers:
                    if not visitor.recv(65536):
                        break
                    asked[-1] += 1
                    visitor.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}", asked
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def test_the_head_and_the_body_of_a_request_are_sent_together(environment: pytest.MonkeyPatch) -> None:
    """Sent apart, the first answer would answer the head, and the body would be read as a second request."""
    session = json.dumps(a_session()).encode()
    with connections(an_answer(session, len(session)), b"the body came late") as (base, asked):
        client = NetworkClient(10)
        gateway = StripeGateway(KEY, webhook_secret=None, api_base=base, http_client=client)
        gateway.create_checkout_session({"mode": "payment"}, idempotency_key="att_1", account=None)
        client.close()
    assert asked == [1]


def an_answer(body: bytes, length: int) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    return head.encode() + body


def test_calls_one_after_the_other_use_one_connection() -> None:
    body = json.dumps(a_session()).encode()
    with connections(*[an_answer(body, len(body))] * 3) as (base, asked):
        ask(base, times=3)
    assert asked == [3]


def test_a_call_whose_answer_broke_off_is_not_repeated() -> None:
    with connections(an_answer(b"{", 20)) as (base, asked), pytest.raises(GatewayUnavailable, match="AnswerBroken"):
        ask(base)
    assert asked == [1]


def test_a_call_whose_connection_ended_without_an_answer_is_repeated() -> None:
    with connections(b"") as (base, asked), pytest.raises(GatewayUnavailable, match="ProtocolError"):
        ask(base)
    assert asked == [1, 1, 1]
