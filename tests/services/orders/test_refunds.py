"""A merchant refunds a payment or a part of it: Stripe makes each refund once, whatever is sent twice or dies in between."""

from typing import Any

import pytest

from app.errors import GatewayRefused, GatewayUnavailable, ResourceMissing
from app.gateway.stripe_gateway import StripeGateway
from app.objects.attempt import Attempt
from app.objects.change import Actor
from app.objects.order import OrderFilter
from app.services.attempts.refunds_and_disputes import apply_refund
from app.services.orders import refunds
from app.services.orders.refunds import RefundRefused
from tests.services.shop import ServiceShop

ADA = Actor(kind="user", id="user_ada", name="ada@example.com")


class Watched:
    """A gateway that can lose the answer to a refund, or refuse to make one."""

    def __init__(self, gateway: StripeGateway, *, lost: int = 0, refusal: GatewayRefused | None = None) -> None:
        self._gateway = gateway
        self.lost = lost
        self.refusal = refusal
        self.keys: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)

    def create_refund(self, **named: Any) -> Any:
        self.keys.append(named["idempotency_key"])
        if self.refusal is not None:
            raise self.refusal
        made = self._gateway.create_refund(**named)
        if self.lost:
            self.lost -= 1
            raise GatewayUnavailable
        return made


@pytest.fixture
def paid(shop: ServiceShop) -> Attempt:
    attempt = shop.start(shop.link())
    shop.pay(attempt)
    shop.receive_all()
    return shop.stored(attempt)


def refund(shop: ServiceShop, attempt: Attempt, gateway: Any = None, **how: Any) -> Attempt:
    return refunds.refund(
        shop.store, gateway or shop.gateway, shop.organization.id, attempt.id, shop.now, **{"actor": ADA, **how}
    )


def test_a_whole_refund_is_stored_at_once_with_its_reason_and_the_user(shop: ServiceShop, paid: Attempt) -> None:
    after = refund(shop, paid, reason="duplicate")
    assert (after.state, [part.amount for part in after.refunds]) == ("refunded", [1250])
    (made,) = shop.refunds()
    assert (made["amount"], made["reason"]) == (1250, "duplicate")
    assert made["metadata"]["counterfoil_attempt"] == paid.id
    (entry,) = shop.store.entries(paid.id)
    assert (entry.act, entry.actor, entry.amount, entry.text) == ("refund", ADA.name, 1250, "duplicate")


def test_parts_are_refunded_until_nothing_is_left(shop: ServiceShop, paid: Attempt) -> None:
    first = refund(shop, paid, amount=400)
    assert (first.state, refunds.refundable(first)) == ("paid", (850, "eur"))
    last = refund(shop, paid)
    assert (last.state, refunds.refundable(last)) == ("refunded", None)
    assert [made["amount"] for made in shop.refunds()] == [400, 850]
    with pytest.raises(RefundRefused) as refused:
        refund(shop, paid)
    assert refused.value.code == "nothing_left"


def test_a_part_that_the_merchant_refunded_needs_no_check(shop: ServiceShop, paid: Attempt) -> None:
    refund(shop, paid, amount=400)
    assert shop.store.orders(shop.organization.id, OrderFilter("flagged"))[0] == []
    assert len(shop.store.orders(shop.organization.id, OrderFilter("refunded"))[0]) == 1


def test_the_events_of_a_refund_change_nothing_more(shop: ServiceShop, paid: Attempt) -> None:
    after = refund(shop, paid, amount=400)
    shop.receive_all()
    assert shop.stored(paid).refunds == after.refunds
    assert refunds.refundable(shop.stored(paid)) == (850, "eur")
    assert shop.store.orders(shop.organization.id, OrderFilter("flagged"))[0] == []


@pytest.mark.parametrize(
    ("amount", "code"), [(1251, "amount_too_large"), (0, "amount_too_small"), (-5, "amount_too_small")]
)
def test_an_amount_beyond_what_is_left_is_refused_before_stripe_is_asked(
    shop: ServiceShop, paid: Attempt, amount: int, code: str
) -> None:
    gateway = Watched(shop.gateway)
    with pytest.raises(RefundRefused) as refused:
        refund(shop, paid, gateway, amount=amount)
    assert (refused.value.code, refused.value.left, gateway.keys) == (code, 1250, [])


def test_the_same_form_sent_twice_refunds_once(shop: ServiceShop, paid: Attempt) -> None:
    refund(shop, paid, amount=400, left=1250, request="rr_form")
    after = refund(shop, paid, amount=400, left=1250, request="rr_form")
    assert [part.amount for part in after.refunds] == [400]
    assert len(shop.refunds()) == 1


def test_two_browsers_that_saw_the_same_payment_refund_it_once(shop: ServiceShop, paid: Attempt) -> None:
    refund(shop, paid, amount=400, left=1250, request="rr_one")
    with pytest.raises(RefundRefused) as refused:
        refund(shop, paid, amount=400, left=1250, request="rr_other")
    assert (refused.value.code, refused.value.left) == ("changed", 850)
    assert len(shop.refunds()) == 1


def test_a_refund_whose_answer_was_lost_is_made_once_when_the_form_is_sent_again(
    shop: ServiceShop, paid: Attempt
) -> None:
    gateway = Watched(shop.gateway, lost=1)
    with pytest.raises(GatewayUnavailable):
        refund(shop, paid, gateway, amount=400, left=1250, request="rr_form")
    assert shop.stored(paid).refunds == ()
    after = refund(shop, paid, gateway, amount=400, left=1250, request="rr_form")
    assert [part.amount for part in after.refunds] == [400]
    assert len(set(gateway.keys)) == len(shop.refunds()) == 1


def test_another_form_finishes_a_refund_that_was_begun_before_and_makes_no_second_one(
    shop: ServiceShop, paid: Attempt
) -> None:
    with pytest.raises(GatewayUnavailable):
        refund(shop, paid, Watched(shop.gateway, lost=1), amount=400, left=1250, request="rr_dead")
    with pytest.raises(RefundRefused) as refused:
        refund(shop, paid, amount=400, left=1250, request="rr_new")
    assert (refused.value.code, refused.value.left) == ("finished", 850)
    assert [made["amount"] for made in shop.refunds()] == [400]
    assert [part.amount for part in shop.stored(paid).refunds] == [400]


def test_a_refund_without_an_answer_is_found_at_stripe_after_its_key_is_forgotten(
    shop: ServiceShop, paid: Attempt
) -> None:
    with pytest.raises(GatewayUnavailable):
        refund(shop, paid, Watched(shop.gateway, lost=1), amount=400, request="rr_dead")
    shop.wait(2 * 24 * 3600)
    gateway = Watched(shop.gateway)
    after = refunds.finish_refund(shop.store, gateway, shop.organization.id, paid.id, shop.now)
    assert ([part.amount for part in after.refunds], gateway.keys) == ([400], [])
    assert len(shop.refunds()) == 1
    again = refunds.finish_refund(shop.store, gateway, shop.organization.id, paid.id, shop.now)
    assert again == after


def test_stripes_refusal_is_raised_and_the_next_try_asks_again(shop: ServiceShop, paid: Attempt) -> None:
    gateway = Watched(shop.gateway, refusal=GatewayRefused("The key may not.", status=403))
    for _ in range(2):
        with pytest.raises(GatewayRefused):
            refund(shop, paid, gateway, request="rr_form", left=1250)
    assert len(set(gateway.keys)) == 2
    assert refund(shop, paid).state == "refunded"


def test_a_payment_that_was_refunded_at_stripe_says_so(shop: ServiceShop, paid: Attempt) -> None:
    shop.refund(paid)
    with pytest.raises(RefundRefused) as refused:
        refund(shop, paid)
    assert refused.value.code == "nothing_left"
    assert shop.state(paid) == "refunded"
    assert len(shop.refunds()) == 1


def test_a_failed_refund_can_be_made_again(shop: ServiceShop, paid: Attempt) -> None:
    after = refund(shop, paid)
    failed = after.refunds[0].model_copy(update={"status": "failed"})
    apply_refund(shop.store, after, failed, shop.now, cause="evt_1")
    assert refunds.refundable(shop.stored(paid)) == (1250, "eur")
    assert [attempt.id for attempt in shop.store.orders(shop.organization.id, OrderFilter("flagged"))[0]] == [paid.id]


@pytest.mark.parametrize("state", ["opened", "expired"])
def test_what_was_not_paid_cannot_be_refunded(shop: ServiceShop, state: str) -> None:
    attempt = shop.start(shop.link())
    if state == "expired":
        shop.settle(attempt, "expired")
    with pytest.raises(RefundRefused) as refused:
        refund(shop, attempt)
    assert refused.value.code == "not_paid"


def test_a_payment_of_another_organization_is_not_found(shop: ServiceShop, paid: Attempt) -> None:
    with pytest.raises(ResourceMissing):
        refunds.refund(shop.store, shop.gateway, "org_other", paid.id, shop.now, actor=ADA)
    assert shop.refunds() == []
