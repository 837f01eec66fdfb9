"""The pay form of one link: its fields are the link's questions, its validators are the rules, its result is a `Selection`.

The page and the Bigcapital-style endpoint build the same form, so both check the same rules. WTForms binds and validates the
values. The templates write the HTML, and `FormTokens` checks the token.
"""

from typing import Final

from werkzeug.datastructures import ImmutableMultiDict
from wtforms import BooleanField, Field
from wtforms.form import BaseForm

from app.objects.payment_link import PaymentLink
from app.objects.selection import NOTHING_CHOSEN, Selection, UrlParameters
from app.web.display.formatting import shortened
from app.web.display.translation import gettext as _
from app.web.pay.form.entries import Entries, Entry, FormData, is_of_page, selection_of
from app.web.pay.form.fields import TextField, fields_of, is_amount
from app.web.visit.form_token import FormTokens

LABEL_MAXIMUM: Final = 50
"""How many characters of a name the error summary shows."""


class PayForm(BaseForm):
    """The questions of one link. `sent` holds the posted fields; `tokens` is None for an API request, which has no token."""

    def __init__(
        self,
        link: PaymentLink,
        url_parameters: UrlParameters,
        *,
        sent: FormData | None = None,
        tokens: FormTokens | None = None,
        selection: Selection | None = None,
    ) -> None:
        """Build the form. With `sent` it holds what was posted, with `selection` what was chosen earlier."""
        super().__init__(fields_of(link, url_parameters, selection or NOTHING_CHOSEN))
        self.link = link
        self.sent = sent if sent is not None else ImmutableMultiDict[str, str]()
        self.tokens = tokens
        self.process(sent)

    @property
    def answers(self) -> list[Field]:
        """The fields of the link's custom fields, in their order."""
        return [self[f"custom_fields[{field.key}]"] for field in self.link.custom_fields]

    def field(self, name: str) -> Field | None:
        """Return a field by its name, or None where the link does not ask for it."""
        found: Field | None = self._fields.get(name)
        return found

    @property
    def is_valid(self) -> bool:
        """Whether the checked form has no errors."""
        return not self.form_errors and not any(field.errors for field in self)

    def check(self, *, everything: bool = True) -> None:
        """Validate the form. Without `everything`, as in a preview, empty fields have no errors."""
        self.validate()
        self.form_errors = self._form_level_errors()
        if not everything:
            for field in self:
                if not field.data and not is_amount(field):
                    field.errors = ()

    def refuse(self, name: str, message: str) -> None:
        """Add a message to a field, or to the whole form where there is no such field. An existing message stays."""
        field = self.field(name)
        if field is None:
            self.form_errors.append(message)
        elif not field.errors:
            field.errors = [message]

    def refuse_by_stripe(self, name: str) -> None:
        """Add a message about an answer that Stripe refused to its field."""
        messages = {
            "email": _("This e-mail address was not accepted. Nothing was charged. Check it for typos"),
            "promotion_code": _(
                "This code leaves too little to pay. Nothing was charged. Enter another code or leave it empty"
            ),
        }
        amount = _("This amount cannot be charged. Nothing was charged. Choose another one")
        self.refuse(name, messages.get(name, amount))

    def take_out_code(self) -> None:
        """Empty the field of the promotion code."""
        field = self.field("promotion_code")
        if field is not None:
            field.data = ""

    def clear_errors(self) -> None:
        """Remove the messages of all fields."""
        for field in self:
            field.errors = ()

    def summary(self) -> list[tuple[str, str]]:
        """Return all messages in page order as (id of the field, message). The id is empty for the whole form."""
        found = [("", message) for message in self.form_errors]
        return found + [(field.id, _with_label(field)) for field in self if field.errors]

    @property
    def entries(self) -> Entries:
        """The entries without errors. A consent is an entry as it was given."""
        return {
            field.name: Entry(field.data, getattr(field, "number", None))
            for field in self
            if not field.errors or isinstance(field, BooleanField)
        }

    def to_selection(self, url_parameters: UrlParameters) -> Selection:
        """Return what was chosen and answered. Invalid quantities and amounts are left out, so that the link's own apply."""
        return selection_of(self.link, url_parameters, self.entries)

    @property
    def code(self) -> str | None:
        """The promotion code that was typed, or that came with the page's address."""
        field = self.field("promotion_code")
        readable = isinstance(field, TextField) and not field.is_too_long and not field.errors
        return (field.data or None) if field is not None and readable else None

    def _form_level_errors(self) -> list[str]:
        """Check the post as a whole: no unknown names, no name twice."""
        if not is_of_page(self.sent, self._fields):
            return [_("This page has changed since you opened it. Look it over and send it again")]
        return []


def _with_label(field: Field) -> str:
    """Return a field's message for the error summary. Messages of answers and quantities get their label."""
    message = str(field.errors[0])
    if field.name.startswith("custom_fields[") or field.name.endswith("[quantity]"):
        # L10n: The label of a field and its error.
        return _("%(label)s: %(message)s", label=shortened(field.label.text, LABEL_MAXIMUM), message=message)
    return message
