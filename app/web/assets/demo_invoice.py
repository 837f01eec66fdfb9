"""A merchant's invoice with embedded pay pages, for the demo. It plays the site of a merchant, so it embeds only the public snippet.

It exists in sandbox mode only.
"""

from typing import Final

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.services.accounts.keys import retrieve_organization
from app.services.links import service as links
from app.web.display.snippet import snippet
from app.web.http.context import current_context

blueprint: Final = Blueprint("sample_invoice", __name__)

INVOICE: Final = "2026-0042"
WORKSHOP: Final = "dipping"


@blueprint.get("/sandbox/invoice")
def sample_invoice() -> ResponseReturnValue:
    """Show the invoice of `data/demo.json` with its pay page in a frame, and a workshop's pay page below."""
    context = current_context()
    frames = {}
    for slug in (INVOICE, WORKSHOP):
        link = links.resolve(context.store, slug)
        organization = retrieve_organization(context.store, link.counterfoil.organization)
        # The snippet is our own markup, and the merchant's texts in it are escaped.
        frames[slug] = Markup(snippet(link, organization))  # noqa: S704
    response = make_response(
        render_template("sandbox/invoice.html", invoice=frames[INVOICE], workshop=frames[WORKSHOP])
    )
    # A merchant's site loads the script, the QR code and the frame from another origin.
    public = context.config.public_url
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'self'; img-src 'self' {public}; script-src 'self' {public}; "
        f"frame-src 'self' {public}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    response.headers["Cache-Control"] = "no-store"
    return response
