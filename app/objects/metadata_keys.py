"""The metadata keys that we add to sessions and refunds at Stripe."""

from typing import Final

PAYMENT_LINK: Final = "counterfoil_payment_link"
"""The id of the payment link."""

ATTEMPT: Final = "counterfoil_attempt"
"""The id of the attempt."""

REFERENCE: Final = "counterfoil_reference"
"""The reference of the payment for people, like `CF-7K2M-94QX`. It is on the receipt."""

LINK_REFERENCE: Final = "counterfoil_link_reference"
"""The merchant's own reference, where the link has one: an invoice's number, for example."""

REASON: Final = "counterfoil_reason"
"""Why we refunded a payment, for example `over_limit`."""

REFUND: Final = "counterfoil_refund"
"""The id of the refund that a merchant asked for in the console or by command."""

OURS: Final = frozenset({PAYMENT_LINK, ATTEMPT, REFERENCE, LINK_REFERENCE, REASON, REFUND})
"""All of them."""
