"""All operations of the sandbox's API."""

from itertools import chain
from typing import Final

from app.sandbox.payments import balance, intents, invoices, methods
from app.sandbox.resources import (
    coupons,
    customers,
    disputes,
    events,
    prices,
    products,
    promotion_codes,
    refunds,
    shipping_rates,
    subscriptions,
    tax_rates,
)
from app.sandbox.routing import Operation
from app.sandbox.sessions import routes

OPERATIONS: Final[tuple[Operation, ...]] = tuple(
    chain(
        balance.OPERATIONS,
        coupons.OPERATIONS,
        customers.OPERATIONS,
        disputes.OPERATIONS,
        events.OPERATIONS,
        intents.OPERATIONS,
        invoices.OPERATIONS,
        methods.OPERATIONS,
        prices.OPERATIONS,
        products.OPERATIONS,
        promotion_codes.OPERATIONS,
        refunds.OPERATIONS,
        routes.OPERATIONS,
        shipping_rates.OPERATIONS,
        subscriptions.OPERATIONS,
        tax_rates.OPERATIONS,
    )
)
