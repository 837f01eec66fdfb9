"""The quote: what a buyer pays for one selection. The page, Checkout and the API all use the same quote.

All amounts are integers in minor units of `currency`. `amount_*` is due today, `recurring` is due later.
"""

from typing import Literal

from app.objects.base import Object
from app.objects.discount import Coupon, PromotionCode
from app.objects.line_item import AdjustableQuantity, LineItemTax
from app.objects.price import Interval, Price, Product
from app.objects.shipping_rate import ShippingRate
from app.objects.tax_rate import TaxRate

Mode = Literal["payment", "subscription"]


class QuoteLine(Object):
    """One line. `id` is the id of the line item, or of an optional item's price. `unit_amount` is None for tiers, packs and decimals."""

    id: str
    adjustable_quantity: AdjustableQuantity | None = None
    amount_discount: int
    amount_subtotal: int
    amount_tax: int
    amount_total: int
    amount_recurring: int = 0
    """The price of one billing period after a trial, before discount and exclusive tax. 0 for one-time prices."""
    description: str
    metered: bool = False
    optional: bool = False
    price: Price
    product: Product
    quantity: int
    taxes: tuple[LineItemTax, ...] = ()
    unit_amount: int | None = None


class QuoteDiscount(Object):
    """The one discount of a quote: a coupon, and the promotion code it came with, if any."""

    amount: int
    coupon: Coupon
    promotion_code: PromotionCode | None = None


class QuoteTax(Object):
    """One tax, summed over all lines."""

    amount: int
    inclusive: bool
    rate: TaxRate


class RecurringTotal(Object):
    """The charge of every `interval_count` `interval`s, from `starts_at` on (Unix seconds; None: from today)."""

    amount_discount: int
    amount_subtotal: int
    amount_tax: int
    amount_total: int
    amount_total_later: int | None = None
    """The charge when the discount has ended, after `duration_in_months`. None: it does not end before the subscription."""
    duration_in_months: int | None = None
    interval: Interval
    interval_count: int
    starts_at: int | None = None
    taxes: tuple[QuoteTax, ...] = ()


class QuoteProblem(Object):
    """A reason why a quote cannot be charged. `code` is for programs (Stripe's where it has one), `field` is the form field to correct.

    Codes: amount_too_small, amount_too_large (with `limit`, minor units), promotion_code_* (see `app/pricing/discounts.py`),
    promotion_code_leaves_too_little (with `limit`),
    quantity_too_small, quantity_too_large, custom_unit_amount_missing, custom_unit_amount_too_small,
    custom_unit_amount_too_large, too_many_items, nothing_chosen.
    """

    code: str
    field: str | None = None
    limit: int | None = None


class Quote(Object):
    """What the buyer pays today and later."""

    amount_discount: int
    amount_shipping: int
    amount_subtotal: int
    amount_tax: int
    amount_total: int
    currency: str
    discount: QuoteDiscount | None = None
    lines: tuple[QuoteLine, ...]
    metered: bool = False
    mode: Mode
    problems: tuple[QuoteProblem, ...] = ()
    recurring: tuple[RecurringTotal, ...] = ()
    shipping_pending: bool = False
    """The buyer chooses shipping at Checkout, so the total does not include it."""
    shipping_rate: ShippingRate | None = None
    """The only shipping option. The total includes it, as Checkout's total does."""
    tax_pending: bool = False
    """Checkout computes tax from the buyer's address, so the total does not include it."""
    taxes: tuple[QuoteTax, ...] = ()
    trial_end: int | None = None
    trial_period_days: int | None = None

    @property
    def is_unchosen(self) -> bool:
        """Whether the buyer still has to enter an amount."""
        return any(problem.code == "custom_unit_amount_missing" for problem in self.problems)

    @property
    def is_open_ended(self) -> bool:
        """Whether Checkout still adds to today's total. Tax on nothing is nothing."""
        return self.shipping_pending or (self.tax_pending and bool(self.amount_total or self.is_unchosen))

    @property
    def is_free_today(self) -> bool:
        """Whether nothing is charged today."""
        return not (self.amount_total or self.is_unchosen or self.is_open_ended)

    @property
    def is_free(self) -> bool:
        """Whether nothing is charged for this order, neither today nor later."""
        later = any(total.amount_total or total.amount_total_later for total in self.recurring)
        return self.is_free_today and not (later or self.metered)
