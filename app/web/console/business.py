"""The business in the settings: name, address, contact, legal pages, time zone and usual currency."""

from typing import Final

from flask import flash, get_flashed_messages, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.services.accounts import organizations
from app.web.console.auth import INVALID, Visitor, blueprint, needs, page, require_visitor
from app.web.console.business_form import BusinessForm
from app.web.console.kept_form import RESUME

_SAVED: Final = "business saved"


@blueprint.get("/settings/business")
@needs("viewer")
def business_page() -> ResponseReturnValue:
    """Show the business."""
    visitor = require_visitor()
    return _page(BusinessForm(visitor.organization, now=visitor.now, filled=True))


@blueprint.post("/settings/business")
@needs("owner")
def save_business() -> ResponseReturnValue:
    """Save the business. A form that was kept over a log-in is shown again first."""
    visitor = require_visitor()
    form = BusinessForm(visitor.organization, now=visitor.now, filled=False)
    if RESUME in request.form:
        return _page(form)
    if not form.validate():
        return _page(form, INVALID)
    _save(visitor, form)
    flash(_SAVED)
    return redirect(url_for("console.business_page"), 303)


def _save(visitor: Visitor, form: BusinessForm) -> None:
    store, fields = visitor.context.store, form.organization_fields()
    organizations.update(store, visitor.organization, fields, visitor.now, actor=visitor.actor)


def _page(form: BusinessForm, status: int = 200) -> ResponseReturnValue:
    return page(
        "console/business.html",
        status,
        section="settings",
        page_name="business",
        form=form,
        saved=_SAVED in get_flashed_messages(),
    )
