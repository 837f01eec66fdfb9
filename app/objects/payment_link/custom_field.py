"""Custom fields: the questions of a link, and the rule for answers that pages, the API and the sandbox share.

The rules for the questions themselves are in `app/services/links/rules/custom_fields.py`.
"""

from typing import Literal

from app.objects.as_written import Open
from app.objects.base import Object
from app.objects.limits import MAXIMUM_ANSWER_LENGTH
from app.objects.payment_link.texts import Text100, Text200, Text255
from app.objects.scalars import Boolean, Integer
from app.objects.typed_text import count_characters, is_longer


class DropdownOption(Object):
    """One option: the label for the buyer and the value for the merchant."""

    label: Text100
    value: Text100


class Dropdown(Object):
    """A list of up to 200 options."""

    default_value: Text100 | None = None
    options: tuple[DropdownOption, ...]


class CustomFieldText(Object):
    """Bounds and initial value of a text or numeric field. Lengths are in characters."""

    default_value: Text255 | None = None
    maximum_length: Integer | None = None
    minimum_length: Integer | None = None


class CustomFieldLabel(Object):
    """The label of the field on the page."""

    custom: Text100 | None
    type: Literal["custom"]


class CustomField(Object):
    """One question to the buyer."""

    dropdown: Dropdown | None = None
    key: Text200
    label: CustomFieldLabel
    numeric: CustomFieldText | None = None
    optional: Boolean = False
    text: CustomFieldText | None = None
    type: Open[Literal["dropdown", "numeric", "text"]]


AnswerProblem = Literal["not_an_option", "not_digits", "too_long", "too_short"]


def answer_bounds(field: CustomField) -> tuple[int, int]:
    """Return the smallest and the largest length of an answer, in characters: 0 and 255 where the field names none."""
    bounds = field.numeric if field.type == "numeric" else field.text if field.type == "text" else None
    minimum, maximum = (bounds.minimum_length, bounds.maximum_length) if bounds else (None, None)
    return minimum or 0, min(maximum or MAXIMUM_ANSWER_LENGTH, MAXIMUM_ANSWER_LENGTH)


def answer_problem(field: CustomField, answer: str) -> AnswerProblem | None:
    """Return why a field does not take an answer, or None. Whether an answer is required is another question.

    Lengths are in characters as people see them.
    """
    if field.type == "dropdown":
        options = field.dropdown.options if field.dropdown else ()
        return None if answer in {option.value for option in options} else "not_an_option"
    if field.type == "numeric" and not (answer.isascii() and answer.isdigit()):
        return "not_digits"
    minimum, maximum = answer_bounds(field)
    if count_characters(answer) < minimum:
        return "too_short"
    return "too_long" if is_longer(answer, maximum) else None
