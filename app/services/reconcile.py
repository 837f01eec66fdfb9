"""Find out what no webhook has told. The work for Stripe grows with what happened, not with how many sessions are open.

An account with open attempts costs one call a minute, which reads its new events. A session is read by itself only when its time
is over, or where the key may not list events; the looks at one session come ever further apart.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from threading import Lock
from types import TracebackType
from typing import Final, Self, TypeVar

from app.errors import CounterfoilError, GatewayUnavailable
from app.gateway.protocol import Gateway
from app.objects.attempt import Attempt, State
from app.objects.event import APPLIED, WAITING, Event
from app.services.attempts.settlement import expire_session, log_fields, read_back
from app.services.events import inbox
from app.services.events.catch_up import read_new_events
from app.services.links import availability
from app.store.protocol import Store

log: Final = logging.getLogger(__name__)

T = TypeVar("T")
GoesOn = Callable[[], bool]

PARALLEL: Final = 16
"""How many calls to Stripe are under way at once. Stripe takes about 100 a second from one account."""

BATCH: Final = 64

FAILURES: Final = 3
"""After so many calls in a row without an answer, an account is left alone until the next run."""

LOOKS: Final = 1000
"""How many sessions of one account one run reads by themselves; the rest waits for the next run."""

FIRST_LOOK_SECONDS: Final = 60
LONGEST_LOOK_SECONDS: Final = 6 * 3600


@dataclass
class Summary:
    """What a run did.

    `accounts` were asked for new events. `read` sessions were read by themselves, and `ended` because their link is closed.
    `events_applied` counts new and waiting events, `changed` the states that attempts came to, `failed` what did not succeed.
    """

    accounts: int = 0
    read: int = 0
    ended: int = 0
    events_applied: int = 0
    failed: int = 0
    changed: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Return the summary as plain data."""
        return asdict(self)


def reconcile(
    store: Store,
    gateway: Gateway,
    now: int,
    *,
    everything: bool = False,
    batch: int = BATCH,
    parallel: int = PARALLEL,
    goes_on: GoesOn = lambda: True,
) -> Summary:
    """Do the minute's work. With `everything`, read every open session as well.

    `goes_on` is asked before each item; when it answers false, the run ends.
    """
    with _Run(store, gateway, now, goes_on, batch, parallel) as run:
        run.end_sessions_of_closed_links()
        run.refund_late_payments()
        run.apply_waiting_events()
        run.read_accounts()
        if everything:
            run.read_every_open_session()
    return run.summary


def end_sessions_of_closed_links(
    store: Store, gateway: Gateway, now: int, *, parallel: int = PARALLEL, goes_on: GoesOn = lambda: True
) -> Summary:
    """End every open session whose link is switched off, closed or used up. Where there is none, Stripe is not asked."""
    with _Run(store, gateway, now, goes_on, BATCH, parallel) as run:
        run.end_sessions_of_closed_links()
    return run.summary


def next_look(attempt: Attempt, now: int) -> int:
    """Return when to read a session by itself again: after as long as it has been waited for, at least a minute, at most six hours."""
    since = attempt.expires_at if now >= attempt.expires_at else attempt.created
    return now + min(max(now - since, FIRST_LOOK_SECONDS), LONGEST_LOOK_SECONDS)


class _Run:
    """One run: calls to Stripe go out in parallel within a bound, and an account that does not answer is left alone."""

    def __init__(self, store: Store, gateway: Gateway, now: int, goes_on: GoesOn, batch: int, parallel: int) -> None:
        self.summary = Summary()
        self._store = store
        self._gateway = gateway
        self._now = now
        self._goes_on = goes_on
        self._batch = batch
        self._parallel = parallel
        self._failures: dict[str | None, int] = defaultdict(int)
        self._lock = Lock()
        self._pool: ThreadPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._pool is not None:
            self._pool.shutdown()

    def end_sessions_of_closed_links(self) -> None:
        """A session does not outlive its link."""
        after: str | None = None
        while found := self._store.attempts_of_closed_links(
            self._now, livemode=self._gateway.livemode, after=after, limit=self._batch
        ):
            if not self._each(found, self._end):
                return
            after = found[-1].id

    def apply_waiting_events(self) -> None:
        """Apply events that could not be applied when they arrived."""
        after: str | None = None
        while waiting := self._store.waiting_events(due=self._now, after=after, limit=self._batch):
            for event in waiting:
                if not self._goes_on():
                    return
                self._apply_waiting(event)
            after = waiting[-1].id

    def read_accounts(self) -> None:
        """Read the new events of every account with open attempts, then the sessions that are due."""
        livemode = self._gateway.livemode
        accounts = self._store.accounts_with_open_attempts(livemode=livemode)
        self.summary.accounts = len(accounts)
        listed: dict[str | None, bool] = {}

        def read_events(account: str | None) -> None:
            self._guard(account, {"account": account}, lambda: listed.update({account: self._read_events(account)}))

        if not self._each(accounts, read_events):
            return
        for account, overdue in listed.items():
            self._look_at(
                account,
                partial(self._store.attempts_to_look_at, account, self._now, livemode=livemode, overdue=overdue),
            )

    def refund_late_payments(self) -> None:
        """Send back what was paid when no place was left and could not be sent back at once."""
        due = self._store.attempts_to_refund(self._now, livemode=self._gateway.livemode, limit=LOOKS)
        self._each(due, self._look)

    def read_every_open_session(self) -> None:
        """Read what nothing is known of, too."""
        after: str | None = None
        while found := self._store.open_attempts(after=after, limit=self._batch):
            # Only the other key may ask about attempts that were made with it.
            if not self._each([one for one in found if one.livemode == self._gateway.livemode], self._look):
                return
            after = found[-1].id

    def _look_at(self, account: str | None, due: Callable[..., list[Attempt]]) -> None:
        """Read sessions of an account, batch by batch. Each look postpones the next one, so every batch is another one."""
        looks = 0
        while looks < LOOKS and not self._is_silent(account) and (found := due(limit=self._batch)):
            if not self._each(found, self._look):
                return
            looks += len(found)

    def _each(self, items: Sequence[T], work: Callable[[T], object]) -> bool:
        """Do the work for each item, in parallel where there are several. Return whether to go on."""

        def step(item: T) -> bool:
            if not self._goes_on():
                return False
            work(item)
            return True

        if self._parallel == 1 or len(items) < 2:
            return all(map(step, items))
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._parallel, thread_name_prefix="reconcile")
        return all(self._pool.map(step, items))

    def _guard(self, account: str | None, what: Mapping[str, str | None], work: Callable[[], object]) -> bool:
        """Do something that may fail, so that nothing else fails with it. Return whether Stripe was asked and answered."""
        if self._is_silent(account):
            return False
        try:
            work()
        except GatewayUnavailable as error:
            self._failures[account] += 1
            self._count_failed()
            log.warning("Stripe did not answer", extra={**what, "reason": str(error)})
            return False
        except CounterfoilError as error:
            self._count_failed()
            log.warning("could not be reconciled", extra={**what, "reason": type(error).__name__})
        except Exception:
            # An unexpected error must not keep the rest from being reconciled.
            self._count_failed()
            log.exception("could not be reconciled", extra=what)
        self._failures[account] = 0
        return True

    def _is_silent(self, account: str | None) -> bool:
        return self._failures[account] >= FAILURES

    def _count_failed(self) -> None:
        with self._lock:
            self.summary.failed += 1

    def _count_change(self, before: State | None, after: State | None) -> None:
        if before is not None and after is not None and before != after:
            with self._lock:
                self.summary.changed[after] = self.summary.changed.get(after, 0) + 1

    def _end(self, attempt: Attempt) -> None:
        def end() -> None:
            link = self._store.link(attempt.payment_link)
            reason = availability.closed_reason(link, self._now) if link is not None else None
            if reason is None:
                return
            cause = f"link {reason.reason}"
            settled = expire_session(self._store, self._gateway, attempt, self._now, cause=cause, state="expired")
            with self._lock:
                self.summary.ended += settled.state == "expired"
            self._count_change(attempt.state, settled.state)

        self._guard(attempt.account, log_fields(attempt), end)

    def _look(self, attempt: Attempt) -> None:
        def look() -> None:
            with self._lock:
                self.summary.read += 1
            settled = read_back(self._store, self._gateway, attempt, self._now, cause="reconcile")
            self._count_change(attempt.state, settled.state)

        answered = self._guard(attempt.account, log_fields(attempt), look)
        if answered or not self._is_silent(attempt.account):
            again = next_look(attempt, self._now) if answered else self._now + FIRST_LOOK_SECONDS
            self._store.set_next_look(attempt.id, again)

    def _read_events(self, account: str | None) -> bool:
        return read_new_events(
            self._store, self._gateway, account, self._now, receive=self._receive, goes_on=self._goes_on
        )

    def _receive(self, event: Event) -> None:
        """Store and apply a listed event. Raises where it could not be stored; what is stored waits and is tried again."""
        if self._store.event_outcome(event.id) is not None:
            return
        about = event.data.object.get("id")
        session = about if event.type in inbox.SESSION_EVENTS and isinstance(about, str) else ""
        before = self._store.state_of_session(session, event.account)
        try:
            outcome = inbox.receive(self._store, self._gateway, event, self._now)
        except Exception as error:
            if self._store.event_outcome(event.id) is None:
                raise
            self._count_failed()
            log.warning("event could not be applied", extra={"event": event.id, "reason": type(error).__name__})
            return
        with self._lock:
            self.summary.events_applied += outcome == APPLIED
        self._count_change(before, self._store.state_of_session(session, event.account))
        if event.data.object.get("mode") == "subscription":
            self._find_payment(session, event.account)

    def _find_payment(self, session: str, account: str | None) -> None:
        """Read a subscription's session: its events do not name the payment, by which alone a later refund is found."""
        attempt = self._store.attempt_by_session(session, account)
        if attempt is not None and attempt.amount_total and attempt.payment_intent is None:
            self._look(attempt)

    def _apply_waiting(self, event: Event) -> None:
        def apply() -> None:
            outcome = inbox.apply_kept(self._store, self._gateway, event, self._now)
            with self._lock:
                self.summary.events_applied += outcome == APPLIED
            if outcome == WAITING:
                self._store.postpone_event(event.id, inbox.next_try(event, self._now))

        self._guard(event.account, {"event": event.id}, apply)
