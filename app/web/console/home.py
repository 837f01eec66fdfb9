"""The first page of the console: what waits for the merchant, and the latest payments."""

from typing import Final

from flask.typing import ResponseReturnValue

from app.objects.attempt import CHECKOUT_COMPLETED
from app.services.attempts import payments
from app.web.console.auth import blueprint, needs, page, require_visitor
from app.web.console.payments.rows import payment_rows
from app.web.display.formatting import weekday_and_date
from app.wire.lists import Page

LATEST: Final = 5


@blueprint.get("/")
@needs("viewer")
def home_page() -> ResponseReturnValue:
    """Show what waits and the latest payments."""
    visitor = require_visitor()
    store, organization = visitor.context.store, visitor.organization
    latest, _more = payments.list_payments(store, organization.id, Page(limit=LATEST), state=CHECKOUT_COMPLETED)
    return page(
        "console/home.html",
        section="home",
        latest=payment_rows(latest, payments.links_of(store, latest), organization, visitor.now),
        today=weekday_and_date(visitor.now, organization.timezone),
    )
