"""Stripe's scalar values as types. Strings from forms and values from JSON are read by the same rules.

A value of another kind ("1.0" for an integer, 1 for a boolean) is refused and not guessed. A validator raises
`refusal(message, code=…, at=…)`.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Final, LiteralString

from pydantic import (
    AfterValidator,
    BeforeValidator,
    GetCoreSchemaHandler,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

NO_CODE: Final = "invalid_request"
"""The code of a refusal whose error object has no code."""

EMPTY: Final = "parameter_invalid_empty"
"""The code for an empty string in a parameter that cannot be unset."""

EMPTY_MESSAGE: Final = "Empty value: {param} can't be unset; leave it out or give it a value."

UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
"""NUL, which PostgreSQL cannot store, and surrogates, which no encoding has."""

MAXIMUM_TIMESTAMP: Final = 253370764799
"""The last second of the year 9998. Dates end with the year 9999, in some time zones half a day earlier."""

CODE: Final = "[A-Za-z0-9_-]{1,64}"
"""The pattern of a link's code. Every slug matches it, too."""

_INTEGER = re.compile(r"-?[0-9]{1,19}")
_DIGITS = re.compile(r"-?[0-9]+")
_INTEGER_MINIMUM, _INTEGER_MAXIMUM = -(2**63), 2**63 - 1
_DECIMAL = re.compile(r"-?[0-9]{1,19}(\.[0-9]{1,12})?")
_SMALL_DECIMAL = re.compile(r"-?[0-9](\.[0-9]{1,12})?E-[0-9]{1,2}")
_CURRENCY = re.compile(r"[A-Za-z]{3}")
_SLUG = re.compile(r"[a-z0-9-]{3,64}")
_CODE = re.compile(CODE)
_SHOWN_LENGTH = 60


def refusal(
    message: LiteralString, *, code: LiteralString = NO_CODE, at: tuple[str | int, ...] = (), **context: str | int
) -> PydanticCustomError:
    """Return the exception that a validator raises when a value breaks one of Stripe's rules.

    `message` is a template. `app/wire/errors.py` replaces `{param}` by the parameter's name (`line_items[0][quantity]`), and other names
    by `context`. `code` is the code of Stripe's error object. `at` is the path from the validated value to the wrong attribute, for
    example `("redirect", "url")`.
    """
    return PydanticCustomError(code, message, {**context, "at": at})


def abbreviate(value: object, length: int = _SHOWN_LENGTH) -> str:
    """Return a value as an error message quotes it: on one line, and of a text at most `length` characters."""
    if isinstance(value, int) and abs(value) > _INTEGER_MAXIMUM:
        return "a larger number"  # Python refuses to print thousands of digits.
    if isinstance(value, (str, int, float, Decimal)):
        text = str(value) if not isinstance(value, bool) else str(value).lower()
        text = "".join(character if character.isprintable() else " " for character in text[: length + 1])
        return text if len(text) <= length else text[:length] + "…"
    return {dict: "an object", list: "a list", type(None): "null"}.get(type(value), type(value).__name__)


def _refuse_empty(value: object) -> None:
    if value == "":
        raise refusal(EMPTY_MESSAGE, code=EMPTY)


def _boolean(value: Any) -> bool:
    if value is True or value is False:
        return value is True
    _refuse_empty(value)
    # Older SDKs send `True` and `False`.
    if isinstance(value, str) and (word := value[:6].lower()) in ("true", "false"):
        return word == "true"
    raise refusal("Invalid boolean: {param} must be true or false, not “{value}”.", value=abbreviate(value))


def _integer(value: Any) -> int:
    if type(value) is int and _INTEGER_MINIMUM <= value <= _INTEGER_MAXIMUM:
        return value
    _refuse_empty(value)
    number: int | None = None
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, str) and _INTEGER.fullmatch(value):
        number = int(value)
    if number is None and not (isinstance(value, str) and _DIGITS.fullmatch(value[:_SHOWN_LENGTH])):
        raise refusal(
            "Invalid integer: {param} must be a whole number, not “{value}”.",
            code="parameter_invalid_integer",
            value=abbreviate(value),
        )
    if number is None or not _INTEGER_MINIMUM <= number <= _INTEGER_MAXIMUM:
        raise refusal(
            "Invalid integer: {param} must not be a larger number than 9223372036854775807.",
            code="parameter_invalid_integer",
        )
    return number


def _timestamp_param(value: Any) -> int:
    moment = _integer(value)
    if not 0 <= moment <= MAXIMUM_TIMESTAMP:
        raise refusal(
            "Invalid timestamp: {param} must be Unix seconds from 0 to {maximum}, before the year 9999.",
            code="parameter_invalid_integer",
            maximum=MAXIMUM_TIMESTAMP,
        )
    return moment


def _decimal(value: Any) -> Decimal:
    _refuse_empty(value)
    text: str | None = None
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < _SHOWN_LENGTH:
        text = format(value, "f")
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _INTEGER_MAXIMUM:
        text = str(value)
    elif isinstance(value, str):
        # stripe-python writes a small Decimal with an exponent: 6.91E-10.
        text = format(Decimal(value), "f") if _SMALL_DECIMAL.fullmatch(value) else value
    if text is None or not _DECIMAL.fullmatch(text):
        raise refusal(
            "Invalid decimal: {param} must be a plain number with at most 12 decimals, not “{value}”.",
            value=abbreviate(value),
        )
    number = Decimal(text)
    return number if number else abs(number)


def _percentage(value: Any) -> Decimal:
    # repr gives the shortest decimal that reads back as the same float: 8.875 stays 8.875.
    number = _decimal(Decimal(repr(value)) if isinstance(value, float) else value)
    if Decimal(repr(float(number))) != number:
        raise refusal("Invalid decimal: {param} has more digits than a number in JSON keeps.")
    return number


def _currency(value: str) -> str:
    _refuse_empty(value)
    if not _CURRENCY.fullmatch(value):
        raise refusal(
            "Invalid currency: {param} must be a three-letter ISO 4217 code, not “{value}”.", value=abbreviate(value)
        )
    return value.lower()


def _without_nul(value: str) -> str:
    if "\x00" in value:
        raise refusal("Invalid string: {param} must not contain a NUL character.")
    return value


def _slug(value: str) -> str:
    _refuse_empty(value)
    if not _SLUG.fullmatch(value):
        raise refusal(
            "Invalid slug: {param} must have 3 to 64 characters, each a to z, a digit or a hyphen, not “{value}”.",
            value=abbreviate(value),
        )
    return value


def _code(value: str) -> str:
    _refuse_empty(value)
    if not _CODE.fullmatch(value):
        raise refusal(
            "Invalid code: {param} must have 1 to 64 characters, each A to Z, a to z, a digit, a hyphen or an underscore, "
            "not “{value}”.",
            value=abbreviate(value),
        )
    return value


@dataclass(frozen=True)
class Text:
    """Annotation of a string with limits in characters, without NUL: `Annotated[str, Text(500)]`.

    PostgreSQL stores no NUL in text, so NUL is refused with every database.
    """

    max_length: int
    min_length: int = 0

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the schema of a string with limits, followed by the check for NUL."""
        text = core_schema.str_schema(max_length=self.max_length, min_length=self.min_length or None)
        return core_schema.no_info_after_validator_function(_without_nul, text)


@dataclass(frozen=True)
class Mark:
    """Annotation that says how an answer has an attribute. It validates nothing."""

    name: str


class ExpandableMark(Mark):
    """Annotation of an attribute that is a whole object here, and an id in answers unless `expand[]` names it."""


@dataclass(frozen=True)
class ReferenceMark(Mark):
    """Annotation of the id of an object that only Stripe has. Expanded, it is an object with only its id and its kind."""

    object: str


def reference(object: str) -> ReferenceMark:
    """Return the mark of an id: `on_behalf_of: Annotated[str | None, reference("account")]`, or of a list of ids."""
    return ReferenceMark("reference", object)


EXPANDABLE: Final = ExpandableMark("expandable")
"""`product: Annotated[str | Product, EXPANDABLE]`: an id in answers unless expanded. Also on the items of a list."""

INCLUDABLE: Final = Mark("includable")
"""`line_items: Annotated[ListObject[LineItem] | None, INCLUDABLE]`: absent from answers unless expanded."""

ANSWERED: Final = Mark("answered")
"""`tiers: Annotated[tuple[Tier, ...] | None, ANSWERED]`: in every answer. Stripe's answers have it only if `expand[]` names it."""

OMIT_IF_NONE: Final = Mark("omit_if_none")
"""`redirect: Annotated[Redirect | None, OMIT_IF_NONE]`: absent from answers instead of null."""

Boolean = Annotated[bool, BeforeValidator(_boolean)]
"""true or false, or exactly these two words."""

Integer = Annotated[int, BeforeValidator(_integer)]
"""A whole number of 64 bits, or its plain decimal digits. Booleans and floats are refused."""

Timestamp = Integer
"""Unix seconds as Stripe or our store has them."""

TimestampParam = Annotated[
    int,
    BeforeValidator(_timestamp_param),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": MAXIMUM_TIMESTAMP}),
]
"""Unix seconds as a parameter: a moment that every calendar and time zone can show."""

DecimalString = Annotated[
    Decimal,
    BeforeValidator(_decimal),
    PlainSerializer(lambda value: format(value, "f"), return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]{1,19}(\.[0-9]{1,12})?$"}),
]
"""A decimal number in plain notation with at most 12 decimals. JSON has it as a string. Floats are refused."""

Percentage = Annotated[
    Decimal,
    BeforeValidator(_percentage),
    PlainSerializer(float, return_type=float, when_used="json"),
    WithJsonSchema({"type": "number"}),
]
"""Percent. It is an exact decimal here, and a number with the same digits in JSON. A number with more digits than JSON's numbers keep is
refused."""

Slug = Annotated[
    str,
    StringConstraints(strict=True),
    AfterValidator(_slug),
    WithJsonSchema({"type": "string", "pattern": "^[a-z0-9-]{3,64}$"}),
]
"""The readable last part of a link's address."""

Code = Annotated[
    str,
    StringConstraints(strict=True),
    AfterValidator(_code),
    WithJsonSchema({"type": "string", "pattern": f"^{CODE}$"}),
]
"""The random last part of a link's address."""

CurrencyCode = Annotated[str, AfterValidator(_currency)]
"""Three letters (ISO 4217), in lower case as at Stripe."""
