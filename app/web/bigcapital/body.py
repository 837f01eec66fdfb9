"""Reads the body of the Bigcapital-style endpoint: quantities, answers and a reference, by the same rules as on the page.

Checkout asks for what the body leaves out. Unknown names change nothing, and the answer lists them in `warnings`.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from werkzeug.datastructures import MultiDict

from app.errors import AnswersRefused
from app.objects.payment_link import PaymentLink
from app.objects.scalars import Integer, Text
from app.objects.selection import Selection
from app.pricing.items import line_items, price_of
from app.pricing.selling import offered_items
from app.web.pay.form.form import PayForm
from app.web.visit.email_address import clean_email, is_email
from app.web.visit.url_parameters import read_url_parameters

Word = Annotated[str, Text(5000)]

MAXIMUM_ENTRIES: Final = 100
"""The maximum number of answers, and of quantities. No link has more fields or items."""

MAXIMUM_WARNINGS: Final = 20

_QUANTITY: Final = re.compile(r"(?:line_items|optional_items)\[([^\[\]]*)\]\[quantity\]")
_ANSWER: Final = re.compile(r"(custom_fields|consent)(\[.*)")
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,200}")
"""The form of a name that an error may quote."""
_PARAMETER: Final = re.compile(r"[A-Za-z0-9_.\[\]-]{1,200}")
"""The form of a name that a warning lists: also that of a field of the pay page, such as `custom_fields[size]`."""


def _without_null(data: Any) -> Any:
    """Return an object without the names that are null: null is not set."""
    if not isinstance(data, Mapping):
        return data
    return {name: value for name, value in data.items() if value is not None}


_WITHOUT_NULL: Final = BeforeValidator(_without_null)


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _drop_null(cls, data: Any) -> Any:
        return _without_null(data)


class ConsentBody(_Body):
    """The consents of the buyer."""

    promotions: Literal["opt_in", "opt_out"] | None = None
    terms_of_service: Literal["accepted"] | None = None


class AnswersBody(_Body):
    """The answers of the buyer. `custom_fields` is by key."""

    consent: ConsentBody = ConsentBody()
    custom_fields: Annotated[dict[Word, Word], Field(max_length=MAXIMUM_ENTRIES), _WITHOUT_NULL] = {}
    email: Annotated[Word, AfterValidator(clean_email)] | None = None


class CheckoutBody(_Body):
    """The body. All of it is optional. `quantities` is by line item id, or by price id for optional items."""

    answers: AnswersBody = AnswersBody()
    client_reference_id: Word | None = None
    quantities: Annotated[dict[Word, Integer], Field(max_length=MAXIMUM_ENTRIES), _WITHOUT_NULL] = {}


def unknown_names(data: Mapping[str, Any], model: type[BaseModel] = CheckoutBody) -> list[str]:
    """Return the names in a body that this endpoint does not know, such as `answers[phone]`.

    At most 20 names, and only names of letters, digits and `_ . - [ ]`.
    """
    return list(islice(_unknown_names(data, model, ""), MAXIMUM_WARNINGS))


def _unknown_names(data: Mapping[str, Any], model: type[BaseModel], parent: str) -> Iterator[str]:
    for name, value in data.items():
        path = f"{parent}[{name}]" if parent else name
        field = model.model_fields.get(name)
        if field is None:
            if _PARAMETER.fullmatch(name):
                yield path
        elif isinstance(value, Mapping) and isinstance(field.annotation, type) and issubclass(field.annotation, _Body):
            yield from _unknown_names(value, field.annotation, path)


def read_selection(link: PaymentLink, body: CheckoutBody) -> Selection:
    """Return the selection in the body, without defaults. Raises `AnswersRefused` by form field."""
    formdata = MultiDict(_formdata(link, body))
    arguments = {"client_reference_id": body.client_reference_id} if body.client_reference_id else {}
    url_parameters, ignored = read_url_parameters(arguments)
    form = PayForm(link, url_parameters, sent=formdata)
    form.check()
    refused = {
        name: str(field.errors[0]) for name in formdata if (field := form.field(name)) is not None and field.errors
    }
    refused |= dict(_unknown(link, body, form))
    if ignored:
        refused["client_reference_id"] = "Up to 200 letters, digits, hyphens and underscores."
    if body.answers.email is not None and not is_email(body.answers.email):
        refused["answers[email]"] = "An e-mail address like name@example.com."
    if refused:
        raise AnswersRefused(refused)
    return _without_defaults(form.to_selection(url_parameters), link, body)


def body_field(name: str) -> str:
    """Return the name in the body for a field of the page's form: `quantities[li_1]` for `line_items[li_1][quantity]`."""
    field, brackets = name, ""
    if name == "email":
        return "answers[email]"
    if quantity := _QUANTITY.fullmatch(name):
        field, brackets = "quantities", f"[{quantity[1]}]"
    elif answer := _ANSWER.fullmatch(name):
        field, brackets = f"answers[{answer[1]}]", answer[2]
    return field + brackets if _NAME.fullmatch(brackets[1:-1]) else field


def _formdata(link: PaymentLink, body: CheckoutBody) -> Iterator[tuple[str, str]]:
    """Yield the names and values that the page's form would send."""
    ids = {item.id for item in line_items(link)}
    for id, quantity in body.quantities.items():
        yield f"{'line_items' if id in ids else 'optional_items'}[{id}][quantity]", str(quantity)
    for key, value in body.answers.custom_fields.items():
        yield f"custom_fields[{key}]", value
    for name in ("terms_of_service", "promotions"):
        if getattr(body.answers.consent, name) in ("accepted", "opt_in"):
            yield f"consent[{name}]", "on"


def _unknown(link: PaymentLink, body: CheckoutBody, form: PayForm) -> Iterator[tuple[str, str]]:
    """Yield the names in the body that the link does not have, with a message. A fixed quantity may be sent, but not changed."""
    no_item = "This payment link has no item with this id. Send the id of a line item, or of an optional item's price."
    fixed = {f"line_items[{item.id}][quantity]": str(item.quantity) for item in line_items(link)}
    for name, value in _formdata(link, body):
        if form.field(name) is not None or name.startswith("consent["):
            continue
        if name not in fixed:
            yield name, no_item if _QUANTITY.fullmatch(name) else "This payment link does not ask for this."
        elif fixed[name] != value:
            yield name, "The quantity of this item can't be changed."


def _without_defaults(selection: Selection, link: PaymentLink, body: CheckoutBody) -> Selection:
    """Return the selection without the values that the page's form adds: initial values, and consents that were not sent."""
    optional = {price_of(option).id for option in offered_items(link)}
    answers = selection.answers.model_copy(
        update={
            "consent": selection.answers.consent.model_copy(update=body.answers.consent.model_dump()),
            "custom_fields": {
                key: value
                for key, value in selection.answers.custom_fields.items()
                if key in body.answers.custom_fields
            },
            "email": body.answers.email,
        }
    )
    return selection.model_copy(
        update={
            "answers": answers,
            "quantities": {id: number for id, number in selection.quantities.items() if id in body.quantities},
            "optional_quantities": {
                id: number
                for id, number in selection.optional_quantities.items()
                if id in optional & set(body.quantities)
            },
            "unit_amounts": {},
        }
    )
