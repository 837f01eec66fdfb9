"""The states of a link that cannot be paid now, one function per reason. `state_of_link` chooses."""

from markupsafe import Markup

from app.errors import LinkClosed, LinkNotOpen, LinkPaid, LinkUnavailable, LinkUsedUp
from app.objects.attempt import Attempt
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.web.display import link_text
from app.web.display.formatting import date, merchant_line, merchant_name, money, time
from app.web.display.receipt import amount_of
from app.web.display.time_zones import place_of, zone_in_words
from app.web.display.translation import gettext as _
from app.web.display.translation import ngettext
from app.web.states.state import State, check_again, visit_merchant


def state_of_link(error: LinkUnavailable, link: PaymentLink, organization: Organization, paid: Attempt | None) -> State:
    """Return why a link cannot be paid now. `paid` is the payment of a link that can be paid once."""
    if isinstance(error, LinkNotOpen):
        return not_open(error, organization)
    if isinstance(error, LinkClosed):
        return closed(error, organization)
    if isinstance(error, LinkPaid):
        return already_paid(link, organization, paid)
    if isinstance(error, LinkUsedUp):
        return used_up(error, link, organization)
    return inactive(link, organization)


def inactive(link: PaymentLink, organization: Organization) -> State:
    """The merchant switched the link off."""
    own = _own_message(link)
    text = _("It can no longer be used to pay. Ask %(merchant)s for a new one.", merchant=merchant_name(organization))
    return State(
        "inactive",
        _("Closed"),
        _("This link is no longer active"),
        () if own else (text,),
        message=own,
        actions=visit_merchant(organization),
    )


def not_open(error: LinkNotOpen, organization: Organization) -> State:
    """The time is before `opens_at`."""
    zone = organization.timezone
    place = place_of(zone)
    where = (
        _("That is the time in %(place)s.", place=place)
        if place
        else _("That is %(zone)s.", zone=zone_in_words(zone, error.opens_at))
    )
    return State(
        "not_open",
        _("Not open yet"),
        _("This page opens on %(date)s at %(time)s", date=date(error.opens_at, zone), time=time(error.opens_at, zone)),
        (f"{where} {_('Come back to this address then. You do not need to sign up.')}",),
        actions=visit_merchant(organization),
    )


def closed(error: LinkClosed, organization: Organization) -> State:
    """The time is after `closes_at`."""
    title = _("This page closed on %(date)s", date=date(error.closes_at, organization.timezone))
    text = _("You can no longer order through this link.")
    return State("closed", _("Closed"), title, (text,), actions=visit_merchant(organization))


def used_up(error: LinkUsedUp, link: PaymentLink, organization: Organization) -> State:
    """`completed_sessions.limit` is reached."""
    title = ngettext("The only place is taken", "All %(num)s places are taken", error.limit)
    own = _own_message(link)
    text = _("Nothing was charged. If a place becomes free, you can buy it on this page.")
    return State(
        "used_up",
        _("Sold out"),
        str(title),
        () if own else (text,),
        message=own,
        actions=(check_again(), *visit_merchant(organization, filled=False)),
    )


def already_paid(link: PaymentLink, organization: Organization, paid: Attempt | None) -> State:
    """A link that can be paid once has been paid. The page says when and how much, but not who paid."""
    title = link_text.invoice_sentence(
        link, _("%(reference)s is already paid"), _("Invoice %(reference)s is already paid")
    )
    text = _("There is nothing left to pay.")
    if paid is not None and paid.paid_at is not None:
        amount = money(amount_of(paid), paid.currency)
        fact = _("%(amount)s was paid on %(date)s.", amount=amount, date=date(paid.paid_at, organization.timezone))
        text = f"{fact} {text}"
    elif paid is not None and paid.state == "processing":
        text = _("A payment is on its way: the bank is confirming it. You do not need to do anything.")
    return State(
        "already_paid",
        _("Paid"),
        title or _("This is already paid"),
        (text,),
        "success",
        message=_own_message(link),
        actions=visit_merchant(organization, filled=False),
    )


def _own_message(link: PaymentLink) -> Markup | None:
    return merchant_line(link.inactive_message) if link.inactive_message else None
