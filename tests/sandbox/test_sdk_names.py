"""The parameters of the sandbox have the names of the SDK's types."""

from collections.abc import Iterator

import pytest
import stripe
from pydantic import BaseModel
from stripe import checkout as checkout_objects
from stripe import params as sdk
from stripe.params import checkout

from app.sandbox.expansion import links_of
from app.sandbox.operations import OPERATIONS
from app.sandbox.parameters import Request
from app.wire.lists import Page
from tests.api.test_sdk_names import hints_of, typed

PAIRS = {
    "ChargeList": sdk.ChargeListParams,
    "CouponCreate": sdk.CouponCreateParams,
    "CustomerCreate": sdk.CustomerCreateParams,
    "DisputeList": sdk.DisputeListParams,
    "DisputeUpdate": sdk.DisputeUpdateParams,
    "EventList": sdk.EventListParams,
    "IntentList": sdk.PaymentIntentListParams,
    "InvoiceList": sdk.InvoiceListParams,
    "MethodList": sdk.PaymentMethodListParams,
    "MethodOfCustomerList": sdk.CustomerListPaymentMethodsParams,
    "PriceCreate": sdk.PriceCreateParams,
    "PriceList": sdk.PriceListParams,
    "PriceUpdate": sdk.PriceUpdateParams,
    "ProductCreate": sdk.ProductCreateParams,
    "ProductList": sdk.ProductListParams,
    "ProductUpdate": sdk.ProductUpdateParams,
    "PromotionCodeCreate": sdk.PromotionCodeCreateParams,
    "PromotionCodeList": sdk.PromotionCodeListParams,
    "RefundCreate": sdk.RefundCreateParams,
    "SearchRequest": sdk.ChargeSearchParams,
    "SessionCreate": checkout.SessionCreateParams,
    "SessionList": checkout.SessionListParams,
    "ShippingRateCreate": sdk.ShippingRateCreateParams,
    "SubscriptionList": sdk.SubscriptionListParams,
    "TransactionList": sdk.BalanceTransactionListParams,
    "TaxRateCreate": sdk.TaxRateCreateParams,
}
MODELS = {operation.parameters.__name__: operation.parameters for operation in OPERATIONS}
OPTIONS = {"api_key", "headers", "idempotency_key", "max_network_retries", "stripe_account"} | {
    "content_type",
    "stripe_context",
    "stripe_version",
}


@pytest.mark.parametrize("name", PAIRS)
def test_every_parameter_is_one_of_stripes(name: str) -> None:
    model: type[BaseModel] = MODELS[name]
    known = set(PAIRS[name].__annotations__) - OPTIONS
    assert set(model.model_fields) - known == set()


def test_a_session_takes_every_parameter_that_the_sdk_knows() -> None:
    known = set(checkout.SessionCreateParams.__annotations__) - OPTIONS
    assert known == set(MODELS["SessionCreate"].model_fields)


def test_every_operation_takes_expand() -> None:
    assert all(issubclass(model, Request | Page) for model in MODELS.values())
    assert all("expand" in model.model_fields for model in MODELS.values())


OBJECTS: set[type] = {
    stripe.BalanceTransaction,
    stripe.Charge,
    stripe.Coupon,
    stripe.Customer,
    stripe.Discount,
    stripe.Dispute,
    stripe.Invoice,
    stripe.InvoiceLineItem,
    stripe.InvoicePayment,
    stripe.LineItem,
    stripe.PaymentIntent,
    stripe.PaymentMethod,
    stripe.Price,
    stripe.Product,
    stripe.PromotionCode,
    stripe.Refund,
    stripe.ShippingRate,
    stripe.Subscription,
    stripe.SubscriptionItem,
    checkout_objects.Session,
}


def expandable(cls: type, prefix: str = "") -> Iterator[str]:
    """Return the paths that the SDK declares as expandable: an id, or the object."""
    for name, annotation in cls.__annotations__.items():
        if name.startswith("_") or name == "OBJECT_NAME":
            continue
        if "ExpandableField" in str(annotation):
            yield f"{prefix}{name}"
        inner = typed(hints_of(cls)[name])
        if inner is not None and "object" not in inner.__annotations__:
            yield from expandable(inner, f"{prefix}{name}.")


@pytest.mark.costly_rows
@pytest.mark.parametrize("name", sorted(cls.__name__ for cls in OBJECTS))
def test_every_path_that_stripe_expands_is_accepted(name: str) -> None:
    (cls,) = (cls for cls in OBJECTS if cls.__name__ == name)
    kind = cls.OBJECT_NAME  # type: ignore[attr-defined]  # every object of the SDK has it
    assert set(expandable(cls)) - set(links_of(kind)) == set()
