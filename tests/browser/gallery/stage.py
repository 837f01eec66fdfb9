"""A stage: a shop and a window, with what most states need to make their links and to pay them."""

import re
from dataclasses import dataclass
from typing import Any, Final

from playwright.sync_api import Page, expect

from app.objects.payment_link import PaymentLink
from tests.browser.buyer import expect_checkout, fill_card, pay_button
from tests.browser.shop import DemoShop
from tests.support.buyer import CARD_NUMBER

ONCE: Final = {"completed_sessions": {"limit": 1}}
METHODS: Final = ["card", "sepa_debit", "paypal"]
INQUIRED: Final = "4000 0000 0000 1976"
"""The test card whose payment the bank inquires about."""
LONG_WORD: Final = "Donaudampfschifffahrtsgesellschaftskapitänskajütenbeleuchtung"
COUNTRIES: Final = {"allowed_countries": ["AT", "DE"]}


@dataclass(frozen=True)
class Stage:
    """A shop, and a window that opens its pages."""

    shop: DemoShop
    page: Page

    def open(self, link: PaymentLink | str, path: str = "") -> Page:
        self.page.goto(self.shop.address(link, path))
        return self.page

    def checkout(self, link: PaymentLink | str) -> Page:
        """Open the Checkout page of a link without questions."""
        page = self.open(link)
        pay_button(page).click()
        expect_checkout(page)
        return page

    def pay(self, link: PaymentLink | str, card: str = CARD_NUMBER) -> Page:
        """Pay a link without questions."""
        page = self.checkout(link)
        return self.finish(page, card)

    def finish(self, page: Page, card: str = CARD_NUMBER) -> Page:
        """Fill in the Checkout page that is open, and pay."""
        fill_card(page, card)
        for label, value in (
            ("Address", "Lerchenfelder Straße 12/8"),
            (re.compile("^(Postal code|Postcode)$"), "1080"),
            (re.compile("^(City|Town or city)$"), "Wien"),
        ):
            field = page.get_by_label(label, exact=True)
            if field.count():
                field.fill(value)
        pay_button(page).click()
        expect(page).to_have_url(re.compile("/complete/"))
        return page

    def tax(self, percentage: str, *, inclusive: bool = True) -> str:
        """Create a tax rate. Return its id."""
        params = {"display_name": "VAT", "percentage": percentage, "inclusive": inclusive}
        return str(self.shop.catalogue.tax_rates.create(params).id)

    def shipping(self, amount: int, name: str) -> list[dict[str, str]]:
        """Create a shipping rate. Return the `shipping_options` of a link."""
        days = {"minimum": {"unit": "business_day", "value": 2}, "maximum": {"unit": "business_day", "value": 4}}
        price = {"type": "fixed_amount", "fixed_amount": {"amount": amount, "currency": "eur"}}
        rate = self.shop.catalogue.shipping_rates.create({"display_name": name, "delivery_estimate": days, **price})
        return [{"shipping_rate": rate.id}]


def picture(name: str) -> str:
    """Return the path of a picture of the demo."""
    return f"/static/img/demo/{name}.svg"


def line(amount: int, name: str, description: str = "", quantity: int = 1, **more: Any) -> dict[str, Any]:
    """Return a line of a link. `image` names a picture of the demo, `adjustable` the smallest and the largest quantity."""
    product: dict[str, Any] = {"name": name, **({"description": description} if description else {})}
    if more.get("image"):
        product["images"] = [picture(more["image"])]
    data = {"currency": "eur", "unit_amount": amount, "tax_behavior": "inclusive", "product_data": product}
    if more.get("recurring"):
        data["recurring"] = more["recurring"]
    item: dict[str, Any] = {"price_data": data, "quantity": quantity}
    if more.get("adjustable"):
        minimum, maximum = more["adjustable"]
        item["adjustable_quantity"] = {"enabled": True, "minimum": minimum, "maximum": maximum}
    return item


def question(label: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {"key": f"key{sum(label.encode())}", "label": {"type": "custom", "custom": label}, "type": kind, **more}


def choices(label: str, *options: str, **more: Any) -> dict[str, Any]:
    known = [{"label": option, "value": str(number)} for number, option in enumerate(options)]
    return question(label, "dropdown", dropdown={"options": known, **more})


def invoice(stage: Stage) -> PaymentLink:
    """Create an invoice that can be paid once."""
    ours = {"reference": "2026-0042", "due_date": stage.shop.now() + 4 * 86400, "embed_origins": [stage.shop.origin]}
    return stage.shop.link(
        line_items=[
            line(2000, "Altar candles for the winter season", "Forty-eight candles, 30 cm", 48),
            line(24000, LONG_WORD, "Made to measure, with brass fittings"),
        ],
        restrictions=ONCE,
        payment_method_types=METHODS,
        counterfoil={**ours, "tax_rates": [stage.tax("19", inclusive=False)]},
    )
