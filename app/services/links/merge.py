"""From parameters to links: merges the sent parameters into the link, and replaces every id with its object.

Objects merge attribute by attribute. Lists, the metadata of parts, and objects with a `type` are replaced as a whole. An attribute
that is unset gets its default. The link's own metadata merges key by key.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from app.objects.base import Object, object_class
from app.objects.ids import new_id
from app.objects.limits import MAXIMUM_OPTIONAL_ITEMS, MAXIMUM_SHIPPING_OPTIONS
from app.objects.line_item import AdjustableQuantity, LineItem, LineItems
from app.objects.metadata import merge_metadata
from app.objects.payment_link import Counterfoil, PaymentLink
from app.objects.payment_link.params import LineItemCreateParams, PaymentLinkCreateParams, PaymentLinkParams
from app.objects.payment_link.parts import OptionalItem
from app.objects.payment_link.translations import merge_translations, without_old_questions
from app.objects.price import Price, Product
from app.pricing.shipping import shipping_amount
from app.services.links.catalogue import Catalogue, draft_price
from app.services.links.merchant_urls import exact_origins
from app.services.links.rules.refuse import at_most, refuse


def draft_link(
    sent: PaymentLinkCreateParams, catalogue: Catalogue, *, id: str, code: str, organization: str, livemode: bool
) -> PaymentLink:
    """Return the new link. Prices that still have to be created are drafts. Raises `InvalidRequest`."""
    items = tuple(_draft_item(item, catalogue, f"line_items[{index}]") for index, item in enumerate(sent.line_items))
    currency = sent.currency or (items[0].currency if items else "usd")
    changes = resolve_references(sent, catalogue, currency)
    for name in ("currency", "line_items"):
        changes.pop(name, None)
    line_items = LineItems(
        data=tuple(item.model_copy(update={"currency": currency}) for item in items),
        url=f"/v1/payment_links/{id}/line_items",
    )
    link = PaymentLink(id=id, currency=currency, livemode=livemode, line_items=line_items)
    counterfoil = link.counterfoil.model_copy(update={"code": code, "organization": organization})
    return changed(link.model_copy(update={"counterfoil": counterfoil}), changes)


def create_prices(
    link: PaymentLink, sent: PaymentLinkCreateParams, catalogue: Catalogue, public_url: str
) -> PaymentLink:
    """Create the link's new prices at the gateway and return the link with them. Raises `InvalidRequest`.

    The idempotency keys follow from the link's id, so a repeated request to the gateway creates no second price.
    """
    items = list(link.line_items.data) if link.line_items else []
    for index, params in enumerate(sent.line_items):
        param = f"line_items[{index}][price_data]"
        key = f"{link.id}_line_items_{index}"
        draft = items[index].price
        if params.price_data is not None:
            price = catalogue.create_price(params.price_data, param, idempotency_key=key, public_url=public_url)
        elif draft is not None:
            price = catalogue.create_new_price(draft, param, idempotency_key=key, public_url=public_url)
        else:
            continue
        items[index] = items[index].model_copy(update={"price": price, "description": _product_name(price)})
    line_items = link.line_items.model_copy(update={"data": tuple(items)}) if link.line_items else None
    optional = create_optional_prices(link.optional_items, catalogue, public_url, key=link.id)
    return link.model_copy(update={"line_items": line_items, "optional_items": optional})


def create_optional_prices(
    options: tuple[OptionalItem, ...] | None, catalogue: Catalogue, public_url: str, *, key: str
) -> tuple[OptionalItem, ...] | None:
    """Create the new prices among the optional items and return the items with them. Raises `InvalidRequest`."""
    if options is None:
        return None
    created = []
    for index, option in enumerate(options):
        price = option.price
        if isinstance(price, Price):
            param, own = f"optional_items[{index}][price]", f"{key}_optional_items_{index}"
            price = catalogue.create_new_price(price, param, idempotency_key=own, public_url=public_url)
        created.append(option.model_copy(update={"price": price}))
    return tuple(created)


def resolve_references(sent: PaymentLinkParams, catalogue: Catalogue, currency: str) -> dict[str, Any]:
    """Return what was sent as plain data, with objects in place of ids, for a link in `currency`. Raises `InvalidRequest`."""
    changes = sent.model_dump(exclude_unset=True, exclude={"expand"})
    # Each costs a call to Stripe, so their number is checked first.
    at_most(len(sent.optional_items or ()), MAXIMUM_OPTIONAL_ITEMS, "optional items", "optional_items")
    at_most(len(sent.shipping_options or ()), MAXIMUM_SHIPPING_OPTIONS, "shipping options", "shipping_options")
    for index, item in enumerate(changes.get("optional_items") or ()):
        item["price"] = catalogue.price(item["price"], f"optional_items[{index}][price]")
    for index, option in enumerate(changes.get("shipping_options") or ()):
        param = f"shipping_options[{index}][shipping_rate]"
        if option.get("shipping_rate") is None:
            raise refuse(f"Name the shipping rate: {param}.", param, "parameter_missing")
        rate = catalogue.shipping_rate(option["shipping_rate"], param)
        option["shipping_rate"] = rate
        option["shipping_amount"] = shipping_amount(rate, currency) or 0
    ours = changes.get("counterfoil") or {}
    if ours.get("embed_origins"):
        ours["embed_origins"] = exact_origins(ours["embed_origins"], "counterfoil[embed_origins]")
    if ours.get("tax_rates"):
        ours["tax_rates"] = [
            catalogue.tax_rate(id, f"counterfoil[tax_rates][{index}]") for index, id in enumerate(ours["tax_rates"])
        ]
    if ours.get("coupon"):
        ours["coupon"] = catalogue.coupon(ours["coupon"], "counterfoil[coupon]")
    return changes


def changed(link: PaymentLink, changes: Mapping[str, Any]) -> PaymentLink:
    """Return the link with the changes merged into it. Raises `InvalidRequest` where they do not fit the link."""
    attributes = _attributes(link)
    if "custom_fields" in changes:
        attributes["counterfoil"] = _without_old_questions(link, changes["custom_fields"] or ())
    for name, value in changes.items():
        if name == "metadata":
            attributes[name] = merge_metadata(link.metadata, value)
        elif name == "line_items":
            attributes[name] = _changed_items(link, value)
        elif value is None:
            del attributes[name]
        else:
            model = object_class(PaymentLink.model_fields[name].annotation)
            attributes[name] = _merged(attributes[name], value, model)
    # The changes are checked parameters. Other attributes may have values that only Stripe takes.
    return PaymentLink.read_whole(attributes)


def _merged(current: Any, value: Any, model: type[Object] | None) -> Any:
    """Return one merged attribute: `current` is the stored value, `value` the sent one, `model` its class if it is an object."""
    if not isinstance(value, Mapping):
        return value
    if model is None:
        return merge_metadata({}, value)
    keep = isinstance(current, Object) and "type" not in model.model_fields
    result = _attributes(current) if keep else {}
    for name, entry in value.items():
        if entry is None:
            result.pop(name, None)
        elif model is Counterfoil and name == "translations":
            result[name] = merge_translations(result.get(name) or {}, entry)
        else:
            inner = object_class(model.model_fields[name].annotation)
            result[name] = _merged(result.get(name), entry, inner)
    return model.read_whole(result)


def _without_old_questions(link: PaymentLink, questions: Iterable[Mapping[str, Any]]) -> Counterfoil:
    """Return our attributes without translations of questions and options that an update removes."""
    values = {
        question["key"]: frozenset(option["value"] for option in (question.get("dropdown") or {}).get("options", ()))
        for question in questions
    }
    kept = without_old_questions(link.counterfoil.translations, values)
    return link.counterfoil.model_copy(update={"translations": kept})


def _attributes(thing: Object) -> dict[str, Any]:
    """Return the attributes of an object by name, with those that we do not know."""
    return {name: getattr(thing, name) for name in type(thing).model_fields} | (thing.model_extra or {})


def _changed_items(link: PaymentLink, value: list[dict[str, Any]] | None) -> LineItems | None:
    """Return the line items with their changes. Each change names an existing item by its id."""
    items = {item.id: item for item in link.line_items.data} if link.line_items else {}
    named: set[str] = set()
    for index, change in enumerate(value or ()):
        item = items.get(change["id"])
        if change["id"] in named:
            raise refuse(
                f"The line item {change['id'][:100]} is named twice. Name it once.",
                f"line_items[{index}][id]",
            )
        named.add(change["id"])
        if item is None:
            raise refuse(
                f"This link has no line item '{change['id'][:100]}'. An update can change items, but not add or replace them.",
                f"line_items[{index}][id]",
                "resource_missing",
            )
        attributes = {name: entry for name, entry in change.items() if name != "id"}
        if "adjustable_quantity" in attributes:
            attributes["adjustable_quantity"] = _merged(
                item.adjustable_quantity, attributes["adjustable_quantity"], AdjustableQuantity
            )
        items[item.id] = item.model_copy(update=attributes)
    return link.line_items.model_copy(update={"data": tuple(items.values())}) if link.line_items else None


def _draft_item(item: LineItemCreateParams, catalogue: Catalogue, param: str) -> LineItem:
    if item.price is not None:
        price = catalogue.price(item.price, f"{param}[price]")
    elif item.price_data is not None:
        price = draft_price(item.price_data)
    else:  # `price_or_price_data` has refused this
        raise AssertionError(param)
    return LineItem(
        id=new_id("li"),
        adjustable_quantity=item.adjustable_quantity,
        currency=price.currency,
        description=_product_name(price),
        price=price,
        quantity=item.quantity,
    )


def _product_name(price: Price) -> str | None:
    return price.product.name if isinstance(price.product, Product) else None
