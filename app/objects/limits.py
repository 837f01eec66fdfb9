"""Stripe's limits: how many, how long, how often. One table for the rules of links, the pay page, the API and the sandbox.

Amounts have theirs in `currency.py`, metadata in `metadata.py`.
"""

from collections.abc import Mapping
from typing import Final

DEFAULT_MINIMUM_QUANTITY: Final = 0
DEFAULT_MAXIMUM_QUANTITY: Final = 99
MAXIMUM_QUANTITY: Final = 999_999

MAXIMUM_ITEMS: Final = 20
"""Line items of a payment link, and line items and optional items together. In a subscription: of recurring and of one-time items each."""

MAXIMUM_OPTIONAL_ITEMS: Final = 10
MAXIMUM_SHIPPING_OPTIONS: Final = 5
MAXIMUM_TRIAL_DAYS: Final = 730

MAXIMUM_INTERVAL_COUNT: Final[Mapping[str, int]] = {"day": 1095, "week": 156, "month": 36, "year": 3}
"""A billing period lasts at most three years, by interval."""

MAXIMUM_CUSTOM_FIELDS: Final = 3
"""What Checkout takes. Our page may ask for more (setting `CUSTOM_FIELDS_MAX`)."""

MAXIMUM_DROPDOWN_OPTIONS: Final = 200
MAXIMUM_LABEL_LENGTH: Final = 50
"""Characters of a custom field's label. Stripe takes 100 today; the specification of this page says 50."""

MAXIMUM_ANSWER_LENGTH: Final = 255
"""Characters of the answer to a custom field."""

MINIMUM_SESSION_SECONDS: Final = 30 * 60
MAXIMUM_SESSION_SECONDS: Final = 24 * 60 * 60
"""How soon and how late a Checkout Session expires, counted from its creation."""
