"""The forms of the first run. Countries, currencies and time zones have names in the language of the page.

The choices that a new shop most likely needs are selected: those of the country that the browser's languages name.
"""

from typing import Any, Final

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.numbers import get_territory_currencies
from flask import request
from wtforms import EmailField, PasswordField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired

from app.errors import InvalidRequest
from app.objects.currency import SUPPORTED
from app.objects.enumerations import SHIPPING_COUNTRIES
from app.services.accounts.users import PASSWORD_MINIMUM
from app.web.console.choices import Choice, countries, currencies, time_zones, zone_names
from app.web.console.forms import PASSWORD_ERROR, OrderedForm, typed_email, typed_line, your_name
from app.web.console.lengths import at_most
from app.web.display.translation import lazy_gettext as _
from app.web.display.translation import lazy_ngettext as ngettext

NAME_MAXIMUM: Final = 100

_choose: Final = _("Choose one")


class JoinShopForm(OrderedForm):
    """The log-in of the first user, who joins the shop that exists already."""

    your_name = your_name()
    email = EmailField(
        _("Your e-mail address"),
        filters=[typed_email],
        validators=[DataRequired(message=_("Enter your e-mail address"))],
        render_kw={"autocomplete": "username", "spellcheck": "false"},
    )
    password = PasswordField(
        _("Password"),
        description=ngettext(
            "%(num)s character or more. Four words that do not belong together are easy to remember.",
            "%(num)s characters or more. Four words that do not belong together are easy to remember.",
            PASSWORD_MINIMUM,
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
        field, message = messages.get(error.param or "", (self.email, _("We could not read this request")))
        field.errors = [str(message)]


class SetUpForm(JoinShopForm):
    """The log-in of the first user, and the shop that is made for them. `now` shows the time in each time zone."""

    FIRST = ("name",)
    name = StringField(
        _("Name of the business"),
        name="business_profile[name]",
        id="business",
        description=_("Buyers see it. You can change it later."),
        filters=[typed_line(NAME_MAXIMUM)],
        validators=[
            DataRequired(message=_("Enter the name that buyers know you by")),
            at_most(NAME_MAXIMUM),
        ],
        render_kw={"autocomplete": "organization"},
    )
    country = Choice(
        _("Country"),
        _("Choose a country"),
        render_kw={"autocomplete": "country"},
    )
    default_currency = Choice(
        _("Usual currency"),
        _("Choose a currency"),
        description=_("A new link begins with it. Each link can have another one."),
    )
    timezone = Choice(
        _("Time zone"),
        _("Choose a time zone"),
        description=_("Your days begin and end in it."),
    )

    def __init__(self, *, now: int) -> None:
        super().__init__()
        self.country.choices = [SelectChoice("", _choose), *countries()]
        self.default_currency.choices = [SelectChoice("", _choose), *currencies()]
        self.timezone.choices = [SelectChoice("", _choose), *time_zones(now)]

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
        """Select a country with its currency, and its time zone if it has only one."""
        if country not in SHIPPING_COUNTRIES:
            return
        self.country.data = country
        currency = next(iter(get_territory_currencies(country)), "").lower()
        if currency in SUPPORTED:
            self.default_currency.data = currency
        zones = [zone for zone in get_global("territory_zones").get(country, ()) if zone in zone_names()]
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
