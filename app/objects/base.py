"""The base class of all objects: frozen, validated when created, strict about unknown names."""

from collections.abc import Mapping
from typing import Any, Self, get_args, get_origin

from pydantic import BaseModel, ConfigDict

from app.objects.as_written import AS_WRITTEN


class Object(BaseModel):
    """An immutable value with Stripe's field names. To change one, copy it with `model_copy(update=...)` and save the copy."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Return the object from data that Stripe or our store wrote. Unknown fields are ignored, new words are kept (`as_written`)."""
        return cls.model_validate(data, extra="ignore", context=AS_WRITTEN)

    @classmethod
    def read_whole(cls, data: Mapping[str, Any]) -> Self:
        """Return the object as `read` does, and keep unknown fields in `model_extra`, at every depth. `whole` returns them."""
        return cls.model_validate(data, extra="allow", context=AS_WRITTEN)


def whole(value: Any) -> Any:
    """Return an object as JSON data, including the unknown fields that `read_whole` kept."""
    return _whole(value, value.model_dump(mode="json")) if isinstance(value, Object) else value


def has_unknown(value: Any) -> bool:
    """Return whether an object, or an object inside it, has unknown fields."""
    if isinstance(value, Object):
        return bool(value.model_extra) or any(has_unknown(getattr(value, name)) for name in type(value).model_fields)
    if isinstance(value, Mapping):
        return any(map(has_unknown, value.values()))
    return isinstance(value, list | tuple) and any(map(has_unknown, value))


def _whole(value: Any, plain: Any) -> Any:
    """`value` is an object or a part of one, `plain` the same as JSON data without unknown fields."""
    if isinstance(value, Object):
        known = {name: _whole(getattr(value, name), entry) for name, entry in plain.items()}
        return {**known, **(value.model_extra or {})}
    if isinstance(value, Mapping):
        return {name: _whole(value[name], entry) for name, entry in plain.items()}
    if isinstance(value, list | tuple):
        return [_whole(*pair) for pair in zip(value, plain, strict=True)]
    return plain


def object_class(annotation: Any) -> type[Object] | None:
    """Return the `Object` class in an annotation, inside unions and lists as well. None for scalars and maps."""
    parts = get_args(annotation)
    if get_origin(annotation) in (dict, Mapping):
        return None
    if not parts:
        return annotation if isinstance(annotation, type) and issubclass(annotation, Object) else None
    return next((found for part in parts if (found := object_class(part))), None)
