"""What a merchant sends wrongly to each form of the console, so that its page with errors can be looked at."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from app.objects.address import Address, ShippingDetails
from app.objects.user import ROLES
from tests.support.console_pages import demo_examples
from tests.support.console_routes import routes

if TYPE_CHECKING:
    from tests.browser.shop import DemoShop

_LONG: Final = "x" * 6000
_METADATA: Final = {"metadata_key[]": "[", "metadata_value[]": '"'}
_TIERS: Final = {"price_kind": "tiers", "line_items[0][tiers][3][up_to]": "0", "currency_options": '"<'}


@dataclass(frozen=True)
class Refusal:
    """A form of the console with values that are refused: the page that has the form, where the form leads, and the answer."""

    page: str
    path: str
    values: dict[str, str]
    status: int


_ACCOUNT: Final = "/console/account"
_COUPON: Final = "/console/coupons/<id>"
_LINK: Final = "/console/links/<id>"
_PAYMENT: Final = "/console/payments/<id>"
_PRODUCT: Final = "/console/products/<id>"

_REFUSED: Final[dict[str, tuple[str, dict[str, str]]]] = {
    f"{_ACCOUNT}/name": (_ACCOUNT, {"name": _LONG}),
    f"{_ACCOUNT}/password": (_ACCOUNT, {"password": "short"}),
    "/console/coupons": (
        "/console/coupons",
        {
            "name": _LONG,
            "off": "x",
            "code": "?",
            "max_redemptions": "x",
            "minimum_amount": '"<',
            "redeem_by": "2001-01-01",
        },
    ),
    _COUPON: (_COUPON, {"name": _LONG, **_METADATA}),
    f"{_COUPON}/promotion_codes": (_COUPON, {"code": '"<'}),
    f"{_LINK}/deactivate": (_LINK, {"inactive_message": "x" * 501}),
    f"{_LINK}/edit": (f"{_LINK}/edit", {"version": "0", "submit_type": "book"}),
    f"{_LINK}/origins": (f"{_LINK}/created", {"counterfoil[embed_origins]": "nowhere"}),
    "/console/links/new": ("/console/links/new", {"line_items[0][amount]": "x"}),
    f"{_PAYMENT}/notes": (_PAYMENT, {"note": " "}),
    f"{_PAYMENT}/refund": (_PAYMENT, {"amount": "99999"}),
    f"{_PAYMENT}/sent": (_PAYMENT, {"tracking_number": _LONG}),
    "/console/prices/<id>": ("/console/prices/<id>", {"amount": "x"}),
    "/console/prices/<id>/details": (
        "/console/prices/<id>/details",
        {"lookup_key": "x" * 201, "tax_behavior": "x", **_METADATA},
    ),
    "/console/products": ("/console/new_product", {"name": "", **_TIERS}),
    _PRODUCT: (_PRODUCT, {"name": "", **_METADATA}),
    f"{_PRODUCT}/prices": (_PRODUCT, _TIERS),
    "/console/settings/brand": ("/console/settings/brand", {"settings[branding][primary_color]": "red"}),
    "/console/settings/business": (
        "/console/settings/business",
        {
            "business_profile[name]": "",
            "business_profile[url]": "ftp://a.example",
            "vat_id": _LONG,
            "privacy_policy_url": "ftp://a.example",
        },
    ),
    "/console/settings/keys": ("/console/settings/keys", {"name": "", "scope": "x"}),
    "/console/settings/team/invite": ("/console/settings/team", {"email": '"<', "role": "x"}),
}
"""By the rule of a route: the page that has its form, and the values that it refuses."""

_STATUSES: Final = {"/console/links/<id>/edit": 409}
"""Statuses other than 422."""

WITHOUT_ERRORS: Final = {
    "/console/checklist/hide": "a button",
    "/console/checklist/show": "a button",
    "/console/coupons/<id>/delete": "a button",
    "/console/links/<id>/activate": "a button",
    "/console/links/<id>/live": "a button, and a report that is a page of its own",
    "/console/links/<id>/preview": "the pay page",
    "/console/links/move": "the sandbox has no form for it",
    "/console/links/preview": "the pay page",
    "/console/logout": "a button",
    "/console/account/logout-others": "a button",
    "/console/account/two-factor": "only shown while the second step is off",
    "/console/account/two-factor/off": "only shown while the second step is on",
    "/console/organization": "a button",
    "/console/payments/<id>/ask": "a button",
    "/console/payments/<id>/checked": "a button",
    "/console/payments/<id>/erase": "a button",
    "/console/payments/<id>/notes/remove": "a button",
    "/console/payments/<id>/notes/restore": "a button",
    "/console/payments/<id>/refund/finish": "a button",
    "/console/payments/<id>/unchecked": "a button",
    "/console/payments/<id>/unsent": "a button",
    "/console/payments/sent": "tracking numbers that are too long are cut",
    "/console/payments/unsent": "a button",
    "/console/prices/<id>/archive": "a button",
    "/console/prices/<id>/restore": "a button",
    "/console/products/<id>/archive": "a button",
    "/console/products/<id>/restore": "a button",
    "/console/promotion_codes/<id>/activate": "a button",
    "/console/promotion_codes/<id>/deactivate": "a button",
    "/console/settings/brand/preview": "the pay page",
    "/console/settings/keys/<id>/revoke": "a button",
    "/console/settings/stripe/check": "a button",
    "/console/settings/stripe/import": "the sandbox has no form for it",
    "/console/settings/team/<id>/remove": "a button",
    "/console/settings/team/<id>/role": "a button for each role",
    "/console/settings/team/invitations/<id>/again": "a button",
    "/console/settings/team/invitations/<id>/retract": "a button",
    "/console/settings/webhooks/<id>/replay": "a button",
}
"""Routes that take a POST of a user and show no form with errors, and why."""


def console_refusals(shop: "DemoShop") -> Iterator[Refusal]:
    """Yield a refused post for every form of a user of the demo. A new route is missed here until one of the tables above has it."""
    examples = {kind: ids[0] for kind, ids in demo_examples(shop).items()} | {"payments": an_order_to_send(shop)}
    for route in routes(shop.app):
        if route.method != "POST" or route.needed not in ROLES or route.rule in WITHOUT_ERRORS:
            continue
        assert route.rule in _REFUSED, f"{route.rule} needs values that it refuses in {__name__}"
        page, values = _REFUSED[route.rule]
        address = replace(route, rule=page).path(examples)
        yield Refusal(address, route.path(examples), values, _STATUSES.get(route.rule, 422))


def an_order_to_send(shop: "DemoShop") -> str:
    """Give a paid order of the demo's wick trimmer an address. Return its id."""
    paid = next(attempt for attempt in shop.attempts("wick-trimmer") if attempt.state == "paid")
    address = Address(line1="Lindengasse 27/14", postal_code="1070", city="Wien", country="AT")
    details = ShippingDetails(name="Phoebe Parcel", address=address)
    if paid.shipping_details is None:
        assert shop.store.save_attempt(
            paid.model_copy(update={"shipping_details": details, "version": paid.version + 1}), "test"
        )
    return paid.id
