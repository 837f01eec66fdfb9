"""The sandbox's objects of a payment have no personal data after the payment was erased."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.sandbox import Sandbox
from tests.sandbox.build import price, session
from tests.sandbox.pages import pay
from tests.support.buyer import CHECKOUT

SECRETS = ("ada@example.com", "Ada Lovelace", '"4242"')


@pytest.mark.parametrize("mode", ["payment", "subscription"])
def test_no_document_names_the_buyer_of_an_erased_session(
    sdk: Any, site: FlaskClient, sandbox: Sandbox, mode: str
) -> None:
    recurring = {"recurring": {"interval": "month"}} if mode == "subscription" else {}
    more = {} if mode == "subscription" else {"invoice_creation": {"enabled": True}, "customer_creation": "always"}
    line = {"price": price(sdk, **recurring).id, "quantity": 1}
    made = session(sdk, line, mode=mode, billing_address_collection="required", **more)
    assert pay(site, made, **CHECKOUT).status_code == 303
    sdk.refunds.create({"payment_intent": sdk.payment_intents.list().data[0].id, "amount": 100})
    stored = sandbox.engine.rows("SELECT object, document FROM sandbox_objects")
    for secret in SECRETS:
        assert any(secret in row["document"] for row in stored), secret
    assert {"invoice", "payment_method", "balance_transaction"} <= {row["object"] for row in stored}
    sandbox.erase(made.id)
    left = sandbox.engine.rows("SELECT object, document FROM sandbox_objects")
    assert [(row["object"], secret) for row in left for secret in SECRETS if secret in row["document"]] == []
    assert sdk.invoices.list().data[0].status == "paid"
