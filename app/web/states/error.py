"""The states for errors where no link can be shown: not found, too many requests, Stripe or the database away, our own mistakes."""

from typing import Final

from markupsafe import Markup, escape

from app.objects.organization import Organization
from app.web.display.contact import contact_of, mail_of
from app.web.display.formatting import merchant_name
from app.web.display.markup import linked
from app.web.display.translation import gettext as _
from app.web.display.translation import join_sentences, ngettext, space_after
from app.web.states.state import (
    Action,
    State,
    back_to_page,
    reach_merchant,
    start_page,
    ways_to_reach,
    write_to_merchant,
)

LONGEST_IN_MINUTES: Final = 120
"""A longer wait is told in hours."""


def not_found(code: str, organization: Organization | None) -> State:
    """There is no page at this address. `code` is its end, which the buyer may have mistyped."""
    write = _write(organization)
    if write:
        gone = linked(
            # L10n: `write` is the text “write to %(merchant)s” or “ask %(merchant)s”.
            _("If it is right, the link may be gone: ask the person who sent it to you, or %(write)s."),
            write=write,
        )
    else:
        gone = escape(_("If it is right, the link may be gone: ask the person who sent it to you."))
    return State(
        "not_found",
        _("Not found"),
        _("There is no payment page at this address"),
        (_("A letter may be missing or wrong. Compare the last part of the address with the one you were given."),),
        code=code,
        closing=gone + space_after(gone) + _("Nothing was charged."),
    )


def nothing_for_this_attempt(address: str) -> State:
    """There is a payment page, but not the payment that the end of the address names."""
    text = _("A letter may be missing or wrong. Open the link in your e-mail again, or go back to the payment page.")
    return State(
        "not_found",
        _("Not found"),
        _("There is no payment at this address"),
        (join_sentences(text, _("Nothing was charged.")),),
        actions=back_to_page(address),
    )


def not_found_in_sandbox() -> State:
    """The sandbox has no such session, or has removed it."""
    text = _("The sandbox removes test payments after a while. Open the payment page again to start a new one.")
    return State(
        "not_found", _("Not found"), _("There is no test payment at this address"), (text,), actions=start_page()
    )


def too_many_requests(seconds: int) -> State:
    """The buyer's network has sent too many requests."""
    text = join_sentences(time_to_wait(seconds), _("Nothing was charged."))
    return _retry("too_many_requests", _("Wait a moment"), _("Too many attempts from your network"), text)


def time_to_wait(seconds: int) -> str:
    """Return a sentence that says how long to wait before the next attempt."""
    minutes = max(1, -(-seconds // 60))
    if minutes > LONGEST_IN_MINUTES:
        hours = -(-minutes // 60)
        return str(ngettext("Wait one hour, then try again.", "Wait %(num)s hours, then try again.", hours))
    return str(ngettext("Wait one minute, then try again.", "Wait %(num)s minutes, then try again.", minutes))


def stripe_unreachable() -> State:
    """Stripe did not answer, and there is no form to show again."""
    text = _("We cannot reach Stripe, which processes the payment. Try again in a minute.")
    # L10n: A short label: payments are paused.
    return _retry("stripe_unreachable", _("Paused"), _("Payments are paused for a moment"), text)


def stripe_refused(organization: Organization, reference: str | None) -> State:
    """Stripe refuses this link, and only the merchant can change why. Another try fails in the same way.

    `reference` is that of the payment, if the buyer had begun one.
    """
    merchant = merchant_name(organization)
    return State(
        "stripe_refused",
        _("Not paid"),
        _("This payment can't be taken right now"),
        (
            _("Nothing was charged. Please tell %(merchant)s, so that they can put it right.", merchant=merchant),
            _("You can ask them when it will work again, or for another way to pay."),
        ),
        "danger",
        # L10n: The subject of an e-mail to the merchant.
        actions=write_to_merchant(organization, _("Payment %(reference)s", reference=reference) if reference else None),
        facts=(*_reference(reference), *ways_to_reach(organization)),
    )


def _reference(reference: str | None) -> tuple[tuple[str, Markup], ...]:
    shown = Markup('<code class="reference">{}</code>').format(reference)
    return ((_("Reference"), shown),) if reference else ()


def busy() -> State:
    """The database did not answer in time. Nothing was changed."""
    text = _("Nothing was changed and nothing was charged. Try again in a moment.")
    return _retry("busy", _("Wait a moment"), _("We're busy"), text)


def refused(organization: Organization | None, address: str | None) -> State:
    """The request is not one that our pages send."""
    text = _("Nothing was charged. Open the payment page again and try once more.")
    return State(
        "refused",
        # L10n: A short label: the form was not sent.
        _("Not sent"),
        _("We could not read this request"),
        (text,),
        actions=_ways_on(organization, address),
    )


def too_large(organization: Organization | None, address: str | None) -> State:
    """The request is longer than any form of ours."""
    text = _("Nothing was charged. Open the payment page again and write less.")
    return State(
        "too_large", _("Not sent"), _("That was too long to be sent"), (text,), actions=_ways_on(organization, address)
    )


def internal_error(request_id: str, organization: Organization | None, address: str | None) -> State:
    """An error of ours. The page promises nothing, because it does not know whether a payment arrived."""
    # L10n: A label. The number of a request to this server follows.
    facts: list[tuple[str, str | Markup]] = [(_("Request"), Markup("<code>{}</code>").format(request_id))]
    contact = contact_of(organization) if organization else None
    if contact:
        facts.append((_("Contact"), contact.markup))
    text = _("If you were paying, open your payment page again before you retry. It shows whether the payment arrived.")
    return State(
        "internal_error",
        _("Error"),
        _("Something went wrong on our side"),
        (text,),
        "danger",
        actions=_ways_on(organization, address),
        facts=tuple(facts),
    )


def _ways_on(organization: Organization | None, address: str | None) -> tuple[Action, ...]:
    """Return the main step of an error: back to the page, else to the merchant, else to the first page."""
    return back_to_page(address) or (reach_merchant(organization) if organization else start_page())


def _write(organization: Organization | None) -> Markup | None:
    """Return a link within a sentence that reaches the only merchant of this server."""
    contact = mail_of(organization) if organization is not None else None
    if organization is None or contact is None:
        return None
    merchant = merchant_name(organization)
    label = (
        # L10n: A link in “…: ask the person who sent it to you, or %(write)s.” The next text takes the same place.
        _("write to %(merchant)s", merchant=merchant) if contact.is_mail else _("ask %(merchant)s", merchant=merchant)
    )
    return Markup('<a href="{}">{}</a>').format(contact.url, label)


def _retry(name: str, tag: str, title: str, text: str) -> State:
    return State(name, tag, title, (text,), actions=(Action(_("Try again"), ""),))
