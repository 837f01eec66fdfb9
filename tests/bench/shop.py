"""The shop that is measured: the demo's links, and a link with a dropdown of 200 options."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flask import Flask

from app.application import assemble
from app.clock import clock
from app.config import read_config
from app.objects.change import COMMAND_LINE
from app.resources import resource
from app.services.accounts import keys
from app.services.links import service as links
from app.services.links.seeding import seed
from app.web.assets.card.stored import draw_new_cards
from app.web.http.context import EXTENSION, Context
from tests.support.build import NOW

SECRET_KEY: Final = "the benchmark's secret key of many letters"
LARGE: Final = "large-link"
OPTIONS: Final = 200


@dataclass(frozen=True)
class BenchShop:
    """The application, a key of its organization, and the id of the large link."""

    app: Flask
    key: str
    link: str

    @property
    def bearer(self) -> dict[str, str]:
        """The header of a request to the API."""
        return {"Authorization": f"Bearer {self.key}"}

    def draw_cards(self) -> None:
        """Draw the cards of all links, which the periodic work of a server would do while it is measured."""
        while draw_new_cards(self.app, clock()):
            pass

    def close(self) -> None:
        """Close the database, which a server opens next."""
        context: Context = self.app.extensions[EXTENSION]
        context.store.close()


def settings_of(folder: Path) -> dict[str, str]:
    """Return the settings of the shop. No limit of requests is reached."""
    return {
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'bench.db'}",
        "HOLDS_PER_ADDRESS": "0",
        "SECRET_KEY": SECRET_KEY,
        "UNPAID_PER_ADDRESS": "1000000/day",
        **{
            f"RATE_LIMIT_{name}": "1000000/minute" for name in ("PAY_ADDRESS", "PAY_LINK", "PREVIEW", "RETURN", "LOGIN")
        },
    }


def open_shop(folder: Path) -> BenchShop:
    """Return the shop in a new database."""
    app = assemble(read_config(settings_of(folder), data=folder))
    context: Context = app.extensions[EXTENSION]
    context.store.migrate(NOW)
    demo = json.loads(resource("data/demo.json").read_text(encoding="utf-8"))
    made = seed(context.store, context.gateway, demo, clock(), settings=context.link_settings)
    _, key = keys.create_key(context.store, made.organization.id, clock(), actor=COMMAND_LINE)
    large = links.create(
        context.store,
        context.gateway,
        made.organization,
        _large_link(),
        clock(),
        settings=context.link_settings,
        actor=COMMAND_LINE,
    )
    return BenchShop(app, key, large.id)


def _large_link() -> dict[str, Any]:
    price = {"currency": "eur", "unit_amount": 1250, "product_data": {"name": "Jar of honey"}}
    options = [{"label": f"Option number {number}", "value": f"option{number}"} for number in range(OPTIONS)]

    def field(key: str, label: str, **rest: Any) -> dict[str, Any]:
        return {"key": key, "label": {"type": "custom", "custom": label}, "optional": True, **rest}

    return {
        "counterfoil": {"slug": LARGE},
        "line_items": [{"price_data": price, "quantity": 1}],
        "custom_fields": [
            field("scent", "Scent", type="dropdown", dropdown={"options": options}),
            field("number", "Number", type="numeric"),
            field("words", "Words", type="text"),
        ],
    }
