"""A merchant's invoice with embedded pay pages, for the demo. It plays the site of a merchant, so it embeds only the public snippet.

It exists in sandbox mode only.
"""

from typing import Final

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.objects.payment_link import PaymentLink
from app.services.accounts.keys import retrieve_organization
from app.services.links import service as links
from app.web.display.snippet import Choices, snippet
from app.web.http.context import current_context
from app.wire.web_address import origin_of

blueprint: Final = Blueprint("sample_invoice", __name__)

INVOICE: Final = "2026-0042"
WORKSHOP: Final = "dipping"


@blueprint.get("/sandbox/invoice")
def sample_invoice() -> ResponseReturnValue:
    """Show the invoice of `data/demo.json` with its pay page in a frame, and a workshop's pay page below."""
    context = current_context()
    frames, ids = {}, {}
    for slug in (INVOICE, WORKSHOP):
        link = links.resolve(context.store, slug)
        organization = retrieve_organization(context.store, link.counterfoil.organization)
        # The snippet is our own markup, and the merchant's texts in it are escaped.
        ids[slug] = link.id
        choices = Choices(return_url=_own_address(link), qr=slug == INVOICE)
        frames[slug] = Markup(snippet(link, organization, choices))  # noqa: S704
    response = make_response(
        render_template(
            "sandbox/invoice.html", invoice=frames[INVOICE], invoice_link=ids[INVOICE], workshop=frames[WORKSHOP]
        )
    )
    # A merchant's site loads the script, the QR code and the frame from another origin.
    public = context.config.public_url
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' {public}; script-src 'self' {public}; "
        f"frame-src 'self' {public}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _own_address(link: PaymentLink) -> str | None:
    """Return the address of this page, where the link allows its site to frame it."""
    return request.base_url if origin_of(request.base_url) in link.counterfoil.embed_origins else None
