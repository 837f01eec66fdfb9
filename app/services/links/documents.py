"""Links in seed files that API parameters cannot express: the object itself, with names in place of prices and rates.

An imported link may have words, texts and attributes that only Stripe takes. Created from parameters, it would be refused.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from app.errors import GatewayRefused, InvalidRequest
from app.gateway.protocol import Gateway
from app.objects.base import Object, has_unknown, whole
from app.objects.organization import Organization
from app.objects.payment_link import Counterfoil, PaymentLink
from app.objects.payment_link.params import PaymentLinkCreateParams
from app.services.accounts.organizations import account_of
from app.services.links import merge, service
from app.services.links.answer import LinkSettings, with_urls
from app.services.links.rules import check as link_rules
from app.services.links.rules.items import count_items
from app.wire.errors import validate

Refer = Callable[[str, Object | str], str]
"""Returns how the file refers to an object of a kind: `@prices.jar`."""

_ELSEWHERE: Final = frozenset({"active", "counterfoil", "id", "livemode", "object", "url"})
"""The attributes of a link that its document lacks: the entry has them, or the seeding server sets them."""


def is_expressible(link: PaymentLink, params: Mapping[str, Any]) -> bool:
    """Return whether the parameters create this link, with everything that it has."""
    if _has_unknown(link):
        return False
    ours = {name: value for name, value in params["counterfoil"].items() if name != "code"}
    sent = {**params, "counterfoil": ours}
    if link.restrictions is not None:
        sent["restrictions"] = {"completed_sessions": {"limit": link.restrictions.completed_sessions.limit}}
    try:
        validate(PaymentLinkCreateParams, sent)
        count_items(len(params["line_items"]), len(params.get("optional_items", ())))
        link_rules.check(link, None, custom_fields_max=len(link.custom_fields))
    except InvalidRequest:
        return False
    items = link.line_items.data if link.line_items else ()
    return len(params["line_items"]) == len(items)


def document_of(link: PaymentLink, refer: Refer) -> dict[str, Any]:
    """Return the link as JSON data, with references in place of prices and shipping rates."""
    document: dict[str, Any] = escape({name: value for name, value in whole(link).items() if name not in _ELSEWHERE})
    sold = link.line_items.data if link.line_items else ()
    for item, data in zip(sold, (document["line_items"] or {}).get("data", ()), strict=True):
        data["price"] = refer("prices", item.price) if item.price else None
    for optional, data in zip(link.optional_items or (), document["optional_items"] or (), strict=True):
        data["price"] = refer("prices", optional.price)
    for option, data in zip(link.shipping_options, document["shipping_options"], strict=True):
        data["shipping_rate"] = refer("shipping_rates", option.shipping_rate)
    return document


def escape(value: Any) -> Any:
    """Return the value with another @ in front of each text that begins with one: seed would read it as a name."""
    if isinstance(value, str):
        return f"@{value}" if value.startswith("@") else value
    if isinstance(value, Mapping):
        return {key: escape(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [escape(item) for item in value]
    return value


def read_document(
    gateway: Gateway,
    organization: Organization,
    document: Mapping[str, Any],
    ours: Mapping[str, Any],
    *,
    id: str,
    code: str,
    settings: LinkSettings,
) -> PaymentLink:
    """Return the link of a document, in which names are ids already. `ours` are the parameters under `counterfoil`.

    Prices and shipping rates are read from the gateway. Raises `GatewayError`, and `InvalidRequest` for our own parameters.
    """
    attributes = {
        **document,
        "id": id,
        "livemode": gateway.livemode,
        "counterfoil": Counterfoil(code=code, organization=organization.id),
        **_with_objects(gateway, document, account_of(organization, gateway)),
    }
    link = PaymentLink.read_whole(attributes)
    change = service.prepare_update(gateway, organization, link, {"counterfoil": ours}, settings=settings)
    return with_urls(merge.changed(link, change.attributes), settings)


def _with_objects(gateway: Gateway, document: Mapping[str, Any], account: str | None) -> dict[str, Any]:
    """Return the attributes that name prices and shipping rates, with these as JSON data. Each is read once."""
    known: dict[str, Any] = {}

    def price(id: str | None) -> Any:
        if id is not None and id not in known:
            known[id] = whole(gateway.retrieve_price(id, account=account))
        return known.get(id) if id is not None else None

    line_items = document["line_items"]
    changes: dict[str, Any] = {
        "line_items": {**line_items, "data": [{**item, "price": price(item["price"])} for item in line_items["data"]]}
    }
    if document["optional_items"]:
        changes["optional_items"] = [{**item, "price": price(item["price"])} for item in document["optional_items"]]
    changes["shipping_options"] = [
        {**option, "shipping_rate": _shipping_rate(gateway, option["shipping_rate"], account)}
        for option in document["shipping_options"]
    ]
    return changes


def _shipping_rate(gateway: Gateway, id: str, account: str | None) -> Any:
    """Return a shipping rate, or its id if the account has no such rate."""
    try:
        return whole(gateway.retrieve_shipping_rate(id, account=account))
    except GatewayRefused as error:
        if error.code != "resource_missing":
            raise
        return id


def _has_unknown(link: PaymentLink) -> bool:
    """Return whether the link itself has unknown attributes. Those of prices and rates come back with them."""
    items = link.line_items.data if link.line_items else ()
    sold = tuple(item.model_copy(update={"price": None, "taxes": (), "discounts": ()}) for item in items)
    optional = tuple(item.model_copy(update={"price": ""}) for item in link.optional_items or ())
    options = tuple(option.model_copy(update={"shipping_rate": ""}) for option in link.shipping_options)
    ours = link.counterfoil.model_copy(update={"tax_rates": (), "coupon": None})
    line_items = link.line_items.model_copy(update={"data": sold}) if link.line_items else None
    changes = {"line_items": line_items, "optional_items": optional, "shipping_options": options, "counterfoil": ours}
    return has_unknown(link.model_copy(update=changes))
