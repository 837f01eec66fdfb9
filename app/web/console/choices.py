"""Countries, currencies and time zones to choose from, with names in the language of the page."""

from datetime import datetime
from functools import cache
from typing import Any, Final
from zoneinfo import available_timezones

from babel.numbers import get_currency_name
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.form import BaseForm
from wtforms.validators import ValidationError

from app.objects.currency import SUPPORTED
from app.objects.enumerations import SHIPPING_COUNTRIES
from app.web.display.locale import country_name, shown_locale
from app.web.display.time_zones import zone_of

_NO_PLACES: Final = ("Etc/", "SystemV/", "US/", "posix/", "right/", "Brazil/", "Canada/", "Chile/", "Mexico/")
"""Prefixes of old and technical names of time zones. Each of these zones has another name, that of a place."""


class Choice(SelectField):
    """A select whose error says what to choose, for an empty and for an unknown value."""

    def __init__(self, label: Any, missing: Any, **told: Any) -> None:
        super().__init__(label, choices=[], **told)
        self._missing = missing

    def pre_validate(self, form: BaseForm) -> None:
        """Raise `ValidationError` for a value that is not in the list, and for the empty one."""
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError(str(self._missing)) from None
        if not self.data:
            raise ValidationError(str(self._missing))


def countries() -> list[SelectChoice]:
    """Return the countries, by name."""
    return _by_name([(code, country_name(code)) for code in SHIPPING_COUNTRIES - {"ZZ"}])


def currencies() -> list[SelectChoice]:
    """Return the currencies that Stripe takes, by name."""
    names = [(code, get_currency_name(code.upper(), locale=shown_locale())) for code in SUPPORTED]
    return _by_name([(code, f"{name} ({code.upper()})") for code, name in names])


def time_zones(now: int) -> list[SelectChoice]:
    """Return the time zones, each with the time there."""
    choices = []
    for zone in zone_names():
        region, _slash, place = zone.replace("_", " ").partition("/")
        name = f"{place.replace('/', ', ')} ({region})" if place else region
        choices.append((zone, f"{name}, {datetime.fromtimestamp(now, zone_of(zone)):%H:%M}"))
    return _by_name(choices)


@cache
def zone_names() -> tuple[str, ...]:
    """Return the names of time zones that name a place, and UTC."""
    places = (zone for zone in available_timezones() if "/" in zone and not zone.startswith(_NO_PLACES))
    return ("UTC", *sorted(places))


def _by_name(choices: list[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in sorted(choices, key=lambda choice: choice[1].casefold())]
