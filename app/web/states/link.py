"""The states of a link that cannot be paid now, one function per reason. `state_of_link` chooses."""

from markupsafe import Markup

from app.errors import LinkClosed, LinkNotOpen, LinkPaid, LinkUnavailable, LinkUsedUp
from app.objects.attempt import Attempt
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.web.display import link_text
from app.web.display.contact import contact_of
from app.web.display.formatting import date, merchant_line, merchant_name, money, time
from app.web.display.receipt import amount_differs, amount_of
from app.web.display.time_zones import place_of, zone_in_words
from app.web.display.translation import gettext as _
from app.web.display.translation import join_sentences, ngettext
from app.web.states.state import Action, Facts, State, check_again, reach_merchant, visit_merchant


def state_of_link(
    error: LinkUnavailable, link: PaymentLink, organization: Organization, paid: Attempt | None, *, framed: bool = False
) -> State:
    """Return why a link cannot be paid now. `paid` is the payment of a link that can be paid once."""
    if isinstance(error, LinkNotOpen):
        return not_open(error, organization)
    if isinstance(error, LinkClosed):
        return closed(error, link, organization)
    if isinstance(error, LinkPaid):
        return already_paid(link, organization, paid, framed=framed)
    if isinstance(error, LinkUsedUp):
        return used_up(error, link, organization)
    return inactive(link, organization)


def inactive(link: PaymentLink, organization: Organization) -> State:
    """The merchant switched the link off."""
    own = _own_message(link)
    text = _("It can no longer be used to pay. Ask %(merchant)s for a new one.", merchant=merchant_name(organization))
    return State(
        "inactive",
        # L10n: A short label: the page takes no more payments.
        _("Closed"),
        _("This link is no longer active"),
        () if own else (text,),
        message=own,
        actions=reach_merchant(organization),
    )


def not_open(error: LinkNotOpen, organization: Organization) -> State:
    """The time is before `opens_at`."""
    zone = organization.timezone
    place = place_of(zone)
    where = (
        _("That is the time in %(place)s.", place=place)
        if place
        # L10n: `zone` is the name of a time zone, such as "UTC+3".
        else _("That is %(zone)s.", zone=zone_in_words(zone, error.opens_at))
    )
    return State(
        "not_open",
        _("Not open yet"),
        _("This page opens on %(date)s at %(time)s", date=date(error.opens_at, zone), time=time(error.opens_at, zone)),
        (join_sentences(where, _("Come back to this address then. You do not need to sign up.")),),
        actions=reach_merchant(organization),
    )


def closed(error: LinkClosed, link: PaymentLink, organization: Organization) -> State:
    """The time is after `closes_at`."""
    title = _("This page closed on %(date)s", date=date(error.closes_at, organization.timezone))
    own = _own_message(link)
    text = _("You can no longer order through this link.")
    return State(
        "closed", _("Closed"), title, () if own else (text,), message=own, actions=reach_merchant(organization)
    )


def used_up(error: LinkUsedUp, link: PaymentLink, organization: Organization) -> State:
    """`completed_sessions.limit` is reached."""
    title = (
        # L10n: A place is one of a limited number that can be sold.
        _("The only place is taken")
        if error.limit == 1
        else ngettext("%(num)s place is taken", "All %(num)s places are taken", error.limit)
    )
    own = _own_message(link)
    text = _("Nothing was charged. If a place becomes free, you can buy it on this page.")
    return State(
        "used_up",
        _("Sold out"),
        title,
        () if own else (text,),
        message=own,
        actions=(check_again(), *visit_merchant(organization, filled=False)),
    )


def already_paid(link: PaymentLink, organization: Organization, paid: Attempt | None, *, framed: bool = False) -> State:
    """A link that can be paid once has been paid. The page says when and how much, but not who paid.

    In a frame it also says where the receipt is, and links to none: the reader may not be the payer.
    """
    if framed:
        title = link_text.invoice_sentence(link, _("%(reference)s is paid"), _("Invoice %(reference)s is paid"))
    else:
        title = link_text.invoice_sentence(
            link, _("%(reference)s is already paid"), _("Invoice %(reference)s is already paid")
        )
    texts = [_("There is nothing left to pay.")]
    if paid is not None and paid.state == "processing":
        return _on_its_way(link, organization, framed=framed)
    if paid is not None and paid.state == "refunded":
        return _sent_back(link, organization, paid, framed=framed)
    if paid is not None and amount_differs(paid):
        return _being_checked(link, organization, framed=framed)
    if paid is not None and paid.paid_at is not None:
        amount = money(amount_of(paid), paid.currency)
        fact = _("%(amount)s was paid on %(date)s.", amount=amount, date=date(paid.paid_at, organization.timezone))
        texts = [join_sentences(fact, texts[0])]
    if framed:
        texts.append(_("The payer has the receipt."))
    return State(
        "already_paid",
        _("Paid"),
        title or _("This is already paid"),
        tuple(texts),
        "success",
        message=_own_message(link),
        actions=_to_receipt(link, organization, framed=framed),
        facts=_contact(organization) if framed else (),
    )


def _on_its_way(link: PaymentLink, organization: Organization, *, framed: bool) -> State:
    """The bank has not confirmed the payment of a link that can be paid once."""
    title = link_text.invoice_sentence(
        link, _("The payment of %(reference)s is on its way"), _("The payment of invoice %(reference)s is on its way")
    )
    return State(
        "payment_processing",
        # L10n: A short label: the bank is still processing the payment.
        _("Processing"),
        title or _("A payment is on its way"),
        (_("The bank is confirming it. You do not need to do anything."),),
        "notice",
        message=_own_message(link),
        actions=_to_receipt(link, organization, framed=framed),
        facts=_contact(organization) if framed else (),
    )


def _sent_back(link: PaymentLink, organization: Organization, paid: Attempt, *, framed: bool) -> State:
    """The payment of a link that can be paid once was refunded in full. The link takes no other one."""
    amount = money(amount_of(paid), paid.currency)
    return State(
        "sent_back",
        # L10n: A short label, and a row of the receipt.
        _("Refunded"),
        # L10n: The payment was refunded.
        _("This payment was sent back in full"),
        (_("%(amount)s went back to the payer. This page takes no other payment.", amount=amount),),
        "notice",
        message=_own_message(link),
        actions=_to_receipt(link, organization, framed=framed),
        facts=_contact(organization),
    )


def _being_checked(link: PaymentLink, organization: Organization, *, framed: bool) -> State:
    """Another amount arrived than the order came to."""
    return State(
        "being_checked",
        _("Being checked"),
        _("A payment arrived and is being checked"),
        (_("There is nothing to do and no need to pay again."),),
        "notice",
        message=_own_message(link),
        actions=_to_receipt(link, organization, framed=framed),
        facts=_contact(organization),
    )


def _to_receipt(link: PaymentLink, organization: Organization, *, framed: bool) -> tuple[Action, ...]:
    if framed:
        return ()
    receipt = Action(_("See the receipt"), "", filled=True, receipt_of=link.id)
    return (receipt, *visit_merchant(organization, filled=False))


def _contact(organization: Organization) -> Facts:
    contact = contact_of(organization)
    return ((_("Contact"), contact.markup),) if contact else ()


def _own_message(link: PaymentLink) -> Markup | None:
    return merchant_line(link.inactive_message) if link.inactive_message else None
