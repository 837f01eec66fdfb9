"""The building blocks of the editor's form: groups of parts of controls. A control has the API's name of its parameter."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeAlias

from flask_babel import LazyString

Kind = Literal[
    "amount", "checkbox", "checkboxes", "date", "lines", "moment", "number", "percent", "radio", "select", "text", "textarea", "url",
    "words",
]  # fmt: skip
"""How a control looks and how its text is read.

`amount` is in the major unit. `lines` is a list with one entry on each line, `words` a list with spaces between its entries,
`checkboxes` a list of ticked boxes. `moment` is a date with a time, in the organization's time zone.
"""

Label: TypeAlias = str | LazyString
Options: TypeAlias = tuple[tuple[str, Label, Label], ...]
"""The choices of a control: value, text and hint."""

_NOT_IN_IDS: Final = re.compile(r"[^a-z0-9]+")


def choices(*options: tuple[str, Label] | tuple[str, Label, Label]) -> Options:
    """Return choices. A choice without a hint gets an empty one."""
    return tuple((*option, "") if len(option) == 2 else option for option in options)


@dataclass(frozen=True)
class Control:
    """One control. `name` is the name of its field; `{n}` in it stands for the index of its entry.

    `default` is the value that sets nothing, such as the first choice of radio buttons.
    """

    name: str
    label: Label
    kind: Kind = "text"
    hint: Label = ""
    options: Options = ()
    default: str = ""
    maximum: int | None = None
    optional: bool = True
    only: Literal["", "create", "edit"] = ""
    id: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    sets: str = ""
    """The dotted path of the parameter, if it does not follow from the name."""

    @property
    def path(self) -> tuple[str, ...]:
        """The path of the parameter that the control sets: `("counterfoil", "title")`."""
        return tuple(self.sets.split(".")) if self.sets else split_name(self.name)

    @property
    def shows_optional(self) -> bool:
        """Whether the label says that the field may stay empty."""
        return self.optional and self.kind not in {"checkbox", "checkboxes", "radio", "select"}

    def at(self, *indices: int) -> "Control":
        """Return the control of one entry of a list."""
        name = self.name
        for letter, index in zip("nk", indices, strict=False):
            name = name.replace(f"{{{letter}}}", str(index))
        return replace(self, name=name, id=id_of(name))

    @property
    def element_id(self) -> str:
        """The id of the element."""
        return self.id or id_of(self.name)


@dataclass(frozen=True)
class Part:
    """Controls that stand together. `when` has a helper field, and the values of that field with which they are shown."""

    controls: tuple[Control, ...] = ()
    legend: Label = ""
    hint: Label = ""
    when: tuple[str, tuple[str, ...]] | None = None
    inline: bool = False
    template: str = ""
    """The partial template that shows the part, if it is a list of entries."""


@dataclass(frozen=True)
class Group:
    """One fold of the form."""

    name: str
    title: Label
    parts: tuple[Part, ...]

    @property
    def controls(self) -> Iterator[Control]:
        """Every control of the group."""
        return (control for part in self.parts for control in part.controls)


def split_name(name: str) -> tuple[str, ...]:
    """Return the parts of a field's name: `a[b][0]` is `("a", "b", "0")`. An empty index at the end is left out."""
    return tuple(part for part in name.replace("]", "").split("[") if part)


def id_of(name: str) -> str:
    """Return the id of the control with this name: `counterfoil[opens_at]` is `counterfoil-opens-at`."""
    return _NOT_IN_IDS.sub("-", name.lower()).strip("-")
