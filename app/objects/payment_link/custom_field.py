"""Custom fields: what a link asks the buyer. The rules for them are in `app/services/links/rules/custom_fields.py`."""

from typing import Literal

from app.objects.base import Object
from app.objects.payment_link.texts import Text100, Text200, Text255
from app.objects.scalars import Boolean, Integer


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
    type: Literal["dropdown", "numeric", "text"]
