"""`counterfoil links check`: a table or JSON, and exit status 3 where Stripe refuses a link."""

import json
from dataclasses import replace
from typing import Any

import pytest
import stripe
from flask import Flask

from app import create_app
from app.config import read_config
from app.gateway.transport import WSGIClient
from tests.cli.commands import LINK, Run, line_of

MESSAGE = "The price specified is inactive. This field only accepts active prices."


@pytest.fixture
def made(run: Run, organization: str) -> dict[str, Any]:
    """A link of an organization."""
    assert organization
    named = {**LINK, "counterfoil": {"name": "Two lumps of wax"}}
    return dict(json.loads(run("links", "create", input=json.dumps(named)).stdout))


def price_of(link: dict[str, Any]) -> str:
    return str(link["line_items"]["data"][0]["price"]["id"])


def archive(run: Run, database: str, organization: str, price: str) -> None:
    """Archive a price in the sandbox of the database, with the official SDK."""
    key = run("keys", "create", "--organization", organization).stdout.split()[-1]
    app: Flask = create_app(
        replace(read_config({"DATABASE_URL": database, "SECRET_KEY": "k" * 32}), public_url="http://localhost")
    )
    sdk = stripe.StripeClient(key, http_client=WSGIClient(app.wsgi_app))
    sdk.v1.prices.update(price, {"active": False})


def test_links_that_can_be_sold_are_listed_with_status_0(run: Run, made: dict[str, Any]) -> None:
    checked = run("links", "check")
    assert checked.exit_code == 0
    assert checked.stdout.split("  ")[0] == made["id"]
    assert "can be sold" in checked.stdout
    assert "Two lumps of wax" in checked.stdout
    assert "1 active link, 0 refused by Stripe." in checked.stderr


def test_a_link_that_stripe_refuses_is_named_with_its_reason_and_status_3(
    run: Run, database: str, organization: str, made: dict[str, Any]
) -> None:
    archive(run, database, organization, price_of(made))
    other = json.loads(run("links", "create", input=json.dumps(LINK)).stdout)
    checked = run("links", "check")
    assert checked.exit_code == 3
    rows = {line.split("  ")[0]: line for line in checked.stdout.splitlines()}
    assert MESSAGE in rows[made["id"]]
    assert "refused" in rows[made["id"]]
    assert "can be sold" in rows[other["id"]]
    assert "2 active links, 1 refused by Stripe." in checked.stderr
    shown = run("links", "show", made["id"])
    assert "Stripe refuses this link" in shown.stdout
    assert MESSAGE in shown.stdout
    assert "Stripe refuses" not in run("links", "show", other["id"]).stdout
    states = {line.split("  ")[0]: line.split()[1] for line in run("links", "list").stdout.splitlines()}
    assert states == {made["id"]: "refused", other["id"]: "active"}
    assert run("links", "deactivate", made["id"]).exit_code == 0
    assert run("links", "check").exit_code == 0


def test_json_has_each_link_with_its_refusal(run: Run, database: str, organization: str, made: dict[str, Any]) -> None:
    archive(run, database, organization, price_of(made))
    checked = run("links", "check", "--json")
    assert checked.exit_code == 3
    (found,) = json.loads(checked.stdout)
    assert {name: found[name] for name in ("payment_link", "organization", "name", "url")} == {
        "payment_link": made["id"],
        "organization": organization,
        "name": "Two lumps of wax",
        "url": made["url"],
    }
    assert found["refusal"]["message"] == MESSAGE
    assert (found["refusal"]["param"], found["refusal"]["found_by"]) == ("line_items[0][price]", "check")
    shown = json.loads(run("links", "show", made["id"], "--json").stdout)
    assert shown["counterfoil"]["refusal"]["message"] == MESSAGE


def test_only_the_links_of_one_organization_are_checked_on_request(run: Run, made: dict[str, Any]) -> None:
    bakery = run("organizations", "create", "Bakery").stdout.strip()
    assert made["id"] in run("links", "check").stdout
    checked = run("links", "check", "--organization", bakery)
    assert (checked.exit_code, checked.stdout) == (0, "")
    assert "org_unknown" in line_of(run("links", "check", "--organization", "org_unknown"))


def test_a_stripe_that_does_not_answer_is_one_line_and_status_1(run: Run, made: dict[str, Any]) -> None:
    assert made
    away = {
        "STRIPE_SECRET_KEY": "sk_" + "test_" + "x" * 24,
        "STRIPE_API_BASE": "http://127.0.0.1:9",
        "PUBLIC_URL": "http://localhost",
    }
    assert "Stripe could not be reached" in line_of(run("links", "check", **away))
