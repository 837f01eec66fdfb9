"""The server's own first page, the way from a typed code to its link, and the files that browsers and robots ask for by name."""

from typing import Final
from urllib.parse import quote as percent

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.resources import resource
from app.services.accounts import organizations
from app.services.links import service as links
from app.web.display.contact import reachable
from app.web.display.locale import keep_locale
from app.web.display.postal_address import postal_line
from app.web.http.context import current_context
from app.web.http.security_headers import DAY
from app.web.states.state import visit_merchant, write_to_merchant
from app.web.visit.language_menu import language_menu

blueprint: Final = Blueprint("root", __name__)

ROBOTS: Final = """User-agent: *
Disallow: /api/
Disallow: /console/
Disallow: /sandbox/
Disallow: /v1/
"""
"""Pay pages are not listed: a robot has to read a page to see that it must not be indexed, and chats read it for their previews."""


@blueprint.get("/")
def show() -> ResponseReturnValue:
    """Say whose server this is, and how one gets to a payment page. With several merchants, none is named."""
    store = current_context().store
    organization = organizations.only_organization(store)
    if organization is not None:
        organization = reachable(store, organization)
    address = organization.business_profile.support_address if organization else None
    response = make_response(
        render_template(
            "root.html",
            actions=(*visit_merchant(organization), *write_to_merchant(organization)) if organization else (),
            address=postal_line(address) if address else "",
            languages=language_menu(""),
            organization=organization,
            sandbox=current_context().config.sandbox,
        )
    )
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/pay")
def find() -> ResponseReturnValue:
    """Redirect from a typed code, or from a whole address in its place, to the link, in the same language. Raises `ResourceMissing`."""
    code = read_code(request.args.get("code", ""))
    if not code:
        return redirect(keep_locale("/"), 303)
    link = links.resolve_typed(current_context().store, code)
    name = code if code == link.counterfoil.code else link.counterfoil.slug or link.counterfoil.code
    return redirect(keep_locale(f"/pay/{percent(name, safe='')}"), 303)


@blueprint.get("/favicon.ico")
def favicon() -> ResponseReturnValue:
    """Serve the icon for programs that read no page."""
    response = Response(resource("static/img/favicon.ico").read_bytes(), mimetype="image/vnd.microsoft.icon")
    response.headers["Cache-Control"] = DAY
    return response


@blueprint.get("/robots.txt")
def robots() -> ResponseReturnValue:
    """Tell robots what to leave out."""
    response = Response(ROBOTS, mimetype="text/plain")
    response.headers["Cache-Control"] = DAY
    return response


def read_code(text: str) -> str:
    """Return the code in what someone typed or pasted.

    >>> read_code(" https://pay.example/pay/spring-box?utm_source=letter ")
    'spring-box'
    """
    end = text.strip().rpartition("/pay/")[2]
    for mark in "/?#&":
        end = end.partition(mark)[0]
    return end.strip()
