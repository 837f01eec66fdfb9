"""One link of the merchant's: share, deactivate and activate."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import InvalidRequest
from app.objects.order import OrderFilter
from app.objects.payment_link import PaymentLink
from app.services.accounts import changes
from app.services.links import editing, listing, refusals
from app.services.links import service as links
from app.services.links.answer import with_urls
from app.services.orders import listing as orders
from app.web.console.auth import INVALID, Visitor, blueprint, needs, page, require_visitor
from app.web.console.changes import change_rows
from app.web.console.forms import DeactivateForm
from app.web.console.link_facts import item_rows, rules
from app.web.console.link_rows import LinkFacts, LinkRow, link_row, plain_name
from app.web.console.lists import row_or
from app.web.console.messages.translate import stripe_text
from app.web.console.payments.notice import show_notice, taken_notice
from app.web.console.payments.rows import payment_rows
from app.web.display.formatting import date_and_time, number, with_commas
from app.web.display.locale import page_locale
from app.web.display.snippet import THEMES, Choices, snippet
from app.web.display.translation import gettext as _
from app.web.display.translation import pgettext
from app.wire.lists import Page

SHOWN_CHANGES: Final = 10
SHOWN_PAYMENTS: Final = 10


@dataclass(frozen=True)
class Share:
    """What a merchant hands out: the address as text and as a QR code, and the snippet for a site."""

    row: LinkRow
    url: str
    snippet: str
    choices: Choices
    refused: bool
    """Whether the wanted `return_url` is on a site that may not frame the link."""
    embed_origins: tuple[str, ...]
    refused_origins: list[dict[str, Any]]


@dataclass(frozen=True)
class RefusalNote:
    """Why Stripe refuses a link: its message and the details. Without details, the page closed before any buyer met the refusal."""

    message: str
    facts: list[tuple[str, str]]


@blueprint.get("/links/<id>")
@needs("viewer")
def link_page(id: str) -> ResponseReturnValue:
    """Show one link: its state, its address and its payments."""
    visitor = require_visitor()
    link = retrieve_link(visitor, id)
    return _link_page(visitor, link, DeactivateForm(inactive_message=link.inactive_message))


@blueprint.post("/links/<id>/deactivate")
@needs("manager")
def deactivate(id: str) -> ResponseReturnValue:
    """Deactivate a link, with a message for its visitors. Its open sessions end."""
    form = DeactivateForm()
    if form.validate():
        try:
            link = _update(id, {"active": False, "inactive_message": form.inactive_message.data})
        except InvalidRequest as error:
            if error.param != "inactive_message":
                raise
            form.refuse()
        else:
            undo_url = url_for("console.activate", id=id)
            show_notice(_("“%(name)s” is switched off", name=plain_name(link)), undo_url=undo_url)
            return redirect(url_for("console.link_page", id=id), 303)
    visitor = require_visitor()
    return _link_page(visitor, retrieve_link(visitor, id), form, INVALID)


@blueprint.post("/links/<id>/activate")
@needs("manager")
def activate(id: str) -> ResponseReturnValue:
    """Activate a link."""
    link = _update(id, {"active": True})
    show_notice(_("“%(name)s” is switched on", name=plain_name(link)))
    return redirect(url_for("console.link_page", id=id), 303)


def _update(id: str, params: dict[str, Any]) -> PaymentLink:
    visitor = require_visitor()
    context, organization = visitor.context, visitor.organization
    settings = context.link_settings
    return links.update(
        context.store, context.gateway, organization, id, params, visitor.now, actor=visitor.actor, settings=settings
    )


def _link_page(visitor: Visitor, link: PaymentLink, form: DeactivateForm, status: int = 200) -> ResponseReturnValue:
    store, organization = visitor.context.store, visitor.organization
    livemode = visitor.context.gateway.livemode
    chosen, share = OrderFilter(payment_link=link.id, livemode=livemode), share_of(visitor, link)
    found = orders.list_orders(store, organization.id, chosen, Page(limit=SHOWN_PAYMENTS)).rows
    changed, _more = changes.list_changes(store, organization.id, Page(limit=SHOWN_CHANGES), about=link.id)
    return page(
        "console/link.html",
        status,
        section="links",
        changes=change_rows(changed, organization, visitor.now),
        form=form,
        items=row_or(lambda: item_rows(link), list),
        link=link,
        notice=taken_notice(),
        paying=editing.buyers_paying(store, link, livemode=livemode),
        payments=payment_rows(found, {link.id: link}, visitor.organization, visitor.now),
        refusal=_refusal(visitor, link),
        rules=row_or(lambda: rules(link, organization.timezone, visitor.now), list),
        share=share,
        came_from=_came_from(visitor, link, share.row.payments),
        started=_started(orders.count_started(store, link.id, livemode=livemode)),
    )


def _started(count: int) -> str:
    """Return how many buyers went on to the payment. From a number on, counting stops."""
    return _("%(count)s+", count=number(count)) if count == orders.STARTED_AT_MOST else number(count)


def _came_from(visitor: Visitor, link: PaymentLink, paid: int) -> str:
    """Return where the buyers came from who have paid: "newsletter 61, without a note 45". Empty if no address had a note."""
    livemode = visitor.context.gateway.livemode
    found = listing.link_origins(visitor.context.store, link, visitor.organization.id, livemode=livemode)
    if not any(name for name, _count in found):
        return ""
    # L10n: where buyers came from, with their number: "newsletter 61"
    parts = [_("%(name)s %(count)s", name=name, count=number(count)) for name, count in found if name]
    without = sum(count for name, count in found if not name)
    others = paid - sum(count for _name, count in found)
    if without:
        parts.append(_("without a note %(count)s", count=number(without)))
    if others > 0:
        parts.append(_("others %(count)s", count=number(others)))
    return with_commas(*parts)


def _refusal(visitor: Visitor, link: PaymentLink) -> RefusalNote | None:
    refusal = refusals.refusal_of(visitor.context.store, link, visitor.now)
    if refusal is None:
        return None
    zone = visitor.organization.timezone
    facts = (
        (pgettext("error", "Code"), refusal.code),
        (_("Parameter"), refusal.param),
        (_("Since"), date_and_time(refusal.created, zone)),
        (_("Last time"), date_and_time(refusal.last_seen, zone)),
        (_("How often"), str(refusal.count)),
    )
    known = [(label, value) for label, value in facts if value] if refusal.count else []
    return RefusalNote(stripe_text(refusal.message), known)


def retrieve_link(visitor: Visitor, id: str) -> PaymentLink:
    """Return the organization's link. Raises `ResourceMissing`."""
    return links.retrieve(visitor.context.store, visitor.organization.id, id)


def rows_of(visitor: Visitor, found: list[PaymentLink]) -> list[LinkRow]:
    """Return links as rows of a list."""
    store, organization, now = visitor.context.store, visitor.organization, visitor.now
    completed = links.completed_sessions(store, found)
    held = listing.held_links(store, found)
    refused = refusals.refusals_of(store, found, now)
    sums = listing.sums_by_link(store, organization.id, found, livemode=visitor.context.gateway.livemode)
    return [
        link_row(
            link,
            organization,
            LinkFacts(completed.get(link.id, 0), link.id in held, refused.get(link.id), sums[link.id]),
            now,
        )
        for link in found
    ]


def share_of(visitor: Visitor, link: PaymentLink) -> Share:
    """Return what a merchant hands out for a link."""
    link = with_urls(link, visitor.context.link_settings)
    choices, refused = _choices(), False
    make = partial(snippet, link, visitor.organization, language=page_locale())
    try:
        html = make(choices)
    except InvalidRequest:
        html, refused = make(replace(choices, return_url=None)), True
    return Share(
        row=rows_of(visitor, [link])[0],
        url=link.url,
        snippet=html,
        choices=choices,
        refused=refused,
        embed_origins=link.counterfoil.embed_origins,
        refused_origins=links.refused_origins(visitor.context.store, link),
    )


def _choices() -> Choices:
    """Return what the address says about the snippet. A browser leaves out a box that is not ticked, so the form names itself."""
    given = request.args
    theme = given.get("theme", "")
    return Choices(
        return_url=given.get("return_url", "").strip() or None,
        theme=theme if theme in THEMES else THEMES[0],
        qr="qr" in given or "snippet" not in given,
    )
