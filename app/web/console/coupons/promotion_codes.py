"""The promotion codes of a coupon: a new one, and the buttons that switch one off and on."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from app.errors import GatewayError, GatewayRefused, InvalidRequest
from app.services.coupons import coupons, promotion_codes
from app.web.console.auth import INVALID, blueprint, needs, require_visitor
from app.web.console.coupons.forms import PromotionCodeForm
from app.web.console.coupons.views import manner_of, show_coupon
from app.web.console.payments.notice import show_notice
from app.web.display.translation import gettext as _
from app.web.errors import page_status


@blueprint.post("/coupons/<id>/promotion_codes")
@needs("manager")
def create_promotion_code(id: str) -> ResponseReturnValue:
    """Create another code of a coupon."""
    visitor = require_visitor()
    context, organization = visitor.context, visitor.organization
    coupon = coupons.retrieve(context.gateway, organization, id)
    form = PromotionCodeForm(manner_of(visitor), coupon)
    params = form.read(visitor.now)
    if params is None:
        return show_coupon(visitor, id, INVALID, code_form=form)
    try:
        code = promotion_codes.create_code(
            context.store,
            context.gateway,
            organization,
            id,
            params,
            form.form,
            visitor.now,
            actor=visitor.actor,
        )
    except InvalidRequest:
        form.code.errors = [_("Another coupon has this code. Choose another one")]
        return show_coupon(visitor, id, INVALID, code_form=form)
    except GatewayError as error:
        if isinstance(error, GatewayRefused) and form.refuse_param(error.param, error.message):
            return show_coupon(visitor, id, INVALID, code_form=form)
        return show_coupon(visitor, id, page_status(error), code_form=form, failure=error, resource="promotion_codes")
    show_notice(_("The code %(code)s is ready", code=code.code))
    return redirect(url_for("console.coupon_page", id=id), 303)


@blueprint.post("/promotion_codes/<id>/activate")
@needs("manager")
def activate_promotion_code(id: str) -> ResponseReturnValue:
    """Switch a code on."""
    return _set_active(id, active=True)


@blueprint.post("/promotion_codes/<id>/deactivate")
@needs("manager")
def deactivate_promotion_code(id: str) -> ResponseReturnValue:
    """Switch a code off."""
    return _set_active(id, active=False)


def _set_active(id: str, *, active: bool) -> ResponseReturnValue:
    visitor = require_visitor()
    context, organization = visitor.context, visitor.organization
    code = promotion_codes.retrieve_code(context.gateway, organization, id)
    try:
        promotion_codes.set_active(
            context.store, context.gateway, organization, code, visitor.now, actor=visitor.actor, active=active
        )
    except GatewayError as error:
        return show_coupon(visitor, code.coupon_id, page_status(error), failure=error, resource="promotion_codes")
    if active:
        show_notice(_("The code %(code)s can be used again", code=code.code))
    else:
        show_notice(_("The code %(code)s is switched off", code=code.code), _("You can switch it on again."))
    return redirect(url_for("console.coupon_page", id=code.coupon_id), 303)
