"""The form of the business: its fields have the names of the organization's attributes."""

from collections.abc import Callable
from typing import Any, Final

from flask_wtf import FlaskForm
from wtforms import EmailField, Field, StringField, TelField, URLField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.form import BaseForm
from wtforms.validators import DataRequired, Optional, ValidationError

from app.objects.organization import Organization, SupportAddress
from app.web.console.choices import LongChoice, countries, currencies, time_zones
from app.web.console.forms import typed_email, typed_line
from app.web.console.lengths import at_most
from app.web.display.safe_urls import link_url, mail_url, phone_url
from app.web.display.translation import lazy_gettext as _

TEXT_MAXIMUM: Final = 500
"""Characters of each text of an organization."""

ADDRESS: Final = ("line1", "line2", "postal_code", "city", "state", "country")
PROFILE: Final = ("name", "url", "support_email", "support_phone", "support_url")
OWN: Final = (
    "terms_of_service_url", "privacy_policy_url", "refund_policy_url", "customer_portal_url",
    "vat_id", "timezone", "default_currency",
)  # fmt: skip

_length: Final = at_most(TEXT_MAXIMUM)


class Usable:
    """A validator: pages can show the value, as `url_of` says."""

    def __init__(self, url_of: Callable[[str], str | None], message: Any) -> None:
        self._url_of = url_of
        self._message = message

    def __call__(self, _form: BaseForm, field: Field) -> None:
        """Raise `ValidationError` for a value that no page can show."""
        if self._url_of(field.data or "") is None:
            raise ValidationError(str(self._message))


_web: Final = Usable(link_url, _("Enter the whole address, such as https://example.com/terms"))


def _text(label: Any, name: str, kind: type[StringField] = StringField, *checks: Any, **told: Any) -> StringField:
    """Return an optional field of one line. Its id has no brackets, which the address of an element may not have."""
    id = name.replace("[", "-").replace("]", "")
    filters = [typed_email] if kind is EmailField else [typed_line(TEXT_MAXIMUM)]
    return kind(label, name=name, id=id, filters=filters, validators=[Optional(), _length, *checks], **told)


class BusinessForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The merchant as buyers see it. `now` shows the time in each time zone."""

    name = StringField(
        _("Name of the business"),
        name="business_profile[name]",
        id="business",
        filters=[typed_line(TEXT_MAXIMUM)],
        validators=[DataRequired(message=_("Enter the name that buyers know you by")), _length],
        render_kw={"autocomplete": "organization", "dir": "auto"},
    )
    url = _text(
        _("Website"),
        "business_profile[url]",
        URLField,
        _web,
        description=_("The name above each payment page leads there"),
    )
    vat_id = _text(_("VAT number"), "vat_id", description=_("On each receipt"))
    line1 = _text(_("Street and number"), "business_profile[support_address][line1]")
    line2 = _text(_("Second line of the address"), "business_profile[support_address][line2]")
    postal_code = _text(_("Postal code"), "business_profile[support_address][postal_code]")
    city = _text(_("City"), "business_profile[support_address][city]")
    state = _text(_("State or province"), "business_profile[support_address][state]")
    country = LongChoice(_("Country"), name="business_profile[support_address][country]", id="support_address-country")
    support_email = _text(
        _("E-mail address"),
        "business_profile[support_email]",
        EmailField,
        Usable(mail_url, _("Enter an address like ada@example.com. Check it for typos")),
    )
    support_phone = _text(
        _("Phone number"),
        "business_profile[support_phone]",
        TelField,
        Usable(phone_url, _("Enter a phone number such as +43 1 5550142")),
    )
    support_url = _text(_("Help page"), "business_profile[support_url]", URLField, _web)
    terms_of_service_url = _text(_("Terms of service"), "terms_of_service_url", URLField, _web)
    privacy_policy_url = _text(_("Privacy policy"), "privacy_policy_url", URLField, _web)
    refund_policy_url = _text(_("Refund policy"), "refund_policy_url", URLField, _web)
    customer_portal_url = _text(
        _("Page where buyers end a subscription"),
        "customer_portal_url",
        URLField,
        _web,
        description=_("On the receipt of each subscription"),
    )
    timezone = LongChoice(_("Time zone"), description=_("Your days begin and end in it."))
    default_currency = LongChoice(_("Usual currency"), description=_("A new link begins with it."))

    def __init__(self, organization: Organization, *, now: int, filled: bool) -> None:
        """Make the form: `filled` with what is stored, or with what was sent."""
        super().__init__(formdata=None, data=_values(organization)) if filled else super().__init__()
        none = SelectChoice("", _("Not set"))
        address = organization.business_profile.support_address or SupportAddress()
        self.country.choices = _with(address.country, [none, *countries()])
        self.default_currency.choices = _with(organization.default_currency, [none, *currencies()])
        self.timezone.choices = _with(organization.timezone, time_zones(now))

    def organization_fields(self) -> dict[str, Any]:
        """Return the attributes as `organizations.update` takes them. An empty field unsets its attribute."""
        address = self._texts(ADDRESS)
        profile = {**self._texts(PROFILE), "support_address": address if any(address.values()) else None}
        return {"business_profile": profile, **self._texts(OWN)}

    def _texts(self, names: tuple[str, ...]) -> dict[str, str | None]:
        return {name: self[name].data or None for name in names}


def _values(organization: Organization) -> dict[str, str]:
    """Return the values of the fields for a stored organization."""
    profile = organization.business_profile
    address = profile.support_address or SupportAddress()
    return {
        **{name: getattr(address, name) or "" for name in ADDRESS},
        **{name: getattr(profile, name) or "" for name in PROFILE},
        **{name: getattr(organization, name) or "" for name in OWN},
        "name": profile.name or organization.name,
    }


def _with(value: str | None, choices: list[SelectChoice]) -> list[SelectChoice]:
    """Return the choices, and the stored value if they lack it."""
    known = value is None or any(choice.value == value for choice in choices)
    return choices if known else [*choices, SelectChoice(value, value)]
