"""The balance of an account, and the transactions that move it: charges, refunds and disputes."""

from collections import Counter
from typing import Any, Final

from app.objects.ids import new_id
from app.sandbox.account import Account, Document
from app.sandbox.parameters import Id, Request
from app.sandbox.routing import Listing, Operation, list_page
from app.wire.lists import CreatedPage

FEE_PER_MILLE: Final = 15
FEE_FIXED: Final = 25
"""Stripe's fee for a charge: 1.5 % and 25 minor units."""

PENDING_SECONDS: Final = 2 * 24 * 3600
"""How long a payment stays pending before it can be paid out."""


class TransactionList(CreatedPage):
    """Parameters of `GET /v1/balance_transactions`."""

    currency: Id | None = None
    source: Id | None = None
    type: Id | None = None


def charge_fee(amount: int) -> int:
    """Return Stripe's fee for a charge, in minor units."""
    return min(amount, (amount * FEE_PER_MILLE + 500) // 1000 + FEE_FIXED)


def add_transaction(
    account: Account,
    source: Document,
    amount: int,
    *,
    type: str,
    fee: int = 0,
    description: str | None = None,
    reporting_category: str | None = None,
) -> Document:
    """Add the balance transaction of an object. `amount` is negative if money leaves the balance."""
    wait = PENDING_SECONDS if type == "charge" else 0
    return account.add(
        {
            "id": new_id("txn"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": account.now + wait,
            "created": account.now,
            "currency": source["currency"],
            "description": description,
            "exchange_rate": None,
            "fee": fee,
            "fee_details": [_fee_detail(source["currency"], fee)] if fee else [],
            "net": amount - fee,
            "reporting_category": reporting_category or type,
            "source": source["id"],
            "status": "pending" if wait else "available",
            "type": type,
        }
    )


def _fee_detail(currency: str, fee: int) -> Document:
    return {
        "amount": fee,
        "application": None,
        "currency": currency,
        "description": "Stripe processing fees",
        "type": "stripe_fee",
    }


def _retrieve(account: Account, _params: Request) -> Document:
    pending: Counter[str] = Counter()
    available: Counter[str] = Counter()
    for moved in account.list_all("balance_transaction"):
        (available if _is_available(account, moved) else pending)[moved["currency"]] += moved["net"]
    currencies = sorted({*pending, *available}) or ["eur"]
    return {
        "object": "balance",
        "available": [_funds(currency, available[currency]) for currency in currencies],
        "livemode": False,
        "pending": [_funds(currency, pending[currency]) for currency in currencies],
    }


def _funds(currency: str, amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}


def _is_available(account: Account, moved: Document) -> bool:
    # Earlier versions stored no time from which the money is available.
    return bool(moved.get("available_on", moved["created"] + PENDING_SECONDS) <= account.now)


def _answered(account: Account, moved: Document) -> Document:
    return {**moved, "status": "available" if _is_available(account, moved) else "pending"}


def _retrieve_transaction(account: Account, _params: Request, id: str) -> Document:
    return _answered(account, account.require("balance_transaction", id))


def _list_transactions(account: Account, params: TransactionList) -> Listing:
    def matches(moved: Document) -> bool:
        return (
            params.currency in (None, moved["currency"])
            and params.source in (None, moved["source"])
            and params.type in (None, moved["type"])
        )

    found = list_page(account, "balance_transaction", params, matches)
    return Listing([_answered(account, moved) for moved in found.documents], found.has_more)


OPERATIONS = (
    Operation("GET", "/balance", "balance", Request, _retrieve),
    Operation("GET", "/balance_transactions", "balance_transaction", TransactionList, _list_transactions),
    Operation("GET", "/balance_transactions/<id>", "balance_transaction", Request, _retrieve_transaction),
)
