"""The form fields of the hosted page: which fields a session needs, with their labels and messages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from babel import Locale
from flask_babel import get_locale

from app.languages.collation import sort_key
from app.objects.enumerations import SHIPPING_COUNTRIES
from app.objects.limits import MAXIMUM_ANSWER_LENGTH
from app.objects.typed_text import clean_digits, clean_line, fold
from app.sandbox.account import Document
from app.sandbox.checkout.text import _

WITHOUT_POSTAL_CODES: Final = frozenset("AE AG AO AW BF BI BJ BO BS BW BZ CD CF CG CI CK CM DJ DM ER FJ GD GH GM GN GQ GY HK "
                                        "IE JM KE KI KM KN LC ML MO MR MS MU MW NR NU QA RW SB SC SL SR ST TD TF TG TK TL TO "
                                        "TT TV TZ UG VC VU WS YE ZA ZW".split())  # fmt: skip
_COUNTRY_OF_CURRENCY: Final = {
    "aud": "AU", "cad": "CA", "chf": "CH", "eur": "DE", "gbp": "GB", "jpy": "JP", "kwd": "KW", "nzd": "NZ", "usd": "US",
}  # fmt: skip
SECRET: Final = frozenset({"card_number", "card_cvc"})
"""Fields whose values are never sent back to a browser, stored or logged."""


LONGEST_VALUE: Final = 300
"""Characters of any answer."""


@dataclass
class Field:
    """One form control. `kind` is text, email, tel, select, radio or checkbox. `value` is the value that it shows."""

    name: str
    label: str
    kind: str = "text"
    autocomplete: str = "off"
    error: str | None = None
    group: str = ""
    """The name of the address that the field belongs to."""
    hint: str | None = None
    inputmode: str | None = None
    maximum: int = 200
    missing: str = ""
    """The message for an empty answer."""
    optional: bool = False
    options: tuple[tuple[str, str], ...] = field(default=())
    spoken: str = ""
    """The label for screen readers, with the address that it belongs to, where two fields have the same label."""
    value: str = ""

    @property
    def id(self) -> str:
        """The name without brackets, for the attribute `id`."""
        return self.name.replace("[", "-").replace("]", "")


def list_fields(session: Document, form: Mapping[str, str] | None, *, card: bool, debit: bool) -> list[Field]:
    """Return the fields in the order of the page, with the values of a submitted form. `form` is None for a new page."""
    fields = [
        *_contact(session),
        *_card(card, debit),
        *_address(session),
        *_delivery(session),
        *_further_fields(session),
    ]
    for one in fields:
        if form is not None and one.name not in SECRET:
            one.value = _clean(one, form.get(one.name, ""))
    return fields


def _clean(one: Field, typed: str) -> str:
    if one.inputmode == "numeric":
        return clean_digits(typed)
    return fold(typed) if one.kind in {"email", "tel"} else clean_line(typed)


def _contact(session: Document) -> Iterator[Field]:
    if not session["customer_email"]:
        missing = _("Enter your e-mail address")
        yield Field("email", _("E-mail address"), "email", "email", maximum=254, missing=missing)
    if session["phone_number_collection"]["enabled"]:
        yield Field("phone", _("Phone number"), "tel", "tel", maximum=30, missing=_("Enter your phone number"))


def _card(card: bool, debit: bool) -> Iterator[Field]:
    if card:
        if debit:
            yield Field("payment_method", _("How to pay"), "radio", value="card")
        yield Field(
            "card_number",
            _("Card number"),
            autocomplete="cc-number",
            inputmode="numeric",
            maximum=23,
            missing=_("Enter the number on your card"),
        )
        yield Field(
            "card_expiry",
            _("Expiry date"),
            autocomplete="cc-exp",
            # L10n: Leave 04/29 as it is. It is what cards show.
            hint=_("Month and year, like 04/29"),
            inputmode="numeric",
            maximum=7,
            missing=_("Enter the expiry date, like 04/29"),
        )
        yield Field(
            "card_cvc",
            # L10n: The three digits on the back of a card.
            _("Security code"),
            autocomplete="cc-csc",
            hint=_("3 digits on the back"),
            inputmode="numeric",
            maximum=4,
            missing=_("Enter the 3 digits of the security code"),
        )
    label = _("Name on card") if card else _("Name")
    autocomplete = "cc-name" if card else "name"
    yield Field("billing_name", label, autocomplete=autocomplete, missing=_("Enter your name"))


def _address(session: Document) -> Iterator[Field]:
    country = Field(
        "billing_address[country]",
        _("Billing country") if session["shipping_address_collection"] else _("Country"),
        "select",
        "billing country",
        missing=_("Choose a country"),
        options=_country_options(sorted(SHIPPING_COUNTRIES)),
        value=_default_country(session),
    )
    if session["billing_address_collection"] != "required":
        yield country
        return
    both = bool(session["shipping_address_collection"])
    asks = (_("Enter the street and number for the bill"), _("Enter the postal code for the bill"))
    for one in _address_fields(country, (*asks, _("Enter the city for the bill"))):
        if both:
            # L10n: For screen readers: "Country for billing". `label` is the label of a field.
            one.spoken = _("%(label)s for billing", label=one.label)
        yield one


def _delivery(session: Document) -> Iterator[Field]:
    asked = session["shipping_address_collection"]
    if asked:
        allowed = list(asked["allowed_countries"])
        likely = _default_country(session)
        country = Field(
            "shipping_address[country]",
            _("Country"),
            "select",
            "shipping country",
            missing=_("Choose a country to deliver to"),
            options=_country_options(allowed),
            value=likely if likely in allowed else allowed[0],
        )
        both = session["billing_address_collection"] == "required"
        asks = (_("Enter the street and number to deliver to"), _("Enter the postal code to deliver to"))
        for one in _address_fields(country, (*asks, _("Enter the city to deliver to"))):
            if both:
                # L10n: For screen readers: "Country for delivery". `label` is the label of a field.
                one.spoken = _("%(label)s for delivery", label=one.label)
            yield one
    if len(session["shipping_options"]) > 1:
        first = session["shipping_options"][0]["shipping_rate"]
        # L10n: A heading and a row of the order: how and at what price the goods are sent.
        yield Field("shipping_rate", _("Delivery"), "radio", value=first)


def _address_fields(country: Field, asks: tuple[str, str, str]) -> Iterator[Field]:
    """Yield the fields of an address. `asks` are the messages for street, postal code and city."""
    group = country.name.removesuffix("[country]")
    section = country.autocomplete.removesuffix(" country")
    line1 = Field(f"{group}[line1]", _("Address"), autocomplete=f"{section} address-line1", missing=asks[0])
    postal_code = Field(f"{group}[postal_code]", _("Postal code"), autocomplete=f"{section} postal-code", maximum=20)
    postal_code.missing = asks[1]
    city = Field(f"{group}[city]", _("City"), autocomplete=f"{section} address-level2", missing=asks[2])
    country.label = _("Country")
    for one in (line1, postal_code, city, country):
        one.group = group
        yield one


def _further_fields(session: Document) -> Iterator[Field]:
    names = session["name_collection"] or {}
    # L10n: The buyer’s company.
    business = _("Name of the business")
    for part, label in (("individual", _("Your name")), ("business", business)):
        asked = names.get(part)
        if asked and asked["enabled"]:
            autocomplete = "organization" if part == "business" else "name"
            yield Field(
                f"{part}_name", label, autocomplete=autocomplete, missing=_("Enter a name"), optional=asked["optional"]
            )
    if session["tax_id_collection"]["enabled"]:
        optional = session["tax_id_collection"]["required"] == "never"
        # L10n: The number under which a business pays tax, such as its VAT number.
        yield Field("tax_id", _("Tax ID"), maximum=30, missing=_("Enter the tax ID"), optional=optional)
    for question in session["custom_fields"]:
        yield _custom_field(question)
    yield from _consents(session["consent_collection"] or {})


def _custom_field(question: Document) -> Field:
    kind, asked = question["type"], question[question["type"]]
    label = question["label"]["custom"]
    return Field(
        f"custom_fields[{question['key']}]",
        label,
        "select" if kind == "dropdown" else "text",
        inputmode="numeric" if kind == "numeric" else None,
        maximum=asked.get("maximum_length") or MAXIMUM_ANSWER_LENGTH,
        # L10n: An imperative: the answer to this question is missing.
        missing=_("Answer “%(question)s”", question=label),
        optional=question["optional"],
        options=tuple((option["value"], option["label"]) for option in asked.get("options") or ()),
        value=asked.get("default_value") or "",
    )


def _consents(asked: Document) -> Iterator[Field]:
    if asked.get("terms_of_service") == "required":
        label = _("I agree to the terms of service")
        yield Field("consent[terms_of_service]", label, "checkbox", missing=_("Agree to the terms of service to go on"))
    if asked.get("promotions") == "auto":
        yield Field("consent[promotions]", _("Send me news and offers by e-mail"), "checkbox", optional=True)


def _country_options(countries: list[str]) -> tuple[tuple[str, str], ...]:
    """Return countries with their names in the page's language, sorted by name."""
    locale = get_locale() or Locale.parse("en")
    named = ((code, locale.territories.get(code, code)) for code in countries)
    return tuple(sorted(named, key=lambda entry: sort_key(entry[1], locale)))


def _default_country(session: Document) -> str:
    """Return the preselected country: that of the page's locale, else one that uses the session's currency."""
    locale = get_locale()
    if locale is not None and locale.territory in SHIPPING_COUNTRIES:
        return str(locale.territory)
    return _COUNTRY_OF_CURRENCY.get(session["currency"], "US")
