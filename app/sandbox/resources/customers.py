"""Customers, with the attributes that promotion codes and sessions need."""

from typing import Annotated

from app.objects.ids import new_id
from app.objects.metadata import Metadata
from app.objects.scalars import Text
from app.sandbox.account import Account, Document
from app.sandbox.parameters import NO_METADATA, Request, Unset, Words, update_metadata
from app.sandbox.routing import Listing, Operation, list_page, retrieve_operation, search_operation
from app.wire.lists import CreatedPage

Email = Annotated[str, Text(512)]


class CustomerCreate(Request):
    """Parameters of `POST /v1/customers`."""

    description: Words | None = None
    email: Email | None = None
    metadata: Unset | Metadata = NO_METADATA
    name: Annotated[str, Text(256)] | None = None
    phone: Annotated[str, Text(20)] | None = None


class CustomerList(CreatedPage):
    """Parameters of `GET /v1/customers`."""

    email: Email | None = None


def add_customer(account: Account, *, email: str | None, name: str | None, phone: str | None) -> Document:
    """Add a customer and return it."""
    return account.add(
        {
            "id": new_id("cus", 14),
            "object": "customer",
            "address": None,
            "created": account.now,
            "description": None,
            "email": email,
            "livemode": False,
            "metadata": {},
            "name": name,
            "phone": phone,
        }
    )


def _create(account: Account, params: CustomerCreate) -> Document:
    customer = add_customer(account, email=params.email, name=params.name, phone=params.phone)
    return account.save(
        {**customer, "description": params.description, "metadata": update_metadata({}, params.metadata)}
    )


def _list_customers(account: Account, params: CustomerList) -> Listing:
    return list_page(account, "customer", params, lambda customer: params.email in (None, customer["email"]))


OPERATIONS = (
    Operation("POST", "/customers", "customer", CustomerCreate, _create),
    Operation("GET", "/customers", "customer", CustomerList, _list_customers),
    retrieve_operation("customers", "customer"),
    search_operation("customers", "customer", {"created": int, "email": str, "name": str, "phone": str}),
)
