"""kill -9 at every commit of one step, before it and after it, and where everything stands in the end: the same as without."""

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
"""More commits than any step makes."""


class Kill:
    """What is done within it meets a process that dies at one commit; `landed` tells whether it came that far."""

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
        """Do the minute's work in such a process."""
        self.landed = not self._application.reconcile(self._how)


def every_commit(scene: Scene, when: str, *, fewest: int) -> Iterator[Kill]:
    """One kill after the other, each a commit later, and at last one that comes too late: the undisturbed run."""
    for at in count(1):
        assert at < MANY
        kill = Kill(scene.application, f"{when} {at}")
        yield kill
        if not kill.landed:
            assert at > fewest, "the step makes more commits than this"
            return


@dataclass(frozen=True)
class End:
    """Where a link stands, here and at Stripe; oldest first."""

    attempts: tuple[str, ...]
    """Of each the states that it went through, and what became of its place."""

    count: int
    places_left: int
    sessions: tuple[str, ...]
    charges: tuple[int, ...] = ()
    refunds: int = 0


def the_end(scene: Scene, link: PaymentLink) -> End:
    """What there is now; every refund at Stripe is known to the attempt that it undoes."""
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
    """At any moment: what can still be paid, what has been, and what others can have are no more than the limit."""
    assert link.restrictions is not None
    payable = sum(session["status"] in {"open", "complete"} for session in scene.stripe.sessions_of(link))
    assert payable + (scene.store.places_left(link.id) or 0) <= link.restrictions.completed_sessions.limit


def an_open_attempt(scene: Scene, link: PaymentLink, form: str | None = None, quantity: int = 1) -> Attempt:
    """A buyer, one more unless the form is given, reaches Checkout."""
    assert scene.submit(link, form or scene.form(link), quantity).status == 303
    return scene.attempts(link)[-1]


def paid_and_told(scene: Scene, link: PaymentLink, form: str | None = None, quantity: int = 1) -> None:
    """The same pays, and Stripe tells of it."""
    scene.pay(an_open_attempt(scene, link, form, quantity).checkout_session or "")
    for delivery in scene.deliveries():
        assert scene.deliver(delivery) == 200


def overdue(scene: Scene, attempt: Attempt) -> None:
    """As though the attempt's time were over."""
    step = attempt.model_copy(update={"expires_at": now() - 1, "version": attempt.version + 1})
    attempts.change(scene.store, attempt, lambda _: step, cause="as though its time were over")


def believed_to_have_ended(scene: Scene, attempt: Attempt) -> None:
    """What nobody has told us yet will come too late: the attempt's place is free for others."""
    attempts.settle(scene.store, attempt, attempts.Fact("expired"), now(), cause="believed to have ended")
