"""Stripe in the settings: the mode, the account, what the key may do, and when Stripe was last heard."""

import re
from dataclasses import dataclass
from typing import Final

from flask import get_flashed_messages, redirect, url_for
from flask.typing import ResponseReturnValue

from app.objects.connection import ConnectionCheck
from app.services.accounts import connection
from app.services.events import health
from app.web.console.auth import Visitor, blueprint, needs, page, require_visitor
from app.web.console.connection.importing import ALREADY_RUNNING, import_report
from app.web.console.connection.rights import task_rows
from app.web.console.messages.translate import stripe_text
from app.web.display.locale import country_name
from app.web.display.moments import short_moment
from app.web.display.translation import gettext as _

DASHBOARD_KEYS: Final = "https://dashboard.stripe.com/{mode}apikeys"


@dataclass(frozen=True)
class Account:
    """The account in words. `kind` is that of the key, which is never shown itself."""

    id: str | None
    name: str | None
    country: str | None
    default_currency: str | None
    kind: str


@blueprint.get("/settings/stripe")
@needs("viewer")
def stripe_page() -> ResponseReturnValue:
    """Show the connection as it was checked last. Opening the page asks Stripe nothing."""
    visitor = require_visitor()
    context, now = visitor.context, visitor.now
    gateway, zone = context.gateway, visitor.organization.timezone
    check = connection.last_check(context.store, gateway, visitor.organization)
    return page(
        "console/connection/stripe.html",
        section="settings",
        page_name="stripe",
        account=_account(visitor, check),
        already_running=ALREADY_RUNNING in get_flashed_messages(category_filter=["import"]),
        check=check,
        checked=short_moment(check.checked_at, zone, now) if check else None,
        keys_url=DASHBOARD_KEYS.format(mode="" if gateway.livemode else "test/"),
        heard=_heard(visitor),
        problem=stripe_text(check.problem) if check and check.problem else None,
        livemode=gateway.livemode,
        has_webhook_secret=context.config.stripe_webhook_secret is not None,
        report=import_report(visitor),
        sandbox=gateway.sandbox,
        tasks=task_rows(check.rights) if check and check.rights else [],
    )


@blueprint.post("/settings/stripe/check")
@needs("manager")
def check_connection() -> ResponseReturnValue:
    """Ask Stripe about the account and the rights of the key."""
    visitor = require_visitor()
    context = visitor.context
    if not context.gateway.sandbox:
        connection.check_connection(context.store, context.gateway, visitor.organization, visitor.now)
    return redirect(url_for("console.stripe_page"), 303)


def _account(visitor: Visitor, check: ConnectionCheck | None) -> Account:
    return Account(
        id=(check.account if check else None) or visitor.organization.stripe_account,
        name=check.account_name if check else None,
        country=country_name(check.country) if check and check.country else None,
        default_currency=(check.default_currency or "").upper() or None if check else None,
        kind=_kind_of_key(visitor.context.config.stripe_secret_key or ""),
    )


def _kind_of_key(key: str) -> str:
    """Say which kind of key the server has."""
    found = re.match(r"([rs])k_(test|live)_", key)
    if found is None:
        return _("A key of another kind")
    return {
        ("r", "live"): _("A restricted live key"),
        ("r", "test"): _("A restricted test key"),
        ("s", "live"): _("A secret live key, which may do everything"),
        ("s", "test"): _("A secret test key, which may do everything"),
    }[found[1], found[2]]


def _heard(visitor: Visitor) -> str:
    """Say when an event of Stripe arrived last."""
    last = health.last_delivery(visitor.context.store)
    if last is None:
        return _("no event has arrived yet")
    return _("the last event arrived %(when)s", when=short_moment(last, visitor.organization.timezone, visitor.now))
