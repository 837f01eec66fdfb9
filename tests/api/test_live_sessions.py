"""`/v1/checkout/sessions` with a Stripe key.

The sandbox at an address of its own takes the place of Stripe, and every request is recorded.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import stripe
from flask import Flask

from app.application import assemble
from app.config import Config
from app.sandbox import STEPS, Sandbox, create_sandbox
from app.sandbox.account import DEFAULT_ACCOUNT, Account
from app.sandbox.payments.methods import Method
from app.sandbox.sessions import lifecycle
from app.sandbox.sessions.lifecycle import Answers
from app.services.attempts.settlement import read_back
from app.store import migrate, open_engine
from app.web.http.context import EXTENSION, Context
from tests.api.conftest import ApiShop, a_shop
from tests.api.sessions import open_session
from tests.gateway.stripe_shaped import KEY, WEBHOOK_SECRET
from tests.support.build import NOW
from tests.support.clock import Clock
from tests.support.http_server import served

DEBIT = Method("sepa_debit", "3000", settles=True)
CARD = Method("card", "4242", brand="visa", exp_month=12, exp_year=2030)


@dataclass
class Live:
    """A shop with Stripe. `asked` are the requests that Stripe got; while `silent`, it answers none; `inbox` takes its events."""

    clock: Clock
    asked: list[str] = field(default_factory=list)
    inbox: Callable[[bytes, str], int] | None = None
    silent: bool = False
    shop: ApiShop = field(init=False)
    stripe: Sandbox = field(init=False)

    def application(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.asked.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        if self.silent:
            start_response("503 Service Unavailable", [("Stripe-Should-Retry", "false")])
            return [b""]
        return self.stripe.api(environ, start_response)

    def deliver(self, payload: bytes, signature: str) -> int:
        return self.inbox(payload, signature) if self.inbox else 500

    def webhook(self, payload: bytes, signature: str) -> int:
        return self.shop.http.post(
            "/webhooks/stripe", data=payload, headers={"Stripe-Signature": signature}
        ).status_code

    def pay(self, session: str, email: str = "ann@example.com", method: Method = CARD) -> None:
        """Let a buyer pay at Checkout."""
        account = Account(self.stripe.engine, DEFAULT_ACCOUNT, self.clock(), public_url="https://checkout.stripe.com")

        def complete() -> None:
            lifecycle.complete(account, account.require("checkout.session", session), Answers(email), method)

        account.engine.run(complete)
        self.stripe.deliver_pending()

    @contextmanager
    def recording(self) -> Iterator[list[str]]:
        """Record what Stripe is asked in the block."""
        self.asked.clear()
        yield self.asked


@pytest.fixture(scope="module")
def server(configured: Callable[..., Config], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Live, Flask]]:
    """One application with a Stripe for all tests of the module."""
    live = Live(Clock())
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('stripe') / 'stripe.db'}")
    migrate(engine, STEPS, NOW)
    live.stripe = create_sandbox(
        engine,
        clock=live.clock,
        webhook_secret=WEBHOOK_SECRET,
        public_url="https://checkout.stripe.com",
        deliver=live.deliver,
    )
    settings = {"STRIPE_SECRET_KEY": KEY, "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET, "SECRET_KEY": "x" * 32}
    with served(live.application) as address:
        app = assemble(configured(STRIPE_API_BASE=address, **settings), now=live.clock)
        context: Context = app.extensions[EXTENSION]
        yield live, app
        context.store.close()
    engine.close()


@pytest.fixture
def live(server: tuple[Live, Flask]) -> Live:
    """An organization of its own for every test. All of them share one account at Stripe."""
    live, app = server
    live.clock.now, live.inbox, live.silent = NOW, None, False
    live.shop = a_shop(app, live.clock)
    return live


def a_live_link(live: Live, **changes: Any) -> Any:
    data = {"currency": "eur", "unit_amount": 1250, "product_data": {"name": "Honey"}}
    return live.shop.link(line_items=[{"price_data": data, "quantity": 1}], **changes)


def test_a_payment_that_no_event_has_told_of_is_answered_as_paid(live: Live) -> None:
    link = a_live_link(live)
    first, second = (open_session(live.shop, link) for _ in range(2))
    live.pay(first)
    sessions = live.shop.sdk.v1.checkout.sessions
    assert sessions.retrieve(first).payment_status == "paid"
    complete = sessions.list({"payment_link": link.id, "status": "complete"})
    assert [(one.id, one.payment_link) for one in complete.data] == [(first, link.id)]
    assert [one.id for one in sessions.list({"status": "open"}).data] == [second]
    assert [one.id for one in sessions.list({"payment_intent": sessions.retrieve(first).payment_intent}).data] == [
        first
    ]


def test_a_settled_session_is_answered_without_stripe(live: Live) -> None:
    live.inbox = live.webhook
    link = a_live_link(live)
    id = open_session(live.shop, link)
    live.pay(id)
    sessions = live.shop.sdk.v1.checkout.sessions
    fresh = sessions.retrieve(id, {"expand": ["payment_intent"]}).to_dict()
    with live.recording() as asked:
        session = sessions.retrieve(id)
        (listed,) = sessions.list({"payment_link": link.id}).data
        (found,) = sessions.list({"payment_intent": session.payment_intent}).data
    assert asked == []
    assert session.to_dict() == {**fresh, "payment_intent": fresh["payment_intent"]["id"]}
    assert listed.to_dict() == found.to_dict() == session.to_dict()


def test_a_page_of_open_sessions_asks_stripe_once(live: Live) -> None:
    link = a_live_link(live)
    made = [open_session(live.shop, link) for _ in range(4)]
    with live.recording() as asked:
        page = live.shop.sdk.v1.checkout.sessions.list({"limit": 3})
    assert ([one.id for one in page.data], page.has_more) == (made[:0:-1], True)
    assert asked == ["GET /v1/checkout/sessions"]


def test_sessions_of_stripes_account_that_are_not_ours_are_not_answered(live: Live) -> None:
    link = a_live_link(live)
    ours = open_session(live.shop, link)
    price = live.shop.store.link(link.id).line_items.data[0].price.id  # type: ignore[union-attr]
    at_stripe: Any = stripe.StripeClient(KEY, base_addresses={"api": live.shop.context.config.stripe_api_base or ""}).v1
    line = {"price": price, "quantity": 1}
    made = {"mode": "payment", "line_items": [line], "success_url": "https://shop.example/"}
    foreign = at_stripe.checkout.sessions.create({**made, "customer_email": "ann@example.com"})
    live.pay(ours)
    sessions = live.shop.sdk.v1.checkout.sessions
    assert [one.id for one in sessions.list().data] == [ours]
    assert [one.id for one in sessions.list({"customer_details": {"email": "ann@example.com"}}).data] == [ours]
    for call in (sessions.retrieve, sessions.expire, sessions.line_items.list):
        with pytest.raises(stripe.InvalidRequestError, match="No such checkout session"):
            call(foreign.id)
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL"):
        sessions.create(made)
    assert at_stripe.checkout.sessions.retrieve(foreign.id).status == "open"


def test_sessions_of_another_organization_of_the_same_account_do_not_exist(
    live: Live, server: tuple[Live, Flask]
) -> None:
    live.inbox = live.webhook
    link = a_live_link(live)
    theirs = open_session(live.shop, link)
    live.pay(theirs)
    intent = live.shop.sdk.v1.checkout.sessions.retrieve(theirs).payment_intent
    live.shop = a_shop(server[1], live.clock)
    sessions = live.shop.sdk.v1.checkout.sessions
    for call in (sessions.retrieve, sessions.expire, sessions.line_items.list):
        with pytest.raises(stripe.InvalidRequestError, match="No such checkout session"):
            call(theirs)
    filters: list[Any] = [
        {},
        {"payment_link": link.id},
        {"payment_intent": intent},
        {"customer_details": {"email": "ann@example.com"}},
    ]
    assert [sessions.list(chosen).data for chosen in filters] == [[], [], [], []]
    with pytest.raises(stripe.InvalidRequestError, match="No such checkout session"):
        sessions.list({"starting_after": theirs})


def test_pages_by_customer_hold_each_session_once(live: Live) -> None:
    link = a_live_link(live)
    made = [open_session(live.shop, link) for _ in range(3)]
    for id in made:
        live.pay(id)
    find = live.shop.sdk.v1.checkout.sessions.list
    filters = {"customer_details": {"email": "ann@example.com"}, "limit": 2}
    first = find(filters)
    assert ([one.id for one in first.data], first.has_more) == ([made[2], made[1]], True)
    rest = find({**filters, "starting_after": made[1]})
    assert ([one.id for one in rest.data], rest.has_more) == ([made[0]], False)
    back = find({**filters, "limit": 1, "ending_before": made[0]})
    assert ([one.id for one in back.data], back.has_more) == ([made[1]], True)


def test_what_stripe_must_be_asked_for_is_a_502_while_stripe_is_silent(live: Live) -> None:
    live.inbox = live.webhook
    link = a_live_link(live)
    paid, unpaid = open_session(live.shop, link), open_session(live.shop, link)
    live.pay(paid)
    live.silent = True
    sessions = live.shop.sdk.v1.checkout.sessions
    assert sessions.retrieve(paid).payment_status == "paid"
    for call in (sessions.retrieve, sessions.expire):
        with pytest.raises(stripe.APIError) as silent:
            call(unpaid)
        assert silent.value.http_status == 502
    assert live.shop.store.attempts_of_sessions(live.shop.organization.id, [unpaid])[unpaid].state == "opened"


def test_expiring_a_session_that_was_paid_meanwhile_is_refused_and_the_payment_is_kept(live: Live) -> None:
    link = a_live_link(live)
    id = open_session(live.shop, link)
    live.pay(id)
    with pytest.raises(stripe.InvalidRequestError, match="can be expired"):
        live.shop.sdk.v1.checkout.sessions.expire(id)
    assert live.shop.store.attempts_of_link(link.id)[0].state == "paid"


def test_a_debit_is_answered_as_paid_before_its_event_has_arrived(live: Live) -> None:
    live.inbox = live.webhook
    link = a_live_link(live)
    id = open_session(live.shop, link)
    live.pay(id, method=DEBIT)
    sessions = live.shop.sdk.v1.checkout.sessions
    assert (sessions.retrieve(id).status, sessions.retrieve(id).payment_status) == ("complete", "unpaid")
    live.inbox = None
    live.clock.now += lifecycle.DEBIT_SECONDS
    live.stripe.settle_delayed(live.clock.now)
    assert sessions.retrieve(id).payment_status == "paid"
    (attempt,) = live.shop.store.attempts_of_link(link.id)
    read_back(live.shop.store, live.shop.gateway, attempt, live.clock(), cause="asked")
    # The newest event that arrived says that the debit is under way, and the attempt says that it is paid.
    assert sessions.retrieve(id).payment_status == "paid"


def test_expiring_frees_the_place_although_no_event_arrives(live: Live) -> None:
    link = a_live_link(live, restrictions={"completed_sessions": {"limit": 1}})
    id = open_session(live.shop, link)
    assert live.shop.store.places_left(link.id) == 0
    assert live.shop.sdk.v1.checkout.sessions.expire(id).status == "expired"
    assert live.shop.store.places_left(link.id) == 1


def test_sessions_that_the_sandbox_made_before_there_was_a_stripe_key_are_not_listed(live: Live) -> None:
    link = a_live_link(live)
    ours = open_session(live.shop, link)
    (attempt,) = live.shop.store.attempts_of_link(link.id)
    for name, changes in (("sandbox", {"account": attempt.organization}), ("live", {"livemode": True})):
        names = {"id": f"att_{name}", "token": name, "form": name, "reference": None, "checkout_session": f"cs_{name}"}
        assert live.shop.store.add_attempt(attempt.model_copy(update={**names, **changes}), "opened")
    sessions = live.shop.sdk.v1.checkout.sessions
    assert [one.id for one in sessions.list().data] == [ours]
    for name in ("sandbox", "live"):
        with pytest.raises(stripe.InvalidRequestError, match="No such checkout session"):
            sessions.list({"starting_after": f"cs_{name}"})
