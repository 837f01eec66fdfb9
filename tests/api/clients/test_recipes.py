"""Every recipe of docs/clients.md, run as it stands there against a running server."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from tests.api.clients.environments import NotToBeHad, node_with
from tests.api.conftest import ApiShop

TEXT: Final = (Path(__file__).parents[3] / "docs" / "clients.md").read_text(encoding="utf-8")
SECONDS: Final = 60

pytestmark = pytest.mark.external


def code_of(heading: str, language: str) -> str:
    """Return the code of a recipe: the block in this language below the heading."""
    (section,) = re.findall(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", TEXT, re.M | re.S)
    (code,) = re.findall(rf"^```{language}\n(.*?)^```$", section, re.M | re.S)
    return str(code)


@pytest.fixture
def environment(shop: ApiShop, address: str) -> dict[str, str]:
    return {**os.environ, "COUNTERFOIL_URL": address, "COUNTERFOIL_KEY": shop.key}


@pytest.fixture
def cache(pytestconfig: pytest.Config) -> Path:
    assert pytestconfig.cache is not None
    return Path(pytestconfig.cache.mkdir("clients"))


def run(command: list[str], environment: Mapping[str, str], folder: Path) -> str:
    """Run a program and return what it prints."""
    done = subprocess.run(
        command, env=dict(environment), cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def node(cache: Path, folder: str, package: str) -> str:
    """Return the path of Node.js with a package. Skip the test if it cannot be installed."""
    try:
        return node_with(cache / folder, package)
    except NotToBeHad as reason:
        pytest.skip(f"{package} cannot be had here: {reason}")


def links_of(shop: ApiShop) -> list[Any]:
    """Return the shop's links, newest first, with their line items."""
    found = shop.sdk.v1.payment_links.list({"expand": ["data.line_items.data.price.product"]})
    return [link.to_dict() for link in found.data]


def assert_jar_of_honey(shop: ApiShop, url: str) -> None:
    """Fail unless the shop's only link sells a jar of honey at this address, and has the order's number."""
    (link,) = links_of(shop)
    (item,) = link["line_items"]["data"]
    assert link["url"] == url
    assert link["metadata"] == {"order": "1042"}
    assert (item["quantity"], item["amount_total"], item["price"]["product"]["name"]) == (1, 1250, "Jar of honey")


def test_python(shop: ApiShop, environment: dict[str, str], tmp_path: Path) -> None:
    url, payments = run([sys.executable, "-c", code_of("Python", "python")], environment, tmp_path).splitlines()
    assert_jar_of_honey(shop, url)
    assert payments == "0 payments"


def test_node(shop: ApiShop, environment: dict[str, str], cache: Path) -> None:
    program = node(cache, "stripe-node-23.1.0", "stripe@23.1.0")
    folder = cache / "stripe-node-23.1.0"
    (folder / "recipe.mjs").write_text(code_of("Node.js", "js"))
    url, payments = run([program, "recipe.mjs"], environment, folder).splitlines()
    assert_jar_of_honey(shop, url)
    assert payments == "0 payments"


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
def test_curl(shop: ApiShop, environment: dict[str, str], tmp_path: Path) -> None:
    code = code_of("curl, and PHP without an SDK", "sh")
    first, again = (json.loads(run(["sh", "-c", code], environment, tmp_path)) for _ in range(2))
    assert again == first, "the idempotency key"
    assert_jar_of_honey(shop, first["url"])


def test_a_spreadsheet(shop: ApiShop, environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "links.csv").write_text(code_of("A spreadsheet", "csv"))
    program = [sys.executable, "-c", code_of("A spreadsheet", "python")]
    run(program, environment, tmp_path)
    run(program, environment, tmp_path)
    with (tmp_path / "links-with-addresses.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    links = links_of(shop)[::-1]
    assert len(links) == 2, "the second run made none"
    assert [row["url"] for row in rows] == [link["url"] for link in links]
    assert [link["counterfoil"]["reference"] for link in links] == ["2026-104", "2026-105"]
    assert [link["line_items"]["data"][0]["amount_total"] for link in links] == [1250, 3400]


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
def test_bigcapital(shop: ApiShop, environment: dict[str, str], tmp_path: Path) -> None:
    link = shop.link()
    answer = json.loads(run(["sh", "-c", code_of("Bigcapital", "sh")], {**environment, "LINK": link.id}, tmp_path))
    session = shop.sdk.v1.checkout.sessions.retrieve(answer["session_id"])
    assert answer["url"] == answer["redirect_to"] == session.url
    assert (session.payment_link, session.client_reference_id) == (link.id, "invoice-1042")


class Agent:
    """A program that speaks with an MCP server over its standard input and output."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._number = 0
        about = {"protocolVersion": "2025-03-26", "capabilities": {}, "clientInfo": {"name": "agent", "version": "1"}}
        self.ask("initialize", about)
        self._send({"method": "notifications/initialized"})

    def call(self, tool: str, **arguments: Any) -> Any:
        """Call a tool and return its answer."""
        (content,) = self.ask("tools/call", {"name": tool, "arguments": arguments})["content"]
        return json.loads(content["text"])

    def ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        assert self._process.stdout is not None
        for line in self._process.stdout:
            answer: dict[str, Any] = json.loads(line)
            if answer.get("id") == self._number:
                return dict(answer["result"])
        raise AssertionError("the server ended")

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        self._process.stdin.flush()


def test_an_agent_with_stripes_mcp_server(shop: ApiShop, address: str, cache: Path, tmp_path: Path) -> None:
    server = json.loads(code_of("Agents: Stripe's MCP server", "json"))["mcpServers"]["counterfoil"]
    _, package, tools = server["args"]
    program = node(cache, "stripe-mcp", package)
    preload = tmp_path / "counterfoil.cjs"
    preload.write_text(code_of("Agents: Stripe's MCP server", "js"))
    assert set(server["env"]) == {"COUNTERFOIL_URL", "NODE_OPTIONS", "STRIPE_SECRET_KEY"}
    environment = {
        **os.environ,
        "COUNTERFOIL_URL": address,
        "NODE_OPTIONS": f"--require={preload}",
        "STRIPE_SECRET_KEY": f"sk_test_{shop.key}",
    }
    command = [program, str(cache / "stripe-mcp" / "node_modules" / "@stripe" / "mcp" / "dist" / "index.js"), tools]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            agent = Agent(process)
            product = agent.call("create_product", name="Jar of honey")
            price = agent.call("create_price", product=product["id"], unit_amount=1250, currency="eur")
            link = agent.call("create_payment_link", price=price["id"], quantity=1)
        finally:
            process.kill()
    (found,) = links_of(shop)
    assert (found["id"], found["url"]) == (link["id"], link["url"])
    assert found["line_items"]["data"][0]["amount_total"] == 1250


def test_every_recipe_has_a_test() -> None:
    headings = re.findall(r"^## (.*)$", TEXT, re.M)
    own = Path(__file__).read_text(encoding="utf-8")
    assert headings
    assert [heading for heading in headings if f'code_of("{heading}"' not in own] == []
