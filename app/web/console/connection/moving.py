"""Go live with a link: the report of what a move makes at Stripe, the confirmation, the result, and the way over a file."""

import json
from collections.abc import Mapping
from typing import Any, Final

from flask import Response, flash, get_flashed_messages, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import GatewayError, InvalidRequest, ResourceMissing
from app.objects.payment_link import PaymentLink
from app.objects.scalars import UNSTORABLE
from app.services.links import moving
from app.services.links import service as links
from app.services.links.answer import with_urls
from app.web.console.auth import INVALID, Visitor, blueprint, needs, page, require_visitor
from app.web.console.connection.file_texts import file_problem
from app.web.console.connection.plan_text import link_rows, object_rows
from app.web.console.messages.translate import stripe_text
from app.web.display.translation import gettext as _
from app.web.errors import page_status
from app.wire.json_object import json_object

FILE_BYTES: Final = 5 * 1024 * 1024
"""How long a file may be."""

DOCUMENT_BYTES: Final = 400_000
"""How long a file without its pictures may be. It goes through the form that confirms the move, and Werkzeug takes 500,000 bytes."""

ENTRIES: Final = 20_000
"""How many values a file may have."""

_MADE: Final = "moved"


@blueprint.get("/links/<id>/live")
@needs("manager")
def live_page(id: str) -> ResponseReturnValue:
    """Show what a move of the link makes, or how to get there from a server in test mode."""
    visitor = require_visitor()
    link = links.retrieve(visitor.context.store, visitor.organization.id, id)
    if not moving.is_movable(visitor.context.gateway, link):
        return _explanation(visitor, link)
    data = moving.file_of(visitor.context.store, visitor.organization, link)
    return _plan_page(visitor, data, url_for("console.move_link", id=id), url_for("console.link_page", id=id))


@blueprint.post("/links/<id>/live")
@needs("manager")
def move_link(id: str) -> ResponseReturnValue:
    """Move the link, and show the link of live mode."""
    visitor = require_visitor()
    link = links.retrieve(visitor.context.store, visitor.organization.id, id)
    if not moving.is_movable(visitor.context.gateway, link):
        return _explanation(visitor, link)
    data = moving.file_of(visitor.context.store, visitor.organization, link)
    here = url_for("console.move_link", id=id)
    return _move(visitor, data, here, url_for("console.link_page", id=id))


@blueprint.get("/links/<id>/live.json")
@needs("manager")
def live_file(id: str) -> ResponseReturnValue:
    """Answer the link with its catalogue as a file."""
    visitor = require_visitor()
    link = links.retrieve(visitor.context.store, visitor.organization.id, id)
    data = moving.file_of(visitor.context.store, visitor.organization, link)
    response = make_response(json.dumps(data, ensure_ascii=False, indent=2))
    response.mimetype = "application/json"
    name = link.counterfoil.slug or link.id
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response


@blueprint.get("/links/move")
@needs("manager")
def upload_page() -> ResponseReturnValue:
    """Show the form that takes a file of links."""
    return _upload_page()


@blueprint.post("/links/move")
@needs("manager")
def move_file() -> ResponseReturnValue:
    """Show what a move of the file makes, or make it once it is confirmed."""
    visitor = require_visitor()
    if visitor.context.gateway.sandbox:
        return _upload_page()
    here, back = url_for("console.move_file"), url_for("console.links_page")
    try:
        data, document = _document(visitor)
    except InvalidRequest as error:
        return _upload_page(file_problem(error), INVALID)
    if request.form.get("confirm") == "true":
        return _move(visitor, data, here, back, document)
    return _plan_page(visitor, data, here, back, document)


def _document(visitor: Visitor) -> tuple[Mapping[str, Any], str]:
    """Return the file that was chosen, or the one of a form that confirms it, and its text without pictures.

    Pictures are stored at once, so that the form need not carry them. Those that no link uses are removed later.
    """
    file = request.files.get("file")
    chosen = file is not None and bool(file.filename)
    content: bytes | str = (
        file.read(FILE_BYTES + 1) if file is not None and chosen else request.form.get("document", "")
    )
    if len(content) > FILE_BYTES:
        raise InvalidRequest(_("The file is too long."))
    if not content.strip():
        raise InvalidRequest(_("Choose a file."))
    data = json_object(content, ENTRIES)
    _check_texts(data)
    moving.keep_pictures(visitor.context.store, data)
    rest = {name: value for name, value in data.items() if name != "pictures"}
    text = json.dumps(rest, ensure_ascii=False, default=str)
    if len(text.encode()) > DOCUMENT_BYTES:
        raise InvalidRequest(_("The file is too long. Export fewer links at once."))
    return rest, text


def _check_texts(value: Any) -> None:
    """Raise `InvalidRequest` for a text that no database can store. `json_object` has limited the depth."""
    if isinstance(value, Mapping):
        _check_texts([*value, *value.values()])
    elif isinstance(value, list):
        for entry in value:
            _check_texts(entry)
    elif isinstance(value, str) and UNSTORABLE.search(value):
        raise InvalidRequest(_("The file has a character that cannot be stored."))


def _plan_page(
    visitor: Visitor, data: Mapping[str, Any], action: str, back: str, document: str = "", problem: str = ""
) -> ResponseReturnValue:
    """Show the report. A file that cannot be read leads back to its form, with the reason. So does Stripe's silence."""
    context = visitor.context
    try:
        plan = moving.plan_move(
            context.store, context.gateway, visitor.organization, data, visitor.now, settings=context.link_settings
        )
    except ResourceMissing:
        raise
    except (InvalidRequest, GatewayError) as error:
        if not document:
            raise
        if isinstance(error, InvalidRequest):
            return _upload_page(file_problem(error), INVALID)
        return _upload_page(stripe_text(error.message), page_status(error))
    return page(
        "console/connection/plan.html",
        INVALID if problem else 200,
        section="links",
        action=action,
        back_url=back,
        document=document,
        done=plan.is_done,
        links=link_rows(plan),
        livemode=context.gateway.livemode,
        objects=object_rows(plan),
        problem=problem,
    )


def _move(visitor: Visitor, data: Mapping[str, Any], action: str, back: str, document: str = "") -> ResponseReturnValue:
    context = visitor.context
    try:
        moved = moving.move(
            context.store,
            context.gateway,
            visitor.organization,
            data,
            visitor.now,
            actor=visitor.actor,
            settings=context.link_settings,
        )
    except ResourceMissing:
        raise
    except InvalidRequest as error:
        return _plan_page(visitor, data, action, back, document, file_problem(error))
    except GatewayError as error:
        return _plan_page(visitor, data, action, back, document, stripe_text(error.message))
    flash(str(moved.made), _MADE)
    if len(moved.links) == 1:
        return redirect(url_for("console.live_page", id=moved.links[0].id), 303)
    return redirect(url_for("console.links_page"), 303)


def _explanation(visitor: Visitor, link: PaymentLink) -> Response:
    """Show that the link is live, or how it gets there."""
    context = visitor.context
    flashed = get_flashed_messages(category_filter=[_MADE])
    return page(
        "console/connection/live.html",
        section="links",
        is_live=link.livemode,
        link=link,
        made=int(str(flashed[-1])) if flashed else None,
        url=with_urls(link, context.link_settings).url,
    )


def _upload_page(problem: str = "", status: int = 200) -> Response:
    return page(
        "console/connection/upload.html",
        status,
        section="links",
        problem=problem,
        sandbox=require_visitor().context.gateway.sandbox,
    )
