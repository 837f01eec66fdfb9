"""The forms of the first run. Countries, currencies and time zones have names in the language of the page.

The choices that a new shop most likely needs are selected: those of the country that the browser's languages name.
"""

from datetime import datetime
from functools import cache
from typing import Any, Final
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.numbers import get_currency_name, get_territory_currencies
from flask import request
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.form import BaseForm
from wtforms.validators import DataRequired, Length, ValidationError

from app.errors import InvalidRequest
from app.objects.currency import SUPPORTED
from app.objects.enumerations import SHIPPING_COUNTRIES
from app.objects.typed_text import clean_line
from app.services.accounts.users import PASSWORD_MINIMUM
from app.web.console.forms import PASSWORD_ERROR, typed_email
from app.web.display.locale import shown_locale
from app.web.display.time_zones import zone_of
from app.web.display.translation import lazy_gettext as _

NAME_MAXIMUM: Final = 100

_NO_PLACES: Final = ("Etc/", "SystemV/", "US/", "posix/", "right/", "Brazil/", "Canada/", "Chile/", "Mexico/")
"""Older and technical names of time zones. Each has another name after its place."""

_choose: Final = _("Choose one")


class _Choice(SelectField):
    """A select that says what to choose, whether nothing or something unknown was sent."""

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


class JoinShopForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The log-in of the first user, who joins the shop that exists already."""

    email = EmailField(
        _("Your e-mail address"),
        filters=[typed_email],
        validators=[DataRequired(message=_("Enter your e-mail address"))],
        render_kw={"autocomplete": "username", "spellcheck": "false"},
    )
    password = PasswordField(
        _("Password"),
        description=_(
            "%(count)s characters or more. Four words that do not belong together are easy to remember.",
            count=PASSWORD_MINIMUM,
        ),
        validators=[DataRequired(message=PASSWORD_ERROR)],
        render_kw={"autocomplete": "new-password"},
    )

    def organization_fields(self) -> dict[str, Any]:
        """Return the attributes of the organization to create."""
        return {}

    def refuse(self, error: InvalidRequest) -> None:
        """Add the message for what the service refuses."""
        messages = {
            "email": (self.email, _("Enter an address like ada@example.com. Check it for typos")),
            "password": (self.password, PASSWORD_ERROR),
        }
        field, message = messages.get(error.param or "", (self.email, error.message))
        field.errors = [str(message)]


class SetUpForm(JoinShopForm):
    """The log-in of the first user, and the shop that is made for them. `now` shows the time in each time zone."""

    name = StringField(
        _("Name of the business"),
        name="business_profile[name]",
        id="business",
        description=_("Buyers see it. You can change it later."),
        filters=[lambda text: clean_line(text or "")],
        validators=[
            DataRequired(message=_("Enter the name that buyers know you by")),
            Length(max=NAME_MAXIMUM, message=_("Write at most %(count)s characters", count=NAME_MAXIMUM)),
        ],
        render_kw={"autocomplete": "organization"},
    )
    country = _Choice(
        _("Country"),
        _("Choose a country"),
        render_kw={"autocomplete": "country"},
    )
    default_currency = _Choice(
        _("Usual currency"),
        _("Choose a currency"),
        description=_("A new link begins with it. Each link can have another one."),
    )
    timezone = _Choice(
        _("Time zone"),
        _("Choose a time zone"),
        description=_("Your days begin and end in it."),
    )

    def __init__(self, *, now: int) -> None:
        super().__init__()
        self.country.choices = [SelectChoice("", _choose), *_countries()]
        self.default_currency.choices = [SelectChoice("", _choose), *_currencies()]
        self.timezone.choices = [SelectChoice("", _choose), *_time_zones(now)]

    def organization_fields(self) -> dict[str, Any]:
        """Return the attributes of the organization to create."""
        name = self.name.data
        return {
            "business_profile": {"name": name},
            "country": self.country.data,
            "default_currency": self.default_currency.data,
            "name": name,
            "timezone": self.timezone.data,
        }

    def select_likely(self, country: str) -> None:
        """Select a country with its currency, and its time zone where it has only one."""
        if country not in SHIPPING_COUNTRIES:
            return
        self.country.data = country
        currency = next(iter(get_territory_currencies(country)), "").lower()
        if currency in SUPPORTED:
            self.default_currency.data = currency
        zones = [zone for zone in get_global("territory_zones").get(country, ()) if zone in _zone_names()]
        if len(zones) == 1:
            self.timezone.data = zones[0]


def guessed_choices(form: SetUpForm) -> None:
    """Select what fits the country that the languages of the browser name first."""
    for language, _quality in request.accept_languages:
        try:
            territory = Locale.parse(language, sep="-").territory
        except (UnknownLocaleError, ValueError):
            continue
        if territory is not None:
            form.select_likely(territory)
            return


def _countries() -> list[SelectChoice]:
    names = shown_locale().territories
    return _by_name([(code, names.get(code, code)) for code in SHIPPING_COUNTRIES - {"ZZ"}])


def _currencies() -> list[SelectChoice]:
    names = [(code, get_currency_name(code.upper(), locale=shown_locale())) for code in SUPPORTED]
    return _by_name([(code, f"{name} ({code.upper()})") for code, name in names])


def _time_zones(now: int) -> list[SelectChoice]:
    choices = []
    for zone in _zone_names():
        region, _slash, place = zone.replace("_", " ").partition("/")
        name = f"{place.replace('/', ', ')} ({region})" if place else region
        choices.append((zone, f"{name}, {datetime.fromtimestamp(now, zone_of(zone)):%H:%M}"))
    return _by_name(choices)


@cache
def _zone_names() -> tuple[str, ...]:
    """Return the names of time zones that name a place, and UTC."""
    places = (zone for zone in available_timezones() if "/" in zone and not zone.startswith(_NO_PLACES))
    return ("UTC", *sorted(places))


def _by_name(choices: list[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in sorted(choices, key=lambda choice: choice[1].casefold())]
