"""The pay page of a link that is not saved: a preview for the console. It creates nothing and takes no payment."""

from typing import Final

from flask import Response, g, make_response, render_template

from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.selection import UrlParameters
from app.web.http.context import Context
from app.web.http.security_headers import content_security_policy
from app.web.pay.page import pay_page
from app.web.pay.render import empty_form, first_choice, quote_of
from app.web.visit.visit import Visit, speak

SELF: Final = "'self'"


def unsaved_page(context: Context, organization: Organization, link: PaymentLink, now: int) -> str:
    """Return the HTML of the pay page that buyers would see. Raises `LinkUnavailable` for a link that sells nothing now."""
    ours = link.counterfoil.model_copy(update={"opens_at": None, "closes_at": None})
    shown = link.model_copy(update={"active": True, "counterfoil": ours, "restrictions": None})
    visit = speak(Visit(context, shown, organization, UrlParameters(), (), now))
    quote = quote_of(visit, first_choice(visit))
    return render_template(
        "pay/preview.html",
        embedded=False,
        errors=[],
        form=empty_form(visit),
        ignored_parameters=[],
        link=visit.link,
        notice=None,
        organization=organization,
        page=pay_page(visit, quote),
        partial=False,
        preview=True,
        quote=quote,
        refused=False,
        test_mode=visit.test_mode,
        urls={"pay": "#main", "preview": "#main"},
    )


def framed(html: str, status: int = 200) -> Response:
    """Return a page that our own pages may frame, whose forms lead nowhere."""
    g.frame_ancestors = [SELF]
    response = make_response(html, status)
    policy = content_security_policy((), [SELF]).replace("form-action 'self'", "form-action 'none'")
    response.headers["Content-Security-Policy"] = policy
    response.headers["Cache-Control"] = "no-store"
    return response
