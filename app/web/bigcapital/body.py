"""What may be sent along to open a Checkout Session: quantities, answers and a reference, checked as the page checks them.

Whatever is not sent is left for Checkout to ask; names that we do not know are passed over, as the callers of this route expect.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from werkzeug.datastructures import MultiDict

from app.errors import AnswersRefused
from app.objects.payment_link import PaymentLink
from app.objects.scalars import Integer, Text
from app.objects.selection import Selection
from app.pricing.items import line_items, price_of
from app.web.pay.form.form import PayForm
from app.web.visit.email_address import is_email
from app.web.visit.url_parameters import read_url_parameters

Word = Annotated[str, Text(5000)]

MAXIMUM_ENTRIES: Final = 100
"""Of answers, and of quantities: a link asks and sells no more."""

_QUANTITY: Final = re.compile(r"(?:line_items|optional_items)\[([^\[\]]*)\]\[quantity\]")
_ANSWER: Final = re.compile(r"(custom_fields|consent)(\[.*)")
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,200}")
"""What an error may repeat of a name that was sent."""


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _null_is_not_sent(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        return {name: value for name, value in data.items() if value is not None}


class ConsentBody(_Body):
    """What the buyer agreed to."""

    promotions: Literal["opt_in", "opt_out"] | None = None
    terms_of_service: Literal["accepted"] | None = None


class AnswersBody(_Body):
    """What the buyer told: custom fields by key."""

    consent: ConsentBody = ConsentBody()
    custom_fields: Annotated[dict[Word, Word], Field(max_length=MAXIMUM_ENTRIES)] = {}
    email: Word | None = None


class CheckoutBody(_Body):
    """The body, all of it optional. `quantities` go by line item id, of optional items by price id."""

    answers: AnswersBody = AnswersBody()
    client_reference_id: Word | None = None
    quantities: Annotated[dict[Word, Integer], Field(max_length=MAXIMUM_ENTRIES)] = {}


def selection_of(link: PaymentLink, body: CheckoutBody) -> Selection:
    """What was chosen and answered, and nothing that was not sent. Raises `AnswersRefused` by form field."""
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
    return _as_sent(form.to_selection(url_parameters), link, body)


def body_field(name: str) -> str:
    """What the body calls a field of the page's form: `quantities[li_1]` for `line_items[li_1][quantity]`."""
    field, brackets = name, ""
    if quantity := _QUANTITY.fullmatch(name):
        field, brackets = "quantities", f"[{quantity[1]}]"
    elif answer := _ANSWER.fullmatch(name):
        field, brackets = f"answers[{answer[1]}]", answer[2]
    return field + brackets if _NAME.fullmatch(brackets[1:-1]) else field


def _formdata(link: PaymentLink, body: CheckoutBody) -> Iterator[tuple[str, str]]:
    """The body as the page's form would have sent it."""
    ids = {item.id for item in line_items(link)}
    for id, quantity in body.quantities.items():
        yield f"{'line_items' if id in ids else 'optional_items'}[{id}][quantity]", str(quantity)
    for key, value in body.answers.custom_fields.items():
        yield f"custom_fields[{key}]", value
    for name in ("terms_of_service", "promotions"):
        if getattr(body.answers.consent, name) in ("accepted", "opt_in"):
            yield f"consent[{name}]", "on"


def _unknown(link: PaymentLink, body: CheckoutBody, form: PayForm) -> Iterator[tuple[str, str]]:
    """What was sent and this link does not ask. A fixed quantity may be repeated, but not changed."""
    no_item = "This payment link sells nothing with this id: take one of a line item, or of an optional item's price."
    fixed = {f"line_items[{item.id}][quantity]": str(item.quantity) for item in line_items(link)}
    for name, value in _formdata(link, body):
        if form.field(name) is not None or name.startswith("consent["):
            continue
        if name not in fixed:
            yield name, no_item if _QUANTITY.fullmatch(name) else "This payment link does not ask for this."
        elif fixed[name] != value:
            yield name, "The quantity of this item can't be changed."


def _as_sent(selection: Selection, link: PaymentLink, body: CheckoutBody) -> Selection:
    """Without what the page's form fills in by itself: first values, and boxes that were not ticked because nobody saw them."""
    optional = {price_of(option).id for option in link.optional_items or ()}
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
