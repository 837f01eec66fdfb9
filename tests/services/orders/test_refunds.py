"""A merchant refunds a payment or a part of it: Stripe makes each refund once, despite repeated requests and crashes."""

from typing import Any

import pytest

from app.errors import GatewayRefused, GatewayUnavailable, ResourceMissing
from app.gateway.stripe_gateway import StripeGateway
from app.objects.attempt import Attempt
from app.objects.change import Actor
from app.objects.order import OrderFilter
from app.services.attempts.refunds_and_disputes import apply_refund
from app.services.attempts.settlement import read_back
from app.services.attempts.state_machine import add_flag
from app.services.orders import refunds
from app.services.orders.refunds import RefundRefused
from app.services.reconcile import reconcile
from tests.services.broken import InterruptedStore
from tests.services.shop import GOOD_DEBIT, PRICE, ServiceShop

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


def test_a_refund_leaves_other_flags_to_be_looked_at(shop: ServiceShop, paid: Attempt) -> None:
    add_flag(shop.store, paid, "amount_differs", shop.now, cause="test")
    assert refund(shop, paid, amount=400).checked_flags == ("partially_refunded",)


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


def test_a_form_whose_refund_was_made_asks_stripe_nothing_more(shop: ServiceShop, paid: Attempt) -> None:
    first = refund(shop, paid, amount=400, left=1250, request="rr_form")
    gateway = Watched(shop.gateway)
    assert refund(shop, paid, gateway, amount=400, left=1250, request="rr_form") == first
    assert gateway.keys == []


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


def test_a_refund_is_asked_for_again_with_the_same_key_an_hour_later(shop: ServiceShop, paid: Attempt) -> None:
    gateway = Watched(shop.gateway, lost=1)
    with pytest.raises(GatewayUnavailable):
        refund(shop, paid, gateway, amount=400, left=1250, request="rr_form")
    shop.wait(3600)
    refund(shop, paid, gateway, amount=400, left=1250, request="rr_form")
    assert gateway.keys[0] == gateway.keys[1]
    assert [made["amount"] for made in shop.refunds()] == [400]


def test_a_refund_that_begins_while_another_form_is_checked_stays_the_only_one(
    shop: ServiceShop, paid: Attempt
) -> None:
    def begin_another() -> None:
        with pytest.raises(GatewayUnavailable):
            refund(shop, paid, Watched(shop.gateway, lost=1), amount=400, left=1250, request="rr_first")

    read_back(shop.store, shop.gateway, paid, shop.now, cause="test")
    store: Any = InterruptedStore(shop.store, begin_another)
    with pytest.raises(RefundRefused) as refused:
        refunds.refund(
            store, shop.gateway, shop.organization.id, paid.id, shop.now, actor=ADA, amount=500, request="rr_second"
        )
    assert refused.value.code == "changed"
    assert [made["amount"] for made in shop.refunds()] == [400]
    request = shop.stored(paid).refund_request
    assert request is not None
    assert request.id == "rr_first"


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


def test_a_refund_that_two_processes_finish_at_once_is_stored_once(shop: ServiceShop, paid: Attempt) -> None:
    with pytest.raises(GatewayUnavailable):
        refund(shop, paid, Watched(shop.gateway, lost=1), amount=400, request="rr_form")

    class Overtaken(Watched):
        """A gateway whose answer comes after another process has stored the same answer."""

        def create_refund(self, **named: Any) -> Any:
            made = super().create_refund(**named)
            refunds.finish_refund(shop.store, shop.gateway, shop.organization.id, paid.id, shop.now)
            return made

    gateway: Any = Overtaken(shop.gateway)
    after = refunds.finish_refund(shop.store, gateway, shop.organization.id, paid.id, shop.now)
    assert [part.amount for part in after.refunds] == [400]
    assert [entry.act for entry in shop.store.entries(paid.id)] == ["refund"]


def test_stripes_refusal_is_raised_and_the_next_try_asks_again(shop: ServiceShop, paid: Attempt) -> None:
    gateway = Watched(shop.gateway, refusal=GatewayRefused("The key may not.", status=403))
    for _ in range(2):
        with pytest.raises(GatewayRefused):
            refund(shop, paid, gateway, request="rr_form", left=1250)
    assert len(set(gateway.keys)) == 2
    assert refund(shop, paid).state == "refunded"


def test_a_refund_that_was_answered_is_not_asked_for_again(shop: ServiceShop, paid: Attempt) -> None:
    refusing = Watched(shop.gateway, refusal=GatewayRefused("The key may not.", status=403))
    with pytest.raises(GatewayRefused):
        refund(shop, paid, refusing, amount=400, request="rr_refused")
    watched: Any = Watched(shop.gateway)
    for _ in range(2):
        refunds.finish_refund(shop.store, watched, shop.organization.id, paid.id, shop.now)
        assert watched.keys == []
        refund(shop, paid, amount=400, request="rr_made")
    assert [made["amount"] for made in shop.refunds()] == [400]


def test_a_payment_that_was_refunded_at_stripe_says_so(shop: ServiceShop, paid: Attempt) -> None:
    shop.refund(paid)
    with pytest.raises(RefundRefused) as refused:
        refund(shop, paid)
    assert refused.value.code == "nothing_left"
    assert shop.state(paid) == "refunded"
    assert len(shop.refunds()) == 1


def test_a_payment_whose_charge_is_known_says_that_stripe_has_refunded_it(shop: ServiceShop, paid: Attempt) -> None:
    read_back(shop.store, shop.gateway, paid, shop.now, cause="test")
    shop.refund(paid)
    with pytest.raises(RefundRefused) as refused:
        refund(shop, paid)
    assert (refused.value.code, refused.value.left) == ("nothing_left", 0)
    assert shop.state(paid) == "refunded"
    assert len(shop.refunds()) == 1


def test_a_failed_refund_can_be_made_again(shop: ServiceShop, paid: Attempt) -> None:
    after = refund(shop, paid)
    failed = after.refunds[0].model_copy(update={"status": "failed"})
    apply_refund(shop.store, after, failed, shop.now, cause="evt_1")
    assert refunds.refundable(shop.stored(paid)) == (1250, "eur")
    assert [attempt.id for attempt in shop.store.orders(shop.organization.id, OrderFilter("flagged"))[0]] == [paid.id]


def test_the_payment_of_a_subscription_is_looked_up_and_refunded(shop: ServiceShop) -> None:
    monthly = {"price_data": {**PRICE, "recurring": {"interval": "month"}}, "quantity": 1}
    attempt = shop.start(shop.link(line_items=[monthly]))
    shop.pay(attempt)
    shop.receive_all()
    assert shop.stored(attempt).payment_intent is None
    after = refund(shop, shop.stored(attempt), amount=400)
    assert [part.amount for part in after.refunds] == [400]


def test_a_payment_that_stripe_has_not_named_has_no_refund_to_offer(paid: Attempt) -> None:
    assert refunds.refundable(paid) == (1250, "eur")
    assert refunds.refundable(paid.model_copy(update={"payment_intent": None})) is None


@pytest.mark.parametrize("state", ["opened", "expired"])
def test_what_was_not_paid_cannot_be_refunded(shop: ServiceShop, state: str) -> None:
    attempt = shop.start(shop.link())
    if state == "expired":
        shop.settle(attempt, "expired")
    with pytest.raises(RefundRefused) as refused:
        refund(shop, attempt)
    assert refused.value.code == "not_paid"


def test_a_debit_that_the_bank_has_not_confirmed_cannot_be_refunded(shop: ServiceShop) -> None:
    attempt = shop.start(shop.link())
    shop.pay(attempt, GOOD_DEBIT)
    shop.receive_all()
    processing = read_back(shop.store, shop.gateway, shop.stored(attempt), shop.now, cause="test")
    assert (processing.state, refunds.refundable(processing)) == ("processing", None)
    with pytest.raises(RefundRefused) as refused:
        refund(shop, processing)
    assert (refused.value.code, shop.refunds()) == ("not_paid", [])


def test_a_payment_of_another_organization_is_not_found(shop: ServiceShop, paid: Attempt) -> None:
    with pytest.raises(ResourceMissing):
        refunds.refund(shop.store, shop.gateway, "org_other", paid.id, shop.now, actor=ADA)
    assert shop.refunds() == []


def test_reconciling_finishes_a_refund_whose_answer_was_lost_and_makes_no_second_one(
    shop: ServiceShop, paid: Attempt
) -> None:
    with pytest.raises(GatewayUnavailable):
        refund(shop, paid, Watched(shop.gateway, lost=1), amount=400)
    asked = shop.stored(paid).refund_request
    assert asked is not None
    assert asked.status == "pending"
    # A refund that another process is making now is left to it.
    reconcile(shop.store, shop.gateway, asked.created + 59)
    assert shop.stored(paid).refunds == ()
    summary = reconcile(shop.store, shop.gateway, asked.created + 60)
    after = shop.stored(paid)
    assert ([part.amount for part in after.refunds], summary.failed) == ([400], 0)
    assert [made["amount"] for made in shop.refunds()] == [400]
    assert [entry.amount for entry in shop.store.entries(paid.id)] == [400]
    reconcile(shop.store, shop.gateway, asked.created + 120)
    assert len(shop.refunds()) == 1


def test_reconciling_stores_that_stripe_refuses_a_refund_and_does_not_ask_again(
    shop: ServiceShop, paid: Attempt
) -> None:
    with pytest.raises(GatewayUnavailable):
        refund(shop, paid, Unreachable(shop.gateway))
    gateway = Watched(shop.gateway, refusal=GatewayRefused("No.", code="no", param=None))
    for minute in (1, 2, 3):
        reconcile(shop.store, gateway, shop.now + minute * 60)
    asked = shop.stored(paid).refund_request
    assert asked is not None
    assert (asked.status, len(gateway.keys)) == ("refused", 1)
    assert shop.refunds() == []


class Unreachable(Watched):
    """A gateway whose requests for refunds do not reach Stripe."""

    def create_refund(self, **named: Any) -> Any:
        raise GatewayUnavailable
