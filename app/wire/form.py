"""Stripe's bracketed forms (`line_items[0][price]=price_1`) to nested plain data and back.

Pure and linear in the number of pairs. A schema says what is a list, never a key's look; what a form could say in two
ways, or says twice, is refused and not guessed.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from pydantic import BaseModel

from app.errors import InvalidRequest
from app.objects.scalars import shown
from app.wire.shapes import Shape

MAXIMUM_DEPTH: Final = 8
MAXIMUM_KEYS: Final = 2000
MAXIMUM_KEY_LENGTH: Final = 500

_KEY = re.compile(r"[^\[\]]+(?:\[[^\[\]]*\])*")
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")

_Path = tuple[str | int, ...]


class FormError(InvalidRequest):
    """A form that cannot be read: a key is malformed, repeated, in conflict with another, too long or too deep."""


def bracketed(path: Iterable[str | int]) -> str:
    """A path as Stripe writes a parameter's name: `("line_items", 0, "price")` is `line_items[0][price]`."""
    first, *rest = path
    return str(first) + "".join(f"[{segment}]" for segment in rest)


def decode(pairs: Iterable[tuple[str, str]], schema: type[BaseModel]) -> dict[str, Any]:
    """The nested data of a form, in the shape that `schema` declares; every value is still the string that was sent.

    A list takes indices in any order (`a[2]`, `a[0]`: gaps are closed, the order is kept), or scalars with `a[]`, not
    both. A name without brackets and with an empty value stays an empty string, Stripe's way to unset a parameter.
    Names that the schema does not know come through as they are, for its validation to refuse.

    Raises FormError for a key that is malformed, repeated, in conflict with another, deeper than 8, longer than 500
    characters, or the 2001st, and for a NUL anywhere.
    """
    root = _Branch(Shape(models=(schema,)))
    for count, (key, value) in enumerate(pairs, start=1):
        if count > MAXIMUM_KEYS:
            raise FormError(f"Too many parameters: a form holds at most {MAXIMUM_KEYS}.")
        segments = _segments(key)
        if "\x00" in value:
            raise FormError(f"Invalid string: {key} must not contain a NUL character.", param=key)
        branch = root
        for segment in segments[:-1]:
            branch = branch.enter(segment, key)
        branch.put(segments[-1], key, value)
    return root.object()


def _segments(key: str) -> list[str]:
    """`a[b][]` as `["a", "b", ""]`."""
    name = shown(key)
    if len(key) > MAXIMUM_KEY_LENGTH:
        raise FormError(f"Parameter name too long: {name} has more than {MAXIMUM_KEY_LENGTH} characters.", param=name)
    if "\x00" in key or not _KEY.fullmatch(key):
        raise FormError(f"Malformed parameter name: “{name}” must look like a, a[b] or a[0][b].", param=name)
    segments = key.replace("]", "").split("[")
    if len(segments) > MAXIMUM_DEPTH:
        raise FormError(f"Parameter too deep: {name} has more than {MAXIMUM_DEPTH} levels.", param=name)
    return segments


class _Branch:
    """An object, map or list on its way to be plain data."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.children: dict[str, _Branch | str] = {}
        self.appended: list[str] = []

    @property
    def is_list(self) -> bool:
        return self.shape.items is not None

    def enter(self, segment: str, key: str) -> "_Branch":
        """The branch below `segment`, made if it is new."""
        self._check(segment, key, last=False)
        child = self.children.get(segment)
        if child is None:
            shape = self.shape.items if self.is_list else self.shape.child(segment)
            child = self.children[segment] = _Branch(shape or Shape())
        if isinstance(child, str):
            raise _conflict(key)
        return child

    def put(self, segment: str, key: str, value: str) -> None:
        """Keep a scalar below `segment`."""
        self._check(segment, key, last=True)
        if self.is_list and segment == "":
            self.appended.append(value)
        elif segment not in self.children:
            self.children[segment] = value
        elif isinstance(self.children[segment], str):
            raise FormError(f"Repeated parameter: {key} was sent more than once.", param=key)
        else:
            raise _conflict(key)

    def object(self) -> dict[str, Any]:
        """What has been kept, by segment."""
        return {name: child if isinstance(child, str) else child.plain() for name, child in self.children.items()}

    def plain(self) -> dict[str, Any] | list[Any]:
        """What has been kept, as a list where the schema says so."""
        if not self.is_list:
            return self.object()
        if self.appended:
            return list(self.appended)
        children = self.object()
        return [children[index] for index in sorted(children, key=int)]

    def _check(self, segment: str, key: str, *, last: bool) -> None:
        if not self.is_list:
            return
        if segment == "" and last:
            if self.children:
                raise _conflict(key)
        elif not _INDEX.fullmatch(segment):
            raise FormError(f"Invalid array: {key} needs an index, as in [0], where it has [{segment}].", param=key)
        elif self.appended:
            raise _conflict(key)


def _conflict(key: str) -> FormError:
    return FormError(f"Conflicting parameters: {key} was also sent in another form.", param=key)


def encode(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Nested data as the pairs of a form, as Stripe's Python library sends them.

    Lists are written by index, booleans as true and false, decimals in plain notation, times as Unix seconds. None and
    empty objects and lists have no pair; to unset a parameter, send an empty string.
    """
    return [(bracketed(path), text) for name, value in data.items() for path, text in _leaves((name,), value)]


def _leaves(path: _Path, value: Any) -> Iterable[tuple[_Path, str]]:
    if value is None:
        return
    if isinstance(value, Mapping):
        for name, child in value.items():
            yield from _leaves((*path, name), child)
    elif isinstance(value, list | tuple):
        for index, child in enumerate(value):
            yield from _leaves((*path, index), child)
    else:
        yield path, _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return str(int(value.timestamp()))
    return str(value)
