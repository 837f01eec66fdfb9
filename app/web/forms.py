"""The pay form, built from one link: its fields are the link's questions, its validators the rules, its data a `Selection`.

The page and the Bigcapital-style endpoint build the same form, so both check alike. Names of fields are those of the contract.
"""

from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from wtforms import BooleanField, Field, StringField
from wtforms.fields.core import UnboundField

from app.objects.payment_link import PaymentLink
from app.objects.payment_link_parts import CustomField, OptionalItem
from app.objects.selection import Answers, Consent, Selection, UrlParameters
from app.pricing.items import line_items, price_of
from app.web import validators, words
from app.web.bounds import Bounds, amount_bounds, item_bounds, option_bounds
from app.web.filters import money_plain
from app.web.form_token import FormTokenCSRF, FormTokens
from app.web.locale import page_locale

MAXIMUM_VALUE_LENGTH = 5000
TEXT_MAXIMUM = 255


class TextField(StringField):
    """One line of text, normalised; `number` is what a number field was read as, None while it is not valid."""

    normalise = staticmethod(validators.normalise)
    number: int | None = None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was sent."""
        if valuelist:
            self.data = self.normalise(valuelist[0])

    def __call__(self, **kwargs: Any) -> Any:
        """Fields are written by the templates' macros alone."""
        raise NotImplementedError


class DigitsField(TextField):
    """The same for digits, however they are grouped."""

    normalise = staticmethod(validators.normalise_digits)


class PayForm(FlaskForm):  # type: ignore[misc]
    """What one link asks on its page. Made by `pay_form`; without `tokens` (an API's body) no token is asked for."""

    class Meta:
        """No session and no cookie: the token is ours."""

        csrf = True
        csrf_class = FormTokenCSRF
        csrf_field_name = "csrf_token"

        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            """Only what is handed over: never the request's body by itself."""
            return formdata

    link: PaymentLink
    form_errors: tuple[str, ...] = ()

    @property
    def answers(self) -> list[Field]:
        """The fields of the link's own questions, in their order."""
        return [self[f"custom_fields[{field.key}]"] for field in self.link.custom_fields]

    @property
    def token_refused(self) -> bool:
        """Whether the post came without a token that is good: an outcome of its own, never a field's mistake."""
        return "csrf_token" in self and bool(self["csrf_token"].errors)

    def field(self, name: str) -> Field | None:
        """A field by its name, or None where the link does not ask that."""
        found: Field | None = self._fields.get(name)
        return found

    def check(self, *, everything: bool = True) -> bool:
        """Validate. A preview leaves out what has not been answered yet."""
        super().validate()
        self.form_errors = tuple(self._form_level())
        if not everything:
            for field in self.asked:
                if not field.data and not is_amount(field):
                    field.errors = ()
        return not self.form_errors and not any(field.errors for field in self.asked)

    @property
    def asked(self) -> list[Field]:
        """Every field that people fill in."""
        return [field for field in self if field.name != "csrf_token"]

    def refuse(self, name: str, message: str) -> None:
        """Put a message at a field, or on top where there is no such field; what stands there already is not covered up."""
        field = self.field(name)
        if field is None:
            self.form_errors = (*self.form_errors, message)
        elif not field.errors:
            field.errors = [message]

    def summary(self) -> list[tuple[str, str]]:
        """The messages of all fields in page order, as (id of the field, message); the id is empty for the whole form."""
        found = [("", message) for message in self.form_errors]
        return found + [(field.id, str(field.errors[0])) for field in self.asked if field.errors]

    def to_selection(self, url_parameters: UrlParameters) -> Selection:
        """What was chosen and answered; a quantity or amount that is not valid is left out, so the link's own stands."""
        quantities, unit_amounts, optional_quantities = {}, {}, {}
        for item in line_items(self.link):
            if (number := self._number(f"line_items[{item.id}][quantity]")) is not None:
                quantities[item.id] = number
            if (number := self._number(f"line_items[{item.id}][unit_amount]")) is not None:
                unit_amounts[item.id] = number
        for option in self.link.optional_items or ():
            if number := self._number(f"optional_items[{price_of(option).id}][quantity]"):
                optional_quantities[price_of(option).id] = number
        return Selection(
            answers=self._answers(),
            quantities=quantities,
            unit_amounts=unit_amounts,
            optional_quantities=optional_quantities,
            url_parameters=url_parameters,
        )

    @property
    def code(self) -> str | None:
        """The promotion code that was typed."""
        field = self.field("promotion_code")
        return (field.data or None) if field is not None and not field.errors else None

    def _answers(self) -> Answers:
        given = {
            field.key: answer.data
            for field, answer in zip(self.link.custom_fields, self.answers, strict=True)
            if answer.data and not answer.errors
        }
        terms, promotions = self.field("consent[terms_of_service]"), self.field("consent[promotions]")
        consent = Consent(
            terms_of_service="accepted" if terms is not None and terms.data else None,
            promotions=None if promotions is None else "opt_in" if promotions.data else "opt_out",
        )
        email = self.field("email")
        return Answers(
            consent=consent, custom_fields=given, email=(email.data or None) if email is not None and not email.errors else None
        )

    def _number(self, name: str) -> int | None:
        field = self.field(name)
        return field.number if isinstance(field, TextField) and not field.errors else None

    def _form_level(self) -> list[str]:
        """What is wrong with the post as a whole: names that the link does not ask, doubled, or too much of it."""
        sent = self.sent
        known = {field.name for field in self} | {"everything", "csrf_token"}
        too_long = any(len(value) > MAXIMUM_VALUE_LENGTH for _name, value in sent.items(multi=True))
        if any(name not in known or len(sent.getlist(name)) > 1 for name in sent) or too_long:
            return [_("This page has changed since you opened it. Look it over and send it again")]
        return []

    sent: MultiDict[str, str] | ImmutableMultiDict[str, str] = ImmutableMultiDict()


def pay_form(
    link: PaymentLink,
    url_parameters: UrlParameters,
    *,
    formdata: MultiDict[str, str] | None = None,
    tokens: FormTokens | None = None,
    selection: Selection | None = None,
) -> PayForm:
    """The form of one link; with `formdata` as it was sent, with `selection` filled in again from an earlier try."""
    fields = dict(_fields(link, url_parameters, selection or Selection()))
    made: type[PayForm] = type("LinkPayForm", (PayForm,), fields)
    form = made(formdata=formdata, meta={"csrf": tokens is not None, "csrf_context": tokens})
    form.link = link
    form.sent = formdata if formdata is not None else ImmutableMultiDict()
    return form


def is_amount(field: Field) -> bool:
    """Whether a field changes what is to pay, so that leaving it empty means something."""
    return isinstance(field, TextField) and field.name.startswith("line_items[")


def _fields(link: PaymentLink, url_parameters: UrlParameters, selection: Selection) -> list[tuple[str, UnboundField]]:
    """Every field in page order, as (name, field)."""
    fields = []
    for item in line_items(link):
        name = f"line_items[{item.id}]"
        if bounds := item_bounds(link, item):
            value = selection.quantities.get(item.id, item.quantity or 0)
            fields.append((f"{name}[quantity]", _quantity(item.description or "", bounds, f"{item.id}-quantity", value)))
        if bounds := amount_bounds(item, link.currency):
            chosen = selection.unit_amounts.get(item.id, bounds.preset)
            fields.append((f"{name}[unit_amount]", _amount(link, bounds, f"{item.id}-unit_amount", chosen)))
    for option in link.optional_items or ():
        price = price_of(option)
        fields.append((f"optional_items[{price.id}][quantity]", _optional(option, selection.optional_quantities.get(price.id, 0))))
    if link.allow_promotion_codes:
        code = selection.promotion_code.code if selection.promotion_code else url_parameters.prefilled_promo_code
        fields.append(("promotion_code", TextField(id="promotion_code", default=code or "")))
    if url_parameters.prefilled_email and not url_parameters.locked_prefilled_email:
        fields.append(("email", _email(selection.answers.email or url_parameters.prefilled_email)))
    for question in link.custom_fields:
        value = selection.answers.custom_fields.get(question.key)
        fields.append((f"custom_fields[{question.key}]", _answer(question, value)))
    return fields + _consents(link, selection.answers.consent)


def _quantity(name: str, bounds: Bounds, id: str, value: int) -> UnboundField:
    message = words.quantity_message(name, bounds)
    return DigitsField(
        id=id, default=str(value), validators=[validators.quantity(bounds.minimum, bounds.maximum, message)]
    )


def _amount(link: PaymentLink, bounds: Bounds, id: str, value: int | None) -> UnboundField:
    currency = link.currency
    message = words.amount_message(bounds, currency)
    rule = validators.amount(bounds.minimum, bounds.maximum, currency, page_locale(), message)
    return TextField(
        label=words.amount_label(currency),
        description=words.amount_hint(bounds, currency),
        id=id,
        default=money_plain(value, currency) if value is not None else "",
        validators=[validators.required(message), rule],
    )


def _optional(option: OptionalItem, value: int) -> UnboundField:
    bounds = option_bounds(option)
    price = price_of(option)
    message = words.quantity_message(words.product_name(price), bounds)
    return DigitsField(
        id=f"{price.id}-quantity",
        default=str(value),
        validators=[validators.optional(), validators.quantity(bounds.minimum, bounds.maximum, message, or_none=True)],
    )


def _email(value: str) -> UnboundField:
    message = _("Enter an e-mail address like name@example.com")
    return TextField(
        label=_("E-mail address"), id="email", default=value, validators=[validators.required(message), validators.email(message)]
    )


def _answer(question: CustomField, value: str | None) -> UnboundField:
    label = question.label.custom or question.key
    messages = words.AnswerWords(label)
    if question.type == "dropdown" and question.dropdown is not None:
        first = question.dropdown.default_value
        rules = [validators.one_of({option.value for option in question.dropdown.options}, messages.choose)]
        missing = messages.choose
    else:
        bounds = (question.numeric if question.type == "numeric" else question.text) or None
        first = bounds.default_value if bounds else None
        low, high = (bounds.minimum_length, bounds.maximum_length) if bounds else (None, None)
        high = min(high or TEXT_MAXIMUM, TEXT_MAXIMUM)
        if question.type == "numeric":
            missing = messages.digits(low, bounds.maximum_length if bounds else None)
            rules = [validators.digits(low, high, missing)]
        else:
            missing = messages.enter
            rules = [validators.length(low, high, messages.too_short(low or 0), messages.too_long(high))]
        rules.insert(0, validators.no_card_number(messages.card))
    presence = validators.optional() if question.optional else validators.required(missing)
    kind = DigitsField if question.type == "numeric" else TextField
    return kind(
        label=label,
        id=f"custom_fields-{question.key}",
        description=words.answer_hint(question),
        default=(value if value is not None else first) or "",
        validators=[presence, *rules],
    )


def _consents(link: PaymentLink, consent: Consent) -> list[tuple[str, UnboundField]]:
    asked = link.consent_collection
    fields = []
    if asked and asked.terms_of_service == "required":
        agree = validators.required(_("Agree to the terms to go on"))
        fields.append(
            (
                "consent[terms_of_service]",
                BooleanField(id="terms_of_service", default=consent.terms_of_service == "accepted", validators=[agree]),
            )
        )
    if asked and asked.promotions == "auto":
        fields.append(("consent[promotions]", BooleanField(id="promotions", default=consent.promotions == "opt_in")))
    return fields
