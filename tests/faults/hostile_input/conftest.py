"""One application with every kind of form, for all modules of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.application import assemble
from app.config import read_config
from app.objects.payment_link import PaymentLink
from tests.faults.hostile_input.hostile import JWT_SECRET, WEBHOOK_SECRET
from tests.faults.scene import NO_LIMITS
from tests.support.build import (
    NOW,
    a_custom_price,
    a_line,
    a_link,
    adjustable,
    an_optional_item,
    an_organization,
)
from tests.support.clock import Clock
from tests.web.conftest import WebShop
from tests.web.console.conftest import add_user


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebShop]:
    folder: Path = tmp_path_factory.mktemp("hostile")
    settings = {
        "DATABASE_URL": f"sqlite:///{folder}/counterfoil.db",
        "PUBLIC_URL": "http://localhost",
        "JWT_SECRET": JWT_SECRET,
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "METRICS_TOKEN": "t" * 40,
        "TRUSTED_PROXIES": "1",
        "UNPAID_PER_ADDRESS": "100000/day",
        **NO_LIMITS,
    }
    shop = WebShop(assemble(read_config(settings, data=folder), now=Clock()))
    shop.store.migrate(NOW)
    shop.store.add_organization(an_organization())
    add_user(shop)
    for link in (everything(), donation()):
        shop.sell(link)
    yield shop
    shop.context.store.close()


def everything() -> PaymentLink:
    """A link with a field of every kind but an amount of the buyer's choice."""
    fields = [
        {"key": "words", "label": {"type": "custom", "custom": "Words"}, "type": "text"},
        {"key": "number", "label": {"type": "custom", "custom": "Number"}, "type": "numeric"},
        {
            "key": "scent", "label": {"type": "custom", "custom": "Scent"}, "type": "dropdown",
            "dropdown": {"options": [{"label": "Hay", "value": "hay"}]},
        },
    ]  # fmt: skip
    return a_link(
        a_line(quantity=2, adjustable_quantity=adjustable(1, 10)),
        optional_items=[an_optional_item()],
        allow_promotion_codes=True,
        custom_fields=fields,
        consent_collection={"terms_of_service": "required", "promotions": "auto"},
    )


def donation() -> PaymentLink:
    return a_link(
        a_line(a_custom_price(200, 500000, 2500, id="price_gift")),
        id="plink_gift",
        counterfoil={"code": "gift"},
        submit_type="donate",
    )
