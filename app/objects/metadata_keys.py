"""The metadata keys that we add to sessions and refunds at Stripe."""

from typing import Final

PAYMENT_LINK: Final = "counterfoil_payment_link"
"""The id of the payment link."""

ATTEMPT: Final = "counterfoil_attempt"
"""The id of the attempt."""

REFERENCE: Final = "counterfoil_reference"
"""The merchant's own reference, where the link has one."""

REASON: Final = "counterfoil_reason"
"""Why we refunded a payment, for example `over_limit`."""

OURS: Final = frozenset({PAYMENT_LINK, ATTEMPT, REFERENCE, REASON})
"""All of them."""
