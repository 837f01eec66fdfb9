"""Countries, currencies and time zones to choose from, with names in the language of the page."""

from datetime import datetime
from functools import cache
from typing import Any, Final
from zoneinfo import available_timezones

from babel.core import Locale, get_global
from babel.numbers import get_currency_name
from markupsafe import Markup, escape
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.form import BaseForm
from wtforms.validators import ValidationError
from wtforms.widgets import Select

from app.languages.collation import sort_key
from app.objects.currency import SUPPORTED
from app.objects.enumerations import SHIPPING_COUNTRIES
from app.web.console.details import with_detail
from app.web.display.formatting import with_commas
from app.web.display.locale import shown_locale
from app.web.display.time_zones import zone_of

_NO_PLACES: Final = ("Etc/", "SystemV/", "US/", "posix/", "right/", "Brazil/", "Canada/", "Chile/", "Mexico/")
"""Prefixes of old and technical names of time zones. Each of these zones has another name, that of a place."""


class LongSelect(Select):
    """A select of hundreds of options, each a value and a text, without other attributes. WTForms takes several times as long for each."""

    @classmethod
    def render_option(cls, choice: SelectChoice) -> Markup:  # type: ignore[override]  # its types are older
        """Return the HTML of an option."""
        selected = " selected" if choice.selected else ""
        label = escape(choice.label or choice.value)
        return Markup(f'<option value="{escape(choice.value)}"{selected}>{label}</option>')  # noqa: S704


class LongChoice(SelectField):
    """A field that chooses from hundreds of options. The form adds them."""

    widget = LongSelect()

    def __init__(self, label: Any, **told: Any) -> None:
        super().__init__(label, choices=[], **told)


class Choice(LongChoice):
    """A select whose error says what to choose, for an empty and for an unknown value."""

    def __init__(self, label: Any, missing: Any, **told: Any) -> None:
        super().__init__(label, **told)
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
    return [SelectChoice(code, name) for code, name in _countries(shown_locale())]


def currencies() -> list[SelectChoice]:
    """Return the currencies that Stripe takes, by name."""
    return [SelectChoice(code, name) for code, name in _currencies(shown_locale())]


def time_zones(now: int) -> list[SelectChoice]:
    """Return the time zones, each with the time there."""
    return [
        SelectChoice(zone, with_commas(place, f"{datetime.fromtimestamp(now, zone_of(zone)):%H:%M}"))
        for zone, place in _places(shown_locale())
    ]


@cache
def _places(locale: Locale) -> list[tuple[str, str]]:
    """Return the time zones with their city and its country, by name. Sorting them takes longer than the rest of a page."""
    cities = [(zone, *_city(zone, locale)) for zone in zone_names()]
    cities.sort(key=lambda named: (sort_key(named[1], locale), sort_key(named[2] or "", locale)))
    return [(zone, with_detail(city, country)) for zone, city, country in cities]


def _city(zone: str, locale: Locale) -> tuple[str, str | None]:
    """Return the city of a time zone, and its country if it has one."""
    # CLDR keeps the names of cities under the oldest name of their zone.
    known = (locale.time_zones.get(name, {}).get("city") for name in (zone, *_old_names().get(zone, ())))
    city = next(filter(None, known), zone.rpartition("/")[2].replace("_", " ")).replace("\u00ad", "")
    return city, locale.territories.get(get_global("zone_territories").get(zone, ""))


@cache
def _old_names() -> dict[str, list[str]]:
    """Return the former names of time zones by the one of today."""
    names: dict[str, list[str]] = {}
    for old, new in get_global("zone_aliases").items():
        names.setdefault(new, []).append(old)
    return names


@cache
def zone_names() -> tuple[str, ...]:
    """Return the names of time zones that name a place, and UTC. Former names of a zone are left out."""
    former = get_global("zone_aliases")
    places = (zone for zone in available_timezones() - former.keys() if "/" in zone and not zone.startswith(_NO_PLACES))
    return ("UTC", *sorted(places))


@cache
def _countries(locale: Locale) -> list[tuple[str, str]]:
    return _by_name([(code, locale.territories.get(code, code)) for code in SHIPPING_COUNTRIES - {"ZZ"}], locale)


@cache
def _currencies(locale: Locale) -> list[tuple[str, str]]:
    names = [(code, get_currency_name(code.upper(), locale=locale)) for code in SUPPORTED]
    return _by_name([(code, with_detail(name, code.upper())) for code, name in names], locale)


def _by_name(choices: list[tuple[str, str]], locale: Locale) -> list[tuple[str, str]]:
    return sorted(choices, key=lambda choice: sort_key(choice[1], locale))
