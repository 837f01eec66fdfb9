"""The export of what the list shows, as CSV that spreadsheets open safely."""

from datetime import datetime
from itertools import chain
from typing import Final

from flask import Response, request
from flask.typing import ResponseReturnValue

from app.services.attempts.export import csv_rows, csv_text
from app.services.orders import listing
from app.web.console.auth import blueprint, needs, require_visitor
from app.web.console.payments.chosen import chosen_orders
from app.web.display.time_zones import zone_of

BYTE_ORDER_MARK: Final = "\ufeff"
"""Excel reads UTF-8 only if a file begins with it. Other programs may take it for a part of the first column's name."""


@blueprint.get("/payments.csv")
@needs("viewer")
def export_payments() -> ResponseReturnValue:
    """Send the payments of a filter, in the order of the list. `bom=true` puts a byte order mark in front."""
    visitor = require_visitor()
    store, organization = visitor.context.store, visitor.organization
    chosen = chosen_orders(visitor)
    found = listing.every_order(store, organization.id, chosen.filter)
    text = csv_text(csv_rows(store, organization.id, found))
    mark = [BYTE_ORDER_MARK] if request.args.get("bom", "") in {"1", "true"} else []
    day = datetime.fromtimestamp(visitor.now, zone_of(organization.timezone)).date().isoformat()
    name = "-".join(part for part in ("payments", chosen.filter.view, day) if part)
    response = Response(chain(mark, text), mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
