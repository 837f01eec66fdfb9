"""Seeding a file that frames its links on this very server: its origins are filled in, and follow the port."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.application import assemble
from app.config import read_config
from app.errors import InvalidRequest
from app.objects.payment_link import PaymentLink
from app.resources import resource
from app.services.links.seeding import sample_origin, seed
from app.web.http.context import Context
from tests.support.build import NOW
from tests.support.migrated import migrated_database

DEMO = json.loads(resource("data/demo.json").read_text(encoding="utf-8"))


def seeded(folder: Path, public_url: str, data: dict[str, Any]) -> tuple[dict[str, PaymentLink], int]:
    """The links after seeding, by slug, and how many objects were made."""
    file = folder / "seed.db"
    address = f"sqlite:///{file}" if file.exists() else migrated_database(file)
    environment = {"DATABASE_URL": address, "PUBLIC_URL": public_url}
    context: Context = assemble(read_config(environment, data=folder), now=lambda: NOW).extensions["counterfoil"]
    result = seed(context.store, context.gateway, data, NOW, settings=context.link_settings)
    context.store.close()
    return {link.counterfoil.slug or "": link for link, _shows in result.links}, result.made


def origins(links: dict[str, PaymentLink]) -> set[tuple[str, ...]]:
    """Who may frame the two links that the sample invoice frames."""
    return {links[slug].counterfoil.embed_origins for slug in ("dipping", "2026-0042")}


def test_seeding_the_demo_twice_changes_nothing(tmp_path: Path) -> None:
    first, made = seeded(tmp_path, "http://127.0.0.1:8000", DEMO)
    again, more = seeded(tmp_path, "http://127.0.0.1:8000", DEMO)
    assert made > len(first) >= 10
    assert more == 0
    assert {slug: link.id for slug, link in again.items()} == {slug: link.id for slug, link in first.items()}
    assert {link.counterfoil.version for link in again.values() if link.active} == {1}


def test_this_servers_origins_are_filled_in(tmp_path: Path) -> None:
    links, _made = seeded(tmp_path, "http://127.0.0.1:8000", DEMO)
    assert origins(links) == {("http://127.0.0.1:8000", "http://localhost:8000")}
    assert links["wick-trimmer"].counterfoil.embed_origins == ()


def test_the_origin_of_another_port_is_added(tmp_path: Path) -> None:
    seeded(tmp_path, "http://127.0.0.1:8000", DEMO)
    links, made = seeded(tmp_path, "http://127.0.0.1:8001", DEMO)
    ports = ("http://127.0.0.1:8000", "http://localhost:8000", "http://127.0.0.1:8001", "http://localhost:8001")
    assert origins(links) == {ports}
    assert made == 0


@pytest.mark.costly_rows
@pytest.mark.parametrize(
    ("public_url", "expected"),
    [("https://pay.example.com", ("https://pay.example.com",)), ("http://192.168.1.20:8000", ())],
    ids=["https", "http on another machine, which no link may list"],
)
def test_an_origin_is_listed_where_a_link_may_list_it(
    tmp_path: Path, public_url: str, expected: tuple[str, ...]
) -> None:
    links, _made = seeded(tmp_path, public_url, DEMO)
    assert origins(links) == {expected}


@pytest.mark.parametrize("name", ["opens_at", "closes_at", "due_date"])
def test_a_time_that_no_calendar_shows_is_refused(tmp_path: Path, name: str) -> None:
    links = [
        {
            **DEMO["payment_links"][0],
            "counterfoil": {**DEMO["payment_links"][0].get("counterfoil", {}), name: 253402300799},
        }
    ]
    with pytest.raises(InvalidRequest) as refused:
        seeded(tmp_path, "http://127.0.0.1:8000", {**DEMO, "payment_links": links})
    assert str(refused.value.param).endswith(f"counterfoil][{name}]")


def test_the_demo_invoice_is_another_site_on_the_same_machine() -> None:
    assert sample_origin("http://127.0.0.1:8000") == "http://localhost:8000"
    assert sample_origin("https://pay.example.com") == "https://pay.example.com"


@pytest.mark.parametrize(
    ("kind", "change", "param"),
    [
        (
            "payment_links",
            {"counterfoil": {"slug": "odd", "coupon": ["@coupons.old"]}},
            "payment_links[0]",
        ),
        ("promotion_codes", {"code": "ODD", "promotion": {"type": "coupon", "coupon": {}}}, "promotion_codes[odd]"),
        ("promotion_codes", {"code": "ODD", "promotion": []}, "promotion_codes[odd]"),
    ],
)
def test_a_coupon_of_another_shape_is_refused_with_its_place(
    tmp_path: Path, kind: str, change: dict[str, Any], param: str
) -> None:
    line = {"price_data": {"currency": "eur", "unit_amount": 500, "product_data": {"name": "Jar"}}, "quantity": 1}
    entry = {"line_items": [line], **change} if kind == "payment_links" else change
    data = {
        "coupons": {"old": {"percent_off": 10, "redeem_by": NOW}},
        kind: [entry] if kind == "payment_links" else {"odd": entry},
    }
    with pytest.raises(InvalidRequest) as refused:
        seeded(tmp_path, "http://127.0.0.1:8000", data)
    assert str(refused.value.param).startswith(param)
