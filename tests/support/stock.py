"""Creates the products, prices and rates of a link in the sandbox, through the API and Stripe's SDK, so that Checkout can sell them."""

from typing import Any

from app.objects.discount import Coupon, PromotionCode
from app.objects.line_item import LineItem
from app.objects.payment_link import PaymentLink
from app.objects.payment_link.parts import OptionalItem, ShippingOption
from app.objects.price import Price, Product
from app.objects.shipping_rate import ShippingRate
from app.objects.tax_rate import TaxRate


class Stock:
    """The catalogue of one organization in the sandbox."""

    def __init__(self, sdk: Any) -> None:
        self.sdk = sdk
        """Stripe's SDK, whose parameters are plain dictionaries here."""

    def link(self, link: PaymentLink) -> PaymentLink:
        """Return the link with ids of the sandbox in place of its own."""
        items = link.line_items.data if link.line_items else ()
        counterfoil = link.counterfoil.model_copy(
            update={
                "tax_rates": tuple(
                    self.tax_rate(rate) for rate in link.counterfoil.tax_rates if isinstance(rate, TaxRate)
                ),
                "coupon": self.coupon(link.counterfoil.coupon) if isinstance(link.counterfoil.coupon, Coupon) else None,
            }
        )
        return link.model_copy(
            update={
                "counterfoil": counterfoil,
                "line_items": link.line_items.model_copy(update={"data": tuple(map(self.item, items))})
                if link.line_items
                else None,
                "optional_items": tuple(map(self.option, link.optional_items)) if link.optional_items else None,
                "shipping_options": tuple(map(self.shipping, link.shipping_options)),
            }
        )

    def item(self, item: LineItem) -> LineItem:
        assert item.price is not None
        return item.model_copy(update={"price": self.price(item.price)})

    def option(self, option: OptionalItem) -> OptionalItem:
        assert isinstance(option.price, Price)
        return option.model_copy(update={"price": self.price(option.price)})

    def shipping(self, option: ShippingOption) -> ShippingOption:
        rate = option.shipping_rate
        assert isinstance(rate, ShippingRate)
        given = _given(rate, "display_name", "fixed_amount", "delivery_estimate", "tax_behavior")
        made = self.sdk.v1.shipping_rates.create({"type": "fixed_amount", **given})
        return option.model_copy(update={"shipping_rate": ShippingRate.read(_plain(made))})

    def price(self, price: Price) -> Price:
        assert isinstance(price.product, Product)
        product = _given(price.product, "name", "description", "images", "unit_label")
        given = _given(price, "currency", "recurring", "tiers", "tiers_mode", "transform_quantity", "tax_behavior")
        if product.keys() <= {"name", "unit_label"}:  # a price can bring no more of its product
            given["product_data"] = product
        else:
            given["product"] = self.sdk.v1.products.create(product).id
        if price.tiers:
            given |= {"billing_scheme": "tiered"}
            for tier in given["tiers"]:
                if "unit_amount" in tier:
                    tier.pop("unit_amount_decimal", None)
                tier.setdefault("up_to", "inf")
        elif price.custom_unit_amount:
            given["custom_unit_amount"] = {"enabled": True, **_given(price, "custom_unit_amount")["custom_unit_amount"]}
        elif price.unit_amount is not None:
            given["unit_amount"] = price.unit_amount
        else:
            given["unit_amount_decimal"] = str(price.unit_amount_decimal)
        made = self.sdk.v1.prices.create({**given, "expand": ["product", "tiers"]})
        return Price.read(_plain(made))

    def tax_rate(self, rate: TaxRate) -> TaxRate:
        made = self.sdk.v1.tax_rates.create(_given(rate, "display_name", "percentage", "inclusive"))
        return TaxRate.read(_plain(made))

    def coupon(self, coupon: Coupon) -> Coupon:
        given = _given(coupon, "name", "amount_off", "percent_off", "currency", "duration", "duration_in_months")
        return Coupon.read(_plain(self.sdk.v1.coupons.create(given)))

    def promotion_code(self, code: PromotionCode) -> None:
        """Create a promotion code and its coupon."""
        assert isinstance(code.coupon, Coupon)
        coupon = self.coupon(code.coupon)
        given = _given(code, "code", "expires_at", "max_redemptions", "restrictions")
        self.sdk.v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}, **given})


def _given(value: Any, *names: str) -> dict[str, Any]:
    data = value.model_dump(mode="json", exclude_none=True)
    return {name: data[name] for name in names if data.get(name) not in (None, (), [], {})}


def _plain(value: Any) -> dict[str, Any]:
    return dict(value.to_dict())
