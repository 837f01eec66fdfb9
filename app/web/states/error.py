"""What is said where nothing of a link can be shown: not found, too often, not reachable, our own mistake."""

from markupsafe import Markup

from app.objects.organization import Organization
from app.web.display.translation import gettext as _
from app.web.display.translation import ngettext
from app.web.states.state import Action, State, contact_of


def not_found() -> State:
    """Nothing is at this address."""
    text = _("Check the address for a missing letter, or ask whoever sent it to you for a new one.")
    return State("not_found", 404, _("Not found"), _("There is no payment page at this address"), (text,))


def too_many_requests(seconds: int) -> State:
    """Somebody at this address tries too often."""
    return State(
        "too_many_requests",
        429,
        _("Wait a moment"),
        _("Too many tries from your network"),
        (f"{minutes_to_wait(seconds)} {_('Nothing was charged.')}",),
        actions=(Action(_("Try again"), ""),),
    )


def minutes_to_wait(seconds: int) -> str:
    """What to do until there are tries again."""
    minutes = max(1, -(-seconds // 60))
    return str(ngettext("Wait one minute, then try again.", "Wait %(num)s minutes, then try again.", minutes))


def stripe_unreachable() -> State:
    """Stripe did not answer where no form can be shown again."""
    text = _("We cannot reach Stripe, who takes the payment. Try again in a minute.")
    return State(
        "stripe_unreachable",
        503,
        _("Paused"),
        _("Payments are paused for a moment"),
        (text,),
        actions=(Action(_("Try again"), ""),),
    )


def busy() -> State:
    """The database did not take it; nothing was changed."""
    text = _("Nothing was changed and nothing was charged. Try again in a moment.")
    return State(
        "busy",
        503,
        _("Wait a moment"),
        _("There is a lot going on just now"),
        (text,),
        actions=(Action(_("Try again"), ""),),
    )


def refused(status: int, address: str | None) -> State:
    """A request that no page of ours makes."""
    text = _("Nothing was charged. Open the payment page again and try once more.")
    actions = (Action(_("Back to the payment page"), address, filled=True),) if address else ()
    return State("refused", status, _("Not sent"), _("This could not be read"), (text,), actions=actions)


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
