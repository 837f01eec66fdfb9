"""Kills a process at every commit of a step, before and after it, and compares the end with that of an undisturbed run."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from types import TracebackType

from app.objects.attempt import Attempt
from app.objects.payment_link import PaymentLink
from app.services.attempts import state_machine as attempts
from tests.faults.scene import Application, Broken, Scene, now

WHEN = ["before", "after"]
MANY = 20
"""More commits than any step has."""


class Kill:
    """A context with a process that dies at one commit. `landed` says whether the process reached that commit."""

    def __init__(self, application: Application, how: str) -> None:
        self._application = application
        self._how = how
        self.landed = False

    def __enter__(self) -> None:
        self._application.tell(f"serve 1 {self._how}")

    def __exit__(self, _: object, error: BaseException | None, __: TracebackType | None) -> bool:
        self._application.tell("kill")
        self.landed = isinstance(error, Broken)
        return self.landed

    def reconcile(self) -> None:
        """Reconcile in such a process."""
        self.landed = not self._application.reconcile(self._how)


def every_commit(scene: Scene, when: str, *, fewest: int) -> Iterator[Kill]:
    """Yield a kill for each commit of a step, and last one that the step does not reach: the undisturbed run."""
    for at in count(1):
        assert at < MANY
        kill = Kill(scene.application, f"{when} {at}")
        yield kill
        if not kill.landed:
            assert at > fewest, f"the step has {at - 1} commits, not at least {fewest}"
            return


@dataclass(frozen=True)
class End:
    """The state of a link, here and at Stripe, oldest first."""

    attempts: tuple[str, ...]
    """For each attempt its states and the state of its place."""

    count: int
    places_left: int
    sessions: tuple[str, ...]
    charges: tuple[int, ...] = ()
    refunds: int = 0


def the_end(scene: Scene, link: PaymentLink) -> End:
    """Return the state of a link now. Fails when an attempt does not know its refund at Stripe."""
    made = scene.attempts(link)
    refunds = scene.stripe.refunds_of(link)
    assert {(one["payment_intent"], one["id"]) for one in refunds} == {
        (one.payment_intent, one.refund) for one in made if one.refund
    }
    left = scene.store.places_left(link.id)
    assert left is not None
    return End(
        tuple(f"{' '.join(row.to_state for row in scene.store.history(one.id))}, {one.place}" for one in made),
        scene.count(link),
        left,
        tuple(session["status"] for session in scene.stripe.sessions_of(link)),
        tuple(charge["amount"] for charge in scene.stripe.charges_of(link)),
        len(refunds),
    )


def assert_every_session_has_its_place(scene: Scene, link: PaymentLink) -> None:
    """Fail when open sessions, payments and free places together are more than the limit."""
    assert link.restrictions is not None
    payable = sum(session["status"] in {"open", "complete"} for session in scene.stripe.sessions_of(link))
    assert payable + (scene.store.places_left(link.id) or 0) <= link.restrictions.completed_sessions.limit


def an_open_attempt(scene: Scene, link: PaymentLink, form: str | None = None, quantity: int = 1) -> Attempt:
    """Submit a form, by default a new one, and fail when it does not lead to Checkout."""
    assert scene.submit(link, form or scene.form(link), quantity).status == 303
    return scene.attempts(link)[-1]


def paid_and_told(scene: Scene, link: PaymentLink, form: str | None = None, quantity: int = 1) -> None:
    """Pay a session and deliver its events."""
    scene.pay(an_open_attempt(scene, link, form, quantity).checkout_session or "")
    for delivery in scene.deliveries():
        assert scene.deliver(delivery) == 200


def overdue(scene: Scene, attempt: Attempt) -> None:
    """Move an attempt's expiry into the past, in our store only."""
    step = attempt.model_copy(update={"expires_at": now() - 1, "version": attempt.version + 1})
    attempts.change(scene.store, attempt, lambda _: step, cause="as though its time were over")


def believed_to_have_ended(scene: Scene, attempt: Attempt) -> None:
    """Settle an attempt as expired, so that its payment arrives too late."""
    attempts.settle(scene.store, attempt, attempts.Fact("expired"), now(), cause="believed to have ended")
