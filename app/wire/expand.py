"""Answers: an object as Stripe writes it, its expandable parts collapsed to ids unless `expand[]` asks for them.

Pure. The models say what can be expanded (`EXPANDABLE`, `INCLUDABLE`, `ANSWERED`, `OMIT_IF_NONE`); every path that is asked for is
checked against them, so that the same request is refused or answered whatever the object holds.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from pydantic import BaseModel

from app.errors import InvalidRequest
from app.objects.scalars import ANSWERED, EXPANDABLE, INCLUDABLE, OMIT_IF_NONE, shown
from app.wire.lists import list_envelope
from app.wire.shapes import Shape, fields_of

MAXIMUM_DEPTH: Final = 4
"""Stripe expands four levels deep; the `data` of a list is no level."""

_LIST_PREFIX = "data."

_Path = tuple[str, ...]


def render(model: BaseModel, expand: Collection[str] = ()) -> dict[str, Any]:
    """The object as plain JSON data, with the paths of `expand` (`line_items.data.price.product`) in full.

    Asking for a path asks for everything on the way to it. Raises InvalidRequest (`param` is `expand`) for a path that
    leads to nothing expandable or deeper than four levels.
    """
    return _rendered(model, _asked(type(model), expand))


def render_list(
    model: type[BaseModel], models: Sequence[BaseModel], *, url: str, has_more: bool, expand: Collection[str] = ()
) -> dict[str, Any]:
    """A list of objects of type `model` in Stripe's envelope; the paths of `expand` start with `data.`, as at Stripe.

    Raises InvalidRequest as `render` does, also where the list is empty.
    """
    for path in expand:
        if not path.startswith(_LIST_PREFIX):
            raise _refused(path, "in a list, paths start with data.")
    asked = _asked(model, [path.removeprefix(_LIST_PREFIX) for path in expand], _LIST_PREFIX)
    return list_envelope([_rendered(one, asked) for one in models], url, has_more)


def _asked(model: type[BaseModel], expand: Collection[str], prefix: str = "") -> frozenset[_Path]:
    """Every path that is asked for, and every path on the way to it; `prefix` is what stood before each of them."""
    paths = [_checked(model, path, prefix) for path in expand]
    return frozenset(path[:length] for path in paths for length in range(1, len(path) + 1))


def _checked(model: type[BaseModel], path: str, prefix: str) -> _Path:
    segments = tuple(path.split("."))
    if sum(segment != "data" for segment in segments) > MAXIMUM_DEPTH:
        raise _refused(prefix + path, f"only {MAXIMUM_DEPTH} levels can be")
    shape = Shape(models=(model,))
    for segment in segments:
        child = shape.child(segment)
        if child is None:
            raise _refused(prefix + path, f"there is no “{shown(segment)}”")
        shape = _of_items(child)
    if not shape.marks & {EXPANDABLE, INCLUDABLE, ANSWERED}:
        whole = shape.models or shape.values is not None
        raise _refused(prefix + path, "it is always answered in full" if whole else "there is no more of it here")
    return segments


def _of_items(shape: Shape) -> Shape:
    """A list's items stand for the list: a path has no place for an index."""
    while shape.items is not None:
        shape = replace(shape.items, marks=shape.items.marks | shape.marks)
    return shape


def _refused(path: str, why: str) -> InvalidRequest:
    return InvalidRequest(f"This can't be expanded: {shown(path)} ({why}).", param="expand")


def _rendered(model: BaseModel, asked: frozenset[_Path]) -> dict[str, Any]:
    return _object(model, model.model_dump(mode="json", by_alias=True), (), asked)


def _object(model: BaseModel, data: Mapping[str, Any], path: _Path, asked: frozenset[_Path]) -> dict[str, Any]:
    fields = fields_of(type(model))
    answer: dict[str, Any] = {}
    for name, plain in data.items():
        field = fields.get(name)
        here = (*path, name)
        if field is None:  # a computed field
            answer[name] = plain
            continue
        if OMIT_IF_NONE in field.shape.marks and plain is None:
            continue
        if INCLUDABLE in field.shape.marks and here not in asked:
            continue
        answer[name] = _value(getattr(model, field.name), plain, field.shape, here, asked)
    return answer


def _value(value: Any, plain: Any, shape: Shape, path: _Path, asked: frozenset[_Path]) -> Any:
    """`value` and `plain` are the same thing: the first knows which model it is, the second how JSON writes it."""
    if isinstance(value, BaseModel):
        if EXPANDABLE in shape.marks and path not in asked:
            return plain["id"]
        return _object(value, plain, path, asked)
    if isinstance(value, list | tuple):
        items = _of_items(shape)
        return [_value(*pair, items, path, asked) for pair in zip(value, plain, strict=True)]
    if isinstance(value, Mapping):
        values = shape.values or Shape()
        return {name: _value(value[name], plain[name], values, (*path, name), asked) for name in value}
    return plain
