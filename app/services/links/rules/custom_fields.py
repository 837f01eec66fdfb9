"""Rules of custom fields: their number, keys, labels, options and lengths, and their default values."""

from collections.abc import Iterator

from app.objects.limits import MAXIMUM_ANSWER_LENGTH, MAXIMUM_DROPDOWN_OPTIONS, MAXIMUM_LABEL_LENGTH
from app.objects.payment_link import PaymentLink
from app.objects.payment_link.custom_field import (
    CustomField,
    CustomFieldText,
    Dropdown,
    answer_bounds,
    answer_problem,
)
from app.objects.typed_text import clean_line
from app.services.links.rules.refuse import at_most, refuse, within


def count(link: PaymentLink, maximum: int) -> None:
    """The number of fields is limited by a setting (at Stripe: 3)."""
    at_most(len(link.custom_fields), maximum, "custom fields", "custom_fields")


def keys(link: PaymentLink) -> None:
    """A key has only letters and digits, and is unique."""
    seen: set[str] = set()
    for field, param in _fields(link):
        if not _alphanumeric(field.key):
            raise refuse(
                f"{param}[key] must have only letters and digits, not “{field.key[:40]}”.",
                f"{param}[key]",
                "invalid_characters",
            )
        if field.key in seen:
            raise refuse(f"Two custom fields have the key “{field.key[:40]}”. Give each its own.", f"{param}[key]")
        seen.add(field.key)


def labels(link: PaymentLink) -> None:
    """A label is required and has at most 50 characters."""
    for field, param in _fields(link):
        label = field.label.custom
        if label is None or not clean_line(label):
            raise refuse(
                f"A custom field needs a label: {param}[label][custom].", f"{param}[label][custom]", "parameter_missing"
            )
        if len(label) > MAXIMUM_LABEL_LENGTH:
            raise refuse(
                f"{param}[label][custom] has {len(label)} characters; {MAXIMUM_LABEL_LENGTH} is the most.",
                f"{param}[label][custom]",
            )


def shapes(link: PaymentLink) -> None:
    """A dropdown has options, and no field has the attributes of another type."""
    for field, param in _fields(link):
        if field.type == "dropdown" and field.dropdown is None:
            raise refuse(f"A dropdown needs its options: {param}[dropdown].", f"{param}[dropdown]", "parameter_missing")
        for name in ("dropdown", "numeric", "text"):
            if name != field.type and getattr(field, name) is not None:
                raise refuse(
                    f"{param}[{name}] can't be given when {param}[type] is {field.type}.",
                    f"{param}[{name}]",
                    "parameters_exclusive",
                )


def options(link: PaymentLink) -> None:
    """A dropdown has from 1 to 200 options. A label can be seen. A value has only letters and digits, and is unique."""
    for field, param in _fields(link):
        if field.dropdown is None:
            continue
        param = f"{param}[dropdown][options]"
        if not field.dropdown.options:
            raise refuse(f"A dropdown needs at least one option: {param}.", param, "parameter_invalid_empty")
        if len(field.dropdown.options) > MAXIMUM_DROPDOWN_OPTIONS:
            raise refuse(
                f"A dropdown has at most {MAXIMUM_DROPDOWN_OPTIONS} options, not {len(field.dropdown.options)}.", param
            )
        seen: set[str] = set()
        for index, option in enumerate(field.dropdown.options):
            if not _alphanumeric(option.value):
                raise refuse(
                    f"{param}[{index}][value] must have only letters and digits, not “{option.value[:40]}”.",
                    f"{param}[{index}][value]",
                    "invalid_characters",
                )
            if not clean_line(option.label):
                blank = f"{param}[{index}][label]"
                raise refuse(f"{blank} must not be blank.", blank, "parameter_invalid_empty")
            if option.value in seen:
                raise refuse(
                    f"Two options have the value “{option.value[:40]}”. Give each its own.", f"{param}[{index}][value]"
                )
            seen.add(option.value)


def lengths(link: PaymentLink) -> None:
    """Lengths are from 0 to 255, the minimum is not above the maximum, and the maximum is at least 1."""
    for _field, bounds, param in _bounded(link):
        for name, least in (("maximum_length", 1), ("minimum_length", 0)):
            value = getattr(bounds, name)
            if value is not None:
                within(value, least, MAXIMUM_ANSWER_LENGTH, f"{param}[{name}]")
        if (bounds.minimum_length or 0) > (bounds.maximum_length or MAXIMUM_ANSWER_LENGTH):
            raise refuse(
                f"{param}[minimum_length] must not be above {param}[maximum_length].",
                f"{param}[minimum_length]",
                "parameters_exclusive",
            )


def default_values(link: PaymentLink) -> None:
    """A default value is a valid answer to its field."""
    for field, param in _fields(link):
        part: Dropdown | CustomFieldText | None = getattr(field, field.type)
        if part is None or part.default_value is None:
            continue
        value, param = part.default_value, f"{param}[{field.type}][default_value]"
        problem = answer_problem(field, value)
        if problem == "not_an_option":
            raise refuse(
                f"The default value “{value[:40]}” is not the value of an option. Choose one of them, or leave it out.",
                param,
            )
        if problem == "not_digits":
            raise refuse(
                f"{param} must have only digits, because the field takes nothing else.", param, "invalid_characters"
            )
        if problem is not None:
            least, most = answer_bounds(field)
            raise refuse(f"{param} has {len(value)} characters, but the field takes from {least} to {most}.", param)


def _alphanumeric(text: str) -> bool:
    return text.isascii() and text.isalnum()


def _fields(link: PaymentLink) -> Iterator[tuple[CustomField, str]]:
    return ((field, f"custom_fields[{index}]") for index, field in enumerate(link.custom_fields))


def _bounded(link: PaymentLink) -> Iterator[tuple[CustomField, CustomFieldText, str]]:
    for field, param in _fields(link):
        for name, bounds in (("numeric", field.numeric), ("text", field.text)):
            if bounds is not None:
                yield field, bounds, f"{param}[{name}]"
