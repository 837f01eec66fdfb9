"""Importing links from a Stripe account: the official SDK against a server that answers like Stripe."""

import json
from collections.abc import Iterable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from click.testing import CliRunner

from app import create_app
from app.cli.main import main
from app.config import read_config
from app.errors import GatewayRefused, InvalidRequest
from app.gateway.stripe_gateway import StripeGateway
from app.gateway.transport import WSGIClient
from app.objects.payment_link import PaymentLink
from app.services.links.answer import LinkSettings
from app.services.links.importing import import_links
from app.store import Store, open_store
from tests.gateway.stripe_shaped import KEY, an_error
from tests.support.build import NOW, an_organization
from tests.support.http_server import served

SETTINGS = LinkSettings(public_url="https://pay.example.com", custom_fields_max=3)
EXAMPLE = json.loads((Path(__file__).parents[2] / "data" / "payment_link_example.json").read_text(encoding="utf-8"))


def a_price(id: str, unit_amount: int, name: str) -> dict[str, Any]:
    return {
        "id": id,
        "object": "price",
        "active": True,
        "billing_scheme": "per_unit",
        "currency": "usd",
        "product": {"id": f"prod_{name.lower()}", "object": "product", "active": True, "name": name, "images": []},
        "type": "one_time",
        "unit_amount": unit_amount,
        "unit_amount_decimal": str(unit_amount),
        "a_name_of_next_year": {"that": "we do not know"},
    }


class Account:
    """A server with the Payment Links of one Stripe account and the routes that an import needs. Its lists have pages of one object."""

    def __init__(self, *links: dict[str, Any]) -> None:
        self.links = list(links)
        self.prices = {"price_spoon": a_price("price_spoon", 400, "Spoon")}
        self.asked: list[tuple[str, str, str | None]] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        self.asked.append((method, path, environ.get("HTTP_STRIPE_ACCOUNT")))
        status, answer = self._answer(path, parse_qs(environ["QUERY_STRING"]))
        start_response(f"{status} Status", [("Content-Type", "application/json")])
        return [json.dumps(answer).encode()]

    def _answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        parts = path.removeprefix("/v1/").split("/")
        if parts == ["payment_links"]:
            ids = [link["id"] for link in self.links]
            start = ids.index(query["starting_after"][0]) + 1 if "starting_after" in query else 0
            return 200, a_list(self.links[start : start + 1], has_more=start + 1 < len(ids))
        if parts[0] == "payment_links" and parts[2:] == ["line_items"]:
            item = {"id": f"li_{parts[1]}", "object": "item", "currency": "usd", "description": "Jar", "quantity": 2}
            return 200, a_list([{**item, "amount_total": 2500, "price": a_price("price_jar", 1250, "Jar")}])
        if parts[0] == "prices" and parts[1] in self.prices:
            return 200, self.prices[parts[1]]
        return 404, an_error(code="resource_missing")


def a_list(data: list[dict[str, Any]], *, has_more: bool = False) -> dict[str, Any]:
    return {"object": "list", "url": "/v1/things", "has_more": has_more, "data": data}


def a_link(id: str, **changes: Any) -> dict[str, Any]:
    return {**deepcopy(EXAMPLE), "id": id, **changes}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/counterfoil.db")
    store.migrate(NOW)
    store.add_organization(an_organization(stripe_account="acct_1"))
    yield store
    store.close()


def run_import(store: Store, account: Account) -> list[PaymentLink]:
    gateway = StripeGateway(KEY, webhook_secret=None, http_client=WSGIClient(account), max_network_retries=0)
    organization = store.organizations()[0]
    return import_links(store, gateway, organization, NOW, settings=SETTINGS)


def test_every_link_of_the_account_is_imported_with_its_items(store: Store) -> None:
    shipping = {
        "shipping_amount": 490,
        "shipping_rate": {
            "id": "shr_1",
            "object": "shipping_rate",
            "active": True,
            "display_name": "Parcel",
            "fixed_amount": {"amount": 490, "currency": "usd"},
            "type": "fixed_amount",
        },
    }
    spoon = {"price": "price_spoon", "quantity": 1, "adjustable_quantity": None}
    account = Account(
        a_link("plink_new", metadata={"order": "7"}, optional_items=[spoon], shipping_options=[shipping]),
        a_link("plink_old", active=False, inactive_message="Sold"),
    )
    assert [link.id for link in run_import(store, account)] == ["plink_new", "plink_old"]
    kept = store.link("plink_new")
    assert kept is not None
    assert kept.line_items is not None
    (item,) = kept.line_items.data
    assert (item.quantity, item.price.unit_amount if item.price else None) == (2, 1250)
    assert kept.optional_items is not None
    assert kept.optional_items[0].price.product.name == "Spoon"  # type: ignore[union-attr]  # the whole objects
    assert kept.shipping_options[0].shipping_rate.display_name == "Parcel"  # type: ignore[union-attr]
    assert kept.metadata == {"order": "7"}
    old = store.link("plink_old")
    assert old is not None
    assert (old.active, old.inactive_message) == (False, "Sold")


def test_an_imported_link_belongs_to_the_merchant_and_has_an_address_here(store: Store) -> None:
    (link,) = run_import(store, Account(a_link("plink_new")))
    assert link.counterfoil.organization == store.organizations()[0].id
    assert link.url == f"https://pay.example.com/pay/{link.counterfoil.code}"
    assert link.counterfoil.embed_url == f"{link.url}/embed"
    assert store.link_by_code(link.counterfoil.code) == store.link("plink_new")
    events, _ = store.events(link.counterfoil.organization, type="payment_link.created")
    assert [event.data.object["id"] for event in events] == ["plink_new"]


def test_an_import_only_reads_the_organizations_account(store: Store) -> None:
    account = Account(a_link("plink_new"))
    run_import(store, account)
    assert {(method, connected) for method, _, connected in account.asked} == {("GET", "acct_1")}


def test_another_import_adds_only_new_links(store: Store) -> None:
    account = Account(a_link("plink_old", metadata={"seen": "first"}))
    run_import(store, account)
    account.links = [a_link("plink_new"), a_link("plink_old", metadata={"seen": "second"})]
    assert [link.id for link in run_import(store, account)] == ["plink_new"]
    old = store.link("plink_old")
    assert old is not None
    assert old.metadata == {"seen": "first"}
    assert run_import(store, account) == []


@pytest.mark.parametrize(
    ("limit", "count", "left", "active"),
    [pytest.param(10, 4, 6, True, id="some left"), pytest.param(10, 10, 0, False, id="none left")],
)
def test_a_limit_is_imported_as_the_number_of_sessions_left(
    store: Store, limit: int, count: int, left: int, active: bool
) -> None:
    restrictions = {"completed_sessions": {"limit": limit, "count": count}}
    (link,) = run_import(store, Account(a_link("plink_new", restrictions=restrictions)))
    assert link.restrictions is not None
    assert (link.restrictions.completed_sessions.limit, link.restrictions.completed_sessions.count) == (left, 0)
    assert link.active is active


def test_an_imported_link_keeps_attributes_that_we_would_refuse(store: Store) -> None:
    label = "How shall we write your name on the label of the jar, please?"
    field = {"key": "name", "label": {"type": "custom", "custom": label}, "optional": False, "type": "text", "text": {}}
    (link,) = run_import(store, Account(a_link("plink_new", custom_fields=[field])))
    assert len(label) > 50
    assert link.custom_fields[0].label.custom == label


def test_an_unreadable_link_is_reported_with_its_parameter(store: Store) -> None:
    with pytest.raises(InvalidRequest, match="plink_odd") as refused:
        run_import(store, Account(a_link("plink_new"), a_link("plink_odd", currency=5)))
    assert refused.value.param == "currency"


def test_a_refusal_of_stripe_is_raised_and_no_partial_link_is_stored(store: Store) -> None:
    lost = {"price": "price_lost", "quantity": 1}
    with pytest.raises(GatewayRefused):
        run_import(store, Account(a_link("plink_new", optional_items=[lost])))
    assert store.link("plink_new") is None


def test_the_command_imports_links_and_their_pages_open(store: Store, tmp_path: Path) -> None:
    with served(Account(a_link("plink_new"))) as stripe:
        environment = {
            "DATABASE_URL": f"sqlite:///{tmp_path}/counterfoil.db",
            "PUBLIC_URL": "https://pay.example.com",
            "SECRET_KEY": "k" * 32,
            "STRIPE_API_BASE": stripe,
            "STRIPE_SECRET_KEY": KEY,
        }
        first = CliRunner().invoke(main, ["links", "import"], env=environment)
        again = CliRunner().invoke(main, ["links", "import"], env=environment)
    link = store.link("plink_new")
    assert link is not None
    assert first.stdout == f"plink_new  {link.url}\n"
    assert again.stdout == ""
    assert again.stderr.endswith("Nothing new.\n")
    page = create_app(read_config(environment)).test_client().get(f"/pay/{link.counterfoil.code}")
    assert page.status_code == 200
    assert "$25.00" in page.text
