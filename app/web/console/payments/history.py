"""The history of a payment in human words: what the buyer did, what Stripe reported, and what the merchant did."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.objects.attempt import Attempt, Transition
from app.objects.order import Entry
from app.web.display.formatting import money
from app.web.display.moments import short_moment
from app.web.display.receipt import amount_of, paid_with
from app.web.display.translation import gettext as _


@dataclass(frozen=True)
class Step:
    """One line of the history. `actor` is the user who did it."""

    text: str
    when: str
    created: int
    actor: str | None = None


def payment_history(
    attempt: Attempt, transitions: Sequence[Transition], entries: Sequence[Entry], timezone: str, now: int
) -> list[Step]:
    """Return everything that happened with a payment, newest first."""
    found: list[tuple[int, str, str | None]] = []
    found += [(row.created, _transition_text(attempt, row), None) for row in transitions]
    found += [(entry.created, _entry_text(entry), entry.actor) for entry in entries if entry.act != "note"]
    found += _refunds_at_stripe(attempt, entries)
    found += [(dispute.created, _("The buyer disputed the payment at the bank"), None) for dispute in attempt.disputes]
    if attempt.erased_at is not None:
        found.append((attempt.erased_at, _("The buyer's data was erased"), None))
    if source := attempt.selection.url_parameters.utm_source:
        found.append((attempt.created, _("Came from %(source)s (utm_source)", source=source), None))
    ordered = sorted(enumerate(found), key=lambda it: (it[1][0], it[0]), reverse=True)
    return [Step(text, short_moment(created, timezone, now), created, actor) for _n, (created, text, actor) in ordered]


def _transition_text(attempt: Attempt, row: Transition) -> str:
    amount = money(amount_of(attempt), attempt.currency)
    method = paid_with(attempt)
    paid = (
        _("Paid %(amount)s with %(method)s", amount=amount, method=method)
        if method
        else _("Paid %(amount)s", amount=amount)
    )
    if row.to_state == "paid" and row.from_state == "refunded":
        return _("A refund failed, so the payment is yours again")
    return {
        "opened": _("Went to Stripe's page"),
        "processing": _("Finished at Stripe. The money is on its way"),
        "paid": paid,
        "no_payment_required": _("Confirmed. Nothing was to be paid"),
        "failed": _("The payment failed"),
        "expired": _("The time to pay ended"),
        "canceled": _("Canceled by the buyer"),
        "refunded": _("All of it is refunded"),
    }[row.to_state]


def _entry_text(entry: Entry) -> str:
    if entry.act == "sent" and entry.text:
        return _("Marked as sent, tracking number %(number)s", number=entry.text)
    if entry.act == "refund" and entry.amount is not None:
        amount = money(entry.amount, entry.currency or "")
        return _("Refunded %(amount)s: %(reason)s", amount=amount, reason=reason_text(entry.text))
    return {
        "sent": _("Marked as sent"),
        "not_sent": _("Marked as not sent"),
        "checked": _("Marked as checked"),
        "not_checked": _("Marked as not checked"),
    }.get(entry.act, entry.act)


def reason_text(reason: str | None) -> str:
    """Return the reason of a refund in words."""
    return {
        "duplicate": _("paid twice"),
        "fraudulent": _("fraud"),
        "requested_by_customer": _("the buyer asked for it"),
    }.get(reason or "", _("no reason given"))


def _refunds_at_stripe(attempt: Attempt, entries: Sequence[Entry]) -> list[tuple[int, str, str | None]]:
    """Return the refunds that were made at Stripe and not here, and those that failed."""
    here = {entry.refund for entry in entries}
    found: list[tuple[int, str, str | None]] = []
    for refund in attempt.refunds:
        amount = money(refund.amount, refund.currency)
        if refund.id not in here:
            found.append((refund.created, _("Refunded %(amount)s at Stripe", amount=amount), None))
        if refund.has_failed:
            found.append((refund.created, _("The refund of %(amount)s failed", amount=amount), None))
    return found
