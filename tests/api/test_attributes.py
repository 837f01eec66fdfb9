"""The 236 attributes of the specification: each can be set if a parameter sets it, has its type and null rule, and has an effect.

`attributes.json` has every path with its type. An attribute that a parameter sets names its `effect`: a parameter of the Checkout Session,
or what a page does. Another attribute names where it is `made`, or says why it is always null (`never`).
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.objects.tax_rate import TaxRate
from tests.api.conftest import ApiShop, a_shop
from tests.api.everything import discounted, prices, sparse, whole_payment, whole_subscription
from tests.support.answers import json_of
from tests.support.build import NOW, a_flat_tax, a_line, a_link, a_price, a_tax_rate
from tests.support.clock import Clock

ATTRIBUTES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "attributes.json").read_text())
PATHS = {row["path"]: row for row in ATTRIBUTES}

NULL_ONLY_IN_THE_TYPE = {
    "custom_fields.label.custom": "a label says something, or it is refused",
    "invoice_creation": "an object even where nothing is invoiced, as in the document's own example",
    "invoice_creation.invoice_data": "likewise",
    "invoice_creation.invoice_data.metadata": "likewise, empty",
    "line_items.data.description": "the product's name",
    "line_items.data.discounts": "a list, empty where there is none",
    "line_items.data.price": "a link's items are sold by price",
    "line_items.data.price.currency_options": "always told",
    "line_items.data.quantity": "a link's items have a quantity",
    "line_items.data.taxes": "a list, empty where there is none",
    "line_items.data.taxes.taxable_amount": "what we calculate ourselves has one",
    "line_items.data.taxes.taxability_reason": "likewise",
    "line_items.data.price.tax_behavior": "unspecified where nothing is said",
    "line_items.data.price.currency_options..tax_behavior": "likewise",
    "line_items.data.discounts.discount.coupon.currency_options": "a map, empty where there is none",
    "line_items.data.discounts.discount.coupon.metadata": "a map, empty where there is none",
    "line_items.data.taxes.rate.metadata": "likewise",
}
"""Attributes that may be null in the document but never are here, and why."""

DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]{1,12})?")


def is_of(kind: str, value: Any) -> bool:
    """Return whether a JSON value has one of the document's types."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    objects = isinstance(value, list) and all(isinstance(entry, dict) for entry in value)
    texts = isinstance(value, list) and all(isinstance(entry, str) and entry for entry in value)
    return {
        "array of enums": texts,
        "array of objects": objects,
        "array of strings": texts,
        "boolean": isinstance(value, bool),
        "decimal string": isinstance(value, str) and DECIMAL.fullmatch(value) is not None,
        "enum": isinstance(value, str) and value != "",
        "float": whole or isinstance(value, float),
        "integer": whole,
        "object": isinstance(value, dict),
        "string": isinstance(value, str) and value != "",
        "timestamp": whole and value >= 0,
    }[kind]


def values_at(data: Any, path: str, *, complete: bool = True) -> Iterator[Any]:
    """Yield every value at a path, through lists, and through maps if the path has an empty name.

    Raises KeyError for a key that is missing, unless the data are not `complete`: parameters leave out what is not set.
    """
    names = path.split(".")
    found = [data]
    for position, name in enumerate(names):
        further = []
        for holder in found:
            entries = holder if isinstance(holder, list) else [holder]
            for entry in entries:
                if entry is None:
                    continue
                if name == "":
                    further += entry.values()
                elif name not in entry and not complete:
                    continue
                elif name not in entry and ".".join(names[: position + 1]) in MAY_BE_ABSENT:
                    further.append(None)
                else:
                    further.append(entry[name])
        found = further
    yield from found


MAY_BE_ABSENT = {"after_completion.hosted_confirmation", "after_completion.redirect"}
"""The branch that `after_completion[type]` does not name is left out, as in the document's own example."""


class Sample:
    """Links with every attribute, their answers, and their Checkout Sessions."""

    def __init__(self, shop: ApiShop) -> None:
        self.shop = shop
        self.params = {
            "nothing": {"line_items": [{"price": shop.price(), "quantity": 1}]},
            "payment": whole_payment(shop),
            "fixed transfer": {
                "line_items": [{"price": shop.price(), "quantity": 1}],
                "transfer_data": {"destination": "acct_seller", "amount": 100},
            },
            "subscription": whole_subscription(shop),
            "discounted": discounted(shop),
            **sparse(shop),
            **{
                name: {"line_items": [{"price": shop.price(**price), "quantity": 1}]}
                for name, price in prices(shop).items()
            },
        }
        self.answers = {name: self.made(params) for name, params in self.params.items()}
        self.answers["at Stripe alone"] = self._kept()
        self.sessions = {
            name: self._session(answer["id"])
            for name, answer in self.answers.items()
            if name in ("nothing", "payment", "fixed transfer", "subscription", "discounted")
        }

    def made(self, params: dict[str, Any]) -> dict[str, Any]:
        answer = self.shop.http.post("/v1/payment_links", json=params, headers=self.shop.headers())
        assert answer.status_code == 200, answer.json
        return self.read(json_of(answer)["id"])

    def read(self, id: str) -> dict[str, Any]:
        path = f"/v1/payment_links/{id}?expand[]=line_items"
        found: dict[str, Any] = json_of(self.shop.http.get(path, headers=self.shop.headers()))
        return found

    def _kept(self) -> dict[str, Any]:
        """Return a link with attributes that no parameter sets: taxes and prices that only Stripe creates."""
        flat: TaxRate = a_flat_tax(150).model_copy(update={"jurisdiction_level": "state"})
        plain: TaxRate = a_tax_rate("5", rate_type=None)
        ours = {"organization": self.shop.organization.id, "code": "keptasitis"}
        self.shop.context.store.add_link(
            a_link(a_line(a_price()), id="plink_kept", tax_rates=[flat, plain], counterfoil=ours)
        )
        return self.read("plink_kept")

    def _session(self, id: str) -> dict[str, Any]:
        path = f"/api/payment-links/{id}/stripe_checkout_session"
        answer = self.shop.http.post(path, headers=self.shop.headers())
        assert answer.status_code == 200, answer.json
        attempt = self.shop.context.store.attempt_by_session(json_of(answer)["id"], self.shop.organization.id)
        assert attempt is not None
        return attempt.session_params


@pytest.fixture(scope="module")
def sample(app: Flask, clock: Clock) -> Sample:
    clock.now = NOW
    return Sample(a_shop(app, clock))


def test_the_table_has_every_attribute_of_the_document() -> None:
    assert len(ATTRIBUTES) == len(PATHS) == 236
    for row in ATTRIBUTES:
        assert len({"effect", "made", "never"} & set(row)) == 1, row["path"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_every_attribute_with_its_type_and_null_rule(sample: Sample, path: str) -> None:
    row = PATHS[path]
    found = [value for answer in sample.answers.values() for value in values_at(answer, path)]
    assert found, "no answer holds it"
    for value in found:
        if value is None:
            assert row["nullable"], "null is not allowed"
        else:
            assert is_of(row["type"], value), value
    if "never" in row:
        assert set(found) == {None}
    else:
        assert any(value is not None for value in found), "never set"
    if row["nullable"] and path not in NULL_ONLY_IN_THE_TYPE:
        assert any(value is None for value in found), "never null"


SET = {path: row["effect"] for path, row in PATHS.items() if "effect" in row}

FROM_SESSION = {path: effect.removeprefix("session:") for path, effect in SET.items() if effect.startswith("session:")}


@pytest.mark.parametrize("path", FROM_SESSION)
def test_every_set_attribute_reaches_the_checkout_session(sample: Sample, path: str) -> None:
    reached = 0
    for name, params in sample.sessions.items():
        answered = [value for value in flattened(sample.answers[name], path) if value not in (None, [], {})]
        sent = [value for value in flattened(params, FROM_SESSION[path]) if value not in (None, [], {})]
        reached += bool(sent)
        if all(isinstance(value, str | int | float) for value in [*answered, *sent]) and path not in WRITTEN_OTHERWISE:
            assert sent == answered or not sent
        if path in WRITTEN_OTHERWISE and sent:
            assert all(any(text in whole for whole in sent) for text in answered)
        if path.endswith("metadata") and answered and sent:
            (of_the_link,), (of_the_session,) = answered, sent
            assert of_the_link.items() <= of_the_session.items()
    assert reached, "no session received it"


WRITTEN_OTHERWISE = {"payment_intent_data.description": "the reference is added to it"}


def flattened(data: dict[str, Any], path: str) -> Iterator[Any]:
    for value in values_at(data, path, complete=False):
        yield from value if isinstance(value, list) else [value]


def page(sample: Sample, name: str) -> Any:
    code = sample.answers[name]["counterfoil"]["code"]
    return sample.shop.http.get(f"/pay/{code}")


def change(sample: Sample, name: str, **params: Any) -> None:
    path = f"/v1/payment_links/{sample.answers[name]['id']}"
    answer = sample.shop.http.post(path, json=params, headers=sample.shop.headers())
    assert answer.status_code == 200, answer.json


def test_an_inactive_link_shows_the_merchants_message(sample: Sample) -> None:
    change(sample, "payment", active=False)
    shown = page(sample, "payment")
    change(sample, "payment", active=True)
    assert shown.status_code == 410
    assert "The honey is sold out." in shown.text
    assert page(sample, "payment").status_code == 200


def test_a_link_that_is_used_up_cannot_be_paid(sample: Sample) -> None:
    limited = {**sample.params["nothing"], "restrictions": {"completed_sessions": {"limit": 2}}}
    store, link = sample.shop.context.store, sample.made(limited)
    id, path = link["id"], f"/pay/{link['counterfoil']['code']}"
    for _ in range(2):
        assert sample.shop.http.get(path).status_code == 200
        assert store.hold_place(id)
        store.complete_place(id)
    assert sample.shop.http.get(path).status_code == 410
    assert sample.read(id)["restrictions"] == {"completed_sessions": {"count": 2, "limit": 2}}


def bought(sample: Sample, name: str) -> Any:
    """Return the page that a buyer of this link reaches after paying at the sandbox's checkout."""
    shop = sample.shop
    path = f"/api/payment-links/{sample.answers[name]['id']}/stripe_checkout_session"
    opened = json_of(shop.http.post(path, headers=shop.headers()))
    attempt = shop.context.store.attempt_by_session(opened["id"], shop.organization.id)
    assert attempt is not None
    store = shop.context.store
    paid = attempt.model_copy(
        update={"state": "paid", "paid_at": NOW, "amount_total": 1, "version": attempt.version + 1}
    )
    assert store.save_attempt(paid, "test")
    return shop.http.get(attempt.session_params["success_url"].removeprefix("https://pay.example.com"))


def test_the_confirmation_shows_the_merchants_message(sample: Sample) -> None:
    shown = bought(sample, "payment")
    assert shown.status_code == 200
    assert "Your honey is on its way." in shown.text


def test_a_redirect_goes_to_the_merchants_page(sample: Sample) -> None:
    shown = bought(sample, "subscription")
    assert shown.status_code == 303
    assert shown.headers["Location"].startswith("https://shop.example.com/thanks?a=1")


def test_every_effect_in_the_table_has_a_test() -> None:
    pages = {effect for effect in SET.values() if effect.startswith("page:")}
    assert pages == {"page:inactive", "page:used up", "page:confirmation", "page:redirect"}
    assert all(effect.startswith(("page:", "session:")) for effect in SET.values())
