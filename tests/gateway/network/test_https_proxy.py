"""Stripe is asked over HTTPS, so a proxy opens a tunnel: it gets its own password, and never the API key."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.errors import GatewayUnavailable
from app.gateway.network.client import NetworkClient
from app.gateway.stripe_gateway import StripeGateway
from tests.gateway.network.tunnel_proxy import TunnelProxy, tunnelling
from tests.gateway.stripe_shaped import KEY, StripeShaped, a_session, answering
from tests.support.certificates import make_certificate, server_context, trusting
from tests.support.http_server import served

HOST = "stripe.example"
"""A host that no resolver knows, so that only the proxy can reach it."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    return make_certificate(tmp_path_factory.mktemp("tls"), HOST)


@contextmanager
def behind_a_proxy(
    certificate: tuple[str, str], environment: pytest.MonkeyPatch
) -> Iterator[tuple[StripeGateway, TunnelProxy, StripeShaped]]:
    """Serve Stripe with this certificate behind a proxy that the environment names."""
    stripe = answering(a_session())
    client = NetworkClient(10)
    with served(stripe, tls=server_context(certificate)) as base, tunnelling(urlsplit(base).port or 0) as proxy:
        environment.setenv("HTTPS_PROXY", f"http://ada:p%40ss@127.0.0.1:{proxy.port}")
        try:
            gateway = StripeGateway(KEY, webhook_secret=None, api_base=f"https://{HOST}", http_client=client)
            yield gateway, proxy, stripe
        finally:
            client.close()


def refused() -> AbstractContextManager[object]:
    return pytest.raises(GatewayUnavailable, match="SSLError")


def test_a_call_goes_through_the_tunnel_of_a_proxy_that_reads_its_own_password_and_no_api_key(
    certificate: tuple[str, str], environment: pytest.MonkeyPatch
) -> None:
    with behind_a_proxy(certificate, environment) as (gateway, proxy, stripe), trusting(certificate):
        gateway.retrieve_checkout_session("cs_test_a1", account=None)
    (asked,) = proxy.asked
    assert asked.startswith(f"CONNECT {HOST}:443 HTTP/1.")
    assert f"proxy-authorization: Basic {b64encode(b'ada:p@ss').decode()}" in asked.splitlines()
    assert stripe.only.headers["authorization"] == f"Bearer {KEY}"
    assert "proxy-authorization" not in stripe.only.headers
    assert KEY.encode() not in proxy.sent


def test_a_certificate_that_is_not_trusted_is_refused_behind_a_proxy_before_the_api_key_is_sent(
    certificate: tuple[str, str], environment: pytest.MonkeyPatch
) -> None:
    with behind_a_proxy(certificate, environment) as (gateway, proxy, stripe), refused():
        gateway.retrieve_checkout_session("cs_test_a1", account=None)
    assert len(proxy.asked) == 1, "the call was made again"
    assert not stripe.requests
    assert KEY.encode() not in proxy.sent


def test_a_trusted_certificate_for_another_host_is_refused_behind_a_proxy(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = make_certificate(tmp_path, "other.example")
    with behind_a_proxy(other, environment) as (gateway, _, stripe), trusting(other), refused():
        gateway.retrieve_checkout_session("cs_test_a1", account=None)
    assert not stripe.requests
