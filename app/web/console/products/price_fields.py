"""The fields of a new price, made of the editor's controls: once, again and again, an amount that buyers choose, or tiers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from app.services.links.stock import Stock
from app.web.console.editor.control import Control, Options, choices
from app.web.console.editor.controls.first import AMOUNT, CURRENCY, NAME
from app.web.console.editor.controls.money import PRICE_KIND, TAX, TIER, TYPE
from app.web.console.editor.entries import Entries
from app.web.console.editor.kinds import kinds_of
from app.web.console.editor.offers import offered
from app.web.console.editor.reading import Read
from app.web.console.editor.texts import Manner, Unreadable, clean, read_number, read_text
from app.web.console.editor.values import Values
from app.web.console.messages.translate import stripe_text
from app.web.console.typed_values import read_amounts
from app.web.display.translation import gettext
from app.web.display.translation import lazy_gettext as _

LOOKUP_KEY_MAXIMUM: Final = 200
NICKNAME_MAXIMUM: Final = 5000
PLAIN: Final = ("once", "recurring")
"""The kinds of a price with one amount. Only these can be sold in packs and in other currencies."""

_BY_NAME: Final = {control.name: control for group in (TYPE, TAX) for control in group.controls}
_CHOSEN: Final = "line_items[0][custom_unit_amount]"
_TIERS: Final = "line_items[0][tiers]"

CONTROLS: Final[Mapping[str, Control]] = {
    "kind": PRICE_KIND,
    "amount": replace(AMOUNT.at(0), id="amount"),
    "currency": CURRENCY,
    "interval_count": _BY_NAME["line_items[0][price_data][recurring][interval_count]"],
    "interval": _BY_NAME["line_items[0][price_data][recurring][interval]"],
    "preset": _BY_NAME[f"{_CHOSEN}[preset]"],
    "minimum": _BY_NAME[f"{_CHOSEN}[minimum]"],
    "maximum": _BY_NAME[f"{_CHOSEN}[maximum]"],
    "tiers_mode": _BY_NAME["line_items[0][tiers_mode]"],
    "tax_behavior": _BY_NAME["line_items[0][price_data][tax_behavior]"],
    "nickname": Control("nickname", _("Name in your lists"), maximum=NICKNAME_MAXIMUM),
    "divide_by": Control("transform_quantity[divide_by]", _("Counted in packs of"), "number", attributes={"min": "1"}),
    "round": Control(
        "transform_quantity[round]",
        _("Part of a pack"),
        "select",
        options=choices(("up", _("counts as a pack")), ("down", _("is free"))),
        default="up",
    ),
    "currency_options": Control(
        "currency_options", _("In other currencies"), "textarea", hint=_("One on each line, such as USD 6.00")
    ),
    "lookup_key": Control("lookup_key", _("Lookup key"), hint=_("For programs"), maximum=LOOKUP_KEY_MAXIMUM),
}
"""The controls by the short names that the template uses, in the order of the page."""

_FOLDED: Final = ("tax_behavior", "divide_by", "round", "currency_options", "lookup_key")
_MOVED: Final = (("unit_amount", "amount"), ("recurring", "interval_count"), ("custom_unit_amount", "preset"))


@dataclass
class PriceFields:
    """The fields of one answer: what was typed, and what is wrong, by the name of the field."""

    values: Values
    manner: Manner
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def controls(self) -> Mapping[str, Control]:
        """The controls by their short names."""
        return CONTROLS

    @property
    def tiers(self) -> list[list[Control]]:
        """The controls of each tier."""
        return [[control.at(index) for control in TIER] for index in self.values.indices(_TIERS) or [0]]

    @property
    def errors(self) -> list[tuple[str, str]]:
        """The summary: id of the field and message, in the order of the page."""
        tiers = (control for tier in self.tiers for control in tier)
        ids = {control.name: control.element_id for control in (*CONTROLS.values(), *tiers)}
        order = list(ids)
        names = sorted(self.problems, key=lambda name: order.index(name) if name in ids else len(order))
        return [(ids.get(name, ""), self.problems[name]) for name in names]

    @property
    def more_is_wrong(self) -> bool:
        """Whether a field in the fold is wrong."""
        return any(CONTROLS[name].name in self.problems for name in _FOLDED)

    def shows(self, _control: Control) -> bool:
        """Every control is shown."""
        return True

    def problem(self, name: str) -> str:
        """Return what is wrong with a field, or an empty text."""
        return self.problems.get(name, "")

    def text(self, control: Control) -> str:
        """Return what the field of a control holds."""
        return self.values.get(control.name) or control.default

    def options(self, control: Control) -> Options:
        """Return the choices of a control."""
        return offered(control, Stock(), self.manner)

    def read(self) -> dict[str, Any]:
        """Return the parameters of the price, without its product. What is wrong stands in `problems`."""
        values = Values(self.values.fields.copy())
        values.drop("line_items[0][price]")
        values.drop("optional_items[")
        values.set(NAME.at(0).name, "-")
        kinds, found = kinds_of(values, {}), Read()
        Entries(values, self.manner, kinds, found.params, found.prices, found.problems, editing=False).read()
        item = found.params["line_items"][0]
        price = dict(found.prices[item["price"]] if "price" in item else item["price_data"])
        del price["product_data"]
        self.problems.update(found.problems)
        return price | self._read_own(kinds.price in PLAIN)

    def refuse(self, param: str | None, message: str) -> bool:
        """Add Stripe's message to the field that sets a parameter. Return whether there is such a field."""
        name = param or ""
        if name.startswith("tiers["):
            self.problems[f"line_items[0][{name.replace('[', '][', 1)}"] = stripe_text(message)
            return True
        first = name.partition("[")[0]
        short = dict(_MOVED).get(first, "divide_by" if first == "transform_quantity" else first)
        if short not in CONTROLS:
            return False
        self.problems[CONTROLS[short].name] = stripe_text(message)
        return True

    def _read_own(self, is_plain: bool) -> dict[str, Any]:
        """Return the parameters that the editor of a link does not have."""
        found = {name: self._read_text(name) for name in ("nickname", "lookup_key")}
        if is_plain:
            divide_by = self._read_text("divide_by")
            if divide_by is not None:
                found["transform_quantity"] = {"divide_by": divide_by, "round": self.text(CONTROLS["round"])}
            found["currency_options"] = self._read_currencies()
        return {name: value for name, value in found.items() if value}

    def _read_text(self, name: str) -> Any:
        control = CONTROLS[name]
        text = clean(control, self.values.get(control.name))
        try:
            if control.kind == "number" and text and read_number(text) < 1:
                raise Unreadable(gettext("Enter a whole number, such as 10"))
            return read_text(control, text, self.manner) if text else None
        except Unreadable as error:
            self.problems[control.name] = str(error)
            return None

    def _read_currencies(self) -> dict[str, dict[str, int]]:
        control = CONTROLS["currency_options"]
        try:
            found = read_amounts(self.values.get(control.name), self.manner)
        except Unreadable as error:
            self.problems[control.name] = str(error)
            return {}
        return {code: {"unit_amount": amount} for code, amount in found.items() if code != self.manner.currency}
