"""A state: one short page that says the fact, what happened, what it means for the buyer's money, and the next step.

States of links, of attempts and of failures stand in `link_states`, `attempt_states` and `error_states`, one function each.
"""

from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from app.objects.organization import Organization
from app.web.display.formatting import merchant_name
from app.web.display.safe_urls import link_url, mail_url
from app.web.display.translation import gettext as _

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


def contact_of(organization: Organization) -> Markup | None:
    """How to reach the merchant."""
    profile = organization.business_profile
    if url := mail_url(profile.support_email):
        return Markup('<a href="{}">{}</a>').format(url, profile.support_email)
    if url := link_url(profile.support_url):
        return Markup('<a href="{}">{}</a>').format(url, url)
    return escape(profile.support_phone) if profile.support_phone else None


def visit_merchant(organization: Organization, *, filled: bool = True) -> tuple[Action, ...]:
    """To the merchant's own site, where there is one."""
    url = link_url(organization.business_profile.url)
    return (Action(_("Visit %(merchant)s", merchant=merchant_name(organization)), url, filled),) if url else ()
