"""The details of a price that can change: its names, its tax behavior while it has none, and its metadata."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Response, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types

from app.errors import GatewayError, GatewayRefused
from app.objects.price import Price
from app.services.products import products
from app.services.products.price_details import NAMES, can_set_tax_behavior, save_details
from app.services.products.prices import open_price
from app.web.console.auth import INVALID, Visitor, blueprint, needs, page, require_visitor
from app.web.console.forms import typed_line
from app.web.console.lengths import at_most
from app.web.console.messages.translate import stripe_text
from app.web.console.metadata_form import MetadataForm
from app.web.console.payments.notice import show_notice
from app.web.console.products.price_fields import LOOKUP_KEY_MAXIMUM
from app.web.console.refusal_text import missing_rights, why_not
from app.web.console.sold import price_line
from app.web.display.translation import gettext
from app.web.display.translation import lazy_gettext as _
from app.web.errors import page_status

NICKNAME_MAXIMUM: Final = 250
"""Characters of a name in the lists. Stripe takes more, but to read much more of a hostile text takes long."""


class PriceDetailsForm(MetadataForm):
    """The names of a price, and its tax behavior."""

    nickname = StringField(
        _("Name in your lists"),
        filters=[typed_line(NICKNAME_MAXIMUM)],
        validators=[at_most(NICKNAME_MAXIMUM)],
        render_kw={"autocomplete": "off", "dir": "auto"},
    )
    lookup_key = StringField(
        _("Lookup key"),
        description=_("For programs"),
        filters=[typed_line(LOOKUP_KEY_MAXIMUM)],
        validators=[at_most(LOOKUP_KEY_MAXIMUM)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    tax_behavior = RadioField(
        _("The price is"),
        description=_("It cannot change once it is set."),
        choices=[
            SelectChoice("unspecified", _("as your Stripe settings say")),
            SelectChoice("inclusive", _("with tax")),
            SelectChoice("exclusive", _("without tax")),
        ],
        default="unspecified",
    )

    def __init__(self, price: Price, metadata: Mapping[str, str] | None = None, **told: Any) -> None:
        """Make the form. `metadata` is that of the price, for a form that was not sent."""
        super().__init__(metadata, **told)
        if not can_set_tax_behavior(price):
            del self.tax_behavior

    def fields(self) -> dict[str, str]:
        """Return the attributes that are one text each."""
        found = {name: str(self[name].data or "") for name in NAMES}
        return found | ({"tax_behavior": str(self.tax_behavior.data)} if "tax_behavior" in self else {})


@blueprint.get("/prices/<id>/details")
@needs("manager")
def price_details(id: str) -> ResponseReturnValue:
    """Show the details of a price."""
    visitor = require_visitor()
    price = _price(visitor, id)
    return _details_page(visitor, price, PriceDetailsForm(price, price.metadata, formdata=None, obj=price))


@blueprint.post("/prices/<id>/details")
@needs("manager")
def save_price_details(id: str) -> ResponseReturnValue:
    """Change the details of a price."""
    visitor = require_visitor()
    price = _price(visitor, id)
    form, context = PriceDetailsForm(price), visitor.context
    metadata = form.read_metadata(price.metadata)
    if not form.validate() or form.metadata_errors:
        return _details_page(visitor, price, form, INVALID)
    try:
        save_details(
            context.store,
            context.gateway,
            visitor.organization,
            id,
            form.fields(),
            metadata,
            visitor.now,
            actor=visitor.actor,
        )
    except GatewayError as error:
        if isinstance(error, GatewayRefused) and error.param in (*NAMES, "tax_behavior") and error.param in form:
            form[error.param].errors = [stripe_text(error.message)]
            return _details_page(visitor, price, form, INVALID)
        reason = why_not(visitor, error, "prices")
        return _details_page(visitor, price, form, page_status(error), reason=reason)
    show_notice(gettext("Saved"))
    return redirect(url_for("console.product_page", id=products.product_id(price)), 303)


def _price(visitor: Visitor, id: str) -> Price:
    return open_price(visitor.context.store, visitor.context.gateway, visitor.organization, id).price


def _details_page(
    visitor: Visitor, price: Price, form: PriceDetailsForm, status: int = 200, *, reason: str | None = None
) -> Response:
    return page(
        "console/products/price_details.html",
        status,
        section="products",
        form=form,
        missing=missing_rights(visitor, "prices"),
        price=price,
        price_text=price_line(price),
        product=price.product,
        product_id=products.product_id(price),
        reason=reason,
    )
