"""During a call to Stripe, no transaction is open and the attempt is stored."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.store import Store
from app.store.sql_store import SQLStore
from app.store.sqlite import SQLite
from tests.services.shop import PRICE, ServiceShop


class Watched:
    """A gateway that works, and checks at every call that another connection can write at once."""

    livemode = False
    sandbox = True

    def __init__(self, shop: ServiceShop, other_store: Store) -> None:
        self._shop = shop
        self._other_store = other_store
        self.calls: list[str] = []
        self.attempts_seen: list[list[str]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*values: Any, **named: Any) -> Any:
            # Raises `StoreBusy` where a transaction is open.
            self._other_store.take_lease(name, "other owner", self._shop.now, self._shop.now)
            self.attempts_seen.append([attempt.id for attempt in self._other_store.attempts_of_form("form_1")])
            self.calls.append(name)
            return getattr(self._shop.gateway, name)(*values, **named)

        return call


@pytest.fixture
def gateway(shop: ServiceShop, tmp_path: Path) -> Iterator[Watched]:
    other_store = SQLStore(SQLite(tmp_path / "shop.db", lock_timeout=0))
    yield Watched(shop, other_store)
    other_store.close()


def start(shop: ServiceShop, gateway: Watched) -> None:
    shop.start_with(gateway, shop.limited(1))


def change_answers(shop: ServiceShop, gateway: Watched) -> None:
    bounds = {"enabled": True, "maximum": 10}
    link = shop.limited(1, line_items=[{"price_data": PRICE, "quantity": 1, "adjustable_quantity": bounds}])
    attempt = shop.start(link)
    assert link.line_items is not None
    quantities = {link.line_items.data[0].id: 2}
    shop.start_with(gateway, link, attempt.selection.model_copy(update={"quantities": quantities}))


def cancel(shop: ServiceShop, gateway: Watched) -> None:
    shop.cancel(shop.start(shop.limited(1)), gateway)


def complete(shop: ServiceShop, gateway: Watched) -> None:
    shop.complete(shop.start(shop.limited(1)), gateway)


def deactivate(shop: ServiceShop, gateway: Watched) -> None:
    link = shop.limited(1)
    shop.start(link)
    shop.update_with(gateway, link, active=False)


def receive_a_late_payment(shop: ServiceShop, gateway: Watched) -> None:
    link = shop.limited(1)
    _attempt, event = shop.pay_too_late(link)
    shop.receive_signed(event, gateway=gateway)


def reconcile(shop: ServiceShop, gateway: Watched) -> None:
    shop.start(shop.limited(1))
    shop.reconcile_with(gateway)


def reconcile_everything(shop: ServiceShop, gateway: Watched) -> None:
    shop.start(shop.limited(1))
    shop.reconcile_with(gateway, everything=True)


@pytest.mark.parametrize(
    ("step", "calls"),
    [
        pytest.param(start, ["create_checkout_session"], id="start"),
        pytest.param(change_answers, ["expire_checkout_session", "create_checkout_session"], id="change answers"),
        pytest.param(cancel, ["expire_checkout_session"], id="cancel"),
        pytest.param(complete, ["retrieve_checkout_session"], id="complete"),
        pytest.param(deactivate, ["expire_checkout_session"], id="deactivate"),
        pytest.param(receive_a_late_payment, ["create_refund"], id="receive a late payment"),
        pytest.param(reconcile, ["list_events"], id="reconcile"),
        pytest.param(reconcile_everything, ["list_events", "retrieve_checkout_session"], id="reconcile everything"),
    ],
)
def test_no_transaction_is_open_while_stripe_is_asked(
    shop: ServiceShop, gateway: Watched, step: Callable[[ServiceShop, Watched], None], calls: list[str]
) -> None:
    step(shop, gateway)
    assert gateway.calls == calls


def test_the_attempt_is_stored_before_stripe_is_asked(shop: ServiceShop, gateway: Watched) -> None:
    attempt = shop.start_with(gateway, shop.limited(1))
    assert gateway.attempts_seen == [[attempt.id]]
