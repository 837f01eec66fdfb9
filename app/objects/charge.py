"""The charge of a payment, its refunds and its disputes, with the attributes that we keep.

Amounts are in minor units of their `currency`.
"""

from typing import Final, Literal

from app.objects.base import Object
from app.objects.change import Actor
from app.objects.scalars import CurrencyCode, Integer, Timestamp


class Charge(Object):
    """The charge. Where the buyer paid in another currency, its currency may be another one than the attempt's."""

    id: str
    object: Literal["charge"] = "charge"
    amount: Integer
    amount_refunded: Integer = 0
    currency: CurrencyCode
    updated: Timestamp = 0
    """Ours: when Stripe reported `amount_refunded`."""


FAILED_REFUND: Final = frozenset({"canceled", "failed"})
"""The statuses of a refund whose money is the merchant's again."""

REFUND_RANK: Final = {"requires_action": 0, "pending": 0, "succeeded": 1, "canceled": 2, "failed": 2}
"""The order of a refund's statuses. A refund may fail after it succeeded."""


class Refund(Object):
    """One refund, of the whole charge or of a part."""

    id: str
    object: Literal["refund"] = "refund"
    amount: Integer
    created: Timestamp
    currency: CurrencyCode
    failure_reason: str | None = None
    status: str | None = None

    @property
    def rank(self) -> int:
        """How far the refund is: a later status has a higher rank."""
        return REFUND_RANK.get(self.status or "", 0)

    @property
    def has_failed(self) -> bool:
        """Whether the buyer does not get this money."""
        return self.status in FAILED_REFUND


RefundReason = Literal["duplicate", "fraudulent", "requested_by_customer"]


class RefundRequest(Object):
    """A refund that a merchant asked for. `id` is a part of the idempotency key, so Stripe never makes the same one twice.

    `status` is `pending` until Stripe's answer is stored. `left` is the amount that could be refunded before, in minor units of `currency`.
    """

    id: str
    actor: Actor
    amount: Integer
    created: Timestamp
    currency: CurrencyCode
    left: Integer
    reason: RefundReason
    refund: str | None = None
    status: Literal["pending", "made", "refused"] = "pending"


DISPUTE_RANK: Final = {
    "warning_needs_response": 0,
    "warning_under_review": 1,
    "needs_response": 2,
    "under_review": 3,
    "prevented": 4,
    "warning_closed": 4,
    "lost": 4,
    "won": 4,
}
"""The order of a dispute's statuses. An inquiry (`warning_*`) may become a dispute."""


class EvidenceDetails(Object):
    """Until when the merchant can answer."""

    due_by: Timestamp | None = None


class BalanceTransaction(Object):
    """The balance transaction of a payment or a dispute. `fee` is Stripe's fee."""

    amount: Integer
    currency: CurrencyCode
    fee: Integer = 0


class Dispute(Object):
    """A dispute: the buyer's bank asks for the money back."""

    id: str
    object: Literal["dispute"] = "dispute"
    amount: Integer
    balance_transactions: tuple[BalanceTransaction, ...] = ()
    created: Timestamp
    currency: CurrencyCode
    evidence_details: EvidenceDetails = EvidenceDetails()
    reason: str
    status: str
    updated: Timestamp = 0
    """Ours: when Stripe reported `status`."""

    @property
    def rank(self) -> int:
        """How far the dispute is: a later status has a higher rank."""
        return DISPUTE_RANK.get(self.status, 0)

    @property
    def needs_answer(self) -> bool:
        """Whether the merchant can still answer."""
        return self.status in {"needs_response", "warning_needs_response"}

    @property
    def is_open(self) -> bool:
        """Whether the bank has not decided yet."""
        return self.rank < DISPUTE_RANK["won"]

    @property
    def fee(self) -> int:
        """Stripe's fee in the currency of the dispute, as far as it was charged in that currency."""
        return sum(moved.fee for moved in self.balance_transactions if moved.currency == self.currency)
