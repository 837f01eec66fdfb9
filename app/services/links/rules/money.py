"""Rules of money: one currency, fees and transfers, tax rates, the coupon and shipping rates."""

from decimal import Decimal

from app.objects.currency import MAXIMUM_CHARGE
from app.objects.discount import Coupon
from app.objects.limits import MAXIMUM_INTERVAL_COUNT
from app.objects.payment_link import PaymentLink
from app.objects.payment_link.params import LineItemCreateParams, PriceData
from app.objects.shipping_rate import ShippingRate
from app.objects.tax_rate import TaxRate
from app.pricing.amounts import supports
from app.pricing.discounts import amount_off
from app.pricing.shipping import shipping_amount
from app.services.links.rules.items import price_param, prices
from app.services.links.rules.refuse import INACTIVE, OTHER_CURRENCY, REPEATED, at_least, refuse


def one_currency(link: PaymentLink) -> None:
    """Every price, every shipping rate and the coupon have an amount in the link's currency."""
    for price, param in prices(link):
        if not supports(price, link.currency):
            raise refuse(
                f"All items of a link are sold in one currency. This link is in {link.currency}, and {param} is in"
                f" {price.currency} without an option in {link.currency}.",
                price_param(price, param),
            )
    for index, option in enumerate(link.shipping_options):
        rate = option.shipping_rate
        fixed = rate.fixed_amount if isinstance(rate, ShippingRate) else None
        if fixed is not None and shipping_amount(rate, link.currency) is None:
            raise refuse(
                f"This link is in {link.currency}, and the shipping rate is in {fixed.currency}.",
                f"shipping_options[{index}][shipping_rate]",
                cause=OTHER_CURRENCY,
            )
    coupon = link.counterfoil.coupon
    if isinstance(coupon, Coupon) and coupon.percent_off is None and amount_off(coupon, link.currency) is None:
        raise refuse(
            f"This link is in {link.currency}, and the coupon is in {coupon.currency}.",
            "counterfoil[coupon]",
            cause=OTHER_CURRENCY,
        )


def _every(interval: str, count: int) -> str:
    return f"every {interval}" if count == 1 else f"every {count} {interval}s"


def one_interval(link: PaymentLink) -> None:
    """All recurring prices have one billing interval: a Checkout Session takes only one."""
    first = None
    for price, param in prices(link):
        if price.recurring is None:
            continue
        interval = (price.recurring.interval, price.recurring.interval_count)
        if first is not None and interval != first:
            raise refuse(
                f"All recurring prices of a link are billed at one interval. {param} is billed {_every(*interval)}, another item"
                f" {_every(*first)}.",
                price_param(price, param),
            )
        first = interval


def fees(link: PaymentLink) -> None:
    """A fee in percent is from 0 to 100 with two decimals. Amounts are not negative. A fee amount excludes a transfer amount."""
    percent = link.application_fee_percent
    if percent is not None and (not 0 <= percent <= 100 or percent != percent.quantize(Decimal("0.01"))):
        raise refuse(
            "application_fee_percent must be from 0 to 100 with at most two decimals.", "application_fee_percent"
        )
    if link.application_fee_amount is not None:
        at_least(link.application_fee_amount, 0, "application_fee_amount")
    amount = link.transfer_data.amount if link.transfer_data else None
    if amount is not None:
        at_least(amount, 0, "transfer_data[amount]")
        if link.application_fee_amount is not None:
            raise refuse(
                "Give application_fee_amount or transfer_data[amount], not both.",
                "application_fee_amount",
                "parameters_exclusive",
            )


def rates(link: PaymentLink) -> None:
    """Tax rates are active and differ, and exclude automatic tax."""
    seen: set[str] = set()
    for index, rate in enumerate(link.counterfoil.tax_rates):
        id = rate.id if isinstance(rate, TaxRate) else rate
        if id in seen:
            raise refuse(f"counterfoil[tax_rates] has {id} twice.", f"counterfoil[tax_rates][{index}]", cause=REPEATED)
        seen.add(id)
        if isinstance(rate, TaxRate) and not rate.active:
            raise refuse(f"The tax rate {rate.id} is not active.", f"counterfoil[tax_rates][{index}]", cause=INACTIVE)
    if link.counterfoil.tax_rates and link.automatic_tax.enabled:
        raise refuse(
            "Tax is calculated automatically or by counterfoil[tax_rates], not both.",
            "counterfoil[tax_rates]",
            "parameters_exclusive",
        )


def coupon(link: PaymentLink) -> None:
    """The link's coupon is still valid and excludes promotion codes."""
    if link.counterfoil.coupon is None:
        return
    if isinstance(link.counterfoil.coupon, Coupon) and not link.counterfoil.coupon.valid:
        raise refuse(
            f"The coupon {link.counterfoil.coupon.id} is no longer valid.", "counterfoil[coupon]", "coupon_expired"
        )
    if link.allow_promotion_codes:
        raise refuse(
            "A link has counterfoil[coupon] or allow_promotion_codes, not both: Checkout takes one discount.",
            "counterfoil[coupon]",
            "parameters_exclusive",
        )


def shipping_rates(link: PaymentLink) -> None:
    """Shipping rates are active."""
    for index, option in enumerate(link.shipping_options):
        if isinstance(option.shipping_rate, ShippingRate) and not option.shipping_rate.active:
            raise refuse(
                f"The shipping rate {option.shipping_rate.id} is not active.",
                f"shipping_options[{index}][shipping_rate]",
                cause=INACTIVE,
            )


def price_or_price_data(item: LineItemCreateParams, param: str) -> None:
    """An item has a price or the data of a new one. The data are complete and without contradiction."""
    if item.price is not None and item.price_data is not None:
        raise refuse(
            f"Give {param}[price] or {param}[price_data], not both.", f"{param}[price_data]", "parameters_exclusive"
        )
    if item.price_data is not None:
        _price_data(item.price_data, f"{param}[price_data]")
    elif item.price is None:
        raise refuse(
            f"An item needs a price: {param}[price] or {param}[price_data].", f"{param}[price]", "parameter_missing"
        )


def _price_data(data: PriceData, param: str) -> None:
    for one, other in (("product", "product_data"), ("unit_amount", "unit_amount_decimal")):
        given = [name for name in (one, other) if getattr(data, name) is not None]
        if not given:
            raise refuse(f"Give {param}[{one}] or {param}[{other}].", f"{param}[{one}]", "parameter_missing")
        if len(given) == 2:
            raise refuse(
                f"Give {param}[{one}] or {param}[{other}], not both.", f"{param}[{other}]", "parameters_exclusive"
            )
    if data.product_data is not None and not data.product_data.name.strip():
        raise refuse(
            "A product's name must not be blank.",
            f"{param}[product_data][name]",
            "parameter_invalid_string_blank",
        )
    for name in ("unit_amount", "unit_amount_decimal"):
        amount = getattr(data, name)
        if amount is not None and amount < 0:
            raise refuse(f"{param}[{name}] must not be negative.", f"{param}[{name}]", "parameter_invalid_integer")
        if amount is not None and amount > MAXIMUM_CHARGE:
            raise refuse(f"{param}[{name}] must be at most {MAXIMUM_CHARGE}.", f"{param}[{name}]", "amount_too_large")
    if data.recurring is not None and data.recurring.interval_count is not None:
        longest = MAXIMUM_INTERVAL_COUNT[data.recurring.interval]
        if not 1 <= data.recurring.interval_count <= longest:
            raise refuse(
                f"A billing period lasts at most three years: {param}[recurring][interval_count] must be from 1 to {longest}.",
                f"{param}[recurring][interval_count]",
                "parameter_invalid_integer",
            )
