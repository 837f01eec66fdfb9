"""The pay form, built from one link: its fields are the link's questions, its validators the rules, its data a `Selection`.

The page and the Bigcapital-style endpoint build the same form, so both check alike. Names of fields are those of the contract.
"""

from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from wtforms import Field

from app.objects.payment_link import PaymentLink
from app.objects.selection import Answers, Consent, Selection, UrlParameters
from app.pricing.items import line_items, price_of
from app.web.display.translation import gettext as _
from app.web.pay.form.fields import TextField, fields_of, is_amount
from app.web.visit.form_token import FormTokenCSRF, FormTokens

MAXIMUM_VALUE_LENGTH = 5000


class PayForm(FlaskForm):  # type: ignore[misc]
    """What one link asks on its page. Made by `pay_form`; without `tokens` (an API's body) no token is asked for."""

    class Meta:
        """No session and no cookie: the token is ours."""

        csrf = True
        csrf_class = FormTokenCSRF
        csrf_field_name = "csrf_token"

        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:  # noqa: ARG002 - WTForms' signature
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
            consent=consent,
            custom_fields=given,
            email=(email.data or None) if email is not None and not email.errors else None,
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
    fields = dict(fields_of(link, url_parameters, selection or Selection()))
    made: type[PayForm] = type("LinkPayForm", (PayForm,), fields)
    form = made(formdata=formdata, meta={"csrf": tokens is not None, "csrf_context": tokens})
    form.link = link
    form.sent = formdata if formdata is not None else ImmutableMultiDict()
    return form
