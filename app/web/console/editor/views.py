"""The editor's pages: a new link, a link that is changed, and the search for prices."""

import re
from secrets import token_urlsafe
from typing import Final

from flask import Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import GatewayError, GatewayUnavailable, InvalidRequest, LinkChanged
from app.objects.payment_link import PaymentLink
from app.services.accounts import changes
from app.services.links import editing, stock
from app.services.links import service as links
from app.web.console.auth import INVALID, blueprint, needs, page, require_visitor
from app.web.console.changes import actor_name
from app.web.console.editor import acts
from app.web.console.editor.changes import changed_params
from app.web.console.editor.differences import differences
from app.web.console.editor.filling import fill, fill_new
from app.web.console.editor.loading import Work, manner_of, open_work, usual_currency
from app.web.console.editor.page import EditorPage, why_missing
from app.web.console.editor.reading import Read, read
from app.web.console.editor.shipping_rate import make_shipping_rate
from app.web.console.editor.values import Values
from app.web.console.messages.translate import stripe_text
from app.web.display.formatting import time
from app.web.display.translation import gettext as _
from app.web.errors import page_status, statuses_of
from app.wire.lists import Page

CHANGED: Final = statuses_of(LinkChanged).page
PRICE_MAXIMUM: Final = 255
"""Characters of a price's id in the address."""

_NOT_IN_SLUGS: Final = re.compile(r"[^a-z0-9]+")
_SLUG_MAXIMUM: Final = 64
_SLUG_MINIMUM: Final = 3


@blueprint.get("/links/new")
@needs("manager")
def new_link() -> ResponseReturnValue:
    """Show the form of a new link, of one that sells an existing price, or of the duplicate of a link."""
    visitor = require_visitor()
    kind = request.args.get("kind", "")
    copied, price = request.args.get("copy"), request.args.get("price", "")[:PRICE_MAXIMUM]
    if copied:
        link = links.retrieve(visitor.context.store, visitor.organization.id, copied)
        manner = manner_of(visitor, Values(), link)
        values = fill(link, manner, editing=False, new_price="price" in request.args)
    else:
        values = fill_new(kind, usual_currency(visitor))
    values.set("kind", kind)
    values.set("form_id", token_urlsafe(16))
    if price and not copied:
        values.set("add", f"price:{price}")
    work = open_work(visitor, values)
    if "add" in values:
        _do_act(work)
    return _show(work.page())


@blueprint.post("/links/new")
@needs("manager")
def create_link() -> ResponseReturnValue:
    """Create the link, or do what another button of the form says."""
    visitor = require_visitor()
    work = open_work(visitor, Values(request.form))
    problem = work.keep_picture()
    if any(name in work.values for name in acts.ACTS):
        return _act(work)
    rate_problems = make_shipping_rate(work)
    found = work.read()
    found.problems.update(rate_problems)
    _name_invoice(work, found)
    if problem:
        found.problems["line_items[0][picture]"] = problem
    try:
        link = _create(work, found)
    except GatewayError as error:
        return _show(work.page(found), page_status(error), failure=error)
    if link is None:
        return _show(work.page(found, checked=True), INVALID)
    return redirect(url_for("console.created_page", id=link.id), 303)


@blueprint.get("/links/<id>/edit")
@needs("manager")
def edit_link(id: str) -> ResponseReturnValue:
    """Show the form of a link."""
    visitor = require_visitor()
    link = links.retrieve(visitor.context.store, visitor.organization.id, id)
    values = fill(link, manner_of(visitor, Values(), link), editing=True)
    work = open_work(visitor, values, link)
    shown = work.page()
    shown.paying = work.paying
    return _show(shown)


@blueprint.post("/links/<id>/edit")
@needs("manager")
def save_link(id: str) -> ResponseReturnValue:
    """Save the changes of a link. If buyers are paying, or another editor has saved since, list the changes first."""
    visitor = require_visitor()
    link = links.retrieve(visitor.context.store, visitor.organization.id, id)
    work = open_work(visitor, Values(request.form), link)
    if any(name in work.values for name in acts.ACTS):
        return _act(work)
    before = fill(link, work.manner, editing=True)
    rate_problems = make_shipping_rate(work)
    found = work.read()
    found.problems.update(rate_problems)
    changed = changed_params(read(before, work.manner, work.known, editing=True).params, found.params)
    if found.problems:
        return _show_edit(work, found, before, INVALID, checked=True)
    if work.values.get("version") != str(link.counterfoil.version):
        return _show_edit(work, found, before, CHANGED, changed=True)
    asked = "confirm" in work.values
    if changed and not asked and work.paying:
        return _show_edit(work, found, before, 200, asks=True)
    try:
        saved = _save(work, found, changed) if changed else True
    except LinkChanged:
        current = links.retrieve(visitor.context.store, visitor.organization.id, id)
        work = open_work(visitor, work.values, current)
        return _show_edit(work, found, fill(current, work.manner, editing=True), CHANGED, changed=True)
    except GatewayError as error:
        return _show(work.page(found), page_status(error), failure=error)
    if not saved:
        return _show_edit(work, found, before, INVALID, checked=True)
    return redirect(url_for("console.link_page", id=id), 303)


@blueprint.get("/prices")
@needs("manager")
def find_prices() -> ResponseReturnValue:
    """Show prices that a search finds, for the list of the editor."""
    visitor = require_visitor()
    text = request.args.get("find_price", "")
    try:
        found = stock.search_prices(visitor.context.gateway, visitor.organization, text, visitor.now) if text else []
    except GatewayError as error:
        return Response(render_template("console/editor/_found.html", failure=why_missing(error), prices=[], text=text))
    return Response(render_template("console/editor/_found.html", failure="", prices=found, text=text))


def _create(work: Work, found: Read) -> PaymentLink | None:
    """Create the link that the form describes. Return None with the problems in `found`. Raises `GatewayUnavailable`."""
    visitor = work.visitor
    context = visitor.context
    if found.problems:
        return None
    try:
        draft = editing.draft_form(
            context.gateway,
            visitor.organization,
            found.params,
            found.prices,
            form=work.values.get("form_id"),
            settings=context.link_settings,
            read_prices=work.read_prices,
        )
        for error in draft.problems(context.store):
            work.refuse(found, error)
        return None if found.problems else editing.create_once(context.store, draft, visitor.now, actor=visitor.actor)
    except InvalidRequest as error:
        work.refuse(found, error)
        return None


def _save(work: Work, found: Read, changes: dict[str, object]) -> bool:
    """Save the changes. Return False with the problems in `found`. Raises `LinkChanged`, `GatewayUnavailable`."""
    visitor, link = work.visitor, work.link
    context = visitor.context
    if link is None:
        return False
    try:
        edit = editing.prepare_edit(
            context.gateway,
            visitor.organization,
            link,
            changes,
            found.prices,
            version=link.counterfoil.version,
            settings=context.link_settings,
            read_prices=work.read_prices,
        )
        for error in edit.problems:
            work.refuse(found, error)
        if found.problems:
            return False
        editing.save_edit(context.store, context.gateway, edit, visitor.now, actor=visitor.actor)
    except InvalidRequest as error:
        work.refuse(found, error)
        return False
    return True


def _act(work: Work) -> ResponseReturnValue:
    """Add, remove, move or find, and show the whole form again."""
    found = None
    failed = False
    if "find" in work.values and work.values.get("find_price"):
        visitor = work.visitor
        text = work.values.get("find_price")
        try:
            found = stock.search_prices(visitor.context.gateway, visitor.organization, text, visitor.now)
        except GatewayError:
            failed = True
    problems = make_shipping_rate(work) if work.values.get("add") == acts.SHIPPING_RATE else {}
    group = _do_act(work)
    shown = work.page(open_group=group)
    shown.problems = problems
    shown.prices, shown.search_failed = found, failed
    return _show(shown, INVALID if problems else 200)


def _do_act(work: Work) -> str:
    """Do what the pressed button says. Return its group. The currency of a price that was added becomes that of the form."""
    group = acts.do(work.values, dict(work.known))
    work.manner = manner_of(work.visitor, work.values, work.link)
    return group


def _name_invoice(work: Work, found: Read) -> None:
    """Give the link of an invoice an address with its number, if no other link has it."""
    reference = found.params.get("counterfoil", {}).get("reference", "")
    slug = _NOT_IN_SLUGS.sub("-", reference.lower()).strip("-")[:_SLUG_MAXIMUM]
    if work.values.get("kind") != "invoice" or len(slug) < _SLUG_MINIMUM or "slug" in found.params["counterfoil"]:
        return
    try:
        links.resolve(work.visitor.context.store, slug)
    except InvalidRequest:
        found.params["counterfoil"]["slug"] = slug


def _show_edit(
    work: Work,
    found: Read,
    before: Values,
    status: int,
    *,
    checked: bool = False,
    changed: bool = False,
    asks: bool = False,
) -> Response:
    shown = work.page(found, checked=checked)
    link = work.link
    if link is not None:
        shown.paying = work.paying
        work.values.set("version", str(link.counterfoil.version))
    shown.differences = differences(before, work.values, shown)
    shown.asks = asks or changed
    shown.changed = _last_change(work, link) if changed and link is not None else ""
    return _show(shown, status)


def _last_change(work: Work, link: PaymentLink) -> str:
    """Return who changed the link last, and when."""
    visitor = work.visitor
    found, _more = changes.list_changes(visitor.context.store, visitor.organization.id, Page(limit=1), about=link.id)
    if not found:
        return _("It was saved after you opened this page. Compare, then save again.")
    when = time(found[0].created, visitor.organization.timezone)
    who = actor_name(found[0].actor)
    return _("%(who)s changed this link at %(time)s. Compare, then save again.", who=who, time=when)


def _show(shown: EditorPage, status: int = 200, failure: GatewayError | None = None) -> Response:
    g.frame_src = ["'self'"]
    message = ""
    if isinstance(failure, GatewayUnavailable):
        message = _("Stripe did not answer. Nothing was changed. Try again.")
    elif failure is not None:
        message = stripe_text(failure.message)
    return page("console/editor/page.html", status, section="links", form=shown, failure=message)
