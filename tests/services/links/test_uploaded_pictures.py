"""A product that is created with a link: Stripe is given the addresses of uploaded pictures, as far as it can fetch them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.services.links import service as links
from app.services.links.answer import LinkSettings
from app.store import Store, open_store
from tests.gateway.gateways import gateway
from tests.gateway.stripe_shaped import StripeShaped
from tests.support.build import an_organization
from tests.support.migrated import migrated_database

UPLOADED = f"/pictures/{'0f' * 32}.png"
ELSEWHERE = "http://cdn.example/jar.png"
PRICE = {
    "id": "price_1",
    "object": "price",
    "currency": "eur",
    "product": {"id": "prod_1", "object": "product", "name": "Honey"},
    "type": "one_time",
    "unit_amount": 1250,
    "unit_amount_decimal": "1250",
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(migrated_database(tmp_path / "counterfoil.db"))
    store.add_organization(an_organization())
    yield store
    store.close()


def sent(store: Store, public_url: str, *images: str) -> list[dict[str, Any]]:
    """Create a link whose product has these pictures. Return what Stripe was sent."""
    stripe = StripeShaped([(200, {"id": "prod_1", "object": "product"}, {}), (200, PRICE, {})])
    product = {"name": "Honey", "description": "From the hill", "images": list(images)}
    params = {
        "line_items": [{"price_data": {"currency": "eur", "unit_amount": 1250, "product_data": product}, "quantity": 1}]
    }
    links.prepare(
        store,
        gateway(stripe),
        an_organization(),
        params,
        settings=LinkSettings(public_url=public_url, custom_fields_max=3),
    )
    return [dict(request.pairs) for request in stripe.requests]


@pytest.mark.parametrize(
    ("public_url", "images", "given"),
    [
        pytest.param("https://pay.example", [UPLOADED], [f"https://pay.example{UPLOADED}"], id="uploaded"),
        pytest.param(
            "https://pay.example", [ELSEWHERE, UPLOADED], [ELSEWHERE, f"https://pay.example{UPLOADED}"], id="both"
        ),
        pytest.param("http://127.0.0.1:8000", [UPLOADED, ELSEWHERE], [ELSEWHERE], id="Stripe cannot reach this server"),
        pytest.param("http://127.0.0.1:8000", [UPLOADED], [], id="none is left"),
    ],
)
def test_stripe_is_given_the_pictures_that_it_can_fetch(
    store: Store, public_url: str, images: list[str], given: list[str]
) -> None:
    product = sent(store, public_url, *images)[0]
    assert product["name"] == "Honey"
    assert [value for name, value in product.items() if name.startswith("images")] == given
