"""Reads and writes Stripe's bracketed forms: `line_items[0][price]=price_1` is nested plain data.

Linear in the number of pairs. The schema says what is a list, never the look of a key. A form that can be read in two ways, or says
something twice, is refused and not guessed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import parse_qsl

from pydantic import BaseModel

from app.errors import InvalidRequest
from app.objects.scalars import abbreviate
from app.wire.shapes import Shape

MAXIMUM_BODY: Final = 1_000_000
"""Bytes of a request's parameters. Twenty line items with all of their parameters have far fewer."""

MAXIMUM_DEPTH: Final = 8
MAXIMUM_KEYS: Final = 2000
MAXIMUM_KEY_LENGTH: Final = 500

_KEY = re.compile(r"[^\[\]]+(?:\[[^\[\]]*\])*")
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")

_Path = tuple[str | int, ...]


class FormError(InvalidRequest):
    """A form cannot be read: a key is malformed, repeated, in conflict with another, too long or too deep."""


def bracketed(path: Iterable[str | int]) -> str:
    """Return a path as Stripe writes a parameter's name: `("line_items", 0, "price")` is `line_items[0][price]`."""
    first, *rest = path
    return str(first) + "".join(f"[{segment}]" for segment in rest)


def parse_form(data: bytes) -> list[tuple[str, str]]:
    """Return the names and values of a form or a query. Raises `InvalidRequest` unless it is UTF-8 with at most 2000 parameters."""
    try:
        return parse_qsl(data.decode(), keep_blank_values=True, errors="strict", max_num_fields=MAXIMUM_KEYS)
    except UnicodeDecodeError:
        raise FormError("The parameters must be UTF-8.") from None
    except ValueError:
        raise FormError(f"Too many parameters: a request has at most {MAXIMUM_KEYS}.") from None


def multipart_pairs(fields: Iterable[tuple[str, str]], files: Iterable[str]) -> list[tuple[str, str]]:
    """Return the fields of a `multipart/form-data` body. Raises `FormError` if it has a file, or more than 2000 fields."""
    for name in files:
        raise FormError("A parameter must be text, not a file.", param=abbreviate(name))
    pairs = list(fields)
    if len(pairs) > MAXIMUM_KEYS:
        raise FormError(f"Too many parameters: a request has at most {MAXIMUM_KEYS}.")
    return pairs


def decode(pairs: Iterable[tuple[str, str]], schema: type[BaseModel]) -> dict[str, Any]:
    """Return the nested data of a form in the shape of `schema`. Every value is still the string that was sent.

    A list takes either indices in any order (`a[2]`, `a[0]`: gaps are closed, the order is kept) or no indices (`a[]`), as older SDKs
    send it: there a name that the last object has already begins the next object (`a[][b]=1&a[][c]=2&a[][b]=3` has two). `expand=x` is
    the same as `expand[]=x`. An empty value stays an empty string, which is Stripe's way to unset a parameter. Names that the schema
    does not know are kept, so that its validation refuses them.

    Raises `FormError` for a key that is malformed, repeated, in conflict with another, deeper than 8 levels, or longer than 500
    characters, for more than 2000 keys, and for a NUL anywhere.
    """
    root = _Branch(Shape(models=(schema,)))
    for count, (key, value) in enumerate(pairs, start=1):
        if count > MAXIMUM_KEYS:
            raise FormError(f"Too many parameters: a request has at most {MAXIMUM_KEYS}.")
        segments = _segments(key)
        if "\x00" in value:
            raise FormError(f"Invalid string: {key} must not contain a NUL character.", param=key)
        branch = root
        for depth, segment in enumerate(segments[:-1], start=1):
            branch = branch.enter(segment, key, segments[depth:])
        branch.put(segments[-1], key, value)
    return root.object()


def _segments(key: str) -> list[str]:
    """Split `a[b][]` into `["a", "b", ""]`."""
    name = abbreviate(key)
    if len(key) > MAXIMUM_KEY_LENGTH:
        raise FormError(f"Parameter name too long: {name} has more than {MAXIMUM_KEY_LENGTH} characters.", param=name)
    if "\x00" in key or not _KEY.fullmatch(key):
        raise FormError(f"Malformed parameter name: “{name}” must look like a, a[b] or a[0][b].", param=name)
    segments = key.replace("]", "").split("[") if key != "expand" else ["expand", ""]
    if len(segments) > MAXIMUM_DEPTH:
        raise FormError(f"Parameter too deep: {name} has more than {MAXIMUM_DEPTH} levels.", param=name)
    return segments


class _Branch:
    """An object, map or list while a form is read."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.children: dict[str, _Branch | str] = {}
        self.appended: list[_Branch | str] = []

    @property
    def is_list(self) -> bool:
        return self.shape.items is not None

    def enter(self, segment: str, key: str, rest: Sequence[str]) -> "_Branch":
        """Return the branch below `segment`. Create it if it is new. `rest` is the path from there on."""
        self._check(segment, key)
        if self.is_list and segment == "":
            return self._enter_last(rest)
        child = self.children.get(segment)
        if child is None:
            shape = self.shape.items if self.is_list else self.shape.child(segment)
            child = self.children[segment] = _Branch(shape or Shape())
        if isinstance(child, str):
            raise _conflict(key)
        return child

    def put(self, segment: str, key: str, value: str) -> None:
        """Add a scalar below `segment`."""
        self._check(segment, key)
        if self.is_list and segment == "":
            self.appended.append(value)
        elif segment not in self.children:
            self.children[segment] = value
        elif isinstance(self.children[segment], str):
            raise FormError(f"Repeated parameter: {key} was sent more than once.", param=key)
        else:
            raise _conflict(key)

    def object(self) -> dict[str, Any]:
        """Return the data by segment."""
        return {name: child if isinstance(child, str) else child.plain() for name, child in self.children.items()}

    def plain(self) -> dict[str, Any] | list[Any]:
        """Return the data, as a list if the schema says so."""
        if not self.is_list:
            return self.object()
        if self.appended:
            return [child if isinstance(child, str) else child.plain() for child in self.appended]
        children = self.object()
        return [children[index] for index in sorted(children, key=int)]

    def _enter_last(self, rest: Sequence[str]) -> "_Branch":
        """Return the last object without an index, or a new one if the last has a value at this path already."""
        last = self.appended[-1] if self.appended else None
        if not isinstance(last, _Branch) or last._has(rest):
            last = _Branch(self.shape.items or Shape())
            self.appended.append(last)
        return last

    def _has(self, path: Sequence[str]) -> bool:
        """Return whether there is a value at this path. A list without indices takes further values."""
        branch: _Branch | str = self
        for segment in path:
            if isinstance(branch, str):
                return True
            if branch.is_list and segment == "":
                return False
            if segment not in branch.children:
                return False
            branch = branch.children[segment]
        return True

    def _check(self, segment: str, key: str) -> None:
        if not self.is_list:
            return
        if segment == "":
            if self.children:
                raise _conflict(key)
        elif not _INDEX.fullmatch(segment):
            raise FormError(f"Invalid array: {key} needs an index, as in [0], where it has [{segment}].", param=key)
        elif self.appended:
            raise _conflict(key)


def _conflict(key: str) -> FormError:
    return FormError(f"Conflicting parameters: {key} was also sent in another form.", param=key)


def encode(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return nested data as the pairs of a form, as Stripe's Python library sends them.

    Lists have indices, booleans are true and false, decimals have plain notation, times are Unix seconds. None, empty objects and
    empty lists have no pair. To unset a parameter, send an empty string.
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
