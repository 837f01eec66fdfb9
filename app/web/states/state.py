"""A state: one short page that says what happened, what it means for the buyer's money, and what to do next.

The states of links, attempts and errors stand in `link.py`, `attempt.py` and `error.py`, one function each. Which HTTP status a
state is answered with is decided in `app/web/errors.py`.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from markupsafe import Markup

from app.objects.organization import Organization
from app.web.display.contact import mail_of
from app.web.display.formatting import merchant_name
from app.web.display.locale import keep_locale
from app.web.display.safe_urls import link_url, mail_url, phone_url
from app.web.display.translation import gettext as _

Facts = tuple[tuple[str, str | Markup], ...]

FIRST_WAIT: Final = 5
LONGEST_WAIT: Final = 300


@dataclass(frozen=True)
class Action:
    """One next step. Only the main step is `filled`. An empty `url` means the page itself."""

    label: str
    url: str
    filled: bool = False
    hold: str = ""
    """The value of `hold` that this step posts as a button. Empty: the step is a link."""
    holder_only: bool = False
    """Only page.js shows the button, in the browser that began the payment."""
    receipt_of: str = ""
    """The link that was paid: page.js shows the step in the browser that paid, and fills in the receipt's address."""


@dataclass(frozen=True)
class HoldForm:
    """What a state posts with its buttons: to where, with which token, and the public names of the forms that hold a place."""

    url: str
    token: str
    holders: tuple[str, ...]


@dataclass(frozen=True)
class State:
    """One short page. `tone` is empty, `success`, `notice` or `danger`; with `polls` the page reloads itself."""

    name: str
    tag: str
    title: str | Markup
    texts: tuple[str | Markup, ...] = ()
    tone: str = ""
    message: Markup | None = None
    actions: tuple[Action, ...] = ()
    facts: Facts = ()
    polls: bool = False
    waits: bool = True
    """Whether a page that polls shows that something is going on."""
    amount: str = ""
    hold_form: HoldForm | None = None
    hint: str = ""
    holder_text: str = ""
    """Only page.js shows this text, in the browser that began a payment, in place of `other_text`."""
    other_text: str = ""
    holder_hint: str = ""
    """Only page.js shows this hint, in the browser that began a payment."""
    keeps_receipt_of: str = ""
    """The link that is being paid: page.js keeps this page's address, where the receipt will be."""
    code: str | None = None
    """The mistyped end of an address, in a field to correct it. None: the state has no such field."""
    closing: str | Markup = ""
    """The sentences below that field."""


def next_wait(polls: int) -> int:
    """Return how many seconds to wait before the next poll: a few at first, then twice as many each time, up to a limit."""
    return int(min(FIRST_WAIT * 2 ** min(polls, 10), LONGEST_WAIT))


def ways_to_reach(organization: Organization) -> tuple[tuple[str, Markup], ...]:
    """Return the merchant's e-mail address and telephone number as facts."""
    profile = organization.business_profile
    ways = (
        (_("E-mail"), profile.support_email, mail_url(profile.support_email)),
        (_("Telephone"), profile.support_phone, phone_url(profile.support_phone)),
    )
    return tuple((label, Markup('<a href="{}">{}</a>').format(url, text)) for label, text, url in ways if url)


def write_to_merchant(organization: Organization, subject: str | None = None) -> tuple[Action, ...]:
    """Return the action that reaches the merchant: by e-mail about a subject, else in the best other way."""
    merchant, contact = merchant_name(organization), mail_of(organization)
    if contact is None:
        return ()
    if contact.is_mail:
        url = contact.url + (f"?subject={quote(subject)}" if subject else "")
        return (Action(_("Write to %(merchant)s", merchant=merchant), url, filled=True),)
    return (Action(_("Contact %(merchant)s", merchant=merchant), contact.url, filled=True),)


def back_to_page(address: str | None) -> tuple[Action, ...]:
    """Return the action that leads back to the pay page, where its address is known."""
    return (Action(_("Back to the payment page"), address, filled=True),) if address else ()


def check_again() -> Action:
    """Return the action that loads this page again."""
    return Action(_("Check again"), "")


def reach_merchant(organization: Organization) -> tuple[Action, ...]:
    """Return the main step of a page that has no other: to the merchant's site, else to the merchant, else to the first page."""
    return visit_merchant(organization) or write_to_merchant(organization) or start_page()


def start_page() -> tuple[Action, ...]:
    """Return the action that leads to the first page of this server."""
    return (Action(_("Go to the first page"), keep_locale("/"), filled=True),)


def visit_merchant(organization: Organization, *, filled: bool = True) -> tuple[Action, ...]:
    """Return the action that leads to the merchant's site, where there is one."""
    url = link_url(organization.business_profile.url)
    return (Action(_("Visit %(merchant)s", merchant=merchant_name(organization)), url, filled),) if url else ()
