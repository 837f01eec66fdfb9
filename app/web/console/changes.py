"""The log of changes in the settings: who changed what, when, with the old and the new values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.objects.change import Actor, Change, Difference
from app.objects.organization import Organization
from app.services.accounts import changes
from app.web.console.auth import blueprint, needs, page, require_visitor
from app.web.console.lists import neighbours, requested_page
from app.web.console.navigation import settings_groups
from app.web.display.moments import short_moment
from app.web.display.translation import gettext as _
from app.wire.lists import Page

ABOUT_MAXIMUM: Final = 100
"""Characters of an object's id that are read from the address."""

_PAGES: Final[Mapping[str, str]] = {
    "plink": "console.link_page",
    "att": "console.payment_page",
    "prod": "console.product_page",
}
"""The page of an object, by the prefix of its id."""


@dataclass(frozen=True)
class ChangeRow:
    """One row of the log. `url` is the page of the object, if it has one."""

    when: str
    who: str
    what: str
    name: str | None
    about: str
    url: str | None
    differences: tuple[Difference, ...]


@blueprint.get("/settings")
@needs("viewer")
def settings_page() -> ResponseReturnValue:
    """Lead to the first page of the settings."""
    _label, pages = settings_groups()[0]
    return redirect(url_for(pages[0].endpoint), 303)


@blueprint.get("/settings/log")
@needs("viewer")
def changes_page() -> ResponseReturnValue:
    """Show changes, newest first. `about` keeps those of one object."""
    visitor = require_visitor()
    requested = requested_page(Page)
    about = request.args.get("about", "")[:ABOUT_MAXIMUM] or None
    found, more = changes.list_changes(visitor.context.store, visitor.organization.id, requested, about=about)
    return page(
        "console/changes.html",
        section="settings",
        page_name="log",
        about=about,
        pages=neighbours([change.id for change in found], requested, more),
        rows=change_rows(found, visitor.organization, visitor.now),
    )


def change_rows(found: Iterable[Change], organization: Organization, now: int) -> list[ChangeRow]:
    """Return changes as rows."""
    return [
        ChangeRow(
            when=short_moment(change.created, organization.timezone, now),
            who=actor_name(change.actor),
            what=what_happened(change.what),
            name=change.name,
            about=change.about,
            url=_url_of(change),
            differences=change.differences,
        )
        for change in found
    ]


def actor_name(actor: Actor) -> str:
    """Say who made a change."""
    name = actor.name or actor.id or ""
    return {
        "user": name,
        "key": _("API key %(name)s", name=name),
        "command": _("the command line"),
        "stripe": _("Stripe"),
        "reconcile": _("the server, by itself"),
    }[actor.kind]


def what_happened(what: str) -> str:
    """Say in words what a change did. A kind of change without words is shown by its name."""
    return {
        "coupon.created": _("Coupon made"),
        "coupon.deleted": _("Coupon deleted"),
        "coupon.updated": _("Coupon changed"),
        "event.replayed": _("Event applied again"),
        "key.created": _("Key made"),
        "key.revoked": _("Key revoked"),
        "member.invited": _("Person invited"),
        "member.joined": _("Person joined the team"),
        "member.removed": _("Person removed from the team"),
        "member.uninvited": _("Invitation taken back"),
        "member.updated": _("Role changed"),
        "organization.checklist_hidden": _("List of steps hidden"),
        "organization.checklist_shown": _("List of steps shown again"),
        "organization.created": _("Shop set up"),
        "organization.updated": _("Settings changed"),
        "payment.checked": _("Payment marked as checked"),
        "payment.erased": _("A buyer's data erased"),
        "payment.not_checked": _("Payment marked as not checked"),
        "payment.not_sent": _("Order marked as not sent"),
        "payment.note_added": _("Note written"),
        "payment.note_removed": _("Note removed"),
        "payment.note_restored": _("Note restored"),
        "payment.refunded": _("Payment refunded"),
        "payment.sent": _("Order marked as sent"),
        "payment_link.created": _("Link made"),
        "payment_link.updated": _("Link changed"),
        "price.archived": _("Price archived"),
        "price.created": _("Price made"),
        "price.restored": _("Price back on sale"),
        "price.updated": _("Price changed"),
        "product.archived": _("Product archived"),
        "product.created": _("Product made"),
        "product.restored": _("Product back on sale"),
        "product.updated": _("Product changed"),
        "promotion_code.activated": _("Code switched on"),
        "promotion_code.created": _("Code made"),
        "promotion_code.deactivated": _("Code switched off"),
        "shipping_rate.created": _("Delivery option made"),
        "user.created": _("Log-in made"),
        "user.password_changed": _("Password changed"),
        "user.updated": _("Name of a person changed"),
        "user.two_factor_off": _("Two-step log-in switched off"),
        "user.two_factor_on": _("Two-step log-in switched on"),
    }.get(what, what)


def _url_of(change: Change) -> str | None:
    """Return the page of the object of a change. The id of a coupon has no prefix."""
    if change.what in {"coupon.created", "coupon.updated"}:
        return url_for("console.coupon_page", id=change.about)
    return page_of(change.about)


def page_of(id: str) -> str | None:
    """Return the address of the page of an object, or None if the kind of object has no page."""
    endpoint = _PAGES.get(id.partition("_")[0])
    return url_for(endpoint, id=id) if endpoint else None
