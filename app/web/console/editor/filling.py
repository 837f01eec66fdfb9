"""Turns a link into the form: the values of its fields when the link is changed or duplicated, and those of a new form."""

from collections.abc import Mapping
from typing import Any, Final

from app.objects.line_item import LineItem
from app.objects.payment_link import PaymentLink
from app.objects.payment_link.custom_field import CustomField
from app.objects.payment_link.parts import OptionalItem
from app.objects.price import Price, Product
from app.pricing.money import format_amount_plain
from app.web.console.editor.controls import GROUPS
from app.web.console.editor.controls.advanced import INVOICE_PAIRS, PAIRS
from app.web.console.editor.entries import option_value
from app.web.console.editor.texts import Manner, write_text
from app.web.console.editor.translations import fill_translations
from app.web.console.editor.values import Values

_SEPARATOR: Final = " = "
_INVOICE_TEXTS: Final = ("account_tax_ids", "custom_fields", "description", "footer")


def fill_new(kind: str, currency: str) -> Values:
    """Return how a new form begins. `kind` is the one in the address of the page."""
    values = Values()
    values.set("line_items[0][price_data][currency]", currency)
    values.set("line_items[0][quantity]", "1")
    if kind == "invoice":
        values.set("restrictions[completed_sessions][limit]", "1")
    elif kind == "subscription":
        values.set("price_kind", "recurring")
    elif kind == "donation":
        values.set("price_kind", "custom")
        values.set("submit_type", "donate")
    return values


def fill(link: PaymentLink, manner: Manner, *, editing: bool, new_price: bool = False) -> Values:
    """Return the fields of a link. Without `editing` they are those of its duplicate, which has no slug of its own.

    With `new_price`, the duplicate describes its items again where the form can, so that their prices can be changed.
    """
    data = _data(link)
    values = Values()
    for group in GROUPS:
        for control in group.controls:
            if control.name.startswith("line_items[") or "{n}" in control.name or not control.path:
                continue
            value = _at(data, control.path)
            if control.kind == "checkboxes":
                values.set_all(control.name, list(value or ()))
            elif value is not None and not isinstance(value, Mapping):
                values.set(control.name, write_text(control, value, manner))
    _fill_kinds(values, link, data)
    _fill_names(values, data)
    _fill_pairs(values, data)
    items = link.line_items.data if link.line_items else ()
    for index, item in enumerate(items):
        _fill_item(values, index, item, manner, editing=editing, new_price=new_price)
    for index, option in enumerate(link.optional_items or ()):
        _fill_optional(values, index, option)
    for index, question in enumerate(link.custom_fields):
        _fill_question(values, index, question)
    fill_translations(values, link.counterfoil.translations, manner)
    for index, shipping in enumerate(link.shipping_options):
        values.set(f"shipping_options[{index}][shipping_rate]", id_of_object(shipping.shipping_rate))
    for index, rate in enumerate(link.counterfoil.tax_rates):
        values.set(f"counterfoil[tax_rates][{index}]", id_of_object(rate))
    values.set("line_items[0][price_data][currency]", link.currency)
    if editing:
        values.set("version", str(link.counterfoil.version))
    else:
        values.set("counterfoil[slug]", "")
    return values


def id_of_object(found: Any) -> str:
    """Return the id of an object, or the text itself if it is an id."""
    return found if isinstance(found, str) else str(found.id) if found is not None else ""


def recurs(link: PaymentLink) -> bool:
    """Whether the link is a subscription."""
    return any(
        item.price is not None and item.price.recurring for item in (link.line_items.data if link.line_items else ())
    )


def _data(link: PaymentLink) -> dict[str, Any]:
    """Return the link as plain data, with the invoices' texts of a subscription under the names of the form."""
    data = link.model_dump(mode="json", exclude_none=True, exclude={"line_items", "optional_items"})
    if link.application_fee_percent is not None:
        data["application_fee_percent"] = format(link.application_fee_percent, "f")
    data["counterfoil"]["coupon"] = id_of_object(link.counterfoil.coupon)
    if recurs(link):
        settings = data.get("subscription_data", {}).get("invoice_settings", {})
        texts = {name: settings[name] for name in _INVOICE_TEXTS if name in settings}
        data["invoice_creation"] = {"invoice_data": texts}
    return data


def _at(data: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = data
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _fill_kinds(values: Values, link: PaymentLink, data: Mapping[str, Any]) -> None:
    first = link.line_items.data[0].price if link.line_items and link.line_items.data else None
    values.set("price_kind", _price_kind(first, link))
    values.set(
        "tax_kind", "automatic" if link.automatic_tax.enabled else "rates" if link.counterfoil.tax_rates else "none"
    )
    coupon = data["counterfoil"]["coupon"]
    values.set("discount_kind", "always" if coupon else "codes" if link.allow_promotion_codes else "none")
    ships = link.shipping_address_collection or link.shipping_options
    values.set("ships", "yes" if ships else "no")
    values.set("after_completion[type]", link.after_completion.type)


def _price_kind(price: Price | None, link: PaymentLink) -> str:
    if price is not None and price.tiers:
        return "tiers"
    if recurs(link):
        return "recurring"
    return "custom" if price is not None and price.custom_unit_amount else "once"


def _fill_names(values: Values, data: Mapping[str, Any]) -> None:
    for name, part in data.get("name_collection", {}).items():
        asked = "optional" if part.get("optional") else "required"
        values.set(f"name_collection[{name}]", asked if part.get("enabled") else "")


def _fill_pairs(values: Values, data: Mapping[str, Any]) -> None:
    for name, *_ in (*PAIRS, *INVOICE_PAIRS):
        found = _at(data, tuple(name.replace("]", "").split("["))) or {}
        pairs = list(found.items()) if isinstance(found, Mapping) else [(it["name"], it["value"]) for it in found]
        values.set_all(f"{name}_key[]", [key for key, _value in pairs])
        values.set_all(f"{name}_value[]", [value for _key, value in pairs])


def _fill_item(values: Values, index: int, item: LineItem, manner: Manner, *, editing: bool, new_price: bool) -> None:
    prefix = f"line_items[{index}]"
    values.set(f"{prefix}[quantity]", str(item.quantity or 1))
    if item.adjustable_quantity is not None and item.adjustable_quantity.enabled:
        values.set(f"{prefix}[adjustable_quantity][enabled]", "true")
        for name in ("minimum", "maximum"):
            bound = getattr(item.adjustable_quantity, name)
            values.set(f"{prefix}[adjustable_quantity][{name}]", "" if bound is None else str(bound))
    if editing:
        values.set(f"{prefix}[id]", item.id)
    elif item.price is not None and not (new_price and _fill_price(values, index, item.price, manner)):
        values.set(f"{prefix}[price]", item.price.id)


def _fill_price(values: Values, index: int, price: Price, manner: Manner) -> bool:
    """Describe an item again. Return False if the form cannot describe its price."""
    product = price.product
    simple = price.unit_amount is not None and not (price.tiers or price.custom_unit_amount or price.transform_quantity)
    if not simple or not isinstance(product, Product) or price.unit_amount is None or price.currency != manner.currency:
        return False
    prefix = f"line_items[{index}]"
    texts = {
        "name": product.name,
        "description": product.description,
        "unit_label": product.unit_label,
        "images][0": product.images[0] if product.images else None,
    }
    for name, text in texts.items():
        values.set(f"{prefix}[price_data][product_data][{name}]", text or "")
    values.set(f"{prefix}[amount]", format_amount_plain(price.unit_amount, manner.currency, manner.locale))
    if price.recurring is not None:
        recurring = "line_items[0][price_data][recurring]"
        values.set(f"{recurring}[interval]", price.recurring.interval)
        values.set(f"{recurring}[interval_count]", str(price.recurring.interval_count))
    if price.tax_behavior is not None:
        values.set("line_items[0][price_data][tax_behavior]", price.tax_behavior)
    return True


def _fill_optional(values: Values, index: int, option: OptionalItem) -> None:
    prefix = f"optional_items[{index}]"
    values.set(f"{prefix}[price]", id_of_object(option.price))
    values.set(f"{prefix}[quantity]", str(option.quantity))
    if option.adjustable_quantity is not None and option.adjustable_quantity.enabled:
        bounds = {"minimum": option.adjustable_quantity.minimum, "maximum": option.adjustable_quantity.maximum}
        if not any(bound is not None for bound in bounds.values()):
            bounds["minimum"] = 0
        for name, bound in bounds.items():
            values.set(f"{prefix}[adjustable_quantity][{name}]", "" if bound is None else str(bound))


def _fill_question(values: Values, index: int, question: CustomField) -> None:
    prefix = f"custom_fields[{index}]"
    values.set(f"{prefix}[label][custom]", question.label.custom or "")
    values.set(f"{prefix}[type]", question.type)
    values.set(f"{prefix}[key]", question.key)
    values.set(f"{prefix}[optional]", "true" if question.optional else "")
    bounds = question.numeric if question.type == "numeric" else question.text
    for name in ("minimum_length", "maximum_length", "default_value"):
        value = getattr(bounds, name, None)
        values.set(f"{prefix}[text][{name}]", "" if value is None else str(value))
    if question.dropdown is not None:
        options = question.dropdown.options
        lines = [
            option.label
            if option.value == option_value(option.label, number) and _SEPARATOR not in option.label
            else f"{option.label}{_SEPARATOR}{option.value}"
            for number, option in enumerate(options)
        ]
        values.set(f"{prefix}[dropdown][options_text]", "\n".join(lines))
        values.set(f"{prefix}[dropdown][default_value]", question.dropdown.default_value or "")
