"""Why a link cannot be paid now, one function per reason; `state_of_link` chooses."""

from markupsafe import Markup

from app.errors import LinkClosed, LinkNotOpen, LinkPaid, LinkUnavailable, LinkUsedUp, PlacesHeld
from app.objects.attempt import Attempt
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.web.display import link_text
from app.web.display.formatting import date, merchant_line, merchant_name, money, place_of, time
from app.web.display.markup import linked
from app.web.display.translation import gettext as _
from app.web.display.translation import ngettext
from app.web.states.attempt import amount_of
from app.web.states.state import Action, State, visit_merchant


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
    text = (
        ()
        if own
        else (
            _(
                "Nothing can be paid through it any more. Ask %(merchant)s for a new one.",
                merchant=merchant_name(organization),
            ),
        )
    )
    return State(
        "inactive",
        410,
        _("Closed"),
        _("This link is no longer active"),
        text,
        message=own,
        actions=visit_merchant(organization),
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
        actions=visit_merchant(organization),
    )


def closed(error: LinkClosed, organization: Organization) -> State:
    """After `closes_at`."""
    day = date(error.closes_at, organization.timezone)
    text = _("Nothing more can be ordered through this link.")
    return State(
        "closed",
        410,
        _("Closed"),
        _("This page closed on %(date)s", date=day),
        (text,),
        actions=visit_merchant(organization),
    )


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
        actions=(Action(_("Check again"), ""), *visit_merchant(organization, filled=False)),
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
    own = merchant_line(link.inactive_message) if link.inactive_message else None
    title: str | Markup = _("This is already paid")
    if reference and link_text.is_invoice(link):
        whole = Markup('<span class="reference">{}</span>').format(reference)
        sentence = (
            _("%(reference)s is already paid")
            if link_text.names_itself(reference)
            else _("Invoice %(reference)s is already paid")
        )
        title = linked(sentence, reference=whole)
    text = _("Nothing is left to pay.")
    if paid is not None and paid.paid_at is not None:
        amount = money(amount_of(paid), paid.currency)
        fact = _("%(amount)s was paid on %(date)s.", amount=amount, date=date(paid.paid_at, organization.timezone))
        text = f"{fact} {text}"
    elif paid is not None and paid.state == "processing":
        text = _("A payment is on its way: the bank is confirming it. Nothing is left to do.")
    return State(
        "already_paid", 200, _("Paid"), title, (text,), "success",
        message=own,
        actions=visit_merchant(organization, filled=False),
    )  # fmt: skip
