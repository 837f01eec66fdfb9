"""A payment in the merchant's words: where it stands, how much, for what, by whom, and what somebody should look at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from app.objects.attempt import Attempt, State
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.web.console.link_rows import Tag
from app.web.display.formatting import date_and_time, money
from app.web.display.link_text import heading_markup
from app.web.display.receipt import amount_of
from app.web.display.translation import gettext as _


@dataclass(frozen=True)
class PaymentRow:
    """One payment of a list; `flagged`: something did not fit."""

    id: str
    amount: str
    tag: Tag
    name: str | Markup
    payer: str
    when: str
    flagged: bool


def payment_rows(
    attempts: Iterable[Attempt], links: Mapping[str, PaymentLink], organization: Organization
) -> list[PaymentRow]:
    """Payments as a merchant's list shows them; `links` are those that they were made through."""
    return [_row(attempt, links.get(attempt.payment_link), organization) for attempt in attempts]


def _row(attempt: Attempt, link: PaymentLink | None, organization: Organization) -> PaymentRow:
    return PaymentRow(
        id=attempt.id,
        amount=money(amount_of(attempt), attempt.currency),
        tag=state_tag(attempt.state),
        name=name_of(attempt, link),
        payer=attempt.customer_email or attempt.selection.answers.email or "",
        when=date_and_time(attempt.paid_at or attempt.created, organization.timezone),
        flagged=bool(attempt.flags),
    )


def name_of(attempt: Attempt, link: PaymentLink | None) -> str | Markup:
    """What was paid for: the link's name in the merchant's lists, else what its page is about."""
    if link is None:
        return attempt.payment_link
    return link.counterfoil.name or heading_markup(link, attempt.quote)


def state_tag(state: State) -> Tag:
    """Where a payment stands."""
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


def flag_words(flag: str) -> str:
    """What did not fit, and what to do about it."""
    table = {
        "over_limit": _("It came when no place was left, so it is sent back by itself. The buyer is told."),
        "partially_refunded": _("A part of it was refunded at Stripe."),
        "amount_mismatch": _(
            "Stripe says another amount than was asked for, so it does not count as paid. Refund it at Stripe, or deliver all the same."
        ),
        "currency_mismatch": _("Stripe says another currency than was asked for, so it does not count as paid."),
        "mode_mismatch": _("Stripe says another kind of payment than was asked for, so it does not count as paid."),
        "livemode_mismatch": _(
            "Stripe says test where this is live, or the other way round, so it does not count as paid."
        ),
    }
    return table.get(flag, _("What Stripe says belongs to another payment, so it does not count as paid."))
