"""The places of the console and the pages of its settings. A page that stands in one of these tables is shown in the navigation."""

from dataclasses import dataclass
from typing import Final

from flask import Flask, current_app
from flask_babel import LazyString

from app.web.display.translation import lazy_gettext as _


@dataclass(frozen=True)
class Place:
    """One entry of the navigation. `name` is what a page passes as `section`, and the name of its icon in `console/macros.html`."""

    name: str
    label: LazyString
    endpoint: str


PLACES: Final = (
    Place("home", _("Home"), "console.home_page"),
    Place("links", _("Links"), "console.links_page"),
    Place("payments", _("Payments"), "console.payments_page"),
    Place("products", _("Products"), "console.products_page"),
    Place("settings", _("Settings"), "console.settings_page"),
)

SETTINGS: Final = (
    (
        _("Your shop"),
        (
            Place("business", _("Business"), "console.business_page"),
            Place("brand", _("Brand"), "console.brand_page"),
            Place("team", _("Team"), "console.team_page"),
            Place("log", _("Changes"), "console.changes_page"),
        ),
    ),
    (
        _("Connections"),
        (
            Place("stripe", _("Stripe"), "console.stripe_page"),
            Place("webhooks", _("Webhooks"), "console.webhooks_page"),
            Place("keys", _("Keys"), "console.keys_page"),
        ),
    ),
)
"""The pages of the settings, in groups. A page passes its name as `page_name`."""


def _is_built(place: Place) -> bool:
    return place.endpoint in current_app.view_functions


def places() -> list[Place]:
    """Return the places of the navigation whose pages exist."""
    return [place for place in PLACES if _is_built(place)]


def settings_groups() -> list[tuple[LazyString, list[Place]]]:
    """Return the pages of the settings that exist, in groups."""
    groups = [(label, [place for place in group if _is_built(place)]) for label, group in SETTINGS]
    return [(label, group) for label, group in groups if group]


def register(app: Flask) -> None:
    """Add the tables to an application's templates."""
    app.jinja_env.globals.update(console_places=places, console_settings=settings_groups)
