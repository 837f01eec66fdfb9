"""The states of a link whose places are all held by open sessions: other buyers are paying, or this buyer began and came back."""

from collections.abc import Sequence

from app.errors import PlacesHeld
from app.objects.attempt import Attempt
from app.objects.payment_link import PaymentLink
from app.pricing.items import line_items, price_of
from app.services.checkout import holds
from app.services.links.availability import can_be_paid_once
from app.web.display import link_text
from app.web.display.contact import contact_of
from app.web.display.formatting import date, money, time, time_with_zone
from app.web.display.markup import linked, reference_markup
from app.web.display.translation import gettext as _
from app.web.display.translation import join_sentences
from app.web.states.state import Action, Facts, HoldForm, State, check_again
from app.web.visit.visit import Visit


def state_of_hold(error: PlacesHeld, visit: Visit) -> State:
    """Return the state of a link without a free place. A link that can be paid once offers to start again."""
    held = holds.open_attempts(visit.context.store, visit.link)
    if held and can_be_paid_once(visit.link):
        return started(held, visit)
    return places_held(error, held, visit)


def started(held: Sequence[Attempt], visit: Visit) -> State:
    """A payment of a link that can be paid once was started and is not paid yet."""
    attempt, link = held[0], visit.link
    zone = visit.organization.timezone
    at = time(attempt.created, zone)
    if link.is_invoice:
        once = _("This invoice can be paid only once.")
        text = link_text.invoice_sentence(
            link, _("%(reference)s has not been paid yet."), _("Invoice %(reference)s has not been paid yet.")
        )
    else:
        once, text = _("This can be paid only once."), None
    return State(
        "started",
        _("Started, not paid"),
        _("This payment was started at %(time)s", time=at),
        (text or _("It has not been paid yet."),),
        "notice",
        actions=_hold_actions(anyone_restarts=True),
        facts=_facts(attempt, visit),
        polls=True,
        waits=False,
        amount="" if _has_choices(link) else money(attempt.quote.amount_total, attempt.currency),
        hold_form=_form(held, visit),
        holder_text=_("Continue where you stopped, or start again."),
        other_text=_("Continue in the browser where it was started, or start again here."),
        hint=join_sentences(
            once,
            _(
                "Starting again closes the payment page that was opened at %(time)s, so that only one can be paid.",
                time=at,
            ),
        ),
    )


def places_held(error: PlacesHeld, held: Sequence[Attempt], visit: Visit) -> State:
    """Other buyers are paying for every remaining place. A buyer who holds one of them may continue or release it."""
    link = visit.link
    limit = link.restrictions.completed_sessions if link.restrictions else None
    last = limit is not None and limit.limit - limit.count <= 1
    title = _("Someone is paying for the last one") if last else _("Other people are paying for all remaining places")
    if error.until is None:
        text = (
            # L10n: The last piece that is for sale.
            _("It becomes free if they do not finish.")
            if last
            # L10n: A place is one of a limited number that can be sold.
            else _("A place becomes free if someone does not finish.")
        )
    else:
        until = time_with_zone(error.until, visit.organization.timezone)
        text = (
            _("It becomes free at %(time)s at the latest if they do not finish.", time=until)
            if last
            else _("The next one becomes free at %(time)s at the latest if someone does not finish.", time=until)
        )
    polling = _("This page checks by itself and opens when that happens.")
    return State(
        "places_held",
        # L10n: A short label: other buyers hold all remaining places.
        _("On hold"),
        title,
        (join_sentences(text, polling),),
        "notice",
        actions=(*_hold_actions(anyone_restarts=False), check_again()),
        polls=True,
        hold_form=_form(held, visit),
        holder_hint=_(
            "One of these payments was started in this browser. Continue it, or start again: that gives its place back first."
        ),
    )


def _hold_actions(*, anyone_restarts: bool) -> tuple[Action, ...]:
    return (
        Action(_("Continue this payment"), "", filled=True, hold="continue", holder_only=True),
        Action(_("Start again"), "", hold="restart", holder_only=not anyone_restarts),
    )


def _form(held: Sequence[Attempt], visit: Visit) -> HoldForm:
    tokens = visit.tokens()
    names = tuple(tokens.public_name(attempt.form) for attempt in held)
    return HoldForm(visit.address + visit.query, tokens.issue(), names)


def _facts(attempt: Attempt, visit: Visit) -> Facts:
    link, organization = visit.link, visit.organization
    reference, due_date = link.counterfoil.reference, link.counterfoil.due_date
    contact = contact_of(organization)
    facts: Facts = (
        *([(_("Invoice"), reference_markup(reference))] if reference and link.is_invoice else []),
        # L10n: A label. The date follows by which an invoice must be paid.
        *([(_("Due"), date(due_date, organization.timezone))] if due_date is not None else []),
        *(
            # L10n: A label. The time follows until which a payment that was started can be finished.
            [(_("Open until"), time_with_zone(attempt.expires_at, organization.timezone))]
            if attempt.expires_at > visit.now
            else []
        ),
        # L10n: A label, for a reader who has not started the payment. “Ask %(contact)s” follows.
        *([(_("Not you?"), linked(_("Ask %(contact)s"), contact=contact.markup))] if contact else []),
    )
    return facts


def _has_choices(link: PaymentLink) -> bool:
    """Return whether buyers choose what they pay. What the first buyer chose is not shown to others."""
    return bool(
        link.optional_items
        or link.allow_promotion_codes
        or any(
            price_of(item).custom_unit_amount or (item.adjustable_quantity and item.adjustable_quantity.enabled)
            for item in line_items(link)
        )
    )
