"""The HTTP client of the SDK uses the proxies that the environment names, and sends no credentials except the API key."""

from pathlib import Path

import pytest

from app.gateway.network.client import NetworkClient
from app.gateway.stripe_gateway import StripeGateway
from tests.gateway.stripe_shaped import KEY, StripeShaped, a_session, answering
from tests.support.http_server import served


def ask(base: str, times: int = 1) -> None:
    gateway = StripeGateway(KEY, webhook_secret=None, api_base=base, http_client=NetworkClient(10))
    for _ in range(times):
        gateway.retrieve_checkout_session("cs_test_a1", account=None)


@pytest.fixture
def stripe(monkeypatch: pytest.MonkeyPatch) -> StripeShaped:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
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
