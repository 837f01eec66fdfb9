"""Products: create, update, retrieve, list, search and delete. An update emits `product.updated`."""

from typing import Annotated, Any

from pydantic import Field

from app.errors import InvalidRequest
from app.objects.metadata import Metadata
from app.objects.scalars import Boolean, Percentage, Text
from app.sandbox import events
from app.sandbox.account import Account, Document
from app.sandbox.parameters import (
    NO_METADATA,
    CurrencyOption,
    CustomUnitAmount,
    Id,
    Parameters,
    PriceData,
    ProductData,
    Request,
    TaxDetails,
    Unset,
    Words,
    prefix_params,
    update_metadata,
)
from app.sandbox.resources import prices
from app.sandbox.resources.price_parameters import PriceCreate
from app.sandbox.routing import Listing, Operation, list_page, retrieve_operation, search_operation
from app.wire.errors import validate
from app.wire.lists import CreatedPage


class MarketingFeature(Parameters):
    """A feature of a product."""

    name: Words


class PackageDimensions(Parameters):
    """Dimensions in inches, weight in ounces."""

    height: Percentage
    length: Percentage
    weight: Percentage
    width: Percentage


class DefaultPriceData(PriceData):
    """The default price, created together with the product."""

    currency_options: dict[str, CurrencyOption] | None = None
    custom_unit_amount: CustomUnitAmount | None = None
    metadata: Metadata = NO_METADATA


class ProductCreate(Request, ProductData):
    """Parameters of `POST /v1/products`."""

    default_price_data: DefaultPriceData | None = None
    marketing_features: tuple[MarketingFeature, ...] = ()
    package_dimensions: PackageDimensions | None = None
    shippable: Boolean | None = None
    type: Annotated[str, Field(pattern=r"^(good|service)$")] = "service"
    url: Words | None = None


class ProductUpdate(Request):
    """Parameters of `POST /v1/products/<id>`."""

    active: Boolean | None = None
    default_price: Id | None = None
    description: Unset | Annotated[str, Text(40000)] | None = None
    images: Unset | Annotated[tuple[Words, ...], Field(max_length=8)] | None = None
    marketing_features: Unset | tuple[MarketingFeature, ...] | None = None
    metadata: Unset | Metadata | None = None
    name: Words | None = None
    package_dimensions: Unset | PackageDimensions | None = None
    shippable: Boolean | None = None
    statement_descriptor: Annotated[str, Text(22)] | None = None
    tax_code: Unset | Id | None = None
    tax_details: Unset | TaxDetails | None = None
    unit_label: Unset | Annotated[str, Text(12)] | None = None
    url: Unset | Words | None = None


class ProductList(CreatedPage):
    """Parameters of `GET /v1/products`."""

    active: Boolean | None = None
    ids: tuple[Id, ...] = ()
    shippable: Boolean | None = None
    type: str | None = None
    url: str | None = None


def create(account: Account, params: ProductCreate) -> Document:
    """Create a product, and its default price from `default_price_data`."""
    if params.id is not None and account.find("product", params.id) is not None:
        raise InvalidRequest("Product already exists.", param="id", code="resource_already_exists")
    product = prices.add_product(account, params)
    data = params.model_dump(mode="json")
    product |= {name: data[name] for name in ("marketing_features", "package_dimensions", "shippable", "type", "url")}
    product = account.save(product)
    if params.default_price_data is not None:
        described = params.default_price_data.model_dump(exclude_unset=True) | {"product": product["id"]}
        with prefix_params("default_price_data"):
            price = prices.add_price(account, validate(PriceCreate, described))
        product = account.save({**product, "default_price": price["id"]})
    events.emit(account, "product.created", product)
    return product


def update(account: Account, params: ProductUpdate, id: str) -> Document:
    """Update a product."""
    before = account.require("product", id)
    if params.default_price is not None:
        price = account.require("price", params.default_price, "default_price")
        if price["product"] != id:
            raise InvalidRequest("The default price must belong to this product.", param="default_price")
    given: dict[str, Any] = params.model_dump(mode="json", exclude_unset=True, exclude={"expand", "metadata"})
    change = {name: _empty_value(name) if value == "" else value for name, value in given.items()}
    metadata = update_metadata(before["metadata"], params.metadata)
    after = account.save({**before, **change, "metadata": metadata, "updated": account.now})
    events.emit(account, "product.updated", after, events.previous_attributes(before, after))
    return after


def _empty_value(name: str) -> Any:
    return [] if name in ("images", "marketing_features") else None


def list_products(account: Account, params: ProductList) -> Listing:
    """List products, newest first."""

    def matches(product: Document) -> bool:
        return (
            params.active in (None, product["active"])
            and (not params.ids or product["id"] in params.ids)
            and params.shippable in (None, product["shippable"])
            and params.url in (None, product["url"])
        )

    return list_page(account, "product", params, matches)


def _delete(account: Account, _params: Request, id: str) -> Document:
    """Delete a product that has no price. Raises `InvalidRequest` for one that has."""
    product = account.require("product", id)
    if account.page("price", limit=1, where=lambda price: price["product"] == id)[0]:
        raise InvalidRequest(
            "This product cannot be deleted because it has one or more user-created prices. Make it inactive instead.",
            param="id",
        )
    deleted = account.save({**product, "active": False, "_deleted": True})
    events.emit(account, "product.deleted", deleted)
    return {"id": id, "object": "product", "deleted": True}


_SEARCHED = {"active": bool, "description": str, "name": str, "shippable": bool, "url": str}

OPERATIONS = (
    Operation("DELETE", "/products/<id>", "product", Request, _delete),
    search_operation("products", "product", _SEARCHED),
    Operation("POST", "/products", "product", ProductCreate, create),
    Operation("POST", "/products/<id>", "product", ProductUpdate, update),
    Operation("GET", "/products", "product", ProductList, list_products),
    retrieve_operation("products", "product"),
)
