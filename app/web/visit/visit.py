"""One visit to a link. A request finds link, organization, parameters and time once, and hands them down."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from urllib.parse import quote as percent

from flask import g, request

from app.logs import bind
from app.objects.limits import MAXIMUM_EMBED_ORIGINS_LENGTH
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.payment_link.translated import translated
from app.objects.selection import UrlParameters
from app.services.links import service as links
from app.services.links.availability import can_be_paid_once
from app.web.display.contact import reachable
from app.web.display.languages import nearest_locales
from app.web.display.locale import checkout_locale, choose_language, page_locale
from app.web.http.context import Context, current_context
from app.web.visit.form_token import FormTokens
from app.web.visit.url_parameters import query_string, read_url_parameters
from app.wire.web_address import origin_of


@dataclass(frozen=True)
class Visit:
    """What one request has found."""

    context: Context
    link: PaymentLink
    organization: Organization
    url_parameters: UrlParameters
    ignored: tuple[str, ...]
    now: int
    embedded: bool = False
    original: PaymentLink | None = None
    """The link as the merchant wrote it. `link` has the texts in the language of the page."""

    @property
    def address(self) -> str:
        """The path of the page, with the slug where the link has one."""
        return f"/pay/{percent(self.link.counterfoil.slug or self.link.counterfoil.code, safe='')}"

    @property
    def public_address(self) -> str:
        """The address of the page, with the origin that buyers see."""
        return f"{self.context.config.public_url}{self.address}"

    @property
    def query(self) -> str:
        """The URL parameters as a query string, for the next address."""
        return query_string(self.url_parameters)

    @property
    def query_without_locale(self) -> str:
        """The query string of this page after a `locale`: its other parameters, each after an ampersand, or an empty text."""
        others = self.url_parameters.model_copy(update={"locale": None})
        query = replace(self, url_parameters=others).own_query
        return f"&{query[1:]}" if query else ""

    @property
    def own_query(self) -> str:
        """The query string of this page itself: the URL parameters, and in a frame the theme that the page around it asks for."""
        if self.theme is None:
            return self.query
        return f"{self.query}{'&' if self.query else '?'}theme={self.theme}"

    @property
    def theme(self) -> str | None:
        """The theme that the address of a frame asks for: `auto`, `dark` or None, which is light."""
        asked = request.args.get("theme")
        return asked if self.embedded and asked in {"auto", "dark"} else None

    @property
    def test_mode(self) -> bool:
        """Whether no money moves."""
        return not self.context.gateway.livemode

    @property
    def checkout_locale(self) -> str:
        """The language that Checkout is asked to use."""
        return checkout_locale(self.url_parameters.locale, self.link.counterfoil.locale)

    def tokens(self, submitted: str | None = None) -> FormTokens:
        """Return the form tokens of this link. `submitted` is the token that was posted."""
        return FormTokens(self.context.config.secret_key, self.link.id, self.now, submitted)


def open_visit(code: str, *, embedded: bool = False) -> Visit:
    """Find the link of a code or slug and choose the language of the response. Raises `ResourceMissing`."""
    context = current_context()
    link, owner = links.resolve_with_organization(context.store, code)
    organization = reachable(context.store, owner)
    url_parameters, ignored = read_url_parameters(request.args, link.counterfoil.embed_origins)
    if not link.allow_promotion_codes and url_parameters.prefilled_promo_code:
        ignored.append("prefilled_promo_code")
    now, shown = context.clock(), _in_language(link, url_parameters.locale)
    visit = Visit(context, shown, organization, url_parameters, tuple(ignored), now, embedded, link)
    remember(visit)
    return visit


def speak(visit: Visit, *wishes: str | None) -> Visit:
    """Choose the language of the response by `wishes`, else that of the link. Return the visit with the link's texts in it."""
    original = visit.original or visit.link
    return replace(visit, link=_in_language(original, *wishes), original=original)


def _in_language(link: PaymentLink, *wishes: str | None) -> PaymentLink:
    """Choose the language of the response. Return the link with its texts in it."""
    choose_language(*wishes, link.counterfoil.locale)
    return translated(link, nearest_locales(page_locale()))


def remember(visit: Visit) -> None:
    """Keep the visit for error pages, logs and security headers."""
    g.visit = visit
    bind(payment_link=visit.link.id)
    redirect = visit.link.after_completion.redirect
    # Chromium applies form-action to redirects too, and a finished attempt may redirect to the merchant's page.
    if redirect and (origin := origin_of(redirect.url)):
        g.form_action = [origin]
    if visit.embedded:
        g.frame_ancestors = _that_fit(visit.link.counterfoil.embed_origins)
        if can_be_paid_once(visit.link):
            g.frame_watch = f"{visit.address}/embed/state"
        # The page around a frame is light as a rule, whatever the reader's system is set to.
        g.theme = {"auto": None, "dark": "dark"}.get(visit.theme or "", "light")


def _that_fit(origins: Sequence[str]) -> list[str]:
    """Return the first origins that fit into a header. Links of earlier versions may list more."""
    lengths = accumulate(len(origin) + 1 for origin in origins)
    return [origin for origin, length in zip(origins, lengths, strict=True) if length <= MAXIMUM_EMBED_ORIGINS_LENGTH]


def current_visit() -> Visit | None:
    """Return the visit of this request, or None."""
    found: Visit | None = g.get("visit")
    return found
