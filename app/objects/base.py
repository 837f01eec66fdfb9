"""The base class of all objects: frozen, validated when created, strict about unknown names."""

from collections.abc import Mapping
from typing import Any, Self, get_args

from pydantic import BaseModel, ConfigDict


class Object(BaseModel):
    """An immutable value with Stripe's field names. To change one, copy it with `model_copy(update=...)` and save the copy."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Return the object from data that Stripe or our store wrote. Unknown fields are ignored."""
        return cls.model_validate(data, extra="ignore")


def object_class(annotation: Any) -> type[Object] | None:
    """Return the `Object` class in an annotation, inside unions and lists as well. None for scalars and maps."""
    parts = get_args(annotation)
    if not parts:
        return annotation if isinstance(annotation, type) and issubclass(annotation, Object) else None
    return next((found for part in parts if (found := object_class(part))), None)
