"""The merchant's links: listed, shared, switched off and on again."""

from dataclasses import dataclass
from typing import Any, Final

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import InvalidRequest
from app.objects.attempt import CHECKOUT_COMPLETED
from app.objects.payment_link import PaymentLink
from app.services.attempts import payments
from app.services.links import service as links
from app.services.links.answer import with_urls
from app.web.console.door import Visitor, blueprint, page, visitor
from app.web.console.link_rows import LinkRow, link_row
from app.web.console.lists import asked_page, neighbours
from app.web.console.payment_rows import payment_rows
from app.web.display.snippet import snippet
from app.web.display.translation import gettext as _
from app.wire.lists import ActivePage, Page

SHOWN_PAYMENTS: Final = 10
MESSAGE_MAXIMUM: Final = 500
"""Characters of `inactive_message`, as Stripe has it."""

FILTERS: Final = {"": None, "active": True, "inactive": False}


@dataclass(frozen=True)
class Share:
    """What a merchant gives away: the address, as text and as a QR code, and the snippet for a site."""

    row: LinkRow
    url: str
    snippet: str
    embed_origins: tuple[str, ...]
    refused_origins: list[dict[str, Any]]


@blueprint.get("/")
def links_page() -> ResponseReturnValue:
    """Every link, newest first, and one of them to be shared."""
    came = visitor()
    shown = request.args.get("show", "")
    shown = shown if shown in FILTERS else ""
    asked = asked_page(ActivePage, active=FILTERS[shown])
    found, more = links.list_links(came.context.store, came.organization.id, asked)
    shared = request.args.get("share")
    return page(
        "console/links.html",
        section="links",
        rows=_rows(came, found),
        pages=neighbours([link.id for link in found], asked, more),
        share=_share(came, links.retrieve(came.context.store, came.organization.id, shared)) if shared else None,
        show=shown,
    )


@blueprint.get("/links/<id>")
def link_page(id: str) -> ResponseReturnValue:
    """One link: where it stands, how to share it, what it was paid."""
    came = visitor()
    return _link_page(came, links.retrieve(came.context.store, came.organization.id, id))


@blueprint.post("/links/<id>/deactivate")
def deactivate(id: str) -> ResponseReturnValue:
    """The link switched off, with what its visitors read then; sessions that are open are ended."""
    typed = request.form.get("inactive_message", "")
    if len(typed) > 2 * MESSAGE_MAXIMUM:
        return _message_refused(visitor(), id, typed)
    # Browsers send every line's end as two characters, and count it as one.
    message = "\n".join(typed.splitlines()).strip()
    return _switch(id, {"active": False, "inactive_message": message})


@blueprint.post("/links/<id>/activate")
def activate(id: str) -> ResponseReturnValue:
    """The link switched on."""
    return _switch(id, {"active": True})


def _switch(id: str, params: dict[str, Any]) -> ResponseReturnValue:
    came = visitor()
    context = came.context
    try:
        links.update(
            context.store, context.gateway, came.organization, id, params, came.now, settings=context.link_settings
        )
    except InvalidRequest as error:
        if error.param != "inactive_message":
            raise
        return _message_refused(came, id, params["inactive_message"])
    return redirect(url_for("console.link_page", id=id), 303)


def _message_refused(came: Visitor, id: str, message: str) -> ResponseReturnValue:
    """The link's page again, with the message as it was typed."""
    link = links.retrieve(came.context.store, came.organization.id, id)
    error = _("Write %(count)s characters or fewer, and nothing but text", count=MESSAGE_MAXIMUM)
    return _link_page(came, link, message=message, error=error, status=422)


def _link_page(
    came: Visitor, link: PaymentLink, *, message: str | None = None, error: str | None = None, status: int = 200
) -> ResponseReturnValue:
    asked = Page(limit=SHOWN_PAYMENTS)
    found, _more = payments.list_payments(
        came.context.store, came.organization.id, asked, payment_link=link.id, state=CHECKOUT_COMPLETED
    )
    return page(
        "console/link.html",
        status,
        section="links",
        message_error=error,
        link=link,
        maximum=MESSAGE_MAXIMUM,
        message=message if message is not None else link.inactive_message or "",
        payments=payment_rows(found, {link.id: link}, came.organization),
        share=_share(came, link),
    )


def _rows(came: Visitor, found: list[PaymentLink]) -> list[LinkRow]:
    completed = links.completed_sessions(came.context.store, found)
    return [link_row(link, came.organization, completed.get(link.id, 0), came.now) for link in found]


def _share(came: Visitor, link: PaymentLink) -> Share:
    link = with_urls(link, came.context.link_settings)
    return Share(
        row=_rows(came, [link])[0],
        url=link.url,
        snippet=snippet(link, came.organization),
        embed_origins=link.counterfoil.embed_origins,
        refused_origins=links.refused_origins(came.context.store, link),
    )
