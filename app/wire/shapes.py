"""Reads the form of data from a model's annotations: which field is a list, which an object, which an open map.

The data itself does not count, so a map with the keys "0" and "1" stays a map.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from app.objects.scalars import Mark

_LISTS = (list, tuple, set, frozenset, Sequence)
_MAPS = (dict, Mapping)


@dataclass(frozen=True)
class Shape:
    """One annotation: the models of an object, the items of a list, the values of a map, and its marks.

    A scalar has none of the first three. A union has those of all its branches. `alternatives` says whether it has more than one branch
    besides None.
    """

    models: tuple[type[BaseModel], ...] = ()
    items: "Shape | None" = None
    values: "Shape | None" = None
    marks: frozenset[Mark] = frozenset()
    alternatives: bool = False

    def child(self, name: str) -> "Shape | None":
        """Return the shape of the attribute or map entry `name`. None if neither is declared."""
        found = [fields[name].shape for model in self.models if name in (fields := fields_of(model))]
        return _union(found) if found else self.values


@dataclass(frozen=True)
class Field:
    """A field of a model: its name in Python and its shape."""

    name: str
    shape: Shape


@cache
def fields_of(model: type[BaseModel]) -> Mapping[str, Field]:
    """Return the fields of `model` by their names in JSON and forms."""
    if not model.__pydantic_complete__:
        model.model_rebuild()
    return {
        field.alias or name: Field(name, _marked(shape_of(field.annotation), field.metadata))
        for name, field in model.model_fields.items()
    }


def shape_of(annotation: Any) -> Shape:
    """Return the shape of a type annotation. Models are named and not entered, so a model may contain itself."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _marked(shape_of(arguments[0]), arguments[1:])
    if origin in (Union, UnionType):
        branches = [shape_of(argument) for argument in arguments if argument is not NoneType]
        return replace(_union(branches), alternatives=True) if len(branches) > 1 else branches[0]
    kind = origin or annotation
    if kind in _LISTS:
        return Shape(items=shape_of(arguments[0]) if arguments else Shape())
    if kind in _MAPS:
        return Shape(values=shape_of(arguments[1]) if arguments else Shape())
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Shape(models=(annotation,))
    return Shape()


def _marked(shape: Shape, metadata: Iterable[Any]) -> Shape:
    marks = frozenset(entry for entry in metadata if isinstance(entry, Mark))
    return replace(shape, marks=shape.marks | marks) if marks else shape


def _union(shapes: Sequence[Shape]) -> Shape:
    if len(shapes) == 1:
        return shapes[0]
    items = [shape.items for shape in shapes if shape.items is not None]
    values = [shape.values for shape in shapes if shape.values is not None]
    return Shape(
        models=tuple(model for shape in shapes for model in shape.models),
        items=_union(items) if items else None,
        values=_union(values) if values else None,
        marks=frozenset(mark for shape in shapes for mark in shape.marks),
        alternatives=any(shape.alternatives for shape in shapes),
    )
