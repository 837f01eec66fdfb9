"""Links that only Stripe accepts: the import keeps all that it can, and no link stops the others."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import create_app
from app.config import read_config
from app.objects.base import whole
from app.objects.change import COMMAND_LINE
from app.objects.payment_link import PaymentLink
from app.services.accounts import keys
from app.services.links.exporting import export_links
from app.services.links.importing.run import Outcome, import_links
from app.services.links.seeding import seed
from app.store import Store
from app.web.http.context import EXTENSION, Context
from tests.gateway.stripe_shaped import LIVE_KEY
from tests.support.build import NOW, an_organization
from tests.support.http_server import served
from tests.support.migrated import migrated_database
from tests.support.odd_links import ODD, an_account, differences
from tests.support.stripe_account import StripeAccount

KEPT = [name for name, odd in ODD.items() if odd.param is None]


@dataclass(frozen=True)
class Imported:
    """An application after an import, and what it imported."""

    app: Flask
    account: StripeAccount
    stripe: str
    outcomes: dict[str, Outcome]
    key: str

    @property
    def store(self) -> Store:
        context: Context = self.app.extensions[EXTENSION]
        return context.store

    def link(self, name: str) -> PaymentLink:
        link = self.store.link(f"plink_odd_{name}")
        assert link is not None
        return link

    def source(self, name: str) -> dict[str, Any]:
        """Return the link as Stripe answers it, with its line items."""
        (link,) = [link for link in self.account.links if link["id"] == f"plink_odd_{name}"]
        return {**link, "line_items": {"data": self.account.items[link["id"]]}}

    def call(self, method: str, path: str, **more: Any) -> Any:
        return self.app.test_client().open(path, method=method, headers={"Authorization": f"Bearer {self.key}"}, **more)


def an_app(folder: Path, stripe: str) -> tuple[Flask, Context]:
    """Return an application with an empty database."""
    environment = {
        "DATABASE_URL": migrated_database(folder / "counterfoil.db"),
        "PUBLIC_URL": "https://pay.example.com",
        "SECRET_KEY": "k" * 32,
        "STRIPE_API_BASE": stripe,
        "STRIPE_SECRET_KEY": LIVE_KEY,
    }
    app = create_app(read_config(environment))
    context: Context = app.extensions[EXTENSION]
    return app, context


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imported]:
    account = an_account(3)
    with served(account) as stripe:
        app, context = an_app(tmp_path_factory.mktemp("imported"), stripe)
        owner = an_organization()
        context.store.add_organization(owner)
        pages = import_links(
            context.store, context.gateway, owner, NOW, actor=COMMAND_LINE, settings=context.link_settings
        )
        outcomes = {outcome.id: outcome for page in pages for outcome in page.outcomes}
        _, key = keys.create_key(context.store, owner.id, NOW, actor=COMMAND_LINE)
        yield Imported(app, account, stripe, outcomes, key)


@pytest.mark.parametrize("name", ODD)
def test_an_odd_link_is_kept_or_skipped_with_its_parameter(imported: Imported, name: str) -> None:
    odd, outcome = ODD[name], imported.outcomes[f"plink_odd_{name}"]
    assert (outcome.kind, outcome.param) == ("skipped" if odd.param else "imported", odd.param)
    assert bool(outcome.reason) is bool(odd.param)
    assert any("Switched off" in note for note in outcome.notes) is odd.off
    assert any(f"Left out {odd.less}" in note for note in outcome.notes) is (odd.less is not None)


def test_every_other_link_is_imported(imported: Imported) -> None:
    plain = [outcome for id, outcome in imported.outcomes.items() if "odd" not in id]
    assert [outcome.kind for outcome in plain] == ["imported"] * 3


@pytest.mark.parametrize("name", KEPT)
def test_a_kept_link_has_every_attribute_as_at_stripe(imported: Imported, name: str) -> None:
    odd, source = ODD[name], imported.source(name)
    expected = {key: value for key, value in source.items() if key not in {"url", (odd.less or "").partition("[")[0]}}
    if odd.off:
        expected["active"] = False
    assert differences(expected, whole(imported.link(name))) == []


@pytest.mark.parametrize("name", KEPT)
def test_the_api_gives_a_kept_link_back_as_it_is_at_stripe(imported: Imported, name: str) -> None:
    answer = imported.call(
        "GET", f"/v1/payment_links/plink_odd_{name}?expand[]=line_items&expand[]=line_items.data.price.product"
    )
    assert answer.status_code == 200
    odd, source = ODD[name], imported.source(name)
    left_out = {"active", "line_items", "shipping_options", "url", (odd.less or "").partition("[")[0]}
    assert differences({key: value for key, value in source.items() if key not in left_out}, answer.json) == []
    amounts = {"amount_total"}
    items = [{key: value for key, value in item.items() if key not in amounts} for item in source["line_items"]["data"]]
    assert differences(items, answer.json["line_items"]["data"]) == []


@pytest.mark.parametrize("name", KEPT)
def test_the_page_of_a_kept_link_opens(imported: Imported, name: str) -> None:
    code = imported.link(name).counterfoil.code
    page = imported.app.test_client().get(f"/pay/{code}")
    assert page.status_code == (410 if ODD[name].off or name == "used_up" else 200)


@pytest.mark.parametrize("name", KEPT)
def test_a_kept_link_can_be_changed_and_keeps_the_rest(imported: Imported, name: str) -> None:
    before = whole(imported.link(name))
    answer = imported.call("POST", f"/v1/payment_links/plink_odd_{name}", data={"counterfoil[name]": "Renamed"})
    assert answer.status_code == 200, answer.text
    after = whole(imported.link(name))
    assert after["counterfoil"]["name"] == "Renamed"
    assert {**after, "counterfoil": None} == {**before, "counterfoil": None}


@pytest.mark.parametrize("name", ["billing_scheme", "interval", "no_amount"])
def test_a_price_that_cannot_be_computed_is_not_sold_even_where_its_link_is_switched_on(
    imported: Imported, name: str
) -> None:
    imported.call("POST", f"/v1/payment_links/plink_odd_{name}", data={"active": "true"})
    page = imported.app.test_client().get(f"/pay/{imported.link(name).counterfoil.code}")
    imported.call("POST", f"/v1/payment_links/plink_odd_{name}", data={"active": "false"})
    assert page.status_code == 409
    assert "$0" not in page.text


def without_ours(link: PaymentLink) -> dict[str, Any]:
    """Return the link without what a new server gives it, and without amounts, which answers compute."""
    data: dict[str, Any] = whole(link)
    for item in data["line_items"]["data"]:
        del item["amount_total"]
    data["counterfoil"] = {
        name: value for name, value in data["counterfoil"].items() if name not in {"organization", "version"}
    }
    return data


def test_export_wipe_and_seed_give_the_same_links(imported: Imported, tmp_path: Path) -> None:
    owner = imported.store.organizations()[0]
    exported = json.loads(json.dumps(export_links(imported.store, owner)))
    _, wiped = an_app(tmp_path, imported.stripe)
    seed(wiped.store, wiped.gateway, exported, NOW, settings=wiped.link_settings)
    before, _ = imported.store.links(owner.id, limit=100)
    after, _ = wiped.store.links(wiped.store.organizations()[0].id, limit=100)
    assert [link.id for link in after] == [link.id for link in before]
    wrong = {
        old.id: differences(without_ours(old), without_ours(new)) + differences(without_ours(new), without_ours(old))
        for old, new in zip(before, after, strict=True)
    }
    assert {id: places for id, places in wrong.items() if places} == {}
    again = seed(wiped.store, wiped.gateway, exported, NOW, settings=wiped.link_settings)
    assert again.made == 0
