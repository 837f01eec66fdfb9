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

# nginx by default passes on answers whose status line and headers have at most 4096 bytes together. What does not fit is a 502 to a
# buyer. Of these bytes the headers of every answer take about 1000, and origins of the server's own up to 900.

MAXIMUM_REDIRECT_LENGTH: Final = 2000
"""Bytes of `after_completion[redirect][url]` as a header carries it, with the session's id filled in."""

MAXIMUM_LOCATION_LENGTH: Final = 2900
"""Bytes of an address that an answer redirects to: the longest redirect with the longest `utm_*` parameters."""

MAXIMUM_EMBED_ORIGINS_LENGTH: Final = 1800
"""Characters of all `counterfoil[embed_origins]` together, with a space after each."""

MAXIMUM_CHECKOUT_ORIGINS_LENGTH: Final = 600
"""Characters of all `STRIPE_CHECKOUT_ORIGINS` together, with a space after each."""
