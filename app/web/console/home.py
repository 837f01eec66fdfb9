"""The first page of the console: what was taken today, what waits for the merchant, the latest payments, what is left to set up."""

from dataclasses import dataclass
from typing import Any, Final

from flask import current_app, flash, get_flashed_messages, redirect, url_for
from flask.typing import ResponseReturnValue

from app.objects.order import OrderFilter
from app.services.accounts import checklist
from app.services.accounts.checklist import Checklist
from app.services.attempts import payments
from app.services.links.refusals import refused_links
from app.services.orders import listing
from app.services.orders.taken import taken_by_day
from app.services.orders.waiting import Urgent, find_urgent
from app.web.console.auth import Visitor, blueprint, needs, page, require_visitor
from app.web.console.payments.flag_text import short_flag_text
from app.web.console.payments.rows import payment_rows
from app.web.console.today_chart import figures
from app.web.display.formatting import weekday_and_date
from app.web.display.moments import day_in_words, short_moment
from app.web.display.translation import gettext as _
from app.web.states.render import is_htmx
from app.wire.lists import Page

LATEST: Final = 5

HIDDEN: Final = "checklist hidden"


@dataclass(frozen=True)
class Step:
    """One step of the checklist. `url` leads to where it is done; it is empty if the console has no page for it.

    `live_url` leads from a step that is done in test mode to how to go live.
    """

    label: str
    hint: str
    url: str
    done: bool
    live_url: str = ""


@dataclass(frozen=True)
class Hints:
    """What is most urgent in each list that waits, in words."""

    to_send: str
    disputed: str
    flagged: str


@blueprint.get("/")
@needs("viewer")
def home_page() -> ResponseReturnValue:
    """Show the day. A shop without a link gets a welcome instead of figures."""
    visitor = require_visitor()
    store, organization, gateway = visitor.context.store, visitor.organization, visitor.context.gateway
    found = checklist.checklist(store, gateway, organization)
    values = _live_values(visitor, found)
    return page(
        "console/home.html"
        if found.link or values["latest"] or not visitor.may("manager")
        else "console/home_empty.html",
        section="home",
        checklist=None if organization.checklist_hidden else _steps(found, visitor),
        hidden_now=HIDDEN in get_flashed_messages(category_filter=["checklist"]),
        today=weekday_and_date(visitor.now, organization.timezone),
        **values,
    )


@blueprint.get("/latest")
@needs("viewer")
def latest_page() -> ResponseReturnValue:
    """Answer the home page, which asks every minute, with what changes by itself: the money, what waits, the latest payments."""
    if not is_htmx():
        return redirect(url_for("console.home_page"), 303)
    visitor = require_visitor()
    found = checklist.checklist(visitor.context.store, visitor.context.gateway, visitor.organization)
    return page("console/_home_live.html", section="home", beside=True, **_live_values(visitor, found))


def _live_values(visitor: Visitor, found: Checklist) -> dict[str, Any]:
    """Return the values of the parts of the home page that change by themselves."""
    store, organization, gateway = visitor.context.store, visitor.organization, visitor.context.gateway
    livemode = gateway.livemode
    latest = listing.list_orders(store, organization.id, OrderFilter(livemode=livemode), Page(limit=LATEST)).rows
    return {
        "figures": figures(taken_by_day(store, organization, visitor.now, livemode=livemode), organization),
        "hints": _hints(find_urgent(store, organization.id, livemode=livemode), visitor),
        "last_delivery": short_moment(found.last_delivery, organization.timezone, visitor.now)
        if found.last_delivery
        else None,
        "latest": payment_rows(latest, payments.links_of(store, latest), organization, visitor.now),
        "refused": refused_links(store, organization.id),
    }


def _hints(urgent: Urgent, visitor: Visitor) -> Hints:
    """Return the most urgent facts in words."""
    zone, oldest = visitor.organization.timezone, urgent.oldest_to_send
    day = day_in_words(oldest, zone, visitor.now) if oldest is not None else None
    return Hints(
        # L10n: `day` is "today", "yesterday", the name of a weekday, or a date.
        to_send=_("the oldest is from %(day)s", day=day) if day else "",
        disputed=_("Answer by %(day)s", day=weekday_and_date(urgent.answer_by, zone)) if urgent.answer_by else "",
        flagged=short_flag_text(urgent.flag) if urgent.flag else "",
    )


@blueprint.post("/checklist/hide")
@needs("manager")
def hide_checklist() -> ResponseReturnValue:
    """Hide the checklist. The next page has a way back."""
    flash(HIDDEN, "checklist")
    return _hide(hidden=True)


@blueprint.post("/checklist/show")
@needs("manager")
def show_checklist() -> ResponseReturnValue:
    """Show the checklist again."""
    return _hide(hidden=False)


def _hide(*, hidden: bool) -> ResponseReturnValue:
    visitor = require_visitor()
    checklist.hide(visitor.context.store, visitor.organization.id, visitor.now, actor=visitor.actor, hidden=hidden)
    return redirect(url_for("console.home_page"), 303)


def _steps(found: Checklist, visitor: Visitor) -> list[Step]:
    """Return the steps, done ones first. A list on which everything is done is empty."""
    gateway = visitor.context.gateway
    mode = _("sandbox") if gateway.sandbox else _("live") if gateway.livemode else _("test mode")
    heard = (
        _("the sandbox sends them itself")
        if gateway.sandbox
        else _(
            "the last one: %(time)s", time=short_moment(found.last_delivery, visitor.organization.timezone, visitor.now)
        )
        if found.last_delivery
        else _("none yet: Stripe needs the address of your webhook")
    )
    steps = [
        Step(
            _("Stripe connected") if found.stripe else _("Connect Stripe"),
            mode if found.stripe else _("Stripe has not answered with your key"),
            _url("stripe_page"),
            found.stripe,
            "" if gateway.livemode else url_for("console.stripe_page", _anchor="live"),
        ),
        Step(
            _("Events from Stripe arrive") if found.webhook else _("Receive events from Stripe"),
            heard,
            _url("webhooks_page"),
            found.webhook,
        ),
        Step(_("First link") if found.link else _("Make your first link"), "", _url("new_link"), found.link),
        Step(
            _("Logo and colour") if found.brand else _("Add your logo and colour"),
            "" if found.brand else _("so that buyers recognize you"),
            _url("brand_page"),
            found.brand,
        ),
        Step(
            _("Terms and privacy pages") if found.legal else _("Add your terms and privacy pages"),
            "" if found.legal else _("buyers see them under each payment page"),
            _url("business_page"),
            found.legal,
        ),
    ]
    return [] if all(step.done for step in steps) else sorted(steps, key=lambda step: not step.done)


def _url(view: str) -> str:
    """Return the address of a page of the console, or an empty text if there is no such page."""
    endpoint = f"console.{view}"
    return url_for(endpoint) if endpoint in current_app.view_functions else ""
