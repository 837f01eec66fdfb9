"""Every attribute of the Payment Link object has a control in the editor, or a reason why none sets it."""

import json
import re
from pathlib import Path
from typing import Final

from app.web.console.editor.controls import REPEATED, every_control
from app.web.console.editor.controls.advanced import INVOICE_PAIRS, PAIRS
from app.web.console.editor.problems import control_of
from tests.support.page import Page
from tests.web.console.conftest import Merchant

ATTRIBUTES: Final = json.loads((Path(__file__).parents[3] / "api" / "attributes.json").read_text())

SWITCH: Final = "the link's page: Switch off, Switch on"
PRICE: Final = "price: found by search, or made from name, amount and kind"
ELSEWHERE: Final = "with the object at Stripe"

CONTROLS: Final[dict[str, str]] = {
    "after_completion.type": "after_completion[type]",
    "allow_promotion_codes": "discount_kind",
    "automatic_tax.enabled": "tax_kind",
    "automatic_tax.liability.type": "automatic_tax[liability][account]",
    "currency": "line_items[0][price_data][currency]",
    "custom_fields.dropdown.options.label": "custom_fields[{n}][dropdown][options_text]",
    "custom_fields.dropdown.options.value": "custom_fields[{n}][dropdown][options_text]",
    "custom_fields.label.type": "custom_fields[{n}][label][custom]",
    "custom_fields.numeric.default_value": "custom_fields[{n}][text][default_value]",
    "custom_fields.numeric.maximum_length": "custom_fields[{n}][text][maximum_length]",
    "custom_fields.numeric.minimum_length": "custom_fields[{n}][text][minimum_length]",
    "invoice_creation.invoice_data.issuer.type": "invoice_creation[invoice_data][issuer][account]",
    "line_items.data.discounts": "counterfoil[coupon]",
    "line_items.data.price.id": "find_price",
    "line_items.data.price.custom_unit_amount.maximum": "line_items[0][custom_unit_amount][maximum]",
    "line_items.data.price.custom_unit_amount.minimum": "line_items[0][custom_unit_amount][minimum]",
    "line_items.data.price.custom_unit_amount.preset": "line_items[0][custom_unit_amount][preset]",
    "line_items.data.price.product": "line_items[{n}][price_data][product_data][name]",
    "line_items.data.price.recurring.interval": "line_items[0][price_data][recurring][interval]",
    "line_items.data.price.recurring.interval_count": "line_items[0][price_data][recurring][interval_count]",
    "line_items.data.price.tax_behavior": "line_items[0][price_data][tax_behavior]",
    "line_items.data.price.tiers.flat_amount": "line_items[0][tiers][{n}][flat_amount]",
    "line_items.data.price.tiers.unit_amount": "line_items[0][tiers][{n}][unit_amount]",
    "line_items.data.price.tiers.up_to": "line_items[0][tiers][{n}][up_to]",
    "line_items.data.price.tiers_mode": "line_items[0][tiers_mode]",
    "line_items.data.price.type": "price_kind",
    "line_items.data.price.billing_scheme": "price_kind",
    "line_items.data.price.unit_amount": "line_items[{n}][amount]",
    "line_items.data.quantity": "line_items[{n}][quantity]",
    "line_items.data.taxes": "counterfoil[tax_rates][{n}]",
    "optional_items": "optional_items[{n}][quantity]",
    "payment_method_types": "payment_method_types[]",
    "shipping_options.shipping_rate": "shipping_options[{n}][shipping_rate]",
    "subscription_data.invoice_settings.issuer.type": "subscription_data[invoice_settings][issuer][account]",
}
"""The control of an attribute whose field has another name."""

READ_ONLY: Final[dict[str, str]] = {
    "active": SWITCH,
    "line_items.data.price.active": "the product's page: archive",
    "line_items.data.price.currency_options": "the product's page",
    "line_items.data.price.lookup_key": "the product's page",
    "line_items.data.price.metadata": "the product's page",
    "line_items.data.price.nickname": "the product's page",
    "line_items.data.price.transform_quantity": "the product's page",
    "line_items.data.price.unit_amount_decimal": "the product's page: prices with fractions of a cent are made at Stripe",
    "line_items.data.price.tiers.flat_amount_decimal": "as unit_amount_decimal",
    "line_items.data.price.tiers.unit_amount_decimal": "as unit_amount_decimal",
    "line_items.data.price.recurring.meter": "metered prices are made at Stripe",
    "line_items.data.price.recurring.usage_type": "metered prices are made at Stripe",
}
"""What the editor does not set, and where it is set."""


def is_read_only(row: dict[str, str]) -> bool:
    """Return whether the specification says that no parameter of a link sets the attribute."""
    path = row["path"]
    return (
        path in READ_ONLY
        or any(path.startswith(f"{it}.") for it in READ_ONLY)
        or bool(row.get("made") or row.get("never"))
    )


def control_name(path: str) -> str | None:
    """Return the name of the field that sets an attribute."""
    if path in CONTROLS:
        return CONTROLS[path]
    first, *rest = path.split(".")
    plain = first + "".join(f"[{step}]" for step in rest)
    names = [plain, plain.replace("custom_fields[", "custom_fields[{n}][")]
    pairs = {name for name, *_ in (*PAIRS, *INVOICE_PAIRS)}
    if plain in pairs or plain.rpartition("[")[0] in pairs:
        return f"{plain if plain in pairs else plain.rpartition('[')[0]}_key[]"
    return next((name for name in names if control_of(name) is not None), None)


def paths_with_parts() -> set[str]:
    """Return the attributes that are objects: their parts are set."""
    paths = [row["path"] for row in ATTRIBUTES]
    return {path for path in paths if any(other.startswith(f"{path}.") for other in paths)}


def test_every_attribute_has_a_control_or_a_reason() -> None:
    objects = paths_with_parts()
    missing = [
        row["path"]
        for row in ATTRIBUTES
        if row["path"] not in objects and not is_read_only(row) and control_name(row["path"]) is None
    ]
    assert missing == []


def test_every_named_control_is_on_the_page(ada: Merchant) -> None:
    added = {"add": "custom_field"}
    page = ada.open("/console/links/new?kind=")
    form = page.form_of("Create link")
    page = Page(ada.post("/console/links/new", page.values(form) | added))
    page = Page(ada.post("/console/links/new", page.values(page.form_of("Create link")) | {"add": "optional_item"}))
    shown = {re.sub(r"\[[0-9]+\]", "[{n}]", control.get("name") or "") for control in page.form_of("Create link")}
    lists_of_stripe = {"shipping_options[{n}][shipping_rate]", "counterfoil[tax_rates][{n}]"}
    named = {control_name(row["path"]) for row in ATTRIBUTES if not is_read_only(row)} - {None} | set(CONTROLS.values())
    hidden = {name for name in named if re.sub(r"\[[0-9]+\]", "[{n}]", name or "") not in shown}
    assert hidden <= lists_of_stripe


def test_every_control_of_the_table_is_on_the_page(ada: Merchant) -> None:
    page = ada.open("/console/links/new")
    shown = {re.sub(r"\[[0-9]+\]", "[{n}]", control.get("name") or "") for control in page.form_of("Create link")}
    entries = {control.name for control in REPEATED}
    table = {control.name for _group, control in every_control() if control.only != "edit"} - entries
    of_stripe = {"shipping_options[{n}][shipping_rate]", "counterfoil[tax_rates][{n}]"}
    assert {name for name in table if re.sub(r"\[[0-9]+\]", "[{n}]", name) not in shown} <= of_stripe
