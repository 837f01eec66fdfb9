"""A Stripe that drips, stalls or never ends: each call of the real SDK is over when its time is, and the breaker spares the next ones."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from app.errors import GatewayUnavailable
from app.gateway.network.breaker import FAILURES, FIRST_PAUSE
from app.gateway.network.call_slots import CallSlots
from app.gateway.network.client import MAXIMUM_ANSWER, NetworkClient
from app.gateway.network.deadline import one_request
from app.gateway.network.sockets import CONNECT_SECONDS, system_resolve
from app.gateway.stripe_gateway import StripeGateway
from tests.faults.dripping_stripe import ENDLESS, dripping, full, silent
from tests.gateway.stripe_shaped import KEY, a_session, answering
from tests.support.certificates import make_certificate, trusting
from tests.support.http_server import served

pytestmark = pytest.mark.faults

SECONDS = 2.0
"""The budget of a call in these tests."""

SLACK = 1.8
"""What a busy machine may add. It is less than another call takes."""


def gateway(base: str, client: NetworkClient | None = None) -> StripeGateway:
    return StripeGateway(KEY, webhook_secret=None, api_base=base, http_client=client or NetworkClient(SECONDS))


def fails(subject: StripeGateway, account: str | None = None) -> float:
    """Make a call that has no answer; how many seconds it took."""
    began = time.monotonic()
    with pytest.raises(GatewayUnavailable):
        subject.create_checkout_session({}, idempotency_key="att_1", account=account)
    return time.monotonic() - began


@pytest.mark.parametrize("part", ENDLESS)
def test_an_answer_that_drips_is_given_up_when_the_time_of_the_call_is_over(part: str) -> None:
    with dripping(ENDLESS[part]) as server:
        took = fails(gateway(f"http://127.0.0.1:{server.port}"))
        assert server.asked >= 1
    assert took < SECONDS + SLACK


def test_an_answer_that_never_ends_is_given_up_by_its_size() -> None:
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
    with dripping(b" " * 1_000_000, head=head, fast=True) as server:
        client = NetworkClient(60)
        took = fails(gateway(f"http://127.0.0.1:{server.port}", client))
        assert server.asked == 1, "an answer that is too long is not asked for again"
    assert took < 20, f"{MAXIMUM_ANSWER} bytes take no minute"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A certificate for localhost and its key."""
    return make_certificate(tmp_path_factory.mktemp("tls"), "localhost")


@pytest.mark.parametrize("part", ["headers", "body", "chunks"])
def test_an_answer_that_drips_under_tls_is_given_up_as_well(certificate: tuple[str, str], part: str) -> None:
    with trusting(certificate) as tls, dripping(ENDLESS[part], tls=tls) as server:
        took = fails(gateway(f"https://localhost:{server.port}"))
        assert server.asked >= 1, "the handshake failed"
    assert took < SECONDS + SLACK


def test_a_certificate_for_another_host_is_refused(certificate: tuple[str, str]) -> None:
    with trusting(certificate) as tls, dripping(ENDLESS["body"], tls=tls) as server:
        with pytest.raises(GatewayUnavailable, match="SSLError"):
            gateway(f"https://127.0.0.1:{server.port}").retrieve_price("price_1", account=None)
        assert server.asked == 0


@contextmanager
def a_dripping_handshake() -> Iterator[int]:
    with dripping(b"\x16\x03\x03\x40\x00" + b"\x02" * 60_000) as server:
        yield server.port


@pytest.mark.parametrize(
    "nobody",
    [
        pytest.param(silent, id="silence"),
        pytest.param(a_dripping_handshake, id="a handshake that drips"),
    ],
)
def test_a_tls_handshake_that_does_not_end_is_given_up(nobody: Callable[[], AbstractContextManager[int]]) -> None:
    with nobody() as port:
        took = fails(gateway(f"https://localhost:{port}"))
    assert took < SECONDS + SLACK


def test_a_connection_that_nobody_takes_is_given_up() -> None:
    with full() as port:
        took = fails(gateway(f"http://127.0.0.1:{port}"))
    assert took < SECONDS + SLACK


def test_a_name_that_is_not_resolved_in_time_is_given_up() -> None:
    ends = threading.Event()

    def slow(host: str, port: int) -> list[Any]:
        ends.wait(30)
        return system_resolve(host, port)

    began = time.monotonic()
    took = fails(gateway("http://localhost:9", NetworkClient(SECONDS, resolve=slow)))
    ends.set()
    assert took < SECONDS + SLACK
    assert time.monotonic() - began < CONNECT_SECONDS + SLACK


def test_several_calls_of_one_request_share_the_time_of_one() -> None:
    with dripping(ENDLESS["body"]) as server, one_request(SECONDS):
        subject = gateway(f"http://127.0.0.1:{server.port}")
        began = time.monotonic()
        fails(subject)
        assert fails(subject) < 1, "the second call took time that the request no longer had"
        assert time.monotonic() - began < SECONDS + SLACK


def test_after_some_calls_without_an_answer_the_next_ones_are_refused_at_once_and_one_tries_again_later() -> None:
    now = 0.0
    client = NetworkClient(0.5, clock=lambda: now)
    server = answering(a_session())
    with served(server) as address:
        with silent() as port:
            subject = gateway(f"http://127.0.0.1:{port}", client)
            for _ in range(FAILURES):
                fails(subject)
            assert fails(subject) < 0.1
            assert fails(subject, "acct_other") > 0.1, "another account was not asked for"
        healthy = gateway(address, client)
        assert fails(healthy) < 0.1
        assert not server.requests
        now += FIRST_PAUSE
        healthy.retrieve_checkout_session("cs_1", account=None)
        healthy.retrieve_checkout_session("cs_1", account=None)
    assert len(server.requests) == 2


def test_while_slow_calls_hold_every_place_the_next_is_refused_at_once_and_does_not_count_as_a_failure() -> None:
    client = NetworkClient(SECONDS, slots=CallSlots(2, wait_seconds=0.2))
    server = answering(a_session())
    with served(server) as address, dripping(ENDLESS["body"]) as slow:
        subject = gateway(f"http://127.0.0.1:{slow.port}", client)
        threads = [threading.Thread(target=fails, args=(subject,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        for _ in range(FAILURES):
            assert fails(gateway(address, client)) < 0.1
        for thread in threads:
            thread.join(30)
        gateway(address, client).retrieve_checkout_session("cs_1", account=None)
    assert len(server.requests) == 1
