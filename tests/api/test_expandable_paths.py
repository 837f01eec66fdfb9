"""Every path that Stripe lists as expandable in a payment link is accepted, and products inside a link are whole."""

from collections.abc import Iterator
from typing import Any, get_args, get_origin

import pytest
import stripe

from tests.api.conftest import ApiShop
from tests.api.everything import whole_payment, whole_subscription
from tests.api.test_sdk_names import branches, hints_of, typed

WHOLE = {"Coupon", "Price", "Product", "ShippingRate"}
"""Expandable objects that a link holds whole, so that paths continue inside them. Of other objects we know only the ids."""

INCLUDED = (
    "line_items", "line_items.data.discounts", "line_items.data.taxes", "line_items.data.price.tiers",
    "line_items.data.price.currency_options", "shipping_options.shipping_rate.fixed_amount.currency_options",
)  # fmt: skip
"""Attributes that Stripe leaves out unless they are expanded. The SDK's types do not mark them."""

DEEPEST = 4
NAMED: dict[str, tuple[str, type]] = {
    "line_items": ("line_items.data", stripe.LineItem),
    "line_items.data.discounts.discount": ("line_items.data.discounts.discount", stripe.Discount),
}
"""Attributes whose class the SDK's annotations do not name: the items of a list, and a class under another name."""


def expandable(cls: type, path: str = "", seen: tuple[type, ...] = ()) -> Iterator[str]:
    """Yield the paths of `ExpandableField` in a class of the SDK."""
    for name in cls.__annotations__:
        if name.startswith("_") or name == "OBJECT_NAME":
            continue
        annotation = hints_of(cls)[name]
        inner, here = typed(annotation), f"{path}{name}"
        if here in NAMED:
            here, inner = NAMED[here]
        if sum(part != "data" for part in here.split(".")) > DEEPEST:
            continue
        is_expandable = inner is not None and {str, inner} <= set(branches_inside(annotation))
        if is_expandable:
            yield here
        goes_on = inner is not None and inner not in seen and (not is_expandable or inner.__name__ in WHOLE)
        if goes_on and inner is not None:
            yield from expandable(inner, f"{here}.", (*seen, inner) if is_expandable else seen)


def branches_inside(annotation: Any) -> list[Any]:
    """Return the types of an annotation, also of the items of a list."""
    found = branches(annotation)
    return [
        inner for one in found for inner in (branches_inside(get_args(one)[0]) if get_origin(one) is list else [one])
    ]


PATHS = sorted({*expandable(stripe.PaymentLink), *INCLUDED})


def test_the_sdk_lists_these_paths() -> None:
    assert {
        "application",
        "on_behalf_of",
        "automatic_tax.liability.account",
        "invoice_creation.invoice_data.account_tax_ids",
        "invoice_creation.invoice_data.issuer.account",
        "subscription_data.invoice_settings.issuer.account",
        "transfer_data.destination",
        "shipping_options.shipping_rate",
        "shipping_options.shipping_rate.tax_code",
        "line_items.data.price.product",
        "line_items.data.price.product.default_price",
        "line_items.data.price.product.tax_code",
        "line_items.data.discounts.discount.promotion_code",
        "line_items.data.discounts.discount.customer",
    } <= set(PATHS)


@pytest.mark.parametrize("path", PATHS)
def test_a_path_is_accepted_in_a_link_and_in_a_list(shop: ApiShop, path: str) -> None:
    link = shop.link()
    sdk = shop.sdk.v1.payment_links
    assert sdk.retrieve(link.id, {"expand": [path]}).id == link.id
    assert sdk.update(link.id, {"metadata": {"a": "1"}, "expand": [path]}).id == link.id
    assert sdk.list({"expand": [f"data.{path}"]}).data[0].id == link.id
    below = path.removeprefix("line_items.")
    if below != path:
        assert sdk.line_items.list(link.id, {"expand": [below]}).data


def test_the_coupon_of_a_discount_can_be_expanded_in_a_list_of_line_items(shop: ApiShop) -> None:
    coupon = shop.sdk.v1.coupons.create({"percent_off": 20, "duration": "once"}).id
    link = shop.link(counterfoil={"coupon": coupon})
    (item,) = shop.sdk.v1.payment_links.line_items.list(link.id).data
    discount = item.discounts[0].discount
    assert (discount.source.coupon, discount.source.type, discount.coupon.id) == (coupon, "coupon", coupon)
    paths = ["data.discounts.discount.source.coupon"]
    (item,) = shop.sdk.v1.payment_links.line_items.list(link.id, {"expand": paths}).data
    discount = item.discounts[0].discount
    assert discount.source.coupon.to_dict() == discount.coupon.to_dict()


ACCOUNTS = {
    "on_behalf_of": "acct_behalf",
    "automatic_tax.liability.account": "acct_liable",
    "invoice_creation.invoice_data.issuer.account": "acct_issuer",
    "transfer_data.destination": "acct_seller",
}


def at(link: Any, path: str) -> Any:
    value = link.to_dict()
    for name in path.split("."):
        value = value[name]
    return value


@pytest.mark.parametrize(("path", "id"), ACCOUNTS.items())
def test_an_expanded_account_is_an_object_with_its_id(shop: ApiShop, path: str, id: str) -> None:
    link = shop.sdk.v1.payment_links.create(whole_payment(shop))
    assert at(link, path) == id
    expanded = shop.sdk.v1.payment_links.retrieve(link.id, {"expand": [path]})
    assert at(expanded, path) == {"id": id, "object": "account"}


def test_expanded_tax_ids_are_objects_and_what_is_unset_stays_null(shop: ApiShop) -> None:
    sdk = shop.sdk.v1.payment_links
    path = "invoice_creation.invoice_data.account_tax_ids"
    link = sdk.create({**whole_payment(shop), "expand": [path]})
    assert at(link, path) == [{"id": "txi_1", "object": "tax_id"}]
    bare = sdk.create({**whole_subscription(shop), "expand": ["on_behalf_of", "application"]})
    assert (bare.on_behalf_of, bare.application) == (None, None)


def test_a_product_inside_a_link_is_whole(shop: ApiShop) -> None:
    made = shop.sdk.v1.products.create(
        {
            "name": "Jar of honey",
            "description": "Thyme",
            "marketing_features": [{"name": "Raw"}],
            "package_dimensions": {"height": 4.5, "length": 3, "weight": 17, "width": 3},
            "shippable": True,
            "statement_descriptor": "HONEY",
            "tax_code": "txcd_99999999",
            "tax_details": {"tax_code": "txcd_99999999"},
            "default_price_data": {"currency": "eur", "unit_amount": 1250},
        }
    )
    link = shop.link(line_items=[{"price": made.default_price, "quantity": 1}])
    product = "line_items.data.price.product"
    shown = shop.sdk.v1.payment_links.retrieve(link.id, {"expand": [product]}).line_items.data[0].price.product
    assert shown.to_dict() == shop.sdk.v1.products.retrieve(made.id).to_dict()
    assert shown.to_dict().keys() == stripe.Product.__annotations__.keys() - {
        "OBJECT_NAME",
        "_inner_class_types",
        "deleted",
    }
    paths = [f"{product}.default_price", f"{product}.tax_code"]
    shown = shop.sdk.v1.payment_links.retrieve(link.id, {"expand": paths}).line_items.data[0].price.product
    assert (shown.default_price.unit_amount, shown.default_price.product) == (1250, made.id)
    assert shown.tax_code.to_dict() == {"id": "txcd_99999999", "object": "tax_code"}
    (item,) = shop.sdk.v1.payment_links.line_items.list(link.id, {"expand": ["data.price.product.default_price"]}).data
    assert item.price.product.default_price.id == made.default_price


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("retrieve", "line_items.data.price.products"),
        ("create", "line_items.data.price.products"),
        ("update", "line_items.data.price.products"),
        ("list", "data.line_items.data.price.products"),
        ("create", "line_items.data.discounts.discount.source.coupon.currency_options.usd.amount_off"),
        ("list", "line_items"),
    ],
)
def test_an_error_names_the_path_as_it_was_sent(shop: ApiShop, method: str, path: str) -> None:
    link, sdk = shop.link(), shop.sdk.v1.payment_links
    params = {"expand": [path]}
    asked: dict[str, Any] = {
        "retrieve": lambda: sdk.retrieve(link.id, params),
        "create": lambda: sdk.create({"line_items": [{"price": shop.price(), "quantity": 1}], **params}),
        "update": lambda: sdk.update(link.id, params),
        "list": lambda: sdk.list(params),
    }
    with pytest.raises(stripe.InvalidRequestError) as refused:
        asked[method]()
    assert refused.value.user_message.startswith(f"This can't be expanded: {path} (")
    assert refused.value.param == "expand"
