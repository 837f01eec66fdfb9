"""What a merchant hands out for a link: the page after it was made, the card for the counter, the sites that may show it."""

from dataclasses import dataclass

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.errors import InvalidRequest
from app.objects.payment_link import PaymentLink
from app.services.links import service as links
from app.services.links.answer import with_urls
from app.web.console.auth import INVALID, Visitor, blueprint, needs, page, require_visitor
from app.web.console.editor.controls.rules import LANGUAGE
from app.web.console.editor.loading import manner_of
from app.web.console.editor.offers import language_name
from app.web.console.editor.problems import message_of
from app.web.console.editor.values import Values
from app.web.console.link_rows import link_price
from app.web.console.links import share_of
from app.web.display.formatting import merchant_name
from app.web.display.translation import gettext as _
from app.web.visit.url_parameters import query_string, read_url_parameters, why_ignored

PREFILLED = {
    "prefilled_email": "prefilled_email",
    "client_reference_id": "client_reference_id",
    "prefilled_promo_code": "prefilled_promo_code",
    "utm_source": "utm_source",
    "locale": "buyer_locale",  # `locale` is the language of this page
}
"""What the builder of an address can fill in: each parameter with the name of its field."""


@dataclass(frozen=True)
class Prefilled:
    """An address with values filled in, the typed values, and why a value was left out, by its name."""

    url: str
    typed: dict[str, str]
    problems: dict[str, str]


@blueprint.get("/links/<id>/created")
@needs("viewer")
def created_page(id: str) -> ResponseReturnValue:
    """Show a link that was just made, with everything to hand out."""
    visitor = require_visitor()
    return _created(visitor, _retrieve(visitor, id))


@blueprint.get("/links/<id>/card")
@needs("viewer")
def counter_card(id: str) -> ResponseReturnValue:
    """Show a card with the QR code, to print for a counter."""
    visitor = require_visitor()
    link = _retrieve(visitor, id)
    return page("console/editor/card.html", section="links", link=link, share=share_of(visitor, link))


@blueprint.get("/links/<id>/prefilled")
@needs("viewer")
def prefilled(id: str) -> ResponseReturnValue:
    """Show the address with something filled in, for the builder."""
    visitor = require_visitor()
    link = _retrieve(visitor, id)
    return Response(render_template("console/editor/_prefilled.html", built=_prefilled(link)))


@blueprint.post("/links/<id>/origins")
@needs("manager")
def save_origins(id: str) -> ResponseReturnValue:
    """Save the sites that may show the link. A press of "Allow" adds one that tried in vain."""
    visitor = require_visitor()
    context = visitor.context
    link = _retrieve(visitor, id)
    origins = [line.strip() for line in request.form.get("counterfoil[embed_origins]", "").splitlines() if line.strip()]
    if allowed := request.form.get("allow"):
        origins = [*link.counterfoil.embed_origins, allowed]
    params = {"counterfoil": {"embed_origins": list(dict.fromkeys(origins)) or None}}
    try:
        links.update(
            context.store,
            context.gateway,
            visitor.organization,
            id,
            params,
            visitor.now,
            actor=visitor.actor,
            settings=context.link_settings,
        )
    except InvalidRequest as error:
        _name, message = message_of(error, manner_of(visitor, Values(), link))
        return _created(visitor, link, origins="\n".join(origins), problem=message)
    return redirect(url_for("console.created_page", id=id, _anchor="site-title"), 303)


def _created(visitor: Visitor, link: PaymentLink, *, origins: str | None = None, problem: str = "") -> Response:
    shared = share_of(visitor, link)
    price = link_price(link, visitor.now)
    return page(
        "console/editor/created.html",
        INVALID if problem else 200,
        section="links",
        built=_prefilled(link),
        languages=[(code, language_name(code)) for code, _text, _hint in _LOCALES if code and code != "auto"],
        link=link,
        message=_message(visitor, link, _plain(shared.row.name), price),
        origins="\n".join(link.counterfoil.embed_origins) if origins is None else origins,
        price=price,
        problem=problem,
        refused_origins=[it for it in shared.refused_origins if it["origin"] not in link.counterfoil.embed_origins],
        share=shared,
    )


_LOCALES = next(
    control.options for part in LANGUAGE.parts for control in part.controls if control.name == "counterfoil[locale]"
)


def _message(visitor: Visitor, link: PaymentLink, name: str, price: str) -> str:
    """Return a text to send with the address."""
    merchant = merchant_name(visitor.organization)
    if link.counterfoil.reference:
        first = _(
            "Hello, you can pay %(name)s (%(reference)s, %(price)s) here:",
            name=name,
            reference=link.counterfoil.reference,
            price=price,
        )
    else:
        first = _("Hello, you can order %(name)s (%(price)s) here:", name=name, price=price)
    return f"{first}\n{link.url}\n{merchant}"


def _plain(name: str | Markup) -> str:
    """Return the name of a link as text, without the marks of direction of a page."""
    return name.striptags() if isinstance(name, Markup) else name


def _prefilled(link: PaymentLink) -> Prefilled:
    typed = {name: request.args.get(field, "").strip() for name, field in PREFILLED.items()}
    found, ignored = read_url_parameters(typed)
    if found.prefilled_promo_code and not link.allow_promotion_codes:
        found, ignored = found.model_copy(update={"prefilled_promo_code": None}), [*ignored, "prefilled_promo_code"]
    problems = {name: why_ignored(name, link) for name in ignored}
    return Prefilled(link.url + query_string(found), typed, problems)


def _retrieve(visitor: Visitor, id: str) -> PaymentLink:
    link = links.retrieve(visitor.context.store, visitor.organization.id, id)
    return with_urls(link, visitor.context.link_settings)
