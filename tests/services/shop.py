"""A merchant for tests of services: a real store, and the sandbox behind Stripe's SDK."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from app.gateway.stripe_gateway import StripeGateway
from app.gateway.transport import WSGIClient
from app.objects.attempt import Attempt, State
from app.objects.payment_link import PaymentLink
from app.objects.selection import Selection
from app.sandbox import Sandbox, create_sandbox
from app.sandbox.account import Account
from app.sandbox.deliveries import sign
from app.sandbox.payments.methods import Method
from app.sandbox.sessions import lifecycle
from app.sandbox.sessions.lifecycle import Answers
from app.sandbox.sessions.totals import compute_totals
from app.services import reconcile
from app.services.attempts import state_machine
from app.services.checkout import steps as checkout
from app.services.checkout.steps import Completion
from app.services.events import inbox
from app.services.links import service as links
from app.services.links.answer import LinkSettings
from app.services.reconcile import Summary
from app.store import Engine, Store, open_engine
from app.store.sql_store import SQLStore
from tests.services.broken import Unlisted
from tests.support.build import NOW, an_organization
from tests.support.migrated import migrated_database
from tests.support.shop import Shop, price_data

SETTINGS = LinkSettings(public_url="http://127.0.0.1:8000", custom_fields_max=3)
KEY = "sk_" + "test_" + "shop"
SECRET = "whsec_" + "shop"
CARD = Method("card", "4242", brand="visa", exp_month=12, exp_year=2030)
GOOD_DEBIT = Method("sepa_debit", "3000", settles=True)
BAD_DEBIT = Method("sepa_debit", "3002", settles=False)
PRICE = price_data()


class ServiceShop(Shop):
    """A merchant whose sandbox delivers no event until the test says so. `now` is the time here and in the sandbox."""

    gateway: StripeGateway

    def __init__(self, store: Store, engine: Engine) -> None:
        self.engine = engine
        self.now = NOW
        self.outbox: list[tuple[bytes, str]] = []
        self.sandbox: Sandbox = create_sandbox(
            engine,
            clock=lambda: self.now,
            webhook_secret=SECRET,
            public_url=SETTINGS.public_url,
            deliver=self._take,
        )
        gateway = StripeGateway(
            KEY, webhook_secret=SECRET, http_client=WSGIClient(self.sandbox.api), sandbox=True, max_network_retries=0
        )
        super().__init__(store, gateway, SETTINGS, lambda: self.now)

    def _take(self, payload: bytes, signature: str) -> int:
        self.outbox.append((payload, signature))
        return 200

    def start(
        self, link: PaymentLink, form: str = "form_1", selection: Selection | None = None, **more: Any
    ) -> Attempt:
        """Submit the form of a link."""
        return self.start_with(self.gateway, link, selection, form=form, **more)

    def start_with(
        self, gateway: Any, link: PaymentLink, selection: Selection | None = None, form: str = "form_1", **more: Any
    ) -> Attempt:
        """Submit the form of a link, with another gateway."""
        current = links.resolve(self.store, link.counterfoil.code)
        chosen = selection or Selection()
        return checkout.start(
            self.store,
            gateway,
            self.organization,
            current,
            chosen,
            self.now,
            form=form,
            public_url=SETTINGS.public_url,
            **more,
        )

    def complete(self, attempt: Attempt, gateway: Any = None) -> Completion:
        """Return from Checkout to the completion page."""
        return checkout.complete(self.store, gateway or self.gateway, self.link_of(attempt), attempt.token, self.now)

    def cancel(self, attempt: Attempt, gateway: Any = None) -> Attempt:
        """Return from Checkout to the cancel page."""
        return checkout.cancel(self.store, gateway or self.gateway, self.link_of(attempt), attempt.token, self.now)

    def link_of(self, attempt: Attempt) -> PaymentLink:
        """Return the link that an attempt belongs to, as it is stored now."""
        return links.retrieve(self.store, self.organization.id, attempt.payment_link)

    def pay(
        self, attempt: Attempt, method: Method | None = CARD, *, delivery: Any = None, shipping_rate: str | None = None
    ) -> None:
        """Complete Checkout as a buyer, with a delivery address and a shipping option. Deliver no event yet."""
        account = self.account()
        assert attempt.checkout_session is not None
        session = attempt.checkout_session
        answers = Answers("mary@post.example", name="Mary Bee", shipping_details=delivery)

        def complete() -> None:
            found = account.require("checkout.session", session)
            if shipping_rate is not None:
                found = compute_totals(account, {**found, "_shipping_rate": shipping_rate})
            lifecycle.complete(account, found, answers, method)

        self.engine.run(complete)

    def account(self) -> Account:
        """Return the merchant's account in the sandbox."""
        return Account(self.engine, self.organization.id, self.now, SETTINGS.public_url)

    def deliveries(self) -> list[tuple[bytes, str]]:
        """Take the events that the sandbox has sent, oldest first."""
        while self.sandbox.deliver_pending():
            pass
        sent, self.outbox = self.outbox, []
        return sent

    def receive(self, payload: bytes, signature: str) -> str:
        """Receive one delivery and return its outcome."""
        event = self.gateway.read_event(payload, signature, self.now)
        return inbox.receive(self.store, self.gateway, event, self.now, payload=payload.decode())

    def receive_all(self) -> list[str]:
        """Receive every delivery and return the outcomes."""
        return [self.receive(*delivery) for delivery in self.deliveries()]

    def event_of(self, type: str) -> dict[str, Any]:
        """Take the events that the sandbox has sent, and return the only one of this type."""
        (event,) = (event for payload, _ in self.deliveries() if (event := json.loads(payload))["type"] == type)
        return dict(event)

    def pay_too_late(self, link: PaymentLink) -> tuple[Attempt, dict[str, Any]]:
        """Pay a link's only place too late, after another buyer. Return the late attempt and its event, which is not received yet."""
        attempt = self.start(link)
        self.pay(attempt)
        event = self.event_of("checkout.session.completed")
        self.settle(attempt, "expired")
        self.pay(self.start(link, "other"))
        self.receive_all()
        return attempt, event

    def receive_signed(self, event: Mapping[str, Any], gateway: Any = None) -> str:
        """Receive an event and return its outcome. `gateway` is used for the calls that it leads to."""
        payload = json.dumps(event).encode()
        read = self.gateway.read_event(payload, sign(payload, SECRET, self.now), self.now)
        return inbox.receive(self.store, gateway or self.gateway, read, self.now, payload=payload.decode())

    def post(self, path: str, params: Mapping[str, str]) -> dict[str, Any]:
        """Send a POST to the sandbox's API as the merchant."""
        return self.send("post", path, params)

    def send(self, method: str, path: str, params: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Send a request to the sandbox's API as the merchant."""
        headers = {"Authorization": f"Bearer {KEY}", "Stripe-Account": self.organization.id}
        body, status, _ = self.client().request(method, f"http://stripe.test{path}", headers, urlencode(params or {}))
        assert status == 200, body
        answer: dict[str, Any] = json.loads(body)
        return answer

    def refund(self, attempt: Attempt, amount: int | None = None) -> None:
        """Refund a payment or a part of it at the sandbox. Deliver no event yet."""
        intent = self.session(attempt)["payment_intent"]
        self.post("/v1/refunds", {"payment_intent": intent} | ({"amount": str(amount)} if amount else {}))

    def forget(self, attempt: Attempt) -> None:
        """Delete the row of an attempt."""
        self.engine.execute("DELETE FROM transitions WHERE attempt = :id", {"id": attempt.id})
        self.engine.execute("DELETE FROM attempts WHERE id = :id", {"id": attempt.id})

    def remember(self, attempt: Attempt) -> None:
        """Write the row of an attempt again."""
        assert self.store.add_attempt(attempt, "opened")

    def wait(self, seconds: int) -> None:
        """Move the clock forward, here and at the sandbox."""
        self.now += seconds
        self.sandbox.settle_delayed(self.now)

    def reconcile(self) -> Summary:
        """Run the periodic work."""
        return self.reconcile_with(self.gateway)

    def read_sessions(self) -> Summary:
        """Run the periodic work with a key that may not list events, so that it reads every open session."""
        return self.reconcile_with(Unlisted(self.gateway), everything=True)

    def reconcile_with(self, gateway: Any, **how: Any) -> Summary:
        """Run the periodic work with another gateway."""
        return reconcile.reconcile(self.store, gateway, self.now, **how)

    def state(self, attempt: Attempt) -> str:
        """Return the state of an attempt now."""
        return self.stored(attempt).state

    def settle(self, attempt: Attempt, state: State) -> Attempt:
        """Settle an attempt in a state that Stripe did not report."""
        return state_machine.settle(self.store, attempt, state_machine.Fact(state), self.now, cause="believed")

    def client(self) -> WSGIClient:
        """Return an HTTP client of the sandbox for another gateway."""
        return WSGIClient(self.sandbox.api)

    def sessions(self) -> list[str]:
        """Return the ids of all sessions in the sandbox, oldest first."""
        made = self.engine.rows("SELECT id FROM sandbox_objects WHERE object = 'checkout.session' ORDER BY sequence")
        return [row["id"] for row in made]

    def refunds(self) -> list[dict[str, Any]]:
        """Return the refunds in the sandbox, oldest first."""
        made = self.engine.rows("SELECT document FROM sandbox_objects WHERE object = 'refund' ORDER BY sequence")
        return [json.loads(row["document"]) for row in made]

    def tamper(self, attempt: Attempt, **changes: Any) -> None:
        """Change the session of an attempt in the sandbox."""
        account = Account(self.engine, self.organization.id, self.now, SETTINGS.public_url)
        account.save({**self.session(attempt), **changes})

    def session(self, attempt: Attempt) -> dict[str, Any]:
        """Return the session of an attempt in the sandbox."""
        account = Account(self.engine, self.organization.id, self.now, SETTINGS.public_url)
        return account.require("checkout.session", attempt.checkout_session or "")


def open_shop(folder: Path) -> ServiceShop:
    """Open a shop on a new SQLite file."""
    folder.mkdir(exist_ok=True)
    engine = open_engine(migrated_database(folder / "shop.db"))
    store = SQLStore(engine)
    store.add_organization(an_organization())
    return ServiceShop(store, engine)
