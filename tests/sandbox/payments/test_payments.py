"""The objects that a payment creates in the sandbox, through the official SDK: method, intent, charge, invoice and balance."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import Client

from app.sandbox import Sandbox
from app.sandbox.payments.balance import PENDING_SECONDS
from app.sandbox.resources.refunds import REFUND_SECONDS
from app.sandbox.sessions.lifecycle import DEBIT_SECONDS
from tests.sandbox.build import price, refused, session
from tests.sandbox.pages import pay
from tests.support.clock import Clock

HEADERS = {"Authorization": "Bearer sk_test_1"}
DEBIT = {"payment_method": "AT611904300234573201", "card_number": ""}


def paid(sdk: Any, site: FlaskClient, *lines: dict[str, Any], card: str = "4242 4242 4242 4242", **params: Any) -> Any:
    """Return a session that a buyer paid by card."""
    made = session(sdk, *lines, **params)
    assert pay(site, made, card_number=card).status_code == 303
    return sdk.checkout.sessions.retrieve(made.id)


def monthly(sdk: Any, **params: Any) -> dict[str, Any]:
    return {"price": price(sdk, recurring={"interval": "month"}, **params).id, "quantity": 2}


def ids(found: Any) -> list[str]:
    return [one.id for one in found.data]


def test_payments_and_charges_are_listed_by_customer_and_payment(sdk: Any, site: FlaskClient) -> None:
    first = paid(sdk, site, customer_creation="always")
    second = paid(sdk, site)
    assert ids(sdk.payment_intents.list()) == [second.payment_intent, first.payment_intent]
    assert ids(sdk.payment_intents.list({"customer": first.customer})) == [first.payment_intent]
    (charge,) = sdk.charges.list({"payment_intent": second.payment_intent}).data
    assert (charge.payment_intent, charge.amount, charge.paid) == (second.payment_intent, 2499, True)
    assert [one.customer for one in sdk.charges.list({"customer": first.customer}).data] == [first.customer]
    assert sdk.charges.list({"transfer_group": "none"}).data == []


def test_a_payment_method_has_the_last_digits_and_stays_with_a_subscriber(sdk: Any, site: FlaskClient) -> None:
    once = paid(sdk, site, customer_creation="always")
    expand = {"expand": ["payment_intent.payment_method"]}
    method = sdk.checkout.sessions.retrieve(once.id, expand).payment_intent.payment_method
    assert (method.type, method.card.brand, method.card.last4, method.customer) == ("card", "visa", "4242", None)
    assert method.billing_details.email == "ada@example.com"
    assert sdk.payment_methods.retrieve(method.id) == method
    assert sdk.payment_methods.list({"customer": once.customer}).data == []
    subscriber = paid(sdk, site, monthly(sdk), mode="subscription").customer
    (kept,) = sdk.payment_methods.list({"customer": subscriber, "type": "card"}).data
    assert ids(sdk.customers.payment_methods.list(subscriber)) == [kept.id]
    assert sdk.customers.payment_methods.retrieve(subscriber, kept.id).customer == subscriber
    assert sdk.payment_methods.list({"customer": subscriber, "type": "sepa_debit"}).data == []
    assert refused(sdk.customers.payment_methods.retrieve, subscriber, method.id).http_status == 404


def test_a_subscription_has_items_a_period_and_its_first_invoice(sdk: Any, site: FlaskClient, clock: Clock) -> None:
    once = price(sdk, unit_amount=500)
    made = paid(sdk, site, monthly(sdk), {"price": once.id, "quantity": 1}, mode="subscription")
    expand = {"expand": ["latest_invoice", "default_payment_method", "items.data.price.product"]}
    subscription = sdk.subscriptions.retrieve(made.subscription, expand)
    (item,) = subscription["items"].data
    assert (item.quantity, item.price.product.name, item.subscription) == (2, "Candle", subscription.id)
    begin, end = (datetime.fromtimestamp(at, UTC) for at in (item.current_period_start, item.current_period_end))
    assert (begin.timestamp(), end.day, end.month) == (clock.now, begin.day, begin.month % 12 + 1)
    assert subscription.default_payment_method.card.last4 == "4242"
    invoice = subscription.latest_invoice
    assert (made.invoice, invoice.status, invoice.billing_reason) == (invoice.id, "paid", "subscription_create")
    assert (invoice.total, invoice.amount_paid, invoice.amount_remaining) == (2 * 2499 + 500, 2 * 2499 + 500, 0)
    assert invoice.parent.subscription_details.subscription == subscription.id
    lines = sdk.invoices.line_items.list(invoice.id, {"expand": ["data.pricing.price_details.price"]})
    assert [(line.amount, line.quantity) for line in lines.data] == [(2 * 2499, 2), (500, 1)]
    assert lines.data[1].pricing.price_details.price.id == once.id
    assert [line.id for line in invoice.lines.data] == ids(lines)
    (payment,) = sdk.invoice_payments.list({"invoice": invoice.id}).data
    assert payment.payment.payment_intent == ids(sdk.payment_intents.list())[0]


def test_subscriptions_and_invoices_are_listed_by_customer_status_and_price(sdk: Any, site: FlaskClient) -> None:
    line = monthly(sdk)
    ended, running = (paid(sdk, site, line, mode="subscription") for _ in range(2))
    sdk.subscriptions.cancel(ended.subscription)
    for filters, found in (
        ({}, [running]),
        ({"status": "all"}, [running, ended]),
        ({"status": "canceled"}, [ended]),
        ({"status": "active", "price": line["price"]}, [running]),
        ({"price": price(sdk).id}, []),
        ({"customer": running.customer}, [running]),
    ):
        assert ids(sdk.subscriptions.list(filters)) == [one.subscription for one in found], filters
    for filters, found in (
        ({"subscription": ended.subscription}, [ended]),
        ({"customer": running.customer, "status": "paid"}, [running]),
        ({"status": "open"}, []),
    ):
        assert ids(sdk.invoices.list(filters)) == [one.invoice for one in found], filters


def test_a_payment_gets_an_invoice_where_the_session_asks_for_one(sdk: Any, site: FlaskClient) -> None:
    assert paid(sdk, site).invoice is None
    wanted = {"enabled": True, "invoice_data": {"metadata": {"order": "7"}}}
    made = paid(sdk, site, invoice_creation=wanted)
    invoice = sdk.checkout.sessions.retrieve(made.id, {"expand": ["invoice"]}).invoice
    assert (invoice.status, invoice.total, invoice.parent) == ("paid", 2499, None)
    assert (invoice.metadata.to_dict(), invoice.customer_email) == ({"order": "7"}, "ada@example.com")


def test_the_invoice_of_a_debit_is_open_until_the_debit_has_arrived(
    sdk: Any, site: FlaskClient, sandbox: Sandbox, clock: Clock
) -> None:
    made = session(sdk, monthly(sdk), mode="subscription")
    pay(site, made, **DEBIT)
    (invoice,) = sdk.invoices.list().data
    assert (invoice.status, invoice.amount_paid, invoice.amount_remaining) == ("open", 0, 4998)
    clock.now += DEBIT_SECONDS
    sandbox.settle_delayed(clock.now)
    invoice = sdk.invoices.retrieve(invoice.id)
    assert (invoice.status, invoice.amount_paid, invoice.status_transitions.paid_at) == ("paid", 4998, clock.now)


def funds(sdk: Any) -> tuple[int, int]:
    balance = sdk.balance.retrieve()
    (pending,), (available,) = balance.pending, balance.available
    assert pending.currency == available.currency == "eur"
    return pending.amount, available.amount


def test_the_balance_is_what_charges_refunds_and_disputes_have_moved(sdk: Any, site: FlaskClient, clock: Clock) -> None:
    assert funds(sdk) == (0, 0)
    fee = 62
    made = paid(sdk, site)
    assert funds(sdk) == (2499 - fee, 0)
    clock.now += PENDING_SECONDS
    assert funds(sdk) == (0, 2499 - fee)
    refund = sdk.refunds.create({"payment_intent": made.payment_intent, "amount": 1000})
    assert funds(sdk) == (0, 1499 - fee)
    moved = sdk.balance_transactions.retrieve(refund.balance_transaction, {"expand": ["source"]})
    assert (moved.amount, moved.type, moved.source.id) == (-1000, "refund", refund.id)
    paid(sdk, site, card="4000 0000 0000 0259")
    assert funds(sdk) == (2499 - fee, 1499 - fee - 2499 - 1500)
    types = [one.type for one in sdk.balance_transactions.list().data]
    assert types == ["adjustment", "charge", "refund", "charge"]
    assert [one.amount for one in sdk.balance_transactions.list({"type": "charge", "limit": 1}).data] == [2499]
    assert ids(sdk.balance_transactions.list({"source": refund.id})) == [moved.id]
    assert sdk.balance_transactions.list({"currency": "usd"}).data == []


def test_a_dispute_that_is_won_gives_the_amount_back(sdk: Any, site: FlaskClient) -> None:
    paid(sdk, site, card="4000 0000 0000 0259")
    (dispute,) = sdk.disputes.list().data
    before = funds(sdk)[1]
    evidence = {"uncategorized_text": "winning_evidence"}
    won = sdk.disputes.update(dispute.id, {"evidence": evidence})
    assert [moved.amount for moved in won.balance_transactions] == [-2499, 2499]
    assert funds(sdk)[1] == before + 2499


def test_a_refund_that_fails_comes_back_to_the_balance(
    sdk: Any, site: FlaskClient, sandbox: Sandbox, clock: Clock
) -> None:
    made = paid(sdk, site, card="4000 0000 0000 5126")
    refund = sdk.refunds.create({"payment_intent": made.payment_intent})
    assert funds(sdk)[1] == -2499
    clock.now += REFUND_SECONDS
    sandbox.settle_delayed(clock.now)
    failed = sdk.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
    assert (failed.status, failed.failure_balance_transaction.amount, funds(sdk)[1]) == ("failed", 2499, 0)


def test_a_charge_lists_its_refunds(sdk: Any, site: FlaskClient, sandbox: Sandbox) -> None:
    made = paid(sdk, site)
    made_refunds = [sdk.refunds.create({"payment_intent": made.payment_intent, "amount": 100}).id for _ in range(2)]
    (charge,) = sdk.charges.list({"expand": ["data.refunds"]}).data
    assert [one.id for one in charge.refunds.data] == made_refunds[::-1]
    page = Client(sandbox.api).get(f"/v1/charges/{charge.id}/refunds?limit=1", headers=HEADERS).json
    assert page is not None
    assert ([one["id"] for one in page["data"]], page["has_more"]) == (made_refunds[1:], True)


def test_a_product_without_prices_is_deleted(sdk: Any) -> None:
    unsold = sdk.products.create({"name": "Wax"})
    assert sdk.products.delete(unsold.id).deleted is True
    assert refused(sdk.products.retrieve, unsold.id).http_status == 404
    assert unsold.id not in ids(sdk.products.list())
    assert refused(sdk.products.delete, unsold.id).http_status == 404
    sold = price(sdk).product
    assert "user-created prices" in str(refused(sdk.products.delete, sold))
    assert sdk.products.retrieve(sold).active is True


def test_every_resource_that_stripe_searches_is_searched(sdk: Any, site: FlaskClient) -> None:
    made = paid(sdk, site, monthly(sdk), mode="subscription", subscription_data={"metadata": {"order": "7"}})
    paid(sdk, site)
    customer = made.customer
    for resource, query, number in (
        (sdk.products, 'name:"candle" AND active:"true"', 2),
        (sdk.products, 'name~"and" -active:"true"', 0),
        (sdk.prices, 'type:"recurring"', 1),
        (sdk.customers, 'email:"ADA@example.com"', 1),
        (sdk.charges, f'customer:"{customer}"', 1),
        (sdk.charges, "payment_method_details.card.last4:4242 AND amount>=2499", 2),
        (sdk.payment_intents, 'amount<3000 AND status:"succeeded"', 1),
        (sdk.invoices, f'subscription:"{made.subscription}"', 1),
        (sdk.subscriptions, 'metadata["order"]:"7"', 1),
    ):
        found = resource.search({"query": query})
        assert (len(found.data), found.object) == (number, "search_result"), query


def test_a_search_has_pages(sdk: Any) -> None:
    made = [sdk.products.create({"name": f"Candle {number}"}).id for number in range(5)]
    found = sdk.products.search({"query": 'name~"candle"', "limit": 2})
    assert (ids(found), found.has_more) == ([made[4], made[3]], True)
    assert [one.id for one in found.auto_paging_iter()] == made[::-1]
    assert refused(sdk.products.search, {"query": 'name~"candle"', "page": "nonsense"}).param == "page"
    assert refused(sdk.products.search, {"query": "candle"}).param == "query"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/payouts"), ("DELETE", "/v1/prices/price_1"), ("POST", "/v1/charges"), ("GET", "/v1/transfers")],
)
def test_what_is_not_there_answers_as_an_unknown_url(sandbox: Sandbox, method: str, path: str) -> None:
    answer = Client(sandbox.api).open(path, method=method, headers=HEADERS)
    assert answer.status_code == 404
    assert answer.json is not None
    assert f"Unrecognized request URL ({method}: {path})" in answer.json["error"]["message"]
