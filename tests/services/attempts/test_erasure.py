"""Erasing a payment: nothing about the person is left, the books are, and nothing brings the data back."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.errors import InvalidRequest, ResourceMissing
from app.objects.attempt import Attempt
from app.objects.event import Event, EventData
from app.objects.selection import Answers, Consent, Selection, UrlParameters
from app.services.attempts.erasure import erase
from app.services.attempts.payments import refresh
from app.services.events import inbox
from app.store import Store
from tests.services.shop import CARD, ServiceShop

FIELDS = [
    {"key": "seat", "label": {"type": "custom", "custom": "Seat"}, "type": "text"},
    {"key": "object", "label": {"type": "custom", "custom": "Object"}, "type": "text"},
]
TOLD = (
    "Balcony 7, Erika",
    "Grandmother",
    "erika@home.example",
    "mary@post.example",
    "Mary Bee",
    "visa 4242",
    "Lerchenweg 12",
)
"""What the buyer told on our page, and at Checkout."""

DELIVERY = {"name": "Mary Bee", "address": {"line1": "Lerchenweg 12", "city": "Wien", "country": "AT"}}

BOOKS = (
    "id", "amount_total", "checkout_session", "created", "currency", "expires_at", "flags", "organization", "paid_at",
    "charge", "disputes", "payment_intent", "payment_link", "quote", "reference", "refund", "refunds", "shipping_rate", "state",
    "subscription", "token", "total_details",
)  # fmt: skip


def chosen(name: str = "Balcony 7, Erika") -> Selection:
    return Selection(
        answers=Answers(
            consent=Consent(terms_of_service="accepted"),
            custom_fields={"seat": name, "object": "Grandmother"},
            email="erika@home.example",
        ),
        url_parameters=UrlParameters(prefilled_email="erika@home.example", client_reference_id="order-17"),
    )


def pay(shop: ServiceShop, form: str = "form_1", selection: Selection | None = None, **params: Any) -> Attempt:
    """A buyer pays; every event arrives, and the buyer comes back."""
    attempt = shop.start(shop.link(custom_fields=FIELDS, **params), form, selection or chosen(), network=None)
    shop.pay(attempt, delivery=DELIVERY)
    shop.receive_all()
    shop.complete(attempt)
    return shop.stored(attempt)


def everything_stored(shop: ServiceShop) -> str:
    """The text of every row of every table but the sandbox's."""
    names = shop.engine.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sandbox%'")
    return "".join(str(shop.engine.rows(f"SELECT * FROM {row['name']}")) for row in names)


def test_nothing_that_the_buyer_told_is_left(shop: ServiceShop) -> None:
    attempt = pay(shop)
    assert all(told in everything_stored(shop) for told in TOLD)
    erase(shop.store, attempt.id, shop.now)
    assert [told for told in TOLD if told in everything_stored(shop)] == []
    assert attempt.fingerprint not in everything_stored(shop)


def test_the_books_stay(shop: ServiceShop) -> None:
    before = pay(shop)
    history = shop.store.history(before.id)
    erase(shop.store, before.id, shop.now)
    after = shop.stored(before)
    assert {name: getattr(after, name) for name in BOOKS} == {name: getattr(before, name) for name in BOOKS}
    assert shop.store.history(before.id) == history
    assert after.erased_at == shop.now
    assert after.selection.url_parameters.client_reference_id == "order-17"
    assert [event.type for event in shop.store.events(None, type="checkout.session.completed")[0]]


def test_the_evidence_of_a_dispute_is_erased_and_the_dispute_stays(shop: ServiceShop) -> None:
    attempt = shop.start(shop.link(custom_fields=FIELDS), "form_1", chosen(), network=None)
    shop.pay(attempt, replace(CARD, dispute="product_not_received"))
    shop.receive_all()
    (dispute,) = shop.stored(attempt).disputes
    told = "Mary Bee of Lerchenweg 12 signed for it"
    shop.post(f"/v1/disputes/{dispute.id}", {"evidence[uncategorized_text]": told})
    shop.receive_all()
    assert told in json.dumps([event.model_dump(mode="json") for event in shop.store.events(None, limit=100)[0]])
    after = erase(shop.store, attempt.id, shop.now)
    assert [kept.status for kept in after.disputes] == ["under_review"]
    assert told not in json.dumps([event.model_dump(mode="json") for event in shop.store.events(None, limit=100)[0]])


def test_erasing_again_changes_nothing(shop: ServiceShop) -> None:
    attempt = pay(shop)
    first = erase(shop.store, attempt.id, shop.now)
    shop.now += 60
    assert erase(shop.store, attempt.id, shop.now) == first == shop.stored(attempt)


def test_another_payment_of_the_same_link_is_left_alone(shop: ServiceShop) -> None:
    attempt = pay(shop)
    link = shop.store.link(attempt.payment_link)
    assert link is not None
    other = shop.start(link, "form_2", chosen("Stalls 3, Otto"), network=None)
    shop.pay(other)
    shop.receive_all()
    kept = shop.stored(other)
    erase(shop.store, attempt.id, shop.now)
    assert shop.stored(other) == kept
    assert "Stalls 3, Otto" in everything_stored(shop)


def test_news_that_come_later_bring_nothing_back(shop: ServiceShop) -> None:
    attempt = pay(shop)
    shop.refund(attempt)
    erase(shop.store, attempt.id, shop.now)
    shop.receive_all()
    shop.complete(attempt)
    refresh(shop.store, shop.gateway, shop.stored(attempt), shop.now)
    shop.reconcile()
    assert shop.state(attempt) == "refunded"
    assert [told for told in TOLD if told in everything_stored(shop)] == []


def test_the_buyer_who_comes_back_after_it_asks_stripe_nothing(shop: ServiceShop) -> None:
    attempt = pay(shop)
    erase(shop.store, attempt.id, shop.now)

    class Silent:
        livemode = False
        sandbox = True

        def __getattr__(self, name: str) -> Any:
            raise AssertionError(name)

    assert shop.complete(attempt, Silent()).attempt.state == "paid"


@pytest.mark.parametrize("state", ["opened", "processing"])
def test_a_payment_that_is_not_settled_cannot_be_erased(shop: ServiceShop, state: str) -> None:
    attempt = shop.start(shop.link())
    if state == "processing":
        shop.settle(attempt, "processing")
    with pytest.raises(InvalidRequest, match=state):
        erase(shop.store, attempt.id, shop.now)
    assert shop.stored(attempt).erased_at is None


def test_an_unknown_payment_is_missing(shop: ServiceShop) -> None:
    with pytest.raises(ResourceMissing):
        erase(shop.store, "att_unknown", shop.now)


def test_the_sandbox_forgets_the_buyer_too_and_neither_is_left_in_the_file(shop: ServiceShop, tmp_path: Path) -> None:
    attempt = pay(shop, customer_creation="always")
    erase(shop.store, attempt.id, shop.now)
    assert attempt.checkout_session is not None
    shop.sandbox.erase(attempt.checkout_session)
    shop.engine.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    shop.engine.close()
    found = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert b"checkout.session" in found
    assert [told for told in TOLD[:-1] if told.encode() in found] == []


class Meanwhile:
    """A store on which something happens before or after one kind of call."""

    def __init__(self, store: Store, call: str, *, before: Any = None, after: Any = None) -> None:
        self._store = store
        self._call = call
        self._before = before
        self._after = after

    def __getattr__(self, name: str) -> Any:
        work = getattr(self._store, name)

        def call(*values: Any, **named: Any) -> Any:
            if name == self._call and self._before is not None:
                self._before()
            answer = work(*values, **named)
            if name == self._call and self._after is not None:
                self._after()
            return answer

        return call


def refunded_event(shop: ServiceShop, attempt: Attempt) -> tuple[bytes, str]:
    """Refund a payment, and take the event of its charge, which names the buyer. It is not received yet."""
    shop.refund(attempt)
    (delivery,) = (it for it in shop.deliveries() if b'"charge.refunded"' in it[0])
    assert b"Mary Bee" in delivery[0]
    return delivery


def test_an_event_that_is_stored_while_its_payment_is_erased_is_erased_too(shop: ServiceShop) -> None:
    attempt = pay(shop)
    payload, signature = refunded_event(shop, attempt)
    event = shop.gateway.read_event(payload, signature, shop.now)
    store: Any = Meanwhile(shop.store, "add_event", before=lambda: erase(shop.store, attempt.id, shop.now))
    assert inbox.receive(store, shop.gateway, event, shop.now, payload=payload.decode()) == "applied"
    assert shop.stored(attempt).erased_at is not None
    assert [told for told in TOLD if told in everything_stored(shop)] == []


@pytest.mark.parametrize("call", ["outcome_and_attempt", "add_event"])
def test_a_session_event_that_arrives_while_its_payment_is_erased_is_erased_too(shop: ServiceShop, call: str) -> None:
    attempt = pay(shop)
    told = shop.store.events(None, type="checkout.session.completed")[0][0]
    assert "Mary Bee" in told.model_dump_json()
    event = told.model_copy(update={"id": "evt_again"})
    when = "before" if call == "add_event" else "after"
    store: Any = Meanwhile(shop.store, call, **{when: lambda: erase(shop.store, attempt.id, shop.now)})
    text = event.model_dump_json()
    assert inbox.receive(store, shop.gateway, event, shop.now, payload=text) == "applied"
    assert shop.store.event_outcome("evt_again") == (shop.now, "applied")
    assert [told for told in TOLD if told in everything_stored(shop)] == []


def test_an_event_that_arrives_after_stored_events_were_looked_through_is_erased_too(shop: ServiceShop) -> None:
    attempt = pay(shop)
    delivery = refunded_event(shop, attempt)
    store: Any = Meanwhile(shop.store, "events_naming", after=lambda: shop.receive(*delivery))
    erase(store, attempt.id, shop.now)
    assert [told for told in TOLD if told in everything_stored(shop)] == []


@pytest.mark.parametrize(
    ("type", "about"),
    [
        ("payment_intent.succeeded", {"object": "payment_intent", "id": "{intent}"}),
        ("charge.succeeded", {"object": "charge", "id": "ch_1", "payment_intent": "{intent}"}),
        ("invoice.paid", {"object": "invoice", "lines": [{"metadata": {"counterfoil_attempt": "{attempt}"}}]}),
        ("checkout.session.renamed", {"object": "checkout.session", "metadata": {"counterfoil_attempt": "{attempt}"}}),
    ],
)
@pytest.mark.parametrize("own", [True, False], ids=["of its account", "of another account"])
def test_an_event_that_changes_nothing_here_brings_nothing_back_either(
    shop: ServiceShop, type: str, about: dict[str, Any], own: bool
) -> None:
    attempt = pay(shop)
    erase(shop.store, attempt.id, shop.now)
    text = json.dumps({**about, "customer_email": "mary@post.example"})
    named = json.loads(text.replace("{intent}", attempt.payment_intent or "").replace("{attempt}", attempt.id))
    account = attempt.account if own else "acct_other"
    event = Event(id="evt_later", account=account, created=shop.now, type=type, data=EventData(object=named))
    inbox.receive(shop.store, shop.gateway, event, shop.now, payload=event.model_dump_json())
    stored = shop.store.event("evt_later")
    assert stored is not None
    assert stored.data.object["customer_email"] == (None if own else "mary@post.example")
