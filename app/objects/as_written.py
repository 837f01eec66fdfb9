"""Annotations for values that are checked in parameters, and kept unchanged in data from Stripe or from our store.

Stripe extends its enumerations and raises its limits. A link that Stripe took must not become unreadable here, so `Object.read` keeps a
new word of an enumeration and a longer text.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeVar

from pydantic import (
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
)
from pydantic_core import CoreSchema, core_schema

Value = TypeVar("Value")

AS_WRITTEN: Final = "as written"
"""The context of a validation that reads data from Stripe or from our store."""


@dataclass(frozen=True)
class Kept:
    """Annotation: keep a value of this type when an object is read, even if a parameter with this value is refused."""

    type: type

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the schema of the annotated type, with this exception."""
        return core_schema.with_info_wrap_validator_function(
            self._validate, handler(source), serialization=core_schema.simple_ser_schema("any")
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Return the schema of the annotated type. An answer may have any other value of this type too."""
        described = handler(schema)
        if handler.mode == "validation":
            return described
        if "enum" in described or "const" in described:
            return {"anyOf": [described, {"type": "string"}]}
        return {name: value for name, value in described.items() if name != "maxLength"}

    def _validate(self, value: Any, check: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        try:
            return check(value)
        except ValidationError:
            if info.context == AS_WRITTEN and isinstance(value, self.type):
                return value
            raise


KEPT_TEXT: Final = Kept(str)

Open = Annotated[Value, KEPT_TEXT]
"""`Open[Literal["auto", "required"]]`: an enumeration that Stripe may extend."""
