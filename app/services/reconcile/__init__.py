"""Find out what no webhook has told. The work for Stripe grows with what happened, not with how many sessions are open.

An account with open attempts costs one call a minute, which reads its new events. A session is read by itself only when its time
is over, or where the key may not list events; the looks at one session come ever further apart.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Final

from app.gateway.protocol import Gateway
from app.objects.attempt import Attempt, State
from app.objects.event import APPLIED, WAITING, Event
from app.services.attempts.settlement import end_at_stripe, log_fields, read_back, settle_ended
from app.services.events import inbox
from app.services.events.catch_up import read_new_events
from app.services.events.subjects import SESSION_EVENTS
from app.services.links import availability
from app.services.orders.refunds import finish_refund
from app.services.reconcile.parallel_calls import GoesOn, ParallelCalls
from app.store.protocol import Store

log: Final = logging.getLogger(__name__)

PARALLEL: Final = 16
"""How many calls to Stripe are under way at once. Stripe takes about 100 a second from one account."""

BATCH: Final = 256
"""How many rows to read at once, and how many attempts one transaction ends at most."""

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
        run.finish_refunds()
        run.apply_waiting_events()
        run.read_accounts()
        if everything:
            run.read_every_open_session()
    return replace(run.summary, failed=run.failed)


def end_sessions_of_closed_links(
    store: Store, gateway: Gateway, now: int, *, parallel: int = PARALLEL, goes_on: GoesOn = lambda: True
) -> Summary:
    """End every open session whose link is switched off, closed or used up. Where there is none, Stripe is not asked."""
    with _Run(store, gateway, now, goes_on, BATCH, parallel) as run:
        run.end_sessions_of_closed_links()
    return replace(run.summary, failed=run.failed)


def next_look(attempt: Attempt, now: int) -> int:
    """Return when to read a session by itself again: after as long as it has been waited for, at least a minute, at most six hours."""
    since = attempt.expires_at if now >= attempt.expires_at else attempt.created
    return now + min(max(now - since, FIRST_LOOK_SECONDS), LONGEST_LOOK_SECONDS)


class _Run(ParallelCalls):
    """One run: calls to Stripe go out in parallel within a bound, and an account that does not answer is left alone."""

    def __init__(self, store: Store, gateway: Gateway, now: int, goes_on: GoesOn, batch: int, parallel: int) -> None:
        super().__init__(goes_on, parallel)
        self.summary = Summary()
        self._store = store
        self._gateway = gateway
        self._now = now
        self._batch = batch

    def end_sessions_of_closed_links(self) -> None:
        """A session does not outlive its link."""
        after: str | None = None
        while found := self._store.attempts_of_closed_links(
            self._now, livemode=self._gateway.livemode, after=after, limit=self._batch
        ):
            if not self._end_all(found):
                return
            after = found[-1].id

    def apply_waiting_events(self) -> None:
        """Apply events that could not be applied when they arrived."""
        after: str | None = None
        while waiting := self._store.waiting_events(due=self._now, after=after, limit=self._batch):
            for event in waiting:
                if not self.goes_on():
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
            self.guard(account, {"account": account}, lambda: listed.update({account: self._read_events(account)}))

        if not self.each(accounts, read_events):
            return
        for account, overdue in listed.items():
            self._look_at(
                account,
                partial(self._store.attempts_to_look_at, account, self._now, livemode=livemode, overdue=overdue),
            )

    def refund_late_payments(self) -> None:
        """Send back what was paid when no place was left and could not be sent back at once."""
        due = self._store.attempts_to_refund(self._now, livemode=self._gateway.livemode, limit=LOOKS)
        self.each(due, self._look)

    def finish_refunds(self) -> None:
        """Ask Stripe again for refunds of merchants whose answer is not known, because a process died or Stripe was silent.

        Stripe knows the request by its idempotency key, so it makes no second refund.
        """

        def finish(attempt: Attempt) -> None:
            settled = finish_refund(self._store, self._gateway, attempt.organization, attempt.id, self._now)
            self._count_change(attempt.state, settled.state)

        latest = self._now - FIRST_LOOK_SECONDS
        due = self._store.attempts_refunding(livemode=self._gateway.livemode, limit=LOOKS)
        self.each(
            [one for one in due if one.refund_request is not None and one.refund_request.created <= latest],
            lambda one: self.guard(one.account, log_fields(one), partial(finish, one)),
        )

    def read_every_open_session(self) -> None:
        """Read what nothing is known of, too."""
        after: str | None = None
        while found := self._store.open_attempts(after=after, limit=self._batch):
            # Only the other key may ask about attempts that were made with it.
            if not self.each([one for one in found if one.livemode == self._gateway.livemode], self._look):
                return
            after = found[-1].id

    def _look_at(self, account: str | None, due: Callable[..., list[Attempt]]) -> None:
        """Read sessions of an account, batch by batch. Each look postpones the next one, so every batch is another one."""
        looks = 0
        while looks < LOOKS and not self.is_silent(account) and (found := due(limit=self._batch)):
            if not self.each(found, self._look):
                return
            looks += len(found)

    def _count_change(self, before: State | None, after: State | None) -> None:
        if before is not None and after is not None and before != after:
            with self.lock:
                self.summary.changed[after] = self.summary.changed.get(after, 0) + 1

    def _end_all(self, attempts: Sequence[Attempt]) -> bool:
        """End the sessions at Stripe in parallel, then their attempts in one transaction. Return whether to go on.

        Where the process dies in between, the next run finds that the sessions have expired.
        """
        ended: list[tuple[Attempt, str]] = []

        def end(attempt: Attempt) -> None:
            link = self._store.link(attempt.payment_link)
            reason = availability.closed_reason(link, self._now) if link is not None else None
            if reason is None:
                return
            cause = f"link {reason.reason}"
            settled = end_at_stripe(self._store, self._gateway, attempt, self._now, cause=cause, state="expired")
            if settled is None:
                ended.append((attempt, cause))
            else:
                self._count_ended(attempt, settled)

        go_on = self.each(attempts, lambda one: self.guard(one.account, log_fields(one), partial(end, one)))
        self._settle_all(ended)
        return go_on

    def _settle_all(self, ended: Sequence[tuple[Attempt, str]]) -> None:
        """Settle what has ended at Stripe, whatever else fails. Where that fails for all together, settle one after another."""

        def settle(attempt: Attempt, cause: str) -> Attempt:
            return settle_ended(self._store, attempt, self._now, cause=cause, state="expired")

        def settle_one(attempt: Attempt, cause: str) -> None:
            self._count_ended(attempt, settle(attempt, cause))

        try:
            settled = self._store.run(lambda: [settle(*one) for one in ended])
        except Exception as error:
            log.warning("attempts could not be ended together", extra={"reason": type(error).__name__})
            for attempt, cause in ended:
                self.try_work(attempt.account, log_fields(attempt), partial(settle_one, attempt, cause))
        else:
            for (attempt, _), after in zip(ended, settled, strict=True):
                self._count_ended(attempt, after)

    def _count_ended(self, attempt: Attempt, settled: Attempt) -> None:
        with self.lock:
            self.summary.ended += settled.state == "expired"
        self._count_change(attempt.state, settled.state)

    def _look(self, attempt: Attempt) -> None:
        def look() -> None:
            with self.lock:
                self.summary.read += 1
            settled = read_back(self._store, self._gateway, attempt, self._now, cause="reconcile")
            self._count_change(attempt.state, settled.state)

        answered = self.guard(attempt.account, log_fields(attempt), look)
        if answered or not self.is_silent(attempt.account):
            again = next_look(attempt, self._now) if answered else self._now + FIRST_LOOK_SECONDS
            self._store.set_next_look(attempt.id, again)

    def _read_events(self, account: str | None) -> bool:
        return read_new_events(
            self._store, self._gateway, account, self._now, receive=self._receive_page, goes_on=self.goes_on
        )

    def _receive_page(self, events: Sequence[Event]) -> None:
        """Store and apply listed events. Those of sessions together; one by one where that fails, so that one error stays alone."""
        together = {event.id: event for event in events if event.type in SESSION_EVENTS}
        received: dict[str, inbox.Received] = {}
        try:
            received = inbox.receive_together(self._store, self._gateway, list(together.values()), self._now)
        except Exception as error:
            log.warning("events could not be applied together", extra={"reason": type(error).__name__})
            together = {}
        for event in events:
            if event.id in received:
                self._count_event(event, received[event.id])
            elif event.id not in together:
                self._receive(event)

    def _receive(self, event: Event) -> None:
        """Store and apply a listed event. Raises where it could not be stored; what is stored waits and is tried again."""
        if self._store.event_outcome(event.id) is not None:
            return
        session = _session_of(event)
        before = self._store.state_of_session(session, event.account)
        try:
            outcome = inbox.receive(self._store, self._gateway, event, self._now)
        except Exception as error:
            if self._store.event_outcome(event.id) is None:
                raise
            self.count_failed()
            log.warning("event could not be applied", extra={"event": event.id, "reason": type(error).__name__})
            return
        self._count_event(event, inbox.Received(outcome, before, self._store.state_of_session(session, event.account)))

    def _count_event(self, event: Event, received: inbox.Received) -> None:
        with self.lock:
            self.summary.events_applied += received.outcome == APPLIED
        self._count_change(received.before, received.after)
        if event.data.object.get("mode") == "subscription":
            self._find_payment(_session_of(event), event.account)

    def _find_payment(self, session: str, account: str | None) -> None:
        """Read a subscription's session: its events do not name the payment, by which alone a later refund is found."""
        attempt = self._store.attempt_by_session(session, account)
        if attempt is not None and attempt.amount_total and attempt.payment_intent is None:
            self._look(attempt)

    def _apply_waiting(self, event: Event) -> None:
        def apply() -> None:
            outcome = inbox.apply_kept(self._store, self._gateway, event, self._now)
            with self.lock:
                self.summary.events_applied += outcome == APPLIED
            if outcome == WAITING:
                self._store.postpone_event(event.id, inbox.next_try(event, self._now))

        self.guard(event.account, {"event": event.id}, apply)


def _session_of(event: Event) -> str:
    about = event.data.object.get("id")
    return about if event.type in SESSION_EVENTS and isinstance(about, str) else ""
