"""Stripe's scalar values as types, read alike from form strings and from JSON.

Pure: a value that means something else than it says ("1.0" for an integer, 1 for a boolean) is refused, never guessed.

A validator that finds a mistake raises `refusal(message, code=…, at=…)`.
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
"""The code of a refusal for which Stripe's error object carries none."""

EMPTY: Final = "parameter_invalid_empty"
"""The code for an empty string where nothing can be unset."""

EMPTY_MESSAGE: Final = "Empty value: {param} can't be unset; leave it out or give it a value."

MAXIMUM_TIMESTAMP: Final = 253370764799
"""The last second of the year 9998. Dates end with the year 9999, in some time zones half a day earlier."""

_INTEGER = re.compile(r"-?[0-9]{1,19}")
_INTEGER_MINIMUM, _INTEGER_MAXIMUM = -(2**63), 2**63 - 1
_DECIMAL = re.compile(r"-?[0-9]{1,19}(\.[0-9]{1,12})?")
_SMALL_DECIMAL = re.compile(r"-?[0-9](\.[0-9]{1,12})?E-[0-9]{1,2}")
_CURRENCY = re.compile(r"[A-Za-z]{3}")
_SLUG = re.compile(r"[a-z0-9-]{3,64}")
_SHOWN_LENGTH = 60


def refusal(
    message: LiteralString, *, code: LiteralString = NO_CODE, at: tuple[str | int, ...] = (), **context: str | int
) -> PydanticCustomError:
    """The exception that a validator raises when a rule of Stripe's is broken.

    `message` is a template: `{param}` stands for the parameter's name (`line_items[0][quantity]`), which the wire fills
    in, other names for `context`. `code` is the code of Stripe's error object. `at` leads from the value that is
    validated to the attribute that is to blame: `at=("redirect", "url")`.
    """
    return PydanticCustomError(code, message, {**context, "at": at})


def shown(value: object) -> str:
    """A value as an error message may quote it: on one line and short."""
    if isinstance(value, int) and abs(value) > _INTEGER_MAXIMUM:
        return "a larger number"  # Python refuses to print thousands of digits.
    if isinstance(value, (str, int, float, Decimal)):
        text = str(value) if not isinstance(value, bool) else str(value).lower()
        text = "".join(character if character.isprintable() else " " for character in text[: _SHOWN_LENGTH + 1])
        return text if len(text) <= _SHOWN_LENGTH else text[:_SHOWN_LENGTH] + "…"
    return {dict: "an object", list: "a list", type(None): "null"}.get(type(value), type(value).__name__)


def _refuse_empty(value: object) -> None:
    if value == "":
        raise refusal(EMPTY_MESSAGE, code=EMPTY)


def _boolean(value: Any) -> bool:
    _refuse_empty(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in ("true", "false"):
        return value == "true"
    raise refusal("Invalid boolean: {param} must be true or false, not “{value}”.", value=shown(value))


def _integer(value: Any) -> int:
    _refuse_empty(value)
    number: int | None = None
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, str) and _INTEGER.fullmatch(value):
        number = int(value)
    if number is None and not (isinstance(value, str) and re.fullmatch(r"-?[0-9]+", value)):
        raise refusal(
            "Invalid integer: {param} must be a whole number, not “{value}”.",
            code="parameter_invalid_integer",
            value=shown(value),
        )
    if number is None or not _INTEGER_MINIMUM <= number <= _INTEGER_MAXIMUM:
        raise refusal(
            "Invalid integer: {param} must not be a larger number than 9223372036854775807.",
            code="parameter_invalid_integer",
        )
    return number


def _shown_everywhere(value: Any) -> int:
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
            value=shown(value),
        )
    number = Decimal(text)
    return number if number else abs(number)


def _percentage(value: Any) -> Decimal:
    # repr gives the shortest decimal that reads back as the same float: 8.875 stays 8.875.
    number = _decimal(Decimal(repr(value)) if isinstance(value, float) else value)
    if Decimal(repr(float(number))) != number:
        raise refusal("Invalid decimal: {param} has more digits than a number in JSON can carry.")
    return number


def _currency(value: str) -> str:
    _refuse_empty(value)
    if not _CURRENCY.fullmatch(value):
        raise refusal(
            "Invalid currency: {param} must be a three-letter ISO 4217 code, not “{value}”.", value=shown(value)
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
            "Invalid slug: {param} may hold the letters a to z, digits and hyphens, from 3 to 64 of them, and “{value}” does not fit.",
            value=shown(value),
        )
    return value


@dataclass(frozen=True)
class Text:
    """Annotation of a string with limits in characters, without NUL: `Annotated[str, Text(500)]`.

    PostgreSQL keeps no NUL in text, so it is refused at the door on every engine.
    """

    max_length: int
    min_length: int = 0

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The string's own schema with its limits, then the refusal of NUL."""
        text = core_schema.str_schema(max_length=self.max_length, min_length=self.min_length or None)
        return core_schema.no_info_after_validator_function(_without_nul, text)


@dataclass(frozen=True)
class Mark:
    """Annotation that tells how an attribute is answered; it validates nothing."""

    name: str


class ExpandableMark(Mark):
    """Annotation of an attribute kept as a whole object and answered by id unless `expand[]` asks for it."""


EXPANDABLE: Final = ExpandableMark("expandable")
"""`product: Annotated[str | Product, EXPANDABLE]`: answered as its id unless expanded. Also on the items of a list."""

INCLUDABLE: Final = Mark("includable")
"""`line_items: Annotated[ListObject[LineItem] | None, INCLUDABLE]`: absent from answers unless expanded."""

ANSWERED: Final = Mark("answered")
"""`tiers: Annotated[tuple[Tier, ...] | None, ANSWERED]`: in every answer, where Stripe's holds it only when `expand[]` asks for it."""

OMIT_IF_NONE: Final = Mark("omit_if_none")
"""`redirect: Annotated[Redirect | None, OMIT_IF_NONE]`: absent from answers, not null, where there is none."""

Boolean = Annotated[bool, BeforeValidator(_boolean)]
"""true or false, or exactly these two words."""

Integer = Annotated[int, BeforeValidator(_integer)]
"""A whole number that fits 64 bits, or its plain decimal digits. Booleans and floats are refused."""

Timestamp = Integer
"""Unix seconds as Stripe or our store has them."""

TimestampParam = Annotated[
    int,
    BeforeValidator(_shown_everywhere),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": MAXIMUM_TIMESTAMP}),
]
"""Unix seconds as a parameter: a moment that every calendar and time zone can show."""

DecimalString = Annotated[
    Decimal,
    BeforeValidator(_decimal),
    PlainSerializer(lambda value: format(value, "f"), return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]{1,19}(\.[0-9]{1,12})?$"}),
]
"""A decimal number in plain notation with at most 12 decimals; JSON carries it as a string. Floats are refused."""

Percentage = Annotated[
    Decimal,
    BeforeValidator(_percentage),
    PlainSerializer(float, return_type=float, when_used="json"),
    WithJsonSchema({"type": "number"}),
]
"""Percent, which Stripe's JSON carries as a number: an exact decimal here, and the same digits again in JSON. One with more
digits than a number in JSON keeps is refused."""

Slug = Annotated[
    str,
    StringConstraints(strict=True),
    AfterValidator(_slug),
    WithJsonSchema({"type": "string", "pattern": "^[a-z0-9-]{3,64}$"}),
]
"""The readable end of a link's address."""

CurrencyCode = Annotated[str, AfterValidator(_currency)]
"""Three letters (ISO 4217), kept in lower case as Stripe does."""
