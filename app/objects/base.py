"""What every object of ours has in common: frozen, checked when made, and strict about names it does not know."""

from collections.abc import Mapping
from typing import Any, Self, get_args

from pydantic import BaseModel, ConfigDict


class Object(BaseModel):
    """A value with Stripe's field names. A change is a copy (`model_copy(update=...)`) and one store call."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """The object as Stripe or our store wrote it: fields that we do not know are passed over, not refused."""
        return cls.model_validate(data, extra="ignore")


def object_class(annotation: Any) -> type[Object] | None:
    """The one class of ours that an annotation speaks of, inside unions and lists too; None for scalars and maps."""
    parts = get_args(annotation)
    if not parts:
        return annotation if isinstance(annotation, type) and issubclass(annotation, Object) else None
    return next((found for part in parts if (found := object_class(part))), None)
