"""`expand[]`: an object as Stripe writes it, with ids in place of expandable objects unless `expand[]` names them.

The models say what can be expanded (`EXPANDABLE`, `INCLUDABLE`, `ANSWERED`, `OMIT_IF_NONE`, `reference`). Every path is checked against
the model and not against the data, so the same path is always accepted or always refused. The sandbox has a table in place of models;
its paths follow the same rules (`expand_paths`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from pydantic import BaseModel

from app.errors import InvalidRequest
from app.objects.scalars import ANSWERED, EXPANDABLE, INCLUDABLE, OMIT_IF_NONE, ReferenceMark, abbreviate
from app.wire.lists import list_envelope
from app.wire.shapes import Shape, fields_of

MAXIMUM_DEPTH: Final = 4
"""Stripe expands four levels deep. The `data` of a list is not a level."""

_PATH_SHOWN: Final = 300
"""Characters of a path in an error. The longest path that Stripe has is shorter."""

_Path = tuple[str, ...]


def render(model: BaseModel, expand: Collection[str] = ()) -> dict[str, Any]:
    """Return the object as plain JSON data, with the paths of `expand` (`line_items.data.price.product`) expanded.

    A path also expands everything on the way to its end. Raises `InvalidRequest` (`param` is `expand`) for a path that does not end
    at something expandable, or is deeper than four levels.
    """
    return _render(model, _expanded(type(model), expand_paths(expand)))


def render_list(
    model: type[BaseModel], models: Sequence[BaseModel], *, url: str, has_more: bool, expand: Collection[str] = ()
) -> dict[str, Any]:
    """Return a list of objects of type `model` in Stripe's envelope. The paths of `expand` start with `data.`, as at Stripe.

    Raises `InvalidRequest` as `render` does, for an empty list as well.
    """
    expanded = _expanded(model, expand_paths(expand, of_list=True))
    return list_envelope([_render(one, expanded) for one in models], url, has_more)


def check_paths(model: type[BaseModel], expand: Collection[str]) -> None:
    """Raise `InvalidRequest` as `render` does, before there is an object."""
    _expanded(model, expand_paths(expand))


class ExpandPath(NamedTuple):
    """One path of `expand[]`: as it was sent, and its segments below one object."""

    sent: str
    segments: tuple[str, ...]

    def refusal(self, reason: str) -> InvalidRequest:
        """Return the exception for a path that cannot be expanded."""
        return InvalidRequest(
            f"This can't be expanded: {abbreviate(self.sent, _PATH_SHOWN)} ({reason}).", param="expand"
        )


def expand_paths(expand: Collection[str], *, of_list: bool = False) -> list[ExpandPath]:
    """Split the paths of `expand[]`. Raises `InvalidRequest` for a path that is too deep, or lacks `data.` in a list."""
    paths = []
    for sent in expand:
        path = ExpandPath(sent, tuple(sent.split(".")))
        if of_list and (path.segments[0] != "data" or len(path.segments) < 2):
            raise path.refusal("in a list, paths start with data.")
        if of_list:
            path = ExpandPath(sent, path.segments[1:])
        if sum(segment != "data" for segment in path.segments) > MAXIMUM_DEPTH:
            raise path.refusal(f"only {MAXIMUM_DEPTH} levels can be")
        paths.append(path)
    return paths


def _expanded(model: type[BaseModel], paths: Collection[ExpandPath]) -> frozenset[_Path]:
    """Return every path to expand: those of `expand[]` and those on the way to them."""
    for path in paths:
        _check(model, path)
    return frozenset(path.segments[:length] for path in paths for length in range(1, len(path.segments) + 1))


def _check(model: type[BaseModel], path: ExpandPath) -> None:
    """Raise `InvalidRequest` for a path that does not end at something expandable in the model."""
    shape = Shape(models=(model,))
    for segment in path.segments:
        child = shape.child(segment)
        if child is None:
            raise path.refusal(f"there is no “{abbreviate(segment)}”")
        shape = _item_shape(child)
    if not shape.marks & {EXPANDABLE, INCLUDABLE, ANSWERED} and _reference(shape) is None:
        in_full = shape.models or shape.values is not None
        raise path.refusal("it is always answered in full" if in_full else "there is no more of it here")


def _item_shape(shape: Shape) -> Shape:
    """Return the shape of a list's items in place of the list. A path has no indices."""
    while shape.items is not None:
        shape = replace(shape.items, marks=shape.items.marks | shape.marks)
    return shape


def _render(model: BaseModel, expanded: frozenset[_Path]) -> dict[str, Any]:
    return _render_object(model, model.model_dump(mode="json", by_alias=True), (), expanded)


def _render_object(
    model: BaseModel, data: Mapping[str, Any], path: _Path, expanded: frozenset[_Path]
) -> dict[str, Any]:
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
        if INCLUDABLE in field.shape.marks and here not in expanded:
            continue
        answer[name] = _render_value(getattr(model, field.name), plain, field.shape, here, expanded)
    # Attributes of Stripe's that we do not know are answered unchanged.
    return {**answer, **(model.model_extra or {})}


def _render_value(value: Any, plain: Any, shape: Shape, path: _Path, expanded: frozenset[_Path]) -> Any:
    """Render one attribute. `value` knows its model, `plain` is the same value as JSON has it."""
    if isinstance(value, BaseModel):
        if EXPANDABLE in shape.marks and path not in expanded:
            return plain["id"]
        return _render_object(value, plain, path, expanded)
    if isinstance(value, list | tuple):
        items = _item_shape(shape)
        return [_render_value(*pair, items, path, expanded) for pair in zip(value, plain, strict=True)]
    if isinstance(value, Mapping):
        values = shape.values or Shape()
        return {name: _render_value(value[name], plain[name], values, (*path, name), expanded) for name in value}
    mark = _reference(shape)
    if mark is not None and value is not None and path in expanded:
        return {"id": plain, "object": mark.object}
    return plain


def _reference(shape: Shape) -> ReferenceMark | None:
    return next((mark for mark in shape.marks if isinstance(mark, ReferenceMark)), None)
