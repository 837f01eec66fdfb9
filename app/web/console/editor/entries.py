"""The lists of the form: items, optional items, questions, tiers, shipping options and tax rates."""

import re
import unicodedata
from typing import Any, Final

from app.web.console.editor.control import Control
from app.web.console.editor.controls.buyers import QUESTION
from app.web.console.editor.controls.first import AMOUNT, CURRENCY, LINE_ITEM, NAME, OPTIONAL_ITEM
from app.web.console.editor.controls.money import TIER
from app.web.console.editor.kinds import Kinds
from app.web.console.editor.texts import Manner, Unreadable, clean, read_amount, read_number, read_text
from app.web.console.editor.values import Values
from app.web.display.translation import gettext as _

NEW_PRICE: Final = "new_price_"
"""The prefix of the placeholder for the id of a price that is created with the link."""

_SEPARATOR: Final = " = "
_NOT_IN_KEYS: Final = re.compile(r"[^A-Za-z0-9]")
_READ_OF_LABEL: Final = 400
"""How many characters of a label are read to make a key. A key has at most half as many."""


class Entries:
    """Reads the lists of one form into its parameters."""

    def __init__(
        self,
        values: Values,
        manner: Manner,
        kinds: Kinds,
        params: dict[str, Any],
        prices: dict[str, dict[str, Any]],
        problems: dict[str, str],
        *,
        editing: bool,
    ) -> None:
        self.values, self.manner, self.kinds = values, manner, kinds
        self.params, self.prices, self.problems = params, prices, problems
        self.editing = editing

    def read(self) -> None:
        """Read every list."""
        self.params["line_items"] = self._existing_items() if self.editing else self._new_items()
        optional = [self._optional_item(index) for index in self.values.indices("optional_items")]
        questions = [self._question(index) for index in self.values.indices("custom_fields")]
        if optional:
            self.params["optional_items"] = optional
        if questions:
            self.params["custom_fields"] = questions
        rates = self.values.entries("shipping_options", "[shipping_rate]")
        if rates and self.kinds.ships == "yes":
            self.params["shipping_options"] = [{"shipping_rate": id} for id in rates]
        if self.kinds.tax == "rates" and (tax_rates := self.values.entries("counterfoil[tax_rates]")):
            self.params.setdefault("counterfoil", {})["tax_rates"] = tax_rates

    def _new_items(self) -> list[dict[str, Any]]:
        indices = self.values.indices("line_items")
        if len(indices) > 1:
            indices = [index for index in indices if not self._is_empty(index)] or indices[:1]
        items = [self._new_item(index, position) for position, index in enumerate(indices or [0])]
        currency = self.values.get(CURRENCY.name)
        if currency and all("price" in item for item in items) and not self.prices:
            self.params["currency"] = self.manner.currency
        return items

    def _is_empty(self, index: int) -> bool:
        """Return whether nothing was entered for an item, as after a search that added another one."""
        names = (f"line_items[{index}][price]", NAME.at(index).name, AMOUNT.at(index).name)
        return not any(self.values.get(name).strip() for name in names)

    def _new_item(self, index: int, position: int) -> dict[str, Any]:
        item: dict[str, Any] = {"quantity": self._number(f"line_items[{index}][quantity]", 1)}
        if adjustable := self._adjustable(index):
            item["adjustable_quantity"] = adjustable
        if id := self.values.get(f"line_items[{index}][price]").strip():
            return item | {"price": id}
        kind = self.kinds.price if position == 0 else "recurring" if self.kinds.price == "tiers" else self.kinds.price
        if position and (kind == "custom" or self.values.get(f"line_items[{index}][price_kind]") == "once"):
            kind = "once"
        data: dict[str, Any] = {"currency": self.manner.currency, "product_data": self._product(index)}
        if kind in {"recurring", "tiers"}:
            data["recurring"] = self._interval()
        if (tax := self.values.get("line_items[0][price_data][tax_behavior]")) in {"inclusive", "exclusive"}:
            data["tax_behavior"] = tax
        if kind in {"custom", "tiers"}:
            name = f"{NEW_PRICE}line_items_{position}"
            self.prices[name] = data | (self._chosen_amount() if kind == "custom" else self._tiers())
            return item | {"price": name}
        amount = self._amount(f"line_items[{index}][amount]")
        return item | {"price_data": data | ({"unit_amount": amount} if amount is not None else {})}

    def _product(self, index: int) -> dict[str, Any]:
        product: dict[str, Any] = {}
        for control in LINE_ITEM:
            if "[product_data]" in control.name:
                text = self._text(control.at(index))
                if text:
                    product[control.path[-1]] = text
        if "name" not in product and NAME.at(index).name not in self.problems:
            self.problems[NAME.at(index).name] = _("Enter a name, such as “Heather honey, 500 g”")
        if image := self.values.get(f"line_items[{index}][price_data][product_data][images][0]"):
            product["images"] = [image]
        code = self.values.get("line_items[0][price_data][product_data][tax_code]").strip()
        if code and self.kinds.tax == "automatic":
            product["tax_code"] = code
        return product

    def _interval(self) -> dict[str, Any]:
        prefix = "line_items[0][price_data][recurring]"
        return {
            "interval": self.values.get(f"{prefix}[interval]") or "month",
            "interval_count": self._number(f"{prefix}[interval_count]", 1),
        }

    def _chosen_amount(self) -> dict[str, Any]:
        prefix = "line_items[0][custom_unit_amount]"
        amounts = {name: self._amount(f"{prefix}[{name}]", needed=False) for name in ("preset", "minimum", "maximum")}
        if amounts["preset"] is None:
            amounts["preset"] = self._amount(AMOUNT.at(0).name, needed=False)
        given = {name: amount for name, amount in amounts.items() if amount is not None}
        return {"custom_unit_amount": {"enabled": True, **given}}

    def _tiers(self) -> dict[str, Any]:
        prefix = "line_items[0][tiers]"
        tiers: list[dict[str, Any]] = []
        for index in self.values.indices(prefix):
            up_to, unit, flat = (self.values.get(control.at(index).name).strip() for control in TIER)
            if not (up_to or unit or flat):
                continue
            tier: dict[str, Any] = {"up_to": self._number(TIER[0].at(index).name, 0) if up_to else "inf"}
            for name, text, control in (("unit_amount", unit, TIER[1]), ("flat_amount", flat, TIER[2])):
                if text and (amount := self._amount(control.at(index).name)) is not None:
                    tier[name] = amount
            if not unit and not flat:
                self.problems[TIER[1].at(index).name] = _("Enter a price for this tier")
            tiers.append(tier)
        if not tiers:
            self.problems[TIER[1].at(0).name] = _("Enter a price for the first tier")
        elif tiers[-1]["up_to"] != "inf":
            # The last tier has no end at Stripe.
            tiers[-1]["up_to"] = "inf"
        mode = self.values.get("line_items[0][tiers_mode]") or "graduated"
        return {"billing_scheme": "tiered", "tiers_mode": mode, "tiers": tiers}

    def _existing_items(self) -> list[dict[str, Any]]:
        items = []
        for index in self.values.indices("line_items"):
            item: dict[str, Any] = {"id": self.values.get(f"line_items[{index}][id]")}
            item["quantity"] = self._number(f"line_items[{index}][quantity]", 1)
            item["adjustable_quantity"] = self._adjustable(index) or {"enabled": False}
            items.append(item)
        return items

    def _adjustable(self, index: int) -> dict[str, Any] | None:
        prefix = f"line_items[{index}][adjustable_quantity]"
        if self.values.get(f"{prefix}[enabled]") != "true":
            return None
        bounds = {name: self._number(f"{prefix}[{name}]") for name in ("minimum", "maximum")}
        return {"enabled": True} | {name: number for name, number in bounds.items() if number is not None}

    def _optional_item(self, index: int) -> dict[str, Any]:
        prefix = f"optional_items[{index}]"
        item: dict[str, Any] = {"quantity": self._number(f"{prefix}[quantity]", 1)}
        bounds = {name: self._number(f"{prefix}[adjustable_quantity][{name}]") for name in ("minimum", "maximum")}
        given = {name: number for name, number in bounds.items() if number is not None}
        if given:
            item["adjustable_quantity"] = {"enabled": True, **given}
        if id := self.values.get(f"{prefix}[price]").strip():
            return item | {"price": id}
        name_control, amount_control = (control.at(index) for control in OPTIONAL_ITEM[:2])
        name, amount = self._text(name_control), self._amount(amount_control.name)
        if not name:
            self.problems.setdefault(name_control.name, _("Enter a name, such as “Gift wrapping”"))
        placeholder = f"{NEW_PRICE}optional_items_{index}"
        data: dict[str, Any] = {"currency": self.manner.currency, "product_data": {"name": name}}
        self.prices[placeholder] = data | ({"unit_amount": amount} if amount is not None else {})
        return item | {"price": placeholder}

    def _question(self, index: int) -> dict[str, Any]:
        prefix = f"custom_fields[{index}]"
        by_name = {control.name: control.at(index) for control in QUESTION}
        label = self._text(by_name["custom_fields[{n}][label][custom]"])
        if not label:
            self.problems[f"{prefix}[label][custom]"] = _("Enter the question")
        kind = self.values.get(f"{prefix}[type]") or "text"
        key = self._text(by_name["custom_fields[{n}][key]"]) or self._key(label, index)
        question: dict[str, Any] = {"key": key, "label": {"custom": label, "type": "custom"}, "type": kind}
        if self.values.get(f"{prefix}[optional]") == "true":
            question["optional"] = True
        if kind == "dropdown":
            question["dropdown"] = self._dropdown(prefix)
            return question
        bounds: dict[str, Any] = {}
        for name in ("minimum_length", "maximum_length"):
            own = f"{prefix}[{kind}][{name}]"
            number = self._number(own if own in self.values else f"{prefix}[text][{name}]")
            if number is not None:
                bounds[name] = number
        text = self._text(by_name["custom_fields[{n}][text][default_value]"])
        if text:
            bounds["default_value"] = text
        if bounds:
            question[kind] = bounds
        return question

    def _dropdown(self, prefix: str) -> dict[str, Any]:
        name = f"{prefix}[dropdown][options_text]"
        options: list[dict[str, str]] = []
        for line in self.values.get(name).splitlines():
            if not line.strip():
                continue
            label, separator, value = line.strip().rpartition(_SEPARATOR)
            label, value = (label.strip(), value.strip()) if separator and label.strip() else (line.strip(), "")
            options.append({"label": label, "value": value or option_value(label, len(options))})
        for index in self.values.indices(f"{prefix}[dropdown][options]"):
            own = f"{prefix}[dropdown][options][{index}]"
            options.append({part: self.values.get(f"{own}[{part}]") for part in ("label", "value")})
        if not options:
            self.problems[name] = _("Enter the choices, one on each line")
        dropdown: dict[str, Any] = {"options": options}
        default = self.values.get(f"{prefix}[dropdown][default_value]").strip()
        if default:
            by_label = {option["label"]: option["value"] for option in reversed(options)}
            values = {option["value"] for option in options}
            dropdown["default_value"] = default if default in values else by_label.get(default, default)
        return dropdown

    def _key(self, label: str, index: int) -> str:
        """Return a unique name in exports, made from a question."""
        taken = {self.values.get(f"custom_fields[{other}][key]") for other in self.values.indices("custom_fields")}
        made = plain_word(label)[:40] or f"question{index + 1}"
        return f"{made}{index + 1}" if made in taken | self._made_before(index) else made

    def _made_before(self, index: int) -> set[str]:
        labels = (
            f"custom_fields[{other}][label][custom]" for other in self.values.indices("custom_fields") if other < index
        )
        return {plain_word(self.values.get(name))[:40] for name in labels}

    def _text(self, control: Control) -> str:
        text = clean(control, self.values.get(control.name))
        try:
            return str(read_text(control, text, self.manner)) if text else ""
        except Unreadable as error:
            self.problems[control.name] = str(error)
            return text

    def _number(self, name: str, default: int | None = None) -> int | None:
        text = self.values.get(name).strip()
        try:
            return read_number(text) if text else default
        except Unreadable as error:
            self.problems[name] = str(error)
            return default

    def _amount(self, name: str, *, needed: bool = True) -> int | None:
        text = self.values.get(name).strip()
        if not text and not needed:
            return None
        try:
            return read_amount(text, self.manner)
        except Unreadable as error:
            self.problems[name] = str(error)
            return None


def plain_word(text: str) -> str:
    """Return the ASCII letters and digits of a text, in lower case: "Größe (cm)" is "groecm"."""
    plain = unicodedata.normalize("NFKD", text[:_READ_OF_LABEL].lower())
    return _NOT_IN_KEYS.sub("", plain)


def option_value(label: str, index: int) -> str:
    """Return the word that exports have for a choice if the merchant names none."""
    return plain_word(label)[:100] or f"option{index + 1}"
