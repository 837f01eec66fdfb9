"""Every short page that says where a buyer stands: the fact, what happened, what it means for the money, the next step.

One function per state; `state_of_link` and `state_of_attempt` are the two tables that choose.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape

from app.errors import LinkClosed, LinkNotOpen, LinkPaid, LinkUnavailable, LinkUsedUp, PlacesHeld
from app.objects.attempt import Attempt
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.web import words
from app.web.filters import date, merchant_line, merchant_name, money, place_of, time
from app.web.page import linked
from app.web.urls import link_url, mail_url

FIRST_LOOK: Final = 5
LONGEST_WAIT: Final = 300


@dataclass(frozen=True)
class Action:
    """The next step: an outline when it is only one of several, filled when it is the one."""

    label: str
    url: str
    filled: bool = False


@dataclass(frozen=True)
class State:
    """One short page. `tone` is empty, `success`, `notice` or `danger`; `looks_again` makes the page look by itself."""

    name: str
    status: int
    tag: str
    title: str | Markup
    texts: tuple[str | Markup, ...] = ()
    tone: str = ""
    message: Markup | None = None
    actions: tuple[Action, ...] = ()
    facts: tuple[tuple[str, str | Markup], ...] = ()
    looks_again: bool = False


def next_wait(looks: int) -> int:
    """How many seconds to wait before looking again after so many looks: soon at first, then less and less often."""
    return int(min(FIRST_LOOK * 2 ** min(looks, 10), LONGEST_WAIT))


# States of a link


def state_of_link(error: LinkUnavailable, link: PaymentLink, organization: Organization, paid: Attempt | None) -> State:
    """Why a link cannot be paid now; `paid` is the payment of a link that can be paid once."""
    if isinstance(error, LinkNotOpen):
        return not_open(error, organization)
    if isinstance(error, LinkClosed):
        return closed(error, organization)
    if isinstance(error, PlacesHeld):
        return places_held(error, link, organization)
    if isinstance(error, LinkPaid):
        return already_paid(link, organization, paid)
    if isinstance(error, LinkUsedUp):
        return used_up(error, link, organization)
    return inactive(link, organization)


def inactive(link: PaymentLink, organization: Organization) -> State:
    """Switched off by the merchant."""
    own = merchant_line(link.inactive_message) if link.inactive_message else None
    text = () if own else (_("Nothing can be paid through it any more. Ask %(merchant)s for a new one.", merchant=merchant_name(organization)),)
    return State(
        "inactive", 410, _("Closed"), _("This link is no longer active"), text, message=own, actions=_visit(organization)
    )


def not_open(error: LinkNotOpen, organization: Organization) -> State:
    """Before `opens_at`."""
    zone = organization.timezone
    place = place_of(zone)
    where = _("That is the time in %(place)s.", place=place) if place else _("That is the time in UTC.")
    return State(
        "not_open",
        403,
        _("Not open yet"),
        _("This page opens on %(date)s at %(time)s", date=date(error.opens_at, zone), time=time(error.opens_at, zone)),
        (f"{where} {_('Come back to this address then, there is nothing to sign up for.')}",),
        actions=_visit(organization),
    )


def closed(error: LinkClosed, organization: Organization) -> State:
    """After `closes_at`."""
    day = date(error.closes_at, organization.timezone)
    text = _("Nothing more can be ordered through this link.")
    return State("closed", 410, _("Closed"), _("This page closed on %(date)s", date=day), (text,), actions=_visit(organization))


def used_up(error: LinkUsedUp, link: PaymentLink, organization: Organization) -> State:
    """`completed_sessions.limit` is reached."""
    title = ngettext("The only place is taken", "All %(num)s places are taken", error.limit)
    own = merchant_line(link.inactive_message) if link.inactive_message else None
    text = _("Nothing was charged. If a place comes free, this page sells it again.")
    return State(
        "used_up",
        410,
        _("Sold out"),
        str(title),
        () if own else (text,),
        message=own,
        actions=(Action(_("Check again"), ""), *_visit(organization, filled=False)),
    )


def places_held(error: PlacesHeld, link: PaymentLink, organization: Organization) -> State:
    """Everything that is left is held by people who are paying."""
    limit = link.restrictions.completed_sessions if link.restrictions else None
    last = limit is not None and limit.limit - limit.count <= 1
    title = _("Someone is paying for the last one") if last else _("All places that are left are being paid for")
    looks = _("This page looks by itself and opens when it does.")
    if error.until is None:
        text = _("It comes free if they do not finish.") if last else _("One comes free if somebody does not finish.")
    else:
        until = time(error.until, organization.timezone)
        text = (
            _("It comes free at %(time)s at the latest if they do not finish.", time=until)
            if last
            else _("The next one comes free at %(time)s at the latest if somebody does not finish.", time=until)
        )
    return State(
        "places_held", 409, _("On hold"), title, (f"{text} {looks}",), "notice",
        actions=(Action(_("Check again"), ""),), looks_again=True,
    )  # fmt: skip


def already_paid(link: PaymentLink, organization: Organization, paid: Attempt | None) -> State:
    """A link that can be paid once has been. Who paid is nobody else's business; the receipt is at the payer's own address."""
    reference = link.counterfoil.reference
    title: str | Markup = _("This is already paid")
    if reference and words.is_invoice(link):
        whole = Markup('<span class="reference">{}</span>').format(reference)
        sentence = _("%(reference)s is already paid") if words.names_itself(reference) else _("Invoice %(reference)s is already paid")
        title = linked(sentence, reference=whole)
    text = _("Nothing is left to pay.")
    if paid is not None and paid.paid_at is not None:
        amount = money(paid.quote.amount_total if paid.amount_total is None else paid.amount_total, paid.currency)
        fact = _("%(amount)s was paid on %(date)s.", amount=amount, date=date(paid.paid_at, organization.timezone))
        text = f"{fact} {text}"
    elif paid is not None and paid.state == "processing":
        text = _("A payment is on its way: the bank is confirming it. Nothing is left to do.")
    return State("already_paid", 200, _("Paid"), title, (text,), "success", actions=_visit(organization, filled=False))


# States of an attempt


def state_of_attempt(attempt: Attempt, link: PaymentLink, organization: Organization, address: str) -> State:
    """Where an attempt stands that is not paid; `address` is the pay page's."""
    table: dict[str, Callable[[Attempt, PaymentLink, Organization, str], State]] = {
        "processing": processing,
        "opened": unfinished,
        "failed": declined,
        "expired": expired,
        "canceled": canceled,
        "refunded": refunded,
    }
    return table[attempt.state](attempt, link, organization, address)


def processing(attempt: Attempt, link: PaymentLink, organization: Organization, address: str) -> State:
    """A delayed payment that the bank has not confirmed yet."""
    return State(
        "processing",
        200,
        _("Processing"),
        _("Your bank is confirming the payment"),
        (_("This can take up to five working days. You do not need to pay again. Keep this address: it shows the result."),),
        "notice",
        actions=(Action(_("Check again"), ""),),
        facts=facts_of(attempt, link, organization),
        looks_again=True,
    )


def unfinished(attempt: Attempt, link: PaymentLink, organization: Organization, address: str) -> State:
    """Back without a payment that Stripe knows of; its checkout may still be open."""
    actions = [Action(_("Continue to payment"), attempt.session_url, filled=True)] if attempt.session_url else []
    return State(
        "unfinished",
        200,
        _("Not paid yet"),
        _("We are waiting for your payment"),
        (_("If you have just paid, this page says so in a moment. If you have not, go on where you stopped."),),
        "notice",
        actions=(*actions, Action(_("Check again"), "")),
        facts=facts_of(attempt, link, organization),
        looks_again=True,
    )


def declined(attempt: Attempt, link: PaymentLink, organization: Organization, address: str) -> State:
    """The payment failed."""
    return State(
        "declined",
        200,
        _("Not paid"),
        _("Your payment did not go through"),
        (_("Your bank declined it and nothing was charged. Try another card, or ask your bank."),),
        "danger",
        actions=(Action(_("Try again"), address, filled=True),),
        facts=facts_of(attempt, link, organization),
    )


def expired(attempt: Attempt, link: PaymentLink, organization: Organization, address: str) -> State:
    """Checkout's time is over."""
    text = _("Nothing was charged. Start again whenever you like.")
    actions = (Action(_("Start again"), address, filled=True),)
    return State("expired", 200, _("Not paid"), _("The time to pay has run out"), (text,), actions=actions)


def canceled(attempt: Attempt, link: PaymentLink, organization: Organization, address: str) -> State:
    """The buyer went back, or sent other answers."""
    text = _("Nothing was charged.")
    actions = (Action(_("Back to the payment page"), address, filled=True),)
    return State("canceled", 200, _("Not paid"), _("You left before paying"), (text,), actions=actions)


def refunded(attempt: Attempt, link: PaymentLink, organization: Organization, address: str) -> State:
    """The money was sent back: at once where no place was left, else by the merchant."""
    amount = money(attempt.quote.amount_total if attempt.amount_total is None else attempt.amount_total, attempt.currency)
    method = paid_with(attempt)
    back = (
        _("We have sent your %(amount)s back to your %(method)s.", amount=amount, method=method)
        if method
        else _("We have sent your %(amount)s back.", amount=amount)
    )
    over = "over_limit" in attempt.flags
    parts = [back, _("It arrives in five to ten working days."), *([_("We are sorry.")] if over else [])]
    title = _("The last one sold while you were paying") if over else _("This payment was refunded")
    facts = facts_of(attempt, link, organization)
    return State("refunded", 200, _("Refunded"), title, (" ".join(parts),), "notice", facts=facts)


def paid_with(attempt: Attempt) -> str | None:
    """ "Visa ending in 4242", as far as Stripe told."""
    if not attempt.payment_method:
        return None
    kind, _space, last4 = attempt.payment_method.rpartition(" ")
    if kind and last4.isdigit() and len(last4) == 4:
        return _("%(card)s ending in %(last4)s", card=kind.replace("_", " ").title(), last4=last4)
    return attempt.payment_method.replace("_", " ").capitalize()


def facts_of(attempt: Attempt, link: PaymentLink, organization: Organization) -> tuple[tuple[str, str | Markup], ...]:
    """What a buyer keeps."""
    amount = attempt.quote.amount_total if attempt.amount_total is None else attempt.amount_total
    facts: list[tuple[str, str | Markup]] = [(_("Amount"), money(amount, attempt.currency))]
    facts.append((_("Reference"), Markup("<code>{}</code>").format(attempt.id)))
    if contact := contact_of(organization):
        facts.append((_("Contact"), contact))
    return tuple(facts)


def contact_of(organization: Organization) -> Markup | None:
    """How to reach the merchant."""
    profile = organization.business_profile
    if url := mail_url(profile.support_email):
        return Markup('<a href="{}">{}</a>').format(url, profile.support_email)
    if url := link_url(profile.support_url):
        return Markup('<a href="{}">{}</a>').format(url, url)
    return escape(profile.support_phone) if profile.support_phone else None


def _visit(organization: Organization, *, filled: bool = True) -> tuple[Action, ...]:
    url = link_url(organization.business_profile.url)
    return (Action(_("Visit %(merchant)s", merchant=merchant_name(organization)), url, filled),) if url else ()


# States that belong to no link


def not_found() -> State:
    """Nothing is at this address."""
    text = _("Check the address for a missing letter, or ask whoever sent it to you for a new one.")
    return State("not_found", 404, _("Not found"), _("There is no payment page at this address"), (text,))


def too_many_requests(seconds: int) -> State:
    """Somebody at this address tries too often."""
    minutes = max(1, -(-seconds // 60))
    wait = ngettext("Wait one minute, then try again.", "Wait %(num)s minutes, then try again.", minutes)
    return State(
        "too_many_requests",
        429,
        _("Wait a moment"),
        _("Too many tries from your network"),
        (f"{wait} {_('Nothing was charged.')}",),
        actions=(Action(_("Try again"), ""),),
    )


def stripe_unreachable() -> State:
    """Stripe did not answer where no form can be shown again."""
    text = _("We cannot reach Stripe, who takes the payment. Try again in a minute.")
    return State(
        "stripe_unreachable", 503, _("Paused"), _("Payments are paused for a moment"), (text,), actions=(Action(_("Try again"), ""),)
    )


def busy() -> State:
    """The database did not take it; nothing was changed."""
    text = _("Nothing was changed and nothing was charged. Try again in a moment.")
    return State("busy", 503, _("Wait a moment"), _("There is a lot going on just now"), (text,), actions=(Action(_("Try again"), ""),))


def refused(status: int) -> State:
    """A request that no page of ours makes."""
    text = _("Nothing was charged. Open the payment page again and try once more.")
    return State("refused", status, _("Not sent"), _("This could not be read"), (text,))


def our_fault(request_id: str, organization: Organization | None, address: str | None) -> State:
    """A mistake of ours. Whether a payment arrived is not known here, so nothing is promised."""
    facts: list[tuple[str, str | Markup]] = [(_("Request"), Markup("<code>{}</code>").format(request_id))]
    contact = contact_of(organization) if organization else None
    if contact:
        facts.append((_("Contact"), contact))
    actions = (Action(_("Back to the payment page"), address, filled=True),) if address else ()
    return State(
        "our_fault",
        500,
        _("Our fault"),
        _("Something went wrong on our side"),
        (_("If you were paying, open your payment page again before you retry: it says whether the payment arrived."),),
        "danger",
        actions=actions,
        facts=tuple(facts),
    )


