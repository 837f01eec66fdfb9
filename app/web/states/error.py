"""The states for errors where no link can be shown: not found, too many requests, Stripe or the database away, our own mistakes."""

from markupsafe import Markup

from app.objects.organization import Organization
from app.web.display.formatting import merchant_name
from app.web.display.translation import gettext as _
from app.web.display.translation import ngettext
from app.web.states.state import Action, State, back_to_page, contact_of, ways_to_reach, write_to_merchant


def not_found() -> State:
    """There is no page at this address."""
    text = _("Check the address for typos, or ask the person who sent it to you for a new one.")
    return State("not_found", _("Not found"), _("There is no payment page at this address"), (text,))


def too_many_requests(seconds: int) -> State:
    """The buyer's network has sent too many requests."""
    text = f"{time_to_wait(seconds)} {_('Nothing was charged.')}"
    return _retry("too_many_requests", _("Wait a moment"), _("Too many attempts from your network"), text)


def time_to_wait(seconds: int) -> str:
    """Return a sentence that says how long to wait before the next attempt."""
    minutes = max(1, -(-seconds // 60))
    if minutes > 120:
        hours = -(-minutes // 60)
        return str(ngettext("Wait one hour, then try again.", "Wait %(num)s hours, then try again.", hours))
    return str(ngettext("Wait one minute, then try again.", "Wait %(num)s minutes, then try again.", minutes))


def stripe_unreachable() -> State:
    """Stripe did not answer, and there is no form to show again."""
    text = _("We cannot reach Stripe, which processes the payment. Try again in a minute.")
    return _retry("stripe_unreachable", _("Paused"), _("Payments are paused for a moment"), text)


def stripe_refused(organization: Organization) -> State:
    """Stripe refuses this link, and only the merchant can change why. Another try fails in the same way."""
    merchant = merchant_name(organization)
    return State(
        "stripe_refused",
        _("Not paid"),
        _("This payment can't be taken right now"),
        (
            _("Nothing was charged. Please tell %(merchant)s, so that they can put it right.", merchant=merchant),
            _("You can ask them when it works again, or for another way to pay."),
        ),
        "danger",
        actions=write_to_merchant(organization),
        facts=ways_to_reach(organization),
    )


def busy() -> State:
    """The database did not answer in time. Nothing was changed."""
    text = _("Nothing was changed and nothing was charged. Try again in a moment.")
    return _retry("busy", _("Wait a moment"), _("We're busy"), text)


def refused(address: str | None) -> State:
    """The request is not one that our pages send."""
    text = _("Nothing was charged. Open the payment page again and try once more.")
    return State("refused", _("Not sent"), _("We could not read this request"), (text,), actions=back_to_page(address))


def internal_error(request_id: str, organization: Organization | None, address: str | None) -> State:
    """An error of ours. The page promises nothing, because it does not know whether a payment arrived."""
    facts: list[tuple[str, str | Markup]] = [(_("Request"), Markup("<code>{}</code>").format(request_id))]
    contact = contact_of(organization) if organization else None
    if contact:
        facts.append((_("Contact"), contact))
    text = _("If you were paying, open your payment page again before you retry. It shows whether the payment arrived.")
    return State(
        "internal_error",
        _("Error"),
        _("Something went wrong on our side"),
        (text,),
        "danger",
        actions=back_to_page(address),
        facts=tuple(facts),
    )


def _retry(name: str, tag: str, title: str, text: str) -> State:
    return State(name, tag, title, (text,), actions=(Action(_("Try again"), ""),))
