"""`counterfoil seed`: a second run changes nothing, and an error names the place in the file."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import SEED, Run, line_of


def test_seeding_twice_changes_nothing(run: Run, seed_file: str) -> None:
    first, second = run("seed", seed_file), run("seed", seed_file)
    assert first.stdout == second.stdout
    assert first.stdout.split() == ["Honey", "http://127.0.0.1:8000/pay/honey", "a", "jar"]
    assert "Everything was there already." in second.stderr


@pytest.mark.parametrize(
    ("change", "place"),
    [
        pytest.param({"price": {}}, "price", id="a kind that does not exist"),
        pytest.param({"organization": "Apiary"}, "organization", id="an organization as text"),
        pytest.param({"products": []}, "products", id="a kind that is a list"),
        pytest.param({"products": {"honey": 5}}, "products[honey]", id="a product that is a number"),
        pytest.param(
            {"products": {"honey": {"name": "x", "metadata": "y"}}}, "products[honey][metadata]", id="metadata as text"
        ),
        pytest.param({"payment_links": {}}, "payment_links", id="links that are not a list"),
        pytest.param({"payment_links": [None]}, "payment_links[0]", id="a link that is null"),
        pytest.param(
            {"payment_links": [{"counterfoil": "honey"}]}, "payment_links[0][counterfoil]", id="counterfoil as text"
        ),
        pytest.param(
            {"payment_links": [{"counterfoil": {"slug": "honey", "embed_origins": [5]}}]},
            "payment_links[0][counterfoil][embed_origins][0]",
            id="an origin that is a number",
        ),
        pytest.param(
            {"payment_links": [{"counterfoil": {"slug": "honey"}, "active": "no"}]},
            "payment_links[0][active]",
            id="active as text",
        ),
        pytest.param(
            {"prices": {"honey": {"product": "@products.wax"}}},
            "prices[honey]: Nothing in this file is called '@products.wax'",
            id="an unknown name",
        ),
        pytest.param(
            {"prices": {"honey": {"product": "@products.honey"}}},
            "prices[honey][currency]",
            id="a price without currency",
        ),
        pytest.param(
            {"payment_links": [{"line_items": []}]}, "payment_links[0][counterfoil][slug]", id="a link without slug"
        ),
    ],
)
def test_a_malformed_seed_names_the_place_in_the_file(
    run: Run, tmp_path: Path, change: dict[str, Any], place: str
) -> None:
    path = tmp_path / "broken.json"
    path.write_text(json.dumps({**SEED, **change}))
    assert place in line_of(run("seed", str(path)))


def test_every_link_of_the_demo_is_seeded(run: Run) -> None:
    path = Path(__file__).resolve().parents[2] / "data" / "demo.json"
    demo = json.loads(path.read_text(encoding="utf-8"))
    lines = run("seed", str(path)).stdout.splitlines()
    assert len(demo["payment_links"]) >= 10
    for link in demo["payment_links"]:
        assert any(f"/pay/{link['counterfoil']['slug']}" in line and line.endswith(link["shows"]) for line in lines)
