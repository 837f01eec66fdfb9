"""Builds complete objects, so that a test states only the values that it is about. Pure: no clock, no randomness.

    a_link(a_line(a_price(1250), quantity=2), tax_rates=[a_tax_rate("19")])

Amounts are in minor units of `currency`, by default euro cents. Percentages are text: "8.875".
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from app.objects.discount import Coupon, CouponAppliesTo, PromotionCode, PromotionCodeRestrictions
from app.objects.line_item import AdjustableQuantity, LineItem, LineItems
from app.objects.organization import BusinessProfile, Organization
from app.objects.payment_link import Counterfoil, PaymentLink
from app.objects.payment_link.parts import OptionalItem, ShippingOption
from app.objects.price import CustomUnitAmount, Interval, Price, Product, Recurring, Tier, TransformQuantity
from app.objects.shipping_rate import FixedAmount, ShippingRate
from app.objects.tax_rate import FlatAmount, TaxRate

NOW = 1_790_000_000
"""A time in September 2026, for tests that are not about the time."""


def a_product(id: str = "prod_honey", name: str = "Jar of honey", **changes: Any) -> Product:
    """Return a product."""
    return Product(id=id, name=name, **changes)


def every(interval: Interval, interval_count: int = 1, **changes: Any) -> Recurring:
    """Return an interval: `every("month", 3)`, or `every("month", usage_type="metered")` for usage."""
    return Recurring(interval=interval, interval_count=interval_count, **changes)


def a_price(unit_amount: int | None = None, *, recurring: Recurring | Interval | None = None, **changes: Any) -> Price:
    """Return a price of 12.50 euros, or with the given amount, decimal amount, tiers or custom amount.

    `unit_amount_decimal` may be text. `type` and `billing_scheme` follow from the other values, as at Stripe.
    """
    shaped = any(changes.get(name) is not None for name in ("unit_amount_decimal", "tiers", "custom_unit_amount"))
    if unit_amount is None and not shaped:
        unit_amount = 1250
    if unit_amount is not None:
        changes.setdefault("unit_amount_decimal", Decimal(unit_amount))
    if changes.get("tiers"):
        changes = {"billing_scheme": "tiered", "tiers_mode": "graduated", **changes}
    if isinstance(recurring, str):
        recurring = every(recurring)
    defaults: dict[str, Any] = {
        "id": "price_honey",
        "currency": "eur",
        "product": a_product(),
        "type": "recurring" if recurring else "one_time",
    }
    return Price.model_validate({**defaults, "unit_amount": unit_amount, "recurring": recurring, **changes})


def a_tier(up_to: int | None, unit_amount: int | str | None = None, flat_amount: int | str | None = None) -> Tier:
    """Return one tier of a price. `up_to=None` is the last tier. Amounts that are text are decimals."""
    return Tier(
        up_to=up_to,
        unit_amount=unit_amount if isinstance(unit_amount, int) else None,
        unit_amount_decimal=None if unit_amount is None else Decimal(unit_amount),
        flat_amount=flat_amount if isinstance(flat_amount, int) else None,
        flat_amount_decimal=None if flat_amount is None else Decimal(flat_amount),
    )


def a_custom_price(
    minimum: int | None = None, maximum: int | None = None, preset: int | None = None, **changes: Any
) -> Price:
    """Return a price whose amount the buyer chooses."""
    amount = CustomUnitAmount(minimum=minimum, maximum=maximum, preset=preset)
    return a_price(custom_unit_amount=amount, **{"id": "price_gift", **changes})


def packs_of(divide_by: int, round: str = "up") -> TransformQuantity:
    """Return the rule of a price for packs."""
    return TransformQuantity.model_validate({"divide_by": divide_by, "round": round})


def adjustable(minimum: int | None = None, maximum: int | None = None) -> AdjustableQuantity:
    """Return the rule of a line whose quantity the buyer may change."""
    return AdjustableQuantity(enabled=True, minimum=minimum, maximum=maximum)


def a_line(price: Price | None = None, quantity: int = 1, **changes: Any) -> LineItem:
    """Return a line item. Its id follows the id of its price: `price_honey` makes `li_honey`."""
    price = price or a_price()
    product = price.product
    defaults: dict[str, Any] = {
        "id": "li_" + price.id.removeprefix("price_"),
        "currency": price.currency,
        "description": product.name if isinstance(product, Product) else product,
    }
    return LineItem.model_validate({**defaults, "price": price, "quantity": quantity, **changes})


def an_optional_item(price: Price | None = None, quantity: int = 1, **changes: Any) -> OptionalItem:
    """Return an item that the buyer may add."""
    price = price or a_price(400, id="price_spoon", product=a_product("prod_spoon", "Spoon"))
    return OptionalItem(price=price, quantity=quantity, **changes)


def a_shipping_rate(amount: int = 490, currency: str = "eur", **changes: Any) -> ShippingRate:
    """Return a shipping rate."""
    defaults: dict[str, Any] = {
        "id": f"shr_{amount}",
        "display_name": "Parcel",
        "fixed_amount": FixedAmount(amount=amount, currency=currency),
    }
    return ShippingRate.model_validate({**defaults, **changes})


def a_tax_rate(percentage: str = "19", *, inclusive: bool = False, **changes: Any) -> TaxRate:
    """Return a tax rate in percent. By default it is exclusive."""
    defaults: dict[str, Any] = {
        "id": f"txr_{percentage}{'_inclusive' if inclusive else ''}",
        "display_name": "VAT",
        "effective_percentage": Decimal(percentage),
    }
    return TaxRate.model_validate(
        {**defaults, "percentage": Decimal(percentage), "inclusive": inclusive, "rate_type": "percentage", **changes}
    )


def a_flat_tax(amount: int, currency: str = "eur", *, inclusive: bool = False, **changes: Any) -> TaxRate:
    """Return a tax rate of a fixed amount."""
    flat_amount = FlatAmount(amount=amount, currency=currency)
    flat: dict[str, Any] = {"effective_percentage": None, "flat_amount": flat_amount, "rate_type": "flat_amount"}
    return a_tax_rate("0", inclusive=inclusive, **{"id": f"txr_flat_{amount}", **flat, **changes})


def a_coupon(
    percent_off: str | None = None, amount_off: int | None = None, *, products: Sequence[str] = (), **changes: Any
) -> Coupon:
    """Return a coupon of a percentage, by default 10, or of an amount. With `products` it applies only to those."""
    if percent_off is None and amount_off is None:
        percent_off = "10"
    defaults: dict[str, Any] = {
        "id": "coupon_harvest",
        "name": "Harvest",
        "currency": "eur" if amount_off is not None else None,
        "applies_to": CouponAppliesTo(products=tuple(products)) if products else None,
    }
    return Coupon.model_validate(
        {
            **defaults,
            "percent_off": Decimal(percent_off) if percent_off is not None else None,
            "amount_off": amount_off,
            **changes,
        }
    )


def a_promotion_code(code: str = "HARVEST", coupon: Coupon | None = None, **changes: Any) -> PromotionCode:
    """Return a promotion code for a coupon. `restrictions` is a mapping with Stripe's names."""
    restrictions = changes.pop("restrictions", None) or {}
    return PromotionCode(
        id=changes.pop("id", "promo_harvest"),
        code=code,
        coupon=coupon or a_coupon(),
        restrictions=PromotionCodeRestrictions.model_validate(restrictions),
        **changes,
    )


def a_link(
    *lines: LineItem,
    shipping: Sequence[ShippingRate] = (),
    tax_rates: Sequence[TaxRate] = (),
    coupon: Coupon | None = None,
    **changes: Any,
) -> PaymentLink:
    """Return a link that sells the given lines, by default one jar of honey for 12.50 euros.

    `counterfoil` is a mapping. By default the code is `honey` and the organization `org_apiary`.
    """
    lines = lines or (a_line(),)
    ours: dict[str, Any] = {"code": "honey", "organization": "org_apiary", **changes.pop("counterfoil", {})}
    if coupon is not None:
        ours["coupon"] = coupon
    if tax_rates:
        ours["tax_rates"] = tuple(tax_rates)
    id = changes.pop("id", "plink_honey")
    defaults: dict[str, Any] = {
        "currency": lines[0].currency,
        "line_items": LineItems(data=lines, url=f"/v1/payment_links/{id}/line_items"),
        "url": f"http://127.0.0.1:8000/pay/{ours['code']}",
    }
    if shipping:
        defaults["shipping_options"] = tuple(
            ShippingOption(shipping_rate=rate, shipping_amount=rate.fixed_amount.amount if rate.fixed_amount else 0)
            for rate in shipping
        )
    return PaymentLink.model_validate({**defaults, "id": id, "counterfoil": Counterfoil(**ours), **changes})


def an_organization(id: str = "org_apiary", name: str = "Hillside Apiary", **changes: Any) -> Organization:
    """Return an organization."""
    profile = BusinessProfile(name=name, support_email="help@hillside.example")
    return Organization.model_validate({"id": id, "name": name, "business_profile": profile, **changes})
