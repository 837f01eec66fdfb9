"""The list of coupons with the form of a new one, and one coupon: its name, its codes, the links that apply it, and its end."""

from dataclasses import dataclass
from typing import Any, Final

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import GatewayError, GatewayRefused, InvalidRequest
from app.objects.discount import PromotionCode
from app.objects.price import Product
from app.services.coupons import coupons, promotion_codes
from app.services.coupons.coupons import CouponList, Listed
from app.services.links import stock
from app.web.console.auth import INVALID, Visitor, blueprint, needs, page, require_visitor
from app.web.console.coupons import texts
from app.web.console.coupons.forms import CouponForm, CouponNameForm, PromotionCodeForm
from app.web.console.editor.loading import usual_currency
from app.web.console.editor.texts import Manner
from app.web.console.kept_form import RESUME
from app.web.console.lists import neighbours, requested_page
from app.web.console.payments.notice import show_notice, taken_notice
from app.web.console.refusal_text import missing_rights, why_not
from app.web.display.locale import page_locale
from app.web.display.time_zones import zone_of
from app.web.display.translation import gettext as _
from app.web.errors import page_status
from app.wire.lists import Page

TEXT_MAXIMUM: Final = 100
"""Characters of a search."""

CODES_SHOWN: Final = 3
"""How many codes of a coupon the list names."""

ENDED: Final = "ended"

SEARCH: Final = "search"
"""The button that searches for a product."""

CREATE: Final = "create"
"""The button that creates the coupon. The Enter key presses another one, which has no name."""


@dataclass(frozen=True)
class CouponRow:
    """One row of the list. `more` is how many codes are not named, and `off` how many are switched off."""

    id: str
    name: str
    reduction: str
    hint: str
    codes: tuple[str, ...]
    more: int
    off: int
    used: str
    state: tuple[str, str]


@dataclass(frozen=True)
class CodeRow:
    """One code of a coupon. `can_switch` is whether it can be switched off or on."""

    id: str
    code: str
    hint: str
    used: str
    state: tuple[str, str]
    active: bool
    can_switch: bool


@blueprint.get("/coupons")
@needs("viewer")
def coupons_page() -> ResponseReturnValue:
    """Show the coupons, newest first, and the form of a new one."""
    return _list_page(require_visitor())


@blueprint.post("/coupons")
@needs("manager")
def create_coupon() -> ResponseReturnValue:
    """Create a coupon and its first code."""
    visitor = require_visitor()
    form = _coupon_form(visitor)
    if RESUME in request.form or SEARCH in request.form:
        return _list_page(visitor, form)
    if form.is_search and CREATE not in request.form:
        return _list_page(visitor, form, searched_by_enter=True)
    read = form.read(visitor.now)
    if read is None:
        return _list_page(visitor, form, INVALID)
    context = visitor.context
    try:
        created = promotion_codes.create_coupon(
            context.store,
            context.gateway,
            visitor.organization,
            *read,
            form.form,
            visitor.now,
            actor=visitor.actor,
        )
    except InvalidRequest:
        form.code.errors = [_("Another coupon has this code. Choose another one")]
        return _list_page(visitor, form, INVALID)
    except GatewayError as error:
        if isinstance(error, GatewayRefused) and form.refuse_param(error.param, error.message):
            return _list_page(visitor, form, INVALID)
        return _list_page(visitor, form, page_status(error), failure=error)
    coupon = created.coupon
    if created.failure is not None:
        reason = why_not(visitor, created.failure, "promotion_codes")
        show_notice(_("The coupon exists now, but not its code"), reason, tone="danger")
    else:
        show_notice(_("“%(name)s” is ready", name=coupons.name_of(coupon)), texts.reduction(coupon))
    return redirect(url_for("console.coupon_page", id=coupon.id), 303)


@blueprint.get("/coupon_products")
@needs("manager")
def find_products() -> ResponseReturnValue:
    """Show the products that a coupon can be limited to: those that are ticked in the form, and those that a search finds."""
    form = _coupon_form(require_visitor(), formdata=request.args)
    return Response(render_template("console/coupons/_offered.html", form=form))


@blueprint.get("/coupons/<id>")
@needs("viewer")
def coupon_page(id: str) -> ResponseReturnValue:
    """Show one coupon with its codes and links."""
    return show_coupon(require_visitor(), id)


@blueprint.post("/coupons/<id>")
@needs("manager")
def save_coupon(id: str) -> ResponseReturnValue:
    """Change the name and the metadata of a coupon."""
    visitor, form = require_visitor(), CouponNameForm()
    context = visitor.context
    metadata = form.read_metadata(coupons.retrieve(context.gateway, visitor.organization, id).metadata or {})
    if not form.validate() or form.metadata_errors:
        return show_coupon(visitor, id, INVALID, name_form=form)
    try:
        coupons.save(
            context.store,
            context.gateway,
            visitor.organization,
            id,
            form.name.data or "",
            metadata,
            visitor.now,
            actor=visitor.actor,
        )
    except GatewayError as error:
        return show_coupon(visitor, id, page_status(error), name_form=form, failure=error)
    show_notice(_("Saved"), _("Every link that applies it shows the change now."))
    return redirect(url_for("console.coupon_page", id=id), 303)


@blueprint.post("/coupons/<id>/delete")
@needs("manager")
def delete_coupon(id: str) -> ResponseReturnValue:
    """Delete a coupon, and take it off its links if the box is ticked."""
    visitor = require_visitor()
    context = visitor.context
    try:
        name = coupons.delete(
            context.store,
            context.gateway,
            visitor.organization,
            id,
            visitor.now,
            actor=visitor.actor,
            settings=context.link_settings,
            remove_from_links=request.form.get("remove_from_links") == "true",
        )
    except GatewayError as error:
        return show_coupon(visitor, id, page_status(error), failure=error)
    show_notice(_("“%(name)s” is deleted", name=name), _("Its codes can no longer be used."))
    return redirect(url_for("console.coupons_page"), 303)


def show_coupon(
    visitor: Visitor,
    id: str,
    status: int = 200,
    *,
    code_form: PromotionCodeForm | None = None,
    name_form: CouponNameForm | None = None,
    failure: GatewayError | None = None,
    resource: str = "coupons",
) -> Response:
    """Show one coupon. Without the right to change it, it can only be read."""
    context, timezone = visitor.context, visitor.organization.timezone
    found = coupons.open_coupon(context.store, context.gateway, visitor.organization, id, visitor.now)
    coupon = found.coupon
    reason = why_not(visitor, failure, resource) if failure is not None else None
    return page(
        "console/coupons/coupon.html",
        status,
        section="products",
        code_form=code_form or PromotionCodeForm(manner_of(visitor), coupon, formdata=None),
        codes=[_code_row(code, visitor) for code in found.codes],
        coupon=coupon,
        duration=texts.duration(coupon),
        missing=missing_rights(visitor, "coupons"),
        missing_for_codes=missing_rights(visitor, "promotion_codes"),
        links=found.links,
        name=coupons.name_of(coupon),
        name_form=name_form or CouponNameForm(coupon.metadata or {}, formdata=None, obj=coupon),
        notice=taken_notice(),
        other_reductions=texts.other_reductions(coupon),
        products=found.products,
        reason=reason,
        reduction=texts.reduction(coupon),
        state=texts.state(coupon, visitor.now),
        timezone=timezone,
        used=texts.used(coupon),
    )


def manner_of(visitor: Visitor) -> Manner:
    """Return how the merchant writes amounts and dates."""
    return Manner(usual_currency(visitor), page_locale(), zone_of(visitor.organization.timezone))


def _list_page(
    visitor: Visitor,
    form: CouponForm | None = None,
    status: int = 200,
    *,
    failure: GatewayError | None = None,
    searched_by_enter: bool = False,
) -> Response:
    text = request.args.get("q", "")[:TEXT_MAXIMUM].strip()
    shown = ENDED if request.args.get("show") == ENDED else ""
    context, organization = visitor.context, visitor.organization
    requested = requested_page(Page)
    found, unread = CouponList((), False, 0, 0), None
    try:
        found = coupons.list_coupons(
            context.store, context.gateway, organization, requested, visitor.now, text=text, ended=bool(shown)
        )
    except GatewayError as error:
        unread = error
        status = max(status, page_status(error))
    reason = why_not(visitor, failure, "coupons") if failure is not None else None
    return page(
        "console/coupons/list.html",
        status,
        section="products",
        failure=why_not(visitor, unread, "coupons", "read") if unread is not None else None,
        form=form or _coupon_form(visitor, formdata=None),
        found=found,
        missing=missing_rights(visitor, "coupons"),
        notice=taken_notice(),
        pages=neighbours([row.coupon.id for row in found.rows], requested, found.more),
        q=text,
        reason=reason,
        rows=[_coupon_row(row, visitor) for row in found.rows],
        searched_by_enter=searched_by_enter,
        show=shown,
    )


def _coupon_form(visitor: Visitor, **told: Any) -> CouponForm:
    """Return the form of a new coupon, with the products that it can be limited to or why Stripe does not list them."""
    found: list[Product] = []
    problem = ""
    try:
        if visitor.may("manager"):
            found = stock.list_products(visitor.context.gateway, visitor.organization, visitor.now)
    except GatewayRefused as error:
        problem = why_not(visitor, error, "products", "read")
    except GatewayError:
        problem = _("Stripe did not answer. Search again in a moment.")
    return CouponForm(manner_of(visitor), [product for product in found if product.active], problem, **told)


def _coupon_row(listed: Listed, visitor: Visitor) -> CouponRow:
    coupon = listed.coupon
    usable = [code.code for code in listed.codes if code.active]
    return CouponRow(
        id=coupon.id,
        name=coupon.name or "",
        reduction=texts.reduction(coupon),
        hint=texts.limits(coupon, visitor.organization.timezone),
        codes=tuple(usable[:CODES_SHOWN]),
        more=max(0, len(usable) - CODES_SHOWN),
        off=len(listed.codes) - len(usable),
        used=texts.used(coupon),
        state=texts.state(coupon, visitor.now),
    )


def _code_row(code: PromotionCode, visitor: Visitor) -> CodeRow:
    return CodeRow(
        id=code.id,
        code=code.code,
        hint=texts.code_limits(code, visitor.organization.timezone),
        used=texts.used(code),
        state=texts.code_state(code, visitor.now),
        active=code.active,
        can_switch=not promotion_codes.is_over(code, visitor.now),
    )
