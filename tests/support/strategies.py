"""Hypothesis strategies for links and selections, with every kind of price, currency, discount, tax and shipping."""

from typing import Any

from hypothesis import strategies as st

from app.objects.currency import step
from app.objects.discount import Coupon
from app.objects.payment_link import PaymentLink
from app.objects.price import Price, Tier
from app.objects.selection import Selection
from app.objects.tax_rate import TaxRate
from tests.support.build import (
    a_coupon,
    a_custom_price,
    a_flat_tax,
    a_line,
    a_link,
    a_price,
    a_product,
    a_promotion_code,
    a_shipping_rate,
    a_tax_rate,
    a_tier,
    adjustable,
    an_optional_item,
    every,
    packs_of,
)

CURRENCIES = st.sampled_from(["eur", "usd", "jpy", "kwd", "isk", "huf"])
SHAPES = st.sampled_from(["unit", "decimal", "packs", "graduated", "volume", "custom", "metered"])
PERCENTAGES = st.decimals(0, 100, places=3).map(str)
SMALL_DECIMALS = st.decimals(0, 1000, places=12)


@st.composite
def prices(draw: st.DrawFn, currency: str, id: str, recurring: bool) -> Price:
    """Draw a price of any shape. Tiered and metered prices are recurring, as at Stripe."""
    product = a_product(f"prod_{draw(st.integers(0, 2))}")
    shape = draw(SHAPES)
    whole = draw(st.integers(0, 20_000)) * step(currency)
    own: dict[str, Any] = {"id": id, "currency": currency, "product": product}
    if shape == "metered":
        return a_price(whole, recurring=every("month", usage_type="metered"), **own)
    if shape in ("graduated", "volume"):
        return a_price(tiers=draw(_tiers()), tiers_mode=shape, recurring="month", **own)
    if shape == "custom":
        return a_custom_price(preset=draw(st.none() | st.just(whole)), **own)
    if recurring:
        own["recurring"] = every("month", draw(st.sampled_from([1, 3])))
    if shape == "decimal":
        return a_price(unit_amount_decimal=draw(SMALL_DECIMALS), **own)
    if shape == "packs":
        own["transform_quantity"] = packs_of(draw(st.integers(1, 10)), draw(st.sampled_from(["up", "down"])))
    return a_price(whole, **own)


@st.composite
def _tiers(draw: st.DrawFn) -> tuple[Tier, ...]:
    ends: list[int | None] = [*sorted(draw(st.sets(st.integers(1, 60), max_size=3))), None]
    return tuple(a_tier(end, str(draw(SMALL_DECIMALS)), draw(st.integers(0, 500))) for end in ends)


def _coupons(currency: str) -> st.SearchStrategy[Coupon]:
    limits = st.lists(st.sampled_from(["prod_0", "prod_1", "prod_2"]), max_size=2)
    durations = st.sampled_from(["once", "forever"])
    by_percent = st.builds(
        lambda percent, products, duration: a_coupon(percent, products=products, duration=duration),
        PERCENTAGES,
        limits,
        durations,
    )
    by_amount = st.builds(
        lambda amount, products, duration: a_coupon(
            amount_off=amount, products=products, duration=duration, currency=currency
        ),
        st.integers(1, 10**6),
        limits,
        durations,
    )
    return by_percent | by_amount


def _rates(currency: str) -> st.SearchStrategy[TaxRate]:
    by_percent = st.builds(
        lambda percent, inclusive: a_tax_rate(percent, inclusive=inclusive), PERCENTAGES, st.booleans()
    )
    flat = st.builds(
        lambda amount, inclusive: a_flat_tax(amount * step(currency), currency, inclusive=inclusive),
        st.integers(1, 500),
        st.booleans(),
    )
    return by_percent | flat


@st.composite
def links(draw: st.DrawFn) -> PaymentLink:
    """Draw a link with up to four lines and two optional items."""
    currency = draw(CURRENCIES)
    recurring = draw(st.booleans())
    lines = [
        a_line(
            draw(prices(currency, f"price_{n}", recurring)),
            quantity=draw(st.integers(1, 120)),
            adjustable_quantity=draw(st.none() | st.just(adjustable()) | st.just(adjustable(0, 999_999))),
        )
        for n in range(draw(st.integers(1, 4)))
    ]
    optional = [
        an_optional_item(a_price(draw(st.integers(0, 5000)) * step(currency), id=f"price_extra_{n}", currency=currency))
        for n in range(draw(st.integers(0, 2)))
    ]
    rates = draw(st.lists(_rates(currency), max_size=3, unique_by=lambda rate: rate.id))
    coupon = draw(st.none() | _coupons(currency))
    shipping = draw(st.lists(st.integers(0, 2000).map(lambda amount: amount * step(currency)), max_size=2, unique=True))
    trial = draw(st.none() | st.just(14))
    return a_link(
        *lines,
        allow_promotion_codes=coupon is None,
        coupon=coupon,
        optional_items=tuple(optional) or None,
        shipping=[a_shipping_rate(amount, currency) for amount in shipping],
        subscription_data={"trial_period_days": trial} if trial else None,
        tax_rates=rates,
    )


@st.composite
def selections(draw: st.DrawFn, link: PaymentLink) -> Selection:
    """Draw any selection for the link, within its bounds or not."""
    ids = [line.id for line in link.line_items.data] if link.line_items else []
    extras = [item.price.id for item in link.optional_items or () if isinstance(item.price, Price)]
    code = draw(st.none() | _coupons(link.currency).map(lambda coupon: a_promotion_code(coupon=coupon)))
    return Selection(
        optional_quantities=draw(
            st.dictionaries(st.sampled_from(extras), st.integers(-1, 5)) if extras else st.just({})
        ),
        promotion_code=code,
        quantities=draw(st.dictionaries(st.sampled_from(ids), st.integers(-5, 10**6)) if ids else st.just({})),
        unit_amounts=draw(st.dictionaries(st.sampled_from(ids), st.integers(-5, 10**9)) if ids else st.just({})),
    )
