"""An organization's links and everything that they sell, as a seed file: `counterfoil seed` creates the same links from it.

Links keep their id, code and count of completed sessions, so printed addresses stay valid and limits hold. An object of the catalogue
is exported with its id: seed uses the object with that id where the account has it, and creates it elsewhere. Uploaded pictures are in
the file as well.
"""

import base64
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from app.objects.base import Object, object_class
from app.objects.line_item import LineItem
from app.objects.organization import Organization, OrganizationParams
from app.objects.payment_link import PaymentLink
from app.objects.payment_link.params import PaymentLinkCreateParams
from app.objects.payment_link.parts import OptionalItem
from app.objects.picture import Picture, hash_in
from app.objects.price import Price
from app.services.links.documents import document_of, escape, is_expressible
from app.store.protocol import Store

MARK: Final = "counterfoil_seed"
"""The metadata key with the name that an object has in its seed file."""

KINDS: Final = ("products", "coupons", "tax_rates", "shipping_rates", "prices", "promotion_codes")
"""The kinds of a catalogue, each after those that it refers to."""

_CREATE_PARAMS: Final[Mapping[str, tuple[str, ...]]] = {
    "products": (
        *("active", "description", "images", "marketing_features", "metadata", "name", "package_dimensions"),
        *("shippable", "statement_descriptor", "tax_code", "tax_details", "unit_label", "url"),
    ),
    "coupons": (
        *("amount_off", "applies_to", "currency", "currency_options", "duration", "duration_in_months"),
        *("max_redemptions", "metadata", "name", "percent_off", "redeem_by"),
    ),
    "tax_rates": (
        *("active", "country", "description", "display_name", "inclusive", "jurisdiction", "metadata"),
        *("percentage", "state", "tax_type"),
    ),
    "shipping_rates": (
        *("delivery_estimate", "display_name", "fixed_amount", "metadata", "tax_behavior", "tax_code", "type"),
    ),
    "prices": (
        *("billing_scheme", "currency", "currency_options", "custom_unit_amount", "lookup_key", "metadata", "nickname"),
        *(
            "recurring",
            "tax_behavior",
            "tiers",
            "tiers_mode",
            "transform_quantity",
            "unit_amount",
            "unit_amount_decimal",
        ),
    ),
}
"""What Stripe takes when an object is created; the rest follows from it."""

_EMPTY_BY_DEFAULT: Final = frozenset({"currency_options", "images", "marketing_features", "metadata"})


class _Catalogue:
    """The objects that the links refer to, each once, under a name for the file."""

    def __init__(self) -> None:
        self.entries: dict[str, dict[str, Any]] = {}
        self._names: dict[str, str] = {}

    def reference(self, kind: str, found: Object | str) -> str:
        """Return how the file refers to an object, `@prices.jar`; the plain id where only that is known."""
        if isinstance(found, str):
            return found
        id: str = found.id  # type: ignore[attr-defined]  # every object of the catalogue has one
        if id not in self._names:
            self._names[id] = self._add(kind, id, found)
        return self._names[id]

    def _add(self, kind: str, id: str, found: Object) -> str:
        data = found.model_dump(mode="json", exclude_none=True)
        metadata = data.get("metadata") or {}
        entries = self.entries.setdefault(kind, {})
        name = metadata.pop(MARK, id)
        name = id if name in entries else name
        _drop_own_currency(data)
        set_params = (
            key for key in _CREATE_PARAMS[kind] if key in data and (data[key] or key not in _EMPTY_BY_DEFAULT)
        )
        params = escape({key: data[key] for key in set_params})
        if isinstance(found, Price):
            params = _price_params(params) | {"product": self.reference("products", found.product)}
        entries[name] = {"id": id, **params}
        return f"@{kind}.{name}"


def export_links(
    store: Store, organization: Organization, links: Iterable[PaymentLink] | None = None
) -> dict[str, Any]:
    """Return every link of the organization, oldest first, or these links, with the organization and the catalogue, as a seed file."""
    catalogue = _Catalogue()
    chosen = reversed(list(_all_links(store, organization.id))) if links is None else links
    entries = [_link_entry(link, catalogue) for link in chosen]
    profile: Any = OrganizationParams.model_validate(
        organization.model_dump(include=set(OrganizationParams.model_fields))
    )
    exported: dict[str, Any] = {
        "organization": profile.model_dump(mode="json", exclude_none=True, exclude_defaults=True),
        **{kind: catalogue.entries[kind] for kind in KINDS if kind in catalogue.entries},
        "payment_links": entries,
    }
    named = {hash for text in _texts(exported) if (hash := hash_in(text)) is not None}
    pictures = [picture for hash in sorted(named) if (picture := store.picture(hash)) is not None]
    return exported | ({"pictures": {picture.path: _in_base64(picture) for picture in pictures}} if pictures else {})


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in JSON data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for entry in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(entry)


def _in_base64(picture: Picture) -> str:
    return base64.b64encode(picture.content).decode("ascii")


def _all_links(store: Store, organization_id: str) -> Iterable[PaymentLink]:
    more, after = True, None
    while more:
        page, more = store.links(organization_id, limit=100, starting_after=after)
        yield from page
        after = page[-1].id if page else None


def _link_entry(link: PaymentLink, catalogue: _Catalogue) -> dict[str, Any]:
    """Return the parameters that create the link, and what makes it the same link."""
    data = link.model_dump(mode="json", exclude_none=True)
    names = PaymentLinkCreateParams.model_fields.keys() & PaymentLink.model_fields.keys()
    changed = {name for name in names if getattr(link, name) != PaymentLink.model_fields[name].get_default()}
    params = escape(_only(PaymentLinkCreateParams, {name: data[name] for name in data if name in changed}))
    sold = link.line_items.data if link.line_items else ()
    params["line_items"] = [
        _item(item.quantity, item.adjustable_quantity, catalogue.reference("prices", item.price))
        for item in sold
        if item.price
    ]
    if link.optional_items:
        params["optional_items"] = [
            _item(item.quantity, item.adjustable_quantity, catalogue.reference("prices", item.price))
            for item in link.optional_items
        ]
    if link.shipping_options:
        params["shipping_options"] = [
            {"shipping_rate": catalogue.reference("shipping_rates", option.shipping_rate)}
            for option in link.shipping_options
        ]
    ours = params.setdefault("counterfoil", {})
    ours["code"] = link.counterfoil.code
    if link.counterfoil.tax_rates:
        ours["tax_rates"] = [catalogue.reference("tax_rates", rate) for rate in link.counterfoil.tax_rates]
    if link.counterfoil.coupon is not None:
        ours["coupon"] = catalogue.reference("coupons", link.counterfoil.coupon)
    if link.restrictions is not None:
        params["restrictions"] = link.restrictions.model_dump(mode="json")
    entry: dict[str, Any] = {"id": link.id, "active": link.active and not _sells_archived(link)}
    if is_expressible(link, params):
        return {**entry, "line_item_ids": [item.id for item in sold], **params}
    return {**entry, "counterfoil": ours, "document": document_of(link, catalogue.reference)}


def _item(quantity: int | None, adjustable: Object | None, price: str) -> dict[str, Any]:
    item: dict[str, Any] = {"price": price, "quantity": quantity}
    if adjustable is not None:
        item["adjustable_quantity"] = adjustable.model_dump(mode="json", exclude_none=True)
    return item


def _price_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a price: Stripe takes an amount in one form only, and names the open last tier."""
    result = dict(params)
    for amounts in (result, *result.get("currency_options", {}).values()):
        _one_amount(amounts)
    return result


def _drop_own_currency(data: dict[str, Any]) -> None:
    """Remove the main currency from the options: Stripe answers it there, and does not take it there."""
    for holder in (data, data.get("fixed_amount") or {}):
        options = holder.get("currency_options") or {}
        options.pop(holder.get("currency"), None)
        if not options:
            holder.pop("currency_options", None)


def _one_amount(amounts: dict[str, Any]) -> None:
    """Keep the whole amount where there is one, else the decimal one; in tiers likewise."""
    tiers = amounts.get("tiers") or []
    for tier in tiers:
        tier.setdefault("up_to", "inf")
    for holder in (amounts, *tiers):
        for name in ("unit_amount", "flat_amount"):
            if name in holder:
                holder.pop(f"{name}_decimal", None)
    if "custom_unit_amount" in amounts:
        amounts["custom_unit_amount"] = {"enabled": True, **amounts["custom_unit_amount"]}
    if tiers:
        amounts.pop("unit_amount_decimal", None)


def _sells_archived(link: PaymentLink) -> bool:
    """Return whether a price of the link is archived: nothing can be paid through the link, and seed creates only active prices."""
    items: list[LineItem | OptionalItem] = [
        *(link.line_items.data if link.line_items else ()),
        *(link.optional_items or ()),
    ]
    return any(isinstance(item.price, Price) and not item.price.active for item in items)


def _only(model: type[Object] | None, value: Any) -> Any:
    """Return the part of an object that its parameters have, without what is empty."""
    if isinstance(value, list):
        return [_only(model, item) for item in value]
    if model is None or not isinstance(value, Mapping):
        return value
    fields = model.model_fields
    return {
        name: _only(object_class(fields[name].annotation), item)
        for name, item in value.items()
        if name in fields and item not in ({}, [])
    }
