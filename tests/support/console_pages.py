"""Every page of the console with its states, as the URL map has them. A new route is found as soon as it exists."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from app.errors import GatewayRefused
from app.objects.user import ROLES
from app.services.attempts import state_machine
from app.services.links import refusals
from tests.support.console_examples import make_examples
from tests.support.console_routes import routes

if TYPE_CHECKING:
    from tests.browser.shop import DemoShop

STATES: Final = {
    "/console/account": ("?changed=1",),
    "/console/coupons": ("?show=ended&q=%22%3E",),
    "/console/links": ("?q=%22%3E", "?q=candle&show=active", "?show=inactive", "?show=attention", "?share={links}"),
    "/console/links/<id>/created": ("?client_reference_id=no%20spaces",),
    "/console/links/new": (
        "?kind=invoice",
        "?kind=subscription",
        "?kind=donation",
        "?copy={links}&price=new",
    ),
    "/console/payments": (
        "?view=flagged",
        "?view=failed",
        "?view=to-send",
        "?view=disputed",
        "?q=%22%3E&from=2026-01-01&currency=eur",
        "?payment_link={links}",
    ),
    "/console/payments/sent": ("?payment%5B%5D={payments}",),
    "/console/payments/slips": ("?payment%5B%5D={payments}",),
    "/console/products": ("?q=%22%3E&show=archived",),
}
"""Further states of a page, as queries. `{links}` and `{payments}` stand for ids."""

ONLY_WITH_QUERY: Final = {"/console/payments/sent"}
"""Routes that lead to a list when no payment is named."""

A_REQUEST: Final = "req_0123456789"
"""The id of a request, which is no object of the store."""

NO_PAGES: Final = {
    "/console/links/<id>/live.json": "a file",
    "/console/payments.csv": "a file",
    "/console/links/<id>/prefilled": "a part of a page",
    "/console/coupon_products": "a part of a page",
    "/console/prices": "a part of a page",
    "/console/latest": "a part of a page",
    "/console/settings/stripe/import": "a part of a page",
    "/console/settings": "leads to the first page of the settings",
    "/console/<path:unknown>": "every address without a page",
}
"""Routes that are opened with GET and have no page of their own, and why."""


def console_pages(shop: "DemoShop", most: int | None = None) -> Iterator[tuple[str, str]]:
    """Yield the route and the address of every page that a user of the demo can open, with at most so many objects of a kind."""
    examples = {kind: ids[:most] for kind, ids in demo_examples(shop).items()}
    first = {kind: ids[0] for kind, ids in examples.items()}
    for route in routes(shop.app):
        if route.method != "GET" or route.needed not in ROLES or route.rule in NO_PAGES:
            continue
        for id in examples[route.example] if route.example else (A_REQUEST,):
            if route.rule not in ONLY_WITH_QUERY:
                yield route.rule, route.path({route.example: id})
        for query in STATES.get(route.rule, ()):
            yield route.rule, route.path(first) + query.format(**first)


def demo_examples(shop: "DemoShop") -> dict[str, list[str]]:
    """Return ids of the demo by kind. The links and payments of the demo are in many states, and one link is refused by Stripe."""
    examples = {kind: [id] for kind, id in make_examples(shop.store, shop.gateway, shop.organization.id).items()}
    refused = shop.link(name="A link that Stripe refuses")
    refusals.record(shop.store, refused.id, GatewayRefused("No.", code="no", param="no"), shop.now())
    flagged = shop.store.attempt(examples["payments"][0])
    assert flagged is not None
    if not flagged.flags:
        state_machine.add_flag(shop.store, flagged, "amount_mismatch", shop.now(), cause="evt_1")
    shop.store.note_refused_origin(shop.demo["dipping"].id, "https://somewhere.example", shop.now())
    links = [shop.demo["dipping"].id, *(link.id for link in shop.demo.values()), refused.id]
    attempts = {attempt.state: attempt.id for slug in shop.demo for attempt in shop.attempts(slug)}
    return {
        **examples,
        "coupons": [shop.coupon()],
        "links": list(dict.fromkeys(links)),
        "payments": [*examples["payments"], *attempts.values()],
        "prices": [shop.price_of("wick-trimmer").id],
        "products": [shop.product_of("wick-trimmer")],
    }
