"""A new product with its first price, and another price of a product."""

from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import GatewayError, GatewayRefused
from app.objects.picture import PICTURE_PATH
from app.services import pictures
from app.services.pictures import MAXIMUM_BYTES, PictureRefused
from app.services.products import creating
from app.web.console.auth import INVALID, Visitor, blueprint, needs, page, require_visitor
from app.web.console.editor import acts
from app.web.console.payments.notice import show_notice
from app.web.console.picture_text import picture_problem
from app.web.console.products.forms import ProductForm
from app.web.console.products.price_fields import PriceFields
from app.web.console.products.views import new_fields, product_page_of, sent_fields
from app.web.console.refusal_text import missing_rights, why_not
from app.web.console.sold import price_line
from app.web.display.safe_urls import image_url
from app.web.display.translation import gettext as _
from app.web.errors import page_status


@blueprint.get("/new_product")
@needs("manager")
def new_product() -> ResponseReturnValue:
    """Show the form of a new product."""
    return _form_page(new_fields(require_visitor()), ProductForm())


@blueprint.post("/products")
@needs("manager")
def create_product() -> ResponseReturnValue:
    """Create a product with its first price."""
    visitor, form = require_visitor(), ProductForm()
    fields = sent_fields(visitor)
    picture = _keep_picture(visitor, form)
    if _acted(fields):
        return _form_page(fields, form, picture=picture)
    metadata, price = form.read_metadata({}), fields.read()
    wrong_picture = list(form.picture.errors)
    if not form.validate() or wrong_picture or form.metadata_errors or fields.problems:
        form.picture.errors = wrong_picture
        return _form_page(fields, form, INVALID, picture=picture)
    params: dict[str, Any] = {name: text for name, text in form.fields().items() if text}
    params |= ({"images": [picture]} if picture else {}) | ({"metadata": metadata} if metadata else {})
    context = visitor.context
    try:
        created = creating.create_product(
            context.store,
            context.gateway,
            visitor.organization,
            params,
            price,
            fields.values.get("form_id"),
            visitor.now,
            actor=visitor.actor,
            public_url=context.config.public_url,
        )
    except PictureRefused as error:
        form.picture.errors = [picture_problem(error)]
        return _form_page(fields, form, INVALID)
    except GatewayError as error:
        reason = why_not(visitor, error, "products")
        return _form_page(fields, form, page_status(error), picture=picture, reason=reason)
    if created.failure is not None:
        show_notice(_("The product exists now, but not its price"), tone="danger")
        return _price_refused(visitor, created.product, fields, created.failure)
    show_notice(_("“%(name)s” is ready", name=form.name.data), _("You can add it to links now."))
    return redirect(url_for("console.product_page", id=created.product), 303)


@blueprint.post("/products/<id>/prices")
@needs("manager")
def add_price(id: str) -> ResponseReturnValue:
    """Add a price to a product."""
    visitor = require_visitor()
    context, fields = visitor.context, sent_fields(visitor)
    if _acted(fields):
        return product_page_of(visitor, id, fields=fields)
    price = fields.read()
    if fields.problems:
        return product_page_of(visitor, id, status=INVALID, fields=fields)
    try:
        created = creating.add_price(
            context.store,
            context.gateway,
            visitor.organization,
            id,
            price,
            fields.values.get("form_id"),
            visitor.now,
            actor=visitor.actor,
        )
    except GatewayError as error:
        return _price_refused(visitor, id, fields, error)
    show_notice(_("The price is ready"), price_line(created))
    return redirect(url_for("console.product_page", id=id), 303)


def _price_refused(visitor: Visitor, id: str, fields: PriceFields, error: GatewayError) -> Response:
    """Show the product with the fields of the price that Stripe did not make, and the reason at its field if it has one."""
    if isinstance(error, GatewayRefused) and not error.lacks_right and fields.refuse(error.param, error.message):
        return product_page_of(visitor, id, status=INVALID, fields=fields)
    reason = why_not(visitor, error, "prices")
    return product_page_of(visitor, id, status=page_status(error), fields=fields, reason=reason)


def _acted(fields: PriceFields) -> bool:
    """Add or remove a tier if a button says so. Return whether one did."""
    if not any(name in fields.values for name in acts.ACTS):
        return False
    acts.do(fields.values, {})
    return True


def _keep_picture(visitor: Visitor, form: ProductForm) -> str:
    """Store an uploaded picture, and return its address: that of an earlier upload if there is no new one."""
    kept = request.form.get("image", "")
    file = request.files.get("picture")
    if file is None or not file.filename:
        return kept if PICTURE_PATH.fullmatch(kept) else ""
    try:
        return pictures.add_picture(visitor.context.store, file.read(MAXIMUM_BYTES + 1)).path
    except PictureRefused as error:
        form.picture.errors = [picture_problem(error)]
        return ""


def _form_page(
    fields: PriceFields, form: ProductForm, status: int = 200, *, picture: str = "", reason: str | None = None
) -> Response:
    return page(
        "console/products/new.html",
        status,
        section="products",
        fields=fields,
        form=form,
        missing=missing_rights(require_visitor(), "products", "prices"),
        image=image_url(picture) if picture else None,
        picture=picture,
        reason=reason,
    )
