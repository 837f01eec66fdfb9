"""What a shipping rate costs."""

from collections.abc import Iterable

from app.objects.shipping_rate import ShippingRate


def shipping_amount(rate: ShippingRate | str, currency: str) -> int | None:
    """Return what a shipping rate costs in a currency, in minor units. None if it has no amount in that currency."""
    if not isinstance(rate, ShippingRate) or rate.fixed_amount is None:
        return None
    if rate.fixed_amount.currency == currency:
        return rate.fixed_amount.amount
    option = (rate.fixed_amount.currency_options or {}).get(currency)
    return option.amount if option else None


def cheapest_shipping(rates: Iterable[ShippingRate | str], currency: str) -> int:
    """Return the lowest amount among the rates, in minor units; 0 if none has an amount in the currency."""
    amounts = (shipping_amount(rate, currency) for rate in rates)
    return min((amount for amount in amounts if amount is not None), default=0)
