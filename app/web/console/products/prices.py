"""One price: its change to a new amount, with the links that get it, and its archive."""

from secrets import token_urlsafe
from typing import Final

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import GatewayError, InvalidRequest
from app.pricing.money import AmountError, parse_amount
from app.services.products import prices, products
from app.services.products.prices import Opened, PriceChange
from app.web.console.auth import INVALID, Visitor, blueprint, needs, page, require_visitor
from app.web.console.editor.problems import in_words
from app.web.console.payments.notice import show_notice
from app.web.console.products.views import product_refused
from app.web.console.refusal_text import missing_rights, why_not
from app.web.console.sold import price_line
from app.web.display.formatting import money
from app.web.display.locale import page_locale
from app.web.display.translation import gettext as _
from app.web.display.translation import ngettext
from app.web.errors import page_status

AMOUNT_MAXIMUM: Final = 100
"""Characters of an amount."""

FORM_MAXIMUM: Final = 100
"""Characters of a form's id."""


@blueprint.get("/prices/<id>")
@needs("manager")
def price_page(id: str) -> ResponseReturnValue:
    """Show the form that changes a price."""
    visitor = require_visitor()
    return _price_page(_open(visitor, id))


@blueprint.post("/prices/<id>")
@needs("manager")
def change_price(id: str) -> ResponseReturnValue:
    """Make a new price, and put it into the chosen links."""
    visitor = require_visitor()
    opened = _open(visitor, id)
    typed = request.form.get("amount", "").strip()[:AMOUNT_MAXIMUM]
    try:
        amount = parse_amount(typed, opened.price.currency, page_locale())
    except AmountError:
        return _price_page(opened, INVALID, error=_("Write an amount with digits, for example 12.50"))
    context = visitor.context
    change = PriceChange(
        amount=amount,
        archive=request.form.get("archive") == "true",
        custom_fields_max=context.link_settings.custom_fields_max,
        form=request.form.get("form_id", "")[:FORM_MAXIMUM],
        moved=frozenset(request.form.getlist("payment_link[]")),
    )
    try:
        created = prices.change_price(
            context.store, context.gateway, visitor.organization, id, change, visitor.now, actor=visitor.actor
        )
    except InvalidRequest as error:
        return _price_page(opened, INVALID, error=_refusal_text(error))
    except GatewayError as error:
        reason = why_not(visitor, error, "prices")
        return _price_page(opened, page_status(error), reason=reason)
    count = sum(link.id in change.moved for link in opened.links)
    moved = ngettext("%(num)s link sells at it now.", "%(num)s links sell at it now.", count)
    show_notice(_("The new price is %(amount)s", amount=money(amount, created.currency)), moved)
    return redirect(url_for("console.product_page", id=products.product_id(created)), 303)


@blueprint.get("/prices/<id>/archive")
@needs("manager")
def confirm_archive(id: str) -> ResponseReturnValue:
    """Ask before a price is archived, with the links that could not be paid any more."""
    opened = _open(require_visitor(), id)
    return page(
        "console/products/archive_price.html",
        section="products",
        links=[link for link in opened.links if link.active],
        price=opened.price,
        price_text=price_line(opened.price),
        product=opened.price.product,
        product_id=products.product_id(opened.price),
    )


@blueprint.post("/prices/<id>/archive")
@needs("manager")
def archive_price(id: str) -> ResponseReturnValue:
    """Archive a price."""
    return _set_active(id, active=False)


@blueprint.post("/prices/<id>/restore")
@needs("manager")
def restore_price(id: str) -> ResponseReturnValue:
    """Put an archived price back on sale."""
    return _set_active(id, active=True)


def _set_active(id: str, *, active: bool) -> ResponseReturnValue:
    visitor = require_visitor()
    context, opened = visitor.context, _open(visitor, id)
    product = products.product_id(opened.price)
    try:
        prices.set_price_active(
            context.store, context.gateway, visitor.organization, id, visitor.now, actor=visitor.actor, active=active
        )
    except GatewayError as error:
        return product_refused(visitor, product, error, "prices")
    text = price_line(opened.price)
    if active:
        show_notice(_("The price %(price)s is on sale again", price=text))
    else:
        undo = url_for("console.restore_price", id=id)
        show_notice(_("The price %(price)s is archived", price=text), _("Links can no longer use it."), undo_url=undo)
    return redirect(url_for("console.product_page", id=product), 303)


def _open(visitor: Visitor, id: str) -> Opened:
    return prices.open_price(visitor.context.store, visitor.context.gateway, visitor.organization, id)


def _refusal_text(error: InvalidRequest) -> str:
    return {
        "amount_not_changed": _("This is the price already. Write another amount"),
        "amount_not_single": _("This price has more than one amount. Make a new link with another price"),
    }.get(str(error.code)) or in_words(error)


def _price_page(opened: Opened, status: int = 200, *, error: str | None = None, reason: str | None = None) -> Response:
    is_first = request.method == "GET"
    chosen = {link.id for link in opened.links} if is_first else set(request.form.getlist("payment_link[]"))
    return page(
        "console/products/price.html",
        status,
        section="products",
        amount="" if is_first else request.form.get("amount", "")[:AMOUNT_MAXIMUM],
        archive=is_first or request.form.get("archive") == "true",
        can_change=prices.can_change(opened.price),
        missing=missing_rights(require_visitor(), "prices"),
        chosen=chosen,
        error=error,
        form_id=token_urlsafe(16) if is_first else request.form.get("form_id", "")[:FORM_MAXIMUM],
        links=opened.links,
        price=opened.price,
        price_text=price_line(opened.price),
        product=opened.price.product,
        product_id=products.product_id(opened.price),
        reason=reason,
    )
