"""A post costs the same however often its form was sent: few of its attempts are read, and their number has a limit."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from app.errors import FormUsedUp
from app.objects.attempt import State
from app.objects.payment_link import PaymentLink
from app.objects.selection import Answers, Selection
from app.services.checkout.reservation import ATTEMPTS_PER_FORM
from app.store.engine import NO_VALUES, Row
from app.store.sql_store import SQLStore
from app.store.sqlite import SQLite
from tests.services.shop import ServiceShop
from tests.support.counting import count_instructions


@dataclass
class Work:
    """The work of the store."""

    statements: int = 0
    rows: int = 0
    steps: int = 0
    """Instructions of SQLite's virtual machine."""


class Counting(SQLite):
    """SQLite that counts statements, the rows that they return, and its own instructions."""

    work = Work()

    def rows(self, sql: str, params: Mapping[str, Any] = NO_VALUES) -> list[Row]:
        found = super().rows(sql, params)
        self.work.statements += 1
        self.work.rows += len(found)
        return found

    def execute(self, sql: str, params: Mapping[str, Any] = NO_VALUES) -> int:
        self.work.statements += 1
        return super().execute(sql, params)

    @contextmanager
    def counted(self) -> Iterator[Work]:
        """Count the work of the block."""
        self.work = Work()
        with count_instructions(self) as counted:
            yield self.work
        self.work.steps = counted["instructions"]


def of(number: int) -> Selection:
    """Return a selection that differs from others by its number."""
    return Selection(answers=Answers(email=f"{number}@post.example"))


def with_ended_attempts(shop: ServiceShop, link: PaymentLink, number: int, state: State = "canceled") -> None:
    """Store this many ended attempts of the form `form_1`, beyond its limit."""
    first = shop.start(link, "another form")
    for index in range(number):
        ended = first.model_copy(
            update={
                "id": f"att_{link.id}_{index}",
                "checkout_session": None,
                "fingerprint": f"ended {index}",
                "form": "form_1",
                "place": "released",
                "reference": None,
                "state": state,
                "token": f"{link.id} {index}",
            }
        )
        assert shop.store.add_attempt(ended, "opened")


def cost_of_a_post(shop: ServiceShop, ended: int) -> Work:
    link = shop.link()
    # The form of an API request has no limit, so its cost can be measured with any number of attempts.
    with_ended_attempts(shop, link, ended)
    shop.start(link, "form_1", of(0), origin="api")
    store = shop.store
    assert isinstance(store, SQLStore)
    counting = Counting(store.engine.path)  # type: ignore[attr-defined]  # the same file
    shop.store = SQLStore(counting)
    try:
        with counting.counted() as work:
            shop.start(link, "form_1", of(1), origin="api")
    finally:
        shop.store.close()
        shop.store = store
    shop.engine.execute("DELETE FROM transitions")
    shop.engine.execute("DELETE FROM attempts")
    return work


def test_a_post_costs_the_same_after_two_and_after_nine_hundred_posts(shop: ServiceShop) -> None:
    few, many = cost_of_a_post(shop, 2), cost_of_a_post(shop, 900)
    assert (few.statements, few.rows) == (many.statements, many.rows)
    assert many.steps < few.steps * 1.2


def test_a_form_opens_a_limited_number_of_sessions(shop: ServiceShop) -> None:
    link = shop.limited(2)
    made = [shop.start(link, selection=of(number)) for number in range(ATTEMPTS_PER_FORM)]
    with pytest.raises(FormUsedUp):
        shop.start(link, selection=of(99))
    assert len(shop.sessions()) == ATTEMPTS_PER_FORM
    assert shop.store.places_left(link.id) == 2, "its open session has ended, so that a fresh form finds a place"
    assert {shop.state(attempt) for attempt in made} == {"canceled"}
    assert shop.start(link, "fresh form", of(99)).state == "opened"


def test_a_form_at_its_limit_still_returns_its_open_session(shop: ServiceShop) -> None:
    link = shop.link()
    made = [shop.start(link, selection=of(number)) for number in range(ATTEMPTS_PER_FORM)]
    assert shop.start(link, selection=of(ATTEMPTS_PER_FORM - 1)).id == made[-1].id


def test_a_form_at_its_limit_still_returns_its_payment(shop: ServiceShop) -> None:
    link = shop.link()
    made = [shop.start(link, selection=of(number)) for number in range(ATTEMPTS_PER_FORM)]
    shop.pay(made[-1])
    shop.receive_all()
    assert shop.start(link, selection=of(99)).state == "paid"


def test_the_form_of_an_api_request_has_no_limit(shop: ServiceShop) -> None:
    link = shop.link()
    attempts = [shop.start(link, selection=of(number), origin="api") for number in range(ATTEMPTS_PER_FORM + 2)]
    assert attempts[-1].state == "opened"
