"""Importing links from a Stripe account: the official SDK against a server that answers like Stripe."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from app import create_app
from app.cli.main import main
from app.config import read_config
from app.store import Store
from tests.gateway.stripe_shaped import KEY
from tests.services.links.importing.runs import an_account, outcomes_of, run_import
from tests.support.http_server import served
from tests.support.stripe_account import a_link


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
    account = an_account(
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
    (link,) = run_import(store, an_account(a_link("plink_new")))
    assert link.counterfoil.organization == store.organizations()[0].id
    assert link.url == f"https://pay.example.com/pay/{link.counterfoil.code}"
    assert link.counterfoil.embed_url == f"{link.url}/embed"
    assert store.link_by_code(link.counterfoil.code) == store.link("plink_new")
    events, _ = store.events(link.counterfoil.organization, type="payment_link.created")
    assert [event.data.object["id"] for event in events] == ["plink_new"]


def test_an_import_only_reads_the_organizations_account(store: Store) -> None:
    account = an_account(a_link("plink_new"))
    run_import(store, account)
    assert {(method, connected) for method, _, connected in account.asked} == {("GET", "acct_1")}


def test_another_import_adds_only_new_links(store: Store) -> None:
    account = an_account(a_link("plink_old", metadata={"seen": "first"}))
    run_import(store, account)
    account = an_account(a_link("plink_new"), a_link("plink_old", metadata={"seen": "second"}))
    assert [link.id for link in run_import(store, account)] == ["plink_new"]
    old = store.link("plink_old")
    assert old is not None
    assert old.metadata == {"seen": "first"}
    assert run_import(store, account) == []


@pytest.mark.parametrize(("count", "left"), [pytest.param(3, 2, id="some left"), pytest.param(5, 0, id="none left")])
def test_completed_sessions_of_stripe_count_here(store: Store, count: int, left: int) -> None:
    restrictions = {"completed_sessions": {"limit": 5, "count": count}}
    run_import(store, an_account(a_link("plink_new", restrictions=restrictions)))
    link = store.link("plink_new")
    assert link is not None
    assert link.restrictions is not None
    assert (link.restrictions.completed_sessions.limit, link.restrictions.completed_sessions.count) == (5, count)
    assert store.places_left("plink_new") == left
    assert link.active, "as at Stripe, which says itself that the limit is reached"


def test_an_imported_link_keeps_attributes_that_we_would_refuse(store: Store) -> None:
    label = "How shall we write your name on the label of the jar, please?"
    field = {"key": "name", "label": {"type": "custom", "custom": label}, "optional": False, "type": "text", "text": {}}
    (link,) = run_import(store, an_account(a_link("plink_new", custom_fields=[field])))
    assert len(label) > 50
    assert link.custom_fields[0].label.custom == label


def test_an_unreadable_link_is_reported_with_its_parameter_and_the_others_are_imported(store: Store) -> None:
    account = an_account(a_link("plink_new"), a_link("plink_odd", currency=5), a_link("plink_old"))
    found = outcomes_of(store, account)
    assert [(outcome.id, outcome.kind) for outcome in found] == [
        ("plink_new", "imported"),
        ("plink_odd", "skipped"),
        ("plink_old", "imported"),
    ]
    assert found[1].param == "currency"
    assert "must be text" in (found[1].reason or "")


def test_a_refusal_of_stripe_skips_one_link_and_no_partial_link_is_stored(store: Store) -> None:
    lost = {"price": "price_lost", "quantity": 1}
    odd, other = outcomes_of(store, an_account(a_link("plink_new", optional_items=[lost]), a_link("plink_old")))
    assert (odd.kind, odd.param) == ("skipped", "optional_items[0][price]")
    assert store.link("plink_new") is None
    assert other.kind == "imported"


def test_the_command_imports_links_and_their_pages_open(store: Store, tmp_path: Path) -> None:
    with served(an_account(a_link("plink_new"))) as stripe:
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
