"""The list of products, and one product: what buyers see of it, its prices, its links, archive and back on sale."""

from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any, Final

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import GatewayError
from app.objects.price import Price
from app.services.pictures import MAXIMUM_BYTES, PictureRefused
from app.services.products import products
from app.services.products.prices import can_change
from app.services.products.products import Listed
from app.web.console.auth import INVALID, Visitor, blueprint, needs, page, require_visitor
from app.web.console.editor.controls.first import CURRENCY
from app.web.console.editor.loading import manner_of, usual_currency
from app.web.console.editor.values import Values
from app.web.console.lists import neighbours, requested_page
from app.web.console.payments.notice import show_notice, taken_notice
from app.web.console.picture_text import picture_problem
from app.web.console.products.forms import ProductForm
from app.web.console.products.price_fields import PriceFields
from app.web.console.refusal_text import missing_rights, why_not
from app.web.console.sold import price_line
from app.web.display.safe_urls import image_url
from app.web.display.translation import gettext as _
from app.web.errors import page_status
from app.wire.lists import Page

FORM_MAXIMUM: Final = 100
"""Characters of a form's id."""

TEXT_MAXIMUM: Final = 100
"""Characters of a search."""

ARCHIVED: Final = "archived"


@dataclass(frozen=True)
class ProductRow:
    """One row of the list."""

    id: str
    name: str
    hint: str
    image: str | None
    links: int
    prices: tuple[str, ...]


@dataclass(frozen=True)
class PriceRow:
    """One price of a product. `name` is the merchant's own name of it."""

    id: str
    text: str
    name: str
    links: int
    can_change: bool


@blueprint.get("/products")
@needs("viewer")
def products_page() -> ResponseReturnValue:
    """Show the products, newest first."""
    visitor = require_visitor()
    text = request.args.get("q", "")[:TEXT_MAXIMUM].strip()
    shown = ARCHIVED if request.args.get("show") == ARCHIVED else ""
    requested = requested_page(Page)
    context, organization = visitor.context, visitor.organization
    missing = missing_rights(visitor, "products", "prices")
    values: dict[str, Any] = {"section": "products", "q": text, "show": shown, "missing": missing}
    try:
        found = products.list_products(
            context.store, context.gateway, organization, requested, visitor.now, text=text, active=not shown
        )
    except GatewayError as error:
        reason = why_not(visitor, error, "products", "read")
        return page("console/products/list.html", page_status(error), failure=reason, **values)
    return page(
        "console/products/list.html",
        found=found,
        pages=neighbours([row.product.id for row in found.rows], requested, found.more),
        rows=[_product_row(row) for row in found.rows],
        **values,
    )


@blueprint.get("/products/<id>")
@needs("viewer")
def product_page(id: str) -> ResponseReturnValue:
    """Show one product with its prices and links."""
    return product_page_of(require_visitor(), id)


@blueprint.post("/products/<id>")
@needs("manager")
def save_product(id: str) -> ResponseReturnValue:
    """Change a product."""
    visitor, form = require_visitor(), ProductForm()
    context = visitor.context
    metadata = form.read_metadata(products.retrieve(context.gateway, visitor.organization, id).metadata)
    if not form.validate() or form.metadata_errors:
        return product_page_of(visitor, id, form, INVALID)
    file = request.files.get("picture")
    picture = file.read(MAXIMUM_BYTES + 1) if file is not None and file.filename else None
    try:
        products.save(
            context.store,
            context.gateway,
            visitor.organization,
            id,
            form.fields(),
            visitor.now,
            actor=visitor.actor,
            public_url=context.config.public_url,
            metadata=metadata,
            picture=picture,
        )
    except PictureRefused as error:
        form.picture.errors = [picture_problem(error)]
        return product_page_of(visitor, id, form, INVALID)
    except GatewayError as error:
        return product_refused(visitor, id, error, form=form)
    show_notice(_("Saved"), _("Every link that sells it shows the change now."))
    return redirect(url_for("console.product_page", id=id), 303)


@blueprint.post("/products/<id>/archive")
@needs("manager")
def archive_product(id: str) -> ResponseReturnValue:
    """Archive a product, and switch off its links if the box is ticked."""
    visitor = require_visitor()
    context = visitor.context
    try:
        product = products.archive(
            context.store,
            context.gateway,
            visitor.organization,
            id,
            visitor.now,
            actor=visitor.actor,
            settings=context.link_settings,
            deactivate_links=request.form.get("deactivate_links") == "true",
        )
    except GatewayError as error:
        return product_refused(visitor, id, error)
    show_notice(_("“%(name)s” is archived", name=product.name), _("It can no longer be added to links."))
    return redirect(url_for("console.product_page", id=id), 303)


@blueprint.post("/products/<id>/restore")
@needs("manager")
def restore_product(id: str) -> ResponseReturnValue:
    """Put an archived product back on sale."""
    visitor = require_visitor()
    context = visitor.context
    try:
        product = products.restore(
            context.store, context.gateway, visitor.organization, id, visitor.now, actor=visitor.actor
        )
    except GatewayError as error:
        return product_refused(visitor, id, error)
    show_notice(_("“%(name)s” is on sale again", name=product.name))
    return redirect(url_for("console.product_page", id=id), 303)


def product_refused(
    visitor: Visitor, id: str, error: GatewayError, resource: str = "products", form: ProductForm | None = None
) -> Response:
    """Show the product again with Stripe's refusal. Without the right to change products, it can only be read."""
    return product_page_of(visitor, id, form, page_status(error), reason=why_not(visitor, error, resource))


def product_page_of(
    visitor: Visitor,
    id: str,
    form: ProductForm | None = None,
    status: int = 200,
    *,
    fields: PriceFields | None = None,
    reason: str | None = None,
) -> Response:
    """Show a product. `fields` are those of a new price that was not made."""
    context = visitor.context
    found = products.open_product(context.store, context.gateway, visitor.organization, id)
    product = found.product
    return page(
        "console/products/product.html",
        status,
        section="products",
        adds_price=fields is not None,
        archived=[_price_row(price, found) for price in found.archived],
        fields=fields or new_fields(visitor, found.prices[0].currency if found.prices else ""),
        form=form or ProductForm(product.metadata, formdata=None, obj=product),
        image=_image_of(found),
        missing=missing_rights(visitor, "products"),
        missing_for_prices=missing_rights(visitor, "prices"),
        links=found.links,
        notice=taken_notice(),
        prices=[_price_row(price, found) for price in found.prices],
        product=product,
        reason=reason,
    )


def new_fields(visitor: Visitor, currency: str = "") -> PriceFields:
    """Return the empty fields of a new price. It begins with the currency of the product's other prices, or with the usual one."""
    values = Values()
    values.set(CURRENCY.name, currency or usual_currency(visitor))
    values.set("form_id", token_urlsafe(16))
    return PriceFields(values, manner_of(visitor, values))


def sent_fields(visitor: Visitor) -> PriceFields:
    """Return the fields of a new price as they were sent."""
    values = Values(request.form)
    values.set("form_id", values.get("form_id")[:FORM_MAXIMUM])
    return PriceFields(values, manner_of(visitor, values))


def _product_row(listed: Listed) -> ProductRow:
    product = listed.product
    return ProductRow(
        id=product.id,
        name=product.name,
        hint=product.description or "",
        image=_image_of(listed),
        links=len(listed.links),
        prices=tuple(price_line(price) for price in listed.prices),
    )


def _price_row(price: Price, listed: Listed) -> PriceRow:
    count = sum(price.id in products.price_ids(link) for link in listed.links)
    return PriceRow(price.id, price_line(price), price.nickname or price.lookup_key or "", count, can_change(price))


def _image_of(listed: Listed) -> str | None:
    images = listed.product.images
    return image_url(images[0]) if images else None
