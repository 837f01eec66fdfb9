"""Links that break a rule for custom fields, each in one way."""

from collections.abc import Callable

from app.objects.payment_link import PaymentLink
from tests.services.links.rules.parts import a_dropdown, a_field, asking

BROKEN_CUSTOM_FIELDS: dict[str, tuple[Callable[[], PaymentLink], str, str]] = {
    "4 custom fields": (
        lambda: asking(*(a_field(key=f"field{number}") for number in range(4))),
        "custom_fields",
        "parameter_invalid",
    ),
    "two fields with one key": (
        lambda: asking(a_field(), a_field()),
        "custom_fields[1][key]",
        "parameter_invalid",
    ),
    "key with a hyphen": (lambda: asking(a_field(key="shoe-size")), "custom_fields[0][key]", "invalid_characters"),
    "key in other letters": (lambda: asking(a_field(key="größe")), "custom_fields[0][key]", "invalid_characters"),
    "empty key": (lambda: asking(a_field(key="")), "custom_fields[0][key]", "invalid_characters"),
    "label of 51 characters": (
        lambda: asking(a_field(label={"type": "custom", "custom": "x" * 51})),
        "custom_fields[0][label][custom]",
        "parameter_invalid",
    ),
    "invisible label": (
        lambda: asking(a_field(label={"type": "custom", "custom": "\u200b\u2060"})),
        "custom_fields[0][label][custom]",
        "parameter_missing",
    ),
    "invisible label of an option": (
        lambda: asking(a_dropdown(options=[{"label": "\u200b", "value": "a"}])),
        "custom_fields[0][dropdown][options][0][label]",
        "parameter_invalid_empty",
    ),
    "blank label": (
        lambda: asking(a_field(label={"type": "custom", "custom": " "})),
        "custom_fields[0][label][custom]",
        "parameter_missing",
    ),
    "dropdown without options": (
        lambda: asking(a_field("dropdown")),
        "custom_fields[0][dropdown]",
        "parameter_missing",
    ),
    "dropdown with no option": (
        lambda: asking(a_field("dropdown", dropdown={"options": []})),
        "custom_fields[0][dropdown][options]",
        "parameter_invalid_empty",
    ),
    "201 options": (
        lambda: asking(a_dropdown(*(f"value{number}" for number in range(201)))),
        "custom_fields[0][dropdown][options]",
        "parameter_invalid",
    ),
    "two options with one value": (
        lambda: asking(a_dropdown("small", "small")),
        "custom_fields[0][dropdown][options][1][value]",
        "parameter_invalid",
    ),
    "option value with a space": (
        lambda: asking(a_dropdown("very large")),
        "custom_fields[0][dropdown][options][0][value]",
        "invalid_characters",
    ),
    "default value that is no option": (
        lambda: asking(a_dropdown("small", default_value="large")),
        "custom_fields[0][dropdown][default_value]",
        "parameter_invalid",
    ),
    "default value with letters in digits": (
        lambda: asking(a_field("numeric", numeric={"default_value": "12a"})),
        "custom_fields[0][numeric][default_value]",
        "invalid_characters",
    ),
    "default value in other digits": (
        lambda: asking(a_field("numeric", numeric={"default_value": "١٢"})),
        "custom_fields[0][numeric][default_value]",
        "invalid_characters",
    ),
    "default value that is too short": (
        lambda: asking(a_field(text={"default_value": "ab", "minimum_length": 3})),
        "custom_fields[0][text][default_value]",
        "parameter_invalid",
    ),
    "default value that is too long": (
        lambda: asking(a_field(text={"default_value": "abcd", "maximum_length": 3})),
        "custom_fields[0][text][default_value]",
        "parameter_invalid",
    ),
    "shortest answer above the longest": (
        lambda: asking(a_field(text={"minimum_length": 4, "maximum_length": 3})),
        "custom_fields[0][text][minimum_length]",
        "parameters_exclusive",
    ),
    "longest answer of 256": (
        lambda: asking(a_field(text={"maximum_length": 256})),
        "custom_fields[0][text][maximum_length]",
        "parameter_invalid_integer",
    ),
    "text rules on a numeric field": (
        lambda: asking(a_field("numeric", text={"maximum_length": 3})),
        "custom_fields[0][text]",
        "parameters_exclusive",
    ),
}
"""Each link, the parameter that is wrong, and the code of the error."""
