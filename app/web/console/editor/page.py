"""The form as its templates show it: values, options, errors and the closed line of each group."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from app.errors import GatewayError, GatewayRefused
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.price import Price
from app.services.links.stock import Stock
from app.web.console.editor import entry_controls
from app.web.console.editor.control import Control, Group, Options
from app.web.console.editor.controls import GROUPS
from app.web.console.editor.controls.first import IMAGE
from app.web.console.editor.kinds import Kinds
from app.web.console.editor.offers import offered
from app.web.console.editor.problems import FIRST, control_of, group_of
from app.web.console.editor.reading import Read
from app.web.console.editor.states import State, states_of, summary_of
from app.web.console.editor.texts import Manner
from app.web.console.editor.translations import LanguageFold, languages_of, shown_controls
from app.web.console.editor.values import Values
from app.web.console.messages.translate import stripe_text
from app.web.console.sold import Sold, sold
from app.web.display.languages import NAMES
from app.web.display.safe_urls import image_url
from app.web.display.translation import gettext as _


@dataclass(frozen=True)
class Difference:
    """One line of the changes: the setting, its value now, and its value after the save."""

    label: str
    now: str
    after: str


@dataclass
class EditorPage:
    """One answer with the form."""

    values: Values
    manner: Manner
    kinds: Kinds
    found: Read
    organization: Organization
    stock: Stock
    known: Mapping[str, Price]
    link: PaymentLink | None = None
    kind: str = ""
    problems: dict[str, str] = field(default_factory=dict)
    open_group: str = ""
    prices: list[Price] | None = None
    """The result of a search. None: there was no search."""
    search_failed: bool = False
    paying: int = 0
    differences: list[Difference] = field(default_factory=list)
    changed: str = ""
    """A sentence about the user who saved the link after this form was loaded. Empty if the link has not changed."""
    price_text: str = ""
    questions_maximum: int = 3
    asks: bool = False
    """Whether the next press of the button saves the listed changes."""

    @property
    def editing(self) -> bool:
        """Whether the form changes a link that exists."""
        return self.link is not None

    @property
    def first(self) -> Mapping[str, Control]:
        """The controls of the first step."""
        return entry_controls.first_controls(self.kind)

    @property
    def moved(self) -> frozenset[str]:
        """The fields of groups that stand in the first step."""
        if self.editing:
            return frozenset({"counterfoil[name]"})
        return frozenset(entry_controls.OF_INVOICES) if self.kind == "invoice" else frozenset()

    @property
    def groups(self) -> tuple[Group, ...]:
        """The folds, in their order."""
        return GROUPS

    @cached_property
    def states(self) -> dict[str, State]:
        """The closed line of each group. The templates ask twice for each group."""
        return states_of(self.found.params, self.values, self.kinds, self.manner)

    @property
    def summary(self) -> str:
        """The line beside the button."""
        return summary_of(self.values, self.kinds, self.found.params, self.manner)

    def text(self, control: Control) -> str:
        """Return what the field of a control holds."""
        return self.values.get(control.name) or control.default

    def texts(self, control: Control) -> list[str]:
        """Return what a list of boxes holds."""
        return (
            self.values.entries(control.name.removesuffix("[]")) if "{n}" not in control.name else self._listed(control)
        )

    def _listed(self, control: Control) -> list[str]:
        base, _index, rest = control.name.partition("[{n}]")
        return self.values.entries(base, rest)

    def shows(self, control: Control) -> bool:
        """Whether the form has a control: some are for new links only."""
        return control.only != ("create" if self.editing else "edit")

    def is_part_shown(self, when: tuple[str, tuple[str, ...]] | None) -> bool:
        """Whether a part belongs to the link that is edited. In a new form, its radio button decides."""
        if when is None or when[0] != "price_kind" or not self.editing:
            return True
        return self.kinds.chosen("price_kind") in when[1]

    def hides(self, when: tuple[str, tuple[str, ...]]) -> bool:
        """Whether a part shows with a radio button of its group. The price of a link that exists has none."""
        return not (self.editing and when[0] == "price_kind")

    def problem(self, name: str) -> str:
        """Return what is wrong with a field. The name of a list of boxes, with `{n}`, stands for all of them."""
        if "{n}" in name:
            listed = ((control_of(field), text) for field, text in self.problems.items())
            return next((text for control, text in listed if control is not None and control.name == name), "")
        return self.problems.get(name, "")

    def has_problem_below(self, name: str) -> bool:
        """Return whether a field is wrong whose name begins with this one."""
        return any(field.startswith(f"{name}[") for field in self.problems)

    def problems_in(self, group: str) -> int:
        """Return how many fields of a group are wrong."""
        return sum(group_of(name) == group for name in self.problems)

    def is_open(self, group: str) -> bool:
        """Whether a fold is open."""
        return group == self.open_group or self.problems_in(group) > 0

    @property
    def errors(self) -> list[tuple[str, str]]:
        """The summary: id of the field and message, in the order of the page."""
        order = [FIRST, *(group.name for group in GROUPS)]
        names = sorted(self.problems, key=lambda name: order.index(group_of(name)))
        return [(self._id(name), self.problems[name]) for name in names]

    def _id(self, name: str) -> str:
        if name == "line_items[0][picture]":
            return "picture"
        first = next((control.element_id for control in self.first.values() if control.name == name), "")
        if first:
            return first
        control = control_of(name)
        if control is None:
            return ""
        if control.kind == "checkboxes":
            return control.element_id
        own = control.id if "{n}" not in control.name else ""
        return own or control.at(*_indices(name)).element_id

    def indices(self, name: str) -> list[int]:
        """Return the indices of a list, at least one for the items."""
        return self.values.indices(name) or ([0] if name in {"line_items", "line_items[0][tiers]"} else [])

    def sold(self, index: int, name: str = "line_items") -> Sold | None:
        """Return the item of an entry whose price exists, or None for a new one."""
        if self.link is not None and name == "line_items":
            items = self.link.line_items.data if self.link.line_items else ()
            wanted = self.values.get(f"line_items[{index}][id]")
            price = next((item.price for item in items if item.id == wanted), None)
            return sold(price) if price is not None else None
        id = self.values.get(f"{name}[{index}][price]")
        if not id:
            return None
        return sold(self.known[id]) if id in self.known else Sold(id, _("This price is not at Stripe"), None)

    def picture(self, index: int) -> str | None:
        """Return the address of the picture of a new item."""
        return image_url(self.values.get(IMAGE.replace("{n}", str(index))) or None)

    def pairs(self, name: str) -> list[tuple[str, str]]:
        """Return the pairs of a list, and one empty pair at the end."""
        keys, texts = self.values.all(f"{name}_key[]"), self.values.all(f"{name}_value[]")
        found = list(zip(keys, texts, strict=False))
        return found if found and not any(found[-1]) else [*found, ("", "")]

    def options(self, control: Control) -> Options:
        """Return the choices of a control. The current one is among them, even where it is unknown."""
        found = offered(control, self.stock, self.manner)
        chosen = self.texts(control) if control.kind == "checkboxes" else [self.values.get(control.name)]
        values = {value for value, _text, _hint in found}
        found = (*found, *((text, text, "") for text in chosen if text and text not in values))
        if control.kind != "checkboxes":
            return found
        # Ticked boxes come first, so that the form sends them in the order of the link.
        place = {text: index for index, text in enumerate(chosen)}
        return tuple(sorted(found, key=lambda option: place.get(option[0], len(place))))

    def missing(self, kind: str) -> str:
        """Return why the objects of a kind are not offered, or an empty text."""
        error = self.stock.missing.get(kind)
        return why_missing(error) if error is not None else ""

    @property
    def languages(self) -> list[LanguageFold]:
        """The folds of the merchant's texts in other languages."""
        return [
            LanguageFold(code, self.problems, shown_controls(code, self.found.params), self.values)
            for code in languages_of(self.values)
        ]

    @property
    def other_languages(self) -> list[tuple[str, str]]:
        """The languages that the form has no fold for, with their names."""
        own = languages_of(self.values)
        return [(code, name) for code, name in NAMES.items() if code not in own]

    @property
    def as_json(self) -> str:
        """The parameters that the form stands for, to copy into a program."""
        return json.dumps(self.found.params, indent=2, ensure_ascii=False)


def _indices(name: str) -> list[int]:
    found = [int(part.partition("]")[0]) for part in name.split("[")[1:] if part.partition("]")[0].isdigit()]
    return found[-1:]


def why_missing(error: GatewayError) -> str:
    """Return a sentence that says why Stripe did not list something, and who can change it."""
    if isinstance(error, GatewayRefused):
        return stripe_text(error.message)
    return _("Stripe did not answer, so this list is not complete. Load the page again in a moment.")
