"""A merchant's invoice with our frames in it, as `make demo` shows it: a stranger's page in all but the process that serves it.

In the sandbox alone. What it embeds is the snippet that merchants get, nothing else.
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
    """The invoice of `data/demo.json`, with its own payment in a frame, and a workshop's below it."""
    context = current_context()
    frames = {}
    for slug in (INVOICE, WORKSHOP):
        link = links.resolve(context.store, slug)
        organization = retrieve_organization(context.store, link.counterfoil.organization)
        # Made by us, with everything of the merchant's escaped.
        frames[slug] = Markup(snippet(link, organization))  # noqa: S704
    response = make_response(
        render_template("sandbox/invoice.html", invoice=frames[INVOICE], workshop=frames[WORKSHOP])
    )
    # This page plays the merchant's site, which loads the script and the QR code, and frames the page, from another origin.
    public = context.config.public_url
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'self'; img-src 'self' {public}; script-src 'self' {public}; "
        f"frame-src 'self' {public}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    response.headers["Cache-Control"] = "no-store"
    return response
