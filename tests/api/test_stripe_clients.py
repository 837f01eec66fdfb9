"""Stripe's own clients, stripe-python and stripe-node, against a running server. Only address and key differ from Stripe."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe
from flask import Flask

from tests.api.conftest import ApiShop, a_shop, crowded
from tests.api.everything import whole_payment, whole_subscription
from tests.support.answers import assert_answered
from tests.support.build import NOW
from tests.support.clock import Clock

NODE = Path(__file__).parent / "node"
UNSET: dict[str, Any] = {
    "custom_fields": [],
    "inactive_message": None,
    "name_collection": None,
    "on_behalf_of": None,
    "optional_items": None,
    "payment_method_options": None,
    "payment_method_types": None,
    "restrictions": None,
    "shipping_address_collection": None,
    "shipping_options": [],
    "transfer_data": None,
}
"""Top-level attributes that an update can unset, and their values afterwards."""


@pytest.fixture
def merchant(app: Flask, clock: Clock) -> ApiShop:
    clock.now = NOW
    return a_shop(app, clock)


@pytest.fixture
def python(merchant: ApiShop, address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiShop]:
    """stripe-python as most programs use it: with the settings of its module."""
    client = stripe.RequestsClient()
    monkeypatch.setattr(stripe, "api_base", address)
    monkeypatch.setattr(stripe, "api_key", merchant.key)
    monkeypatch.setattr(stripe, "max_network_retries", 0)
    monkeypatch.setattr(stripe, "default_http_client", client)
    yield merchant
    client.close()


def without_items(params: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in params.items() if name != "line_items"}


@pytest.mark.parametrize("make", [whole_payment, whole_subscription])
def test_stripe_python_creates_a_link_with_every_parameter_and_retrieves_it(python: ApiShop, make: Any) -> None:
    params = make(python)
    expand = ["line_items", "line_items.data.price.product"]
    link = stripe.PaymentLink.create(**params, expand=expand)
    assert_answered(without_items(params), link.to_dict())
    assert link.line_items is not None
    item = link.line_items.data[0]
    assert item.price is not None
    assert (item.price.id, item.quantity) == (params["line_items"][0]["price"], params["line_items"][0]["quantity"])
    assert isinstance(item.price.product, stripe.Product)
    assert stripe.PaymentLink.retrieve(link.id, expand=expand).to_dict() == link.to_dict()
    assert [found.id for found in stripe.PaymentLink.list_line_items(link.id).data] == [item.id]


def test_stripe_python_changes_and_unsets(python: ApiShop) -> None:
    link = stripe.PaymentLink.create(**whole_payment(python), expand=["line_items"])
    assert link.line_items is not None
    changed = stripe.PaymentLink.modify(
        link.id,
        active=False,
        metadata={"order": "", "more": "1"},
        line_items=[{"id": link.line_items.data[0].id, "quantity": 4}],
    )
    assert (changed.active, changed.metadata.to_dict()) == (False, {"more": "1"})
    empty: dict[str, Any] = dict.fromkeys(UNSET, "")
    unset = stripe.PaymentLink.modify(link.id, **empty, custom_text={"submit": ""}).to_dict()
    assert {name: unset[name] for name in UNSET} == UNSET
    assert unset["custom_text"]["submit"] is None
    assert unset["custom_text"]["shipping_address"] is not None


def test_stripe_python_raises_its_own_exceptions(python: ApiShop) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.PaymentLink.create(line_items=[{"price": "price_none", "quantity": 1}])
    assert (refused.value.param, refused.value.code) == ("line_items[0][price]", "resource_missing")
    with pytest.raises(stripe.AuthenticationError):
        stripe.PaymentLink.list(api_key="bc_wrong")
    stripe.PaymentLink.create(line_items=[{"price": python.price(), "quantity": 1}], idempotency_key="one")
    with pytest.raises(stripe.IdempotencyError):
        stripe.PaymentLink.create(line_items=[{"price": python.price(), "quantity": 1}], idempotency_key="one")


def test_stripe_python_lists_in_both_directions(python: ApiShop) -> None:
    price = python.price()
    made = [stripe.PaymentLink.create(line_items=[{"price": price, "quantity": 1}]).id for _ in range(7)]
    assert [link.id for link in stripe.PaymentLink.list(limit=3).auto_paging_iter()] == made[::-1]
    back = stripe.PaymentLink.list(limit=3, ending_before=made[0]).auto_paging_iter()
    assert [link.id for link in back] == made[1:]


@pytest.fixture(scope="session")
def stripe_node(request: pytest.FixtureRequest) -> Path:
    """A folder with stripe-node, kept between runs. Skip the test without Node.js, or if stripe-node cannot be installed."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("stripe-node: there is no Node here")
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(told.removeprefix("v").partition(".")[0]) < 20:
        pytest.skip(f"stripe-node: Node 20 or newer is needed, and this is {told.strip()}")
    folder = Path(request.config.cache.mkdir("stripe_node"))
    wanted = json.loads((NODE / "package.json").read_text())["dependencies"]["stripe"]
    there = folder / "node_modules" / "stripe" / "package.json"
    for name in ("package.json", "package-lock.json", "client.mjs"):
        shutil.copy(NODE / name, folder / name)
    if not there.exists() or json.loads(there.read_text())["version"] != wanted:
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=180, check=False)
        if done.returncode != 0:
            pytest.skip(f"stripe-node {wanted} could not be installed: {done.stderr.strip()[-200:]}")
    return folder


@pytest.mark.external
def test_stripe_node_does_all_of_it(merchant: ApiShop, address: str, stripe_node: Path) -> None:
    payment, subscription = whole_payment(merchant), whole_subscription(merchant)
    subscription["application_fee_percent"] = 12.25
    crowded(merchant, 248)
    task = {
        "key": merchant.key,
        "port": int(address.rpartition(":")[2]),
        "payment": payment,
        "subscription": subscription,
        "price": merchant.price(),
    }
    done = subprocess.run(
        ["node", "client.mjs"],
        cwd=stripe_node,
        input=json.dumps(task),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert_answered(without_items(payment), seen["created"])
    assert_answered(without_items(subscription), seen["subscription"])
    assert seen["created"]["line_items"]["data"][0]["price"]["product"]["name"] == "Jar of honey"
    assert seen["replayed"]["id"] == seen["created"]["id"]
    assert seen["retrieved"] == seen["created"]
    assert (seen["updated"]["active"], seen["updated"]["metadata"]) == (False, {"more": "1"})
    assert seen["updated"]["line_items"]["data"][0]["quantity"] == 4
    assert {name: seen["unset"][name] for name in UNSET} == UNSET
    assert seen["items"] == [seen["created"]["line_items"]["data"][0]["id"]]
    assert len(seen["forwards"]) == len(set(seen["forwards"])) == 250
    assert seen["backwards"] == seen["forwards"][-2::-1]
    mistakes = {name: seen[name] for name in ("unknown", "broken", "missing", "mismatch", "stranger")}
    assert {name: told["type"] for name, told in mistakes.items()} == {
        "unknown": "StripeInvalidRequestError",
        "broken": "StripeInvalidRequestError",
        "missing": "StripeInvalidRequestError",
        "mismatch": "StripeIdempotencyError",
        "stranger": "StripeAuthenticationError",
    }
    assert (mistakes["unknown"]["param"], mistakes["unknown"]["code"]) == ("colour", "parameter_unknown")
    assert mistakes["broken"]["param"] == "restrictions[completed_sessions][limit]"
    assert (mistakes["missing"]["statusCode"], mistakes["missing"]["code"]) == (404, "resource_missing")
