"""Applies what a signed event says about money that goes back: a charge, a refund or a dispute. Each has the same effect in any order."""

from collections.abc import Callable

from app.objects.attempt import Attempt
from app.objects.charge import Charge, Dispute, Refund
from app.objects.order import DISPUTED
from app.pricing.refunds import with_charge, with_refund
from app.services.attempts.state_machine import change, with_refunds_judged
from app.store.protocol import Store


def apply_charge(store: Store, attempt: Attempt, charge: Charge, now: int, *, cause: str) -> Attempt:
    """Apply how much of a charge was refunded. Return the stored attempt."""
    return _apply(store, attempt, lambda current: with_refunds_judged(with_charge(current, charge), now), now, cause)


def apply_refund(store: Store, attempt: Attempt, refund: Refund, now: int, *, cause: str) -> Attempt:
    """Apply a refund, or its new status. Return the stored attempt."""
    return _apply(store, attempt, lambda current: with_refunds_judged(with_refund(current, refund), now), now, cause)


def apply_dispute(store: Store, attempt: Attempt, dispute: Dispute, now: int, *, cause: str) -> Attempt:
    """Apply a dispute, or its new status. The attempt's state stays. Return the stored attempt."""
    return _apply(store, attempt, lambda current: with_dispute(current, dispute), now, cause)


def with_dispute(attempt: Attempt, dispute: Dispute) -> Attempt:
    """Return the attempt with a dispute or its later status, flagged while one is open or lost."""
    before = next((known for known in attempt.disputes if known.id == dispute.id), None)
    if before is not None and (dispute.rank, dispute.updated) <= (before.rank, before.updated):
        return attempt
    others = [known for known in attempt.disputes if known.id != dispute.id]
    disputes = tuple(sorted([*others, dispute], key=lambda known: (known.created, known.id)))
    flags = [flag for flag in attempt.flags if flag != DISPUTED]
    if any(known.is_open or known.status == "lost" for known in disputes):
        flags.append(DISPUTED)
    # After each change of a dispute, a merchant must look at it again.
    checked = tuple(flag for flag in attempt.checked_flags if flag != DISPUTED)
    return attempt.model_copy(update={"checked_flags": checked, "disputes": disputes, "flags": tuple(flags)})


def _apply(store: Store, attempt: Attempt, step: Callable[[Attempt], Attempt], now: int, cause: str) -> Attempt:
    def saved(current: Attempt) -> Attempt:
        after = step(current)
        if after is current:
            return current
        return after.model_copy(update={"updated": now, "version": current.version + 1})

    return change(store, attempt, saved, cause=cause)
