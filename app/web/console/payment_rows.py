"""Payments as rows of a list: amount, state, link, payer, and whether a merchant should review them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from app.objects.attempt import Attempt, State
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.web.console.dispute_text import answer_by, money_tags
from app.web.console.link_rows import Tag
from app.web.console.lists import row_or
from app.web.display.formatting import date_and_time, money
from app.web.display.link_text import heading_markup
from app.web.display.receipt import amount_of, email_of
from app.web.display.translation import gettext as _


@dataclass(frozen=True)
class PaymentRow:
    """One row of the list of payments. A `flagged` payment needs a review."""

    id: str
    amount: str
    tags: list[Tag]
    name: str | Markup
    payer: str
    when: str
    flagged: bool
    reference: str | None = None
    due: str | None = None


def payment_rows(
    attempts: Iterable[Attempt], links: Mapping[str, PaymentLink], organization: Organization
) -> list[PaymentRow]:
    """Return the rows of payments. `links` are the links that they were made through, by id."""
    return [_row_or_plain(attempt, links.get(attempt.payment_link), organization) for attempt in attempts]


def _row_or_plain(attempt: Attempt, link: PaymentLink | None, organization: Organization) -> PaymentRow:
    return row_or(lambda: _row(attempt, link, organization), lambda: _plain_row(attempt))


def _plain_row(attempt: Attempt) -> PaymentRow:
    """A payment whose amount or time no formatter can show: only its id, so that its page can be opened."""
    return PaymentRow(attempt.id, "", [Tag(_("Cannot be shown"), "danger")], attempt.payment_link, "", "", flagged=True)


def _row(attempt: Attempt, link: PaymentLink | None, organization: Organization) -> PaymentRow:
    return PaymentRow(
        id=attempt.id,
        amount=money(amount_of(attempt), attempt.currency),
        tags=[*money_tags(attempt), state_tag(attempt.state)],
        name=payment_name(attempt, link),
        payer=email_of(attempt) or "",
        when=date_and_time(attempt.paid_at or attempt.created, organization.timezone),
        flagged=bool(attempt.flags),
        reference=attempt.reference,
        due=answer_by(attempt, organization.timezone),
    )


def payment_name(attempt: Attempt, link: PaymentLink | None) -> str | Markup:
    """Return the merchant's own name for the link, or else the heading of its page."""
    if link is None:
        return attempt.payment_link
    return link.counterfoil.name or heading_markup(link, attempt.quote)


def state_tag(state: State) -> Tag:
    """Return the label of a payment's state."""
    return {
        "opened": Tag(_("Not paid yet")),
        "processing": Tag(_("Processing"), "notice"),
        "paid": Tag(_("Paid"), "success"),
        "no_payment_required": Tag(_("Confirmed"), "success"),
        "failed": Tag(_("Failed"), "danger"),
        "expired": Tag(_("Not paid")),
        "canceled": Tag(_("Not paid")),
        "refunded": Tag(_("Refunded"), "notice"),
    }[state]


def flag_text(flag: str) -> str:
    """Explain a flag, and what the merchant can do."""
    table = {
        "over_limit": _("It arrived when no place was left, so it is refunded automatically. The buyer sees this."),
        "partially_refunded": _("Part of it was refunded at Stripe."),
        "refund_failed": _(
            "A refund failed: the buyer did not get the money. Refund it in another way, or ask the buyer."
        ),
        "disputed": _("The buyer disputed it at the bank."),
        "amount_differs": _(
            "Stripe received another amount than the order came to. It counts as paid. Compare both sums, then deliver or refund."
        ),
        "amount_mismatch": _(
            "Stripe reports another amount than we asked for, so it does not count as paid. Refund it at Stripe, or deliver anyway."
        ),
        "currency_mismatch": _("Stripe reports another currency than we asked for, so it does not count as paid."),
        "mode_mismatch": _("Stripe reports another kind of payment than we asked for, so it does not count as paid."),
        "livemode_mismatch": _(
            "Stripe reports test mode where this is live, or the other way round, so it does not count as paid."
        ),
    }
    return table.get(flag, _("Stripe's data belongs to another payment, so it does not count as paid."))
