"""Two hundred buyers and eight processes compete for the last places of a link: exactly as many can pay as there are places.

The sandbox is in the same database, so that all of them write to it at once.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from app.application import assemble
from app.config import read_config
from app.objects.attempt import Attempt
from app.objects.payment_link import PaymentLink
from app.sandbox.deliveries import sign
from app.web.visit.form_token import FormTokens
from tests.faults.scene import (
    NO_LIMITS,
    SECRET_KEY,
    Answer,
    Application,
    an_application,
    get,
    now,
    post,
    post_event,
)
from tests.support.build import NOW, an_organization
from tests.support.buyer import CHECKOUT
from tests.support.postgresql import new_database, running_server
from tests.support.shop import ApplicationShop

pytestmark = pytest.mark.faults

WEBHOOK_SECRET = "whsec_" + "race"

PROCESSES = 8
BUYERS = 200
AT_ONCE = 64
"""How many requests are in progress at a time: one for each thread of this process."""


class ForkedShop(ApplicationShop):
    """Eight processes and this one, on one database."""

    def __init__(self, application: Application, app: Flask) -> None:
        super().__init__(app)
        self.application = application

    def form(self, link: PaymentLink) -> str:
        return FormTokens(SECRET_KEY, link.id, now()).issue()

    def submit(self, link: PaymentLink, form: str) -> Answer:
        return post(f"{self.application.url}/pay/{link.counterfoil.code}", {"csrf_token": form})

    def sessions(self, link: PaymentLink) -> Counter[str]:
        """Count the sessions of a link at Stripe by state."""
        attempts = self.store.attempts_of_link(link.id, limit=1000)
        ids = [attempt.checkout_session for attempt in attempts if attempt.checkout_session]
        account = attempts[0].account
        return Counter(self.gateway.retrieve_checkout_session(id, account=account).status or "" for id in ids)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('race')}/race.db"
        return
    with running_server() as server, new_database(server, "race") as address:
        yield address


@pytest.fixture(scope="module")
def shop(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkedShop]:
    folder: Path = tmp_path_factory.mktemp("secrets")
    settings = {
        "DATABASE_URL": database,
        "SECRET_KEY": SECRET_KEY,
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        **NO_LIMITS,
    }
    with an_application(settings) as application:
        config = read_config({**settings, "PUBLIC_URL": application.url}, data=folder)
        shop = ForkedShop(application, assemble(config))
        shop.store.migrate(NOW)
        shop.store.add_organization(an_organization())
        with application.serving(str(PROCESSES)):
            yield shop
        shop.store.close()


def all_at_once(work: Callable[[str], Answer], many: list[str]) -> list[Answer]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(work, many))


@pytest.mark.parametrize("limit", [1, 7, 50])
def test_exactly_as_many_buyers_as_there_are_places_can_pay(shop: ForkedShop, limit: int) -> None:
    link = shop.limited(limit)
    forms = [shop.form(link) for _ in range(BUYERS)]

    answers = all_at_once(lambda form: shop.submit(link, form), forms)
    assert Counter(answer.status for answer in answers) == {303: limit, 409: BUYERS - limit}
    checkouts = [answer.location for answer in answers if answer.status == 303]
    assert shop.sessions(link) == {"open": len(set(checkouts))} == {"open": limit}

    # One buyer leaves. Exactly one other buyer gets the place.
    leaving = shop.store.attempts_of_link(link.id, limit=1)[0]
    assert get(f"{shop.application.url}/pay/{link.counterfoil.code}/cancel/{leaving.token}").status == 200
    others = [form for form, answer in zip(forms, answers, strict=True) if answer.status == 409][:20]
    moved_up = all_at_once(lambda form: shop.submit(link, form), others)
    assert Counter(answer.status for answer in moved_up) == {303: 1, 409: len(others) - 1}

    payable = {*checkouts, *(answer.location for answer in moved_up if answer.status == 303)}
    paid = all_at_once(lambda checkout: post(checkout, CHECKOUT), sorted(payable))
    # The session of the buyer who left can no longer be paid.
    assert Counter("/complete/" in answer.location for answer in paid) == {True: limit, False: 1}
    assert shop.sessions(link) == {"complete": limit, "expired": 1}

    for answer in paid:
        if "/complete/" in answer.location:
            assert get(answer.location).status == 200
    assert (shop.count(link), shop.store.places_left(link.id)) == (limit, 0)
    late = all_at_once(lambda form: shop.submit(link, form), [shop.form(link) for _ in range(20)])
    assert Counter(answer.status for answer in late) == {200 if limit == 1 else 410: 20}


def test_buyers_who_all_start_again_at_once_leave_one_session_that_can_be_paid(shop: ForkedShop) -> None:
    link = shop.limited(1)
    first = shop.submit(link, shop.form(link))
    assert first.status == 303
    address = f"{shop.application.url}/pay/{link.counterfoil.code}"

    def start_again_and_submit(form: str) -> Answer:
        assert post(address, {"csrf_token": form, "hold": "restart"}).status in {303, 409}
        return shop.submit(link, form)

    answers = all_at_once(start_again_and_submit, [shop.form(link) for _ in range(40)])
    assert {answer.status for answer in answers} <= {303, 409}
    sessions = shop.sessions(link)
    assert sessions["open"] <= 1
    assert sessions["open"] + (shop.store.places_left(link.id) or 0) == 1
    # A buyer whose session another buyer has ended gets the page of that attempt, which has no origin.
    led = {first.location, *(answer.location for answer in answers if answer.status == 303)}
    checkouts = {location for location in led if location.startswith("http")}
    paid = all_at_once(lambda checkout: post(checkout, CHECKOUT), sorted(checkouts))
    assert sum("/complete/" in answer.location for answer in paid) == sessions["open"]
    assert shop.sessions(link)["complete"] == sessions["open"]


def test_one_form_submitted_everywhere_at_once_is_one_attempt(shop: ForkedShop) -> None:
    link = shop.limited(50)
    form = shop.form(link)
    answers = all_at_once(lambda form: shop.submit(link, form), [form] * 40)
    # 503: Stripe is still working on a request with the same idempotency key.
    assert {answer.status for answer in answers} <= {303, 503}
    assert len({answer.location for answer in answers if answer.status == 303}) == 1
    assert shop.sessions(link) == {"open": 1}
    assert len(shop.store.attempts_of_link(link.id)) == 1
    assert shop.store.places_left(link.id) == 49


def test_the_same_news_in_every_process_at_once_counts_once(shop: ForkedShop) -> None:
    link = shop.limited(50)
    assert {shop.submit(link, shop.form(link)).status for _ in range(20)} == {303}
    attempts = shop.store.attempts_of_link(link.id)[:15]
    news = [delivery for attempt in attempts for delivery in told_as_paid(attempt) * PROCESSES]

    with ThreadPoolExecutor(2 * PROCESSES) as pool:
        statuses = Counter(pool.map(lambda one: post_event(shop.application.url, one), news))
    assert statuses == {200: len(news)}
    assert (shop.count(link), shop.store.places_left(link.id)) == (15, 30)
    for attempt in attempts:
        assert [row.to_state for row in shop.store.history(attempt.id)] == ["opened", "paid"]


def told_as_paid(attempt: Attempt) -> list[dict[str, str]]:
    """Return two signed events about the same payment."""
    session = {
        "id": attempt.checkout_session, "object": "checkout.session", "amount_subtotal": 1250, "amount_total": 1250,
        "currency": "eur", "expires_at": attempt.expires_at, "livemode": False, "mode": "payment",
        "payment_intent": f"pi_{attempt.id}", "payment_status": "paid", "status": "complete",
    }  # fmt: skip
    event = {"object": "event", "account": attempt.account, "created": now(), "data": {"object": session}}
    told = []
    for type in ("checkout.session.completed", "checkout.session.async_payment_succeeded"):
        payload = json.dumps({**event, "id": f"evt_{attempt.id}_{type}", "type": type}).encode()
        told.append({"payload": payload.decode(), "signature": sign(payload, WEBHOOK_SECRET, now())})
    return told
