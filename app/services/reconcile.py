"""Ask Stripe about every attempt that is still open, and apply what no event told us.

A merchant whose server Stripe cannot reach loses nothing: what a webhook would have said is read back here.
"""

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Final

from app.errors import CounterfoilError
from app.gateway.protocol import Gateway
from app.objects.attempt import Attempt
from app.objects.event import APPLIED, Event
from app.services.attempts.settlement import expire_session, log_fields, read_back
from app.services.events import inbox
from app.services.links import availability
from app.store.protocol import Store

log: Final = logging.getLogger(__name__)

BATCH: Final = 100


@dataclass
class Summary:
    """What reconciling did: how many attempts it read, what they became, how many events it applied, and how many of both failed."""

    read: int = 0
    events_applied: int = 0
    failed: int = 0
    changed: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """The summary as plain data."""
        return asdict(self)


def reconcile(
    store: Store, gateway: Gateway, now: int, *, batch: int = BATCH, goes_on: Callable[[], bool] = lambda: True
) -> Summary:
    """Read back every open attempt and apply every waiting event, as long as `goes_on`, which is asked before each, says so."""
    summary = Summary()
    after: str | None = None
    while waiting := store.waiting_events(after=after, limit=batch):
        for event in waiting:
            if not goes_on():
                return summary
            _apply(store, gateway, event, now, summary)
        after = waiting[-1].id
    after = None
    while found := store.open_attempts(after=after, limit=batch):
        for attempt in found:
            if not goes_on():
                return summary
            if attempt.livemode != gateway.livemode:
                # Made with the other key: only that one may ask about it.
                continue
            _read(store, gateway, attempt, now, summary)
        after = found[-1].id
    return summary


def _apply(store: Store, gateway: Gateway, event: Event, now: int, summary: Summary) -> None:
    """One event that waits."""
    try:
        summary.events_applied += inbox.apply_kept(store, gateway, event, now) == APPLIED
    except CounterfoilError as error:
        summary.failed += 1
        log.warning("event could not be applied", extra={"event": event.id, "reason": type(error).__name__})
    except Exception:
        # Whatever it is: what stands behind it must not wait for somebody to mend it.
        summary.failed += 1
        log.exception("event could not be applied", extra={"event": event.id})


def _read(store: Store, gateway: Gateway, attempt: Attempt, now: int, summary: Summary) -> None:
    """One attempt: its link may have closed, its session may have ended, its money may have to go back."""
    summary.read += 1
    try:
        settled = _closed(store, gateway, attempt, now) or read_back(store, gateway, attempt, now, cause="reconcile")
    except CounterfoilError as error:
        summary.failed += 1
        log.warning("attempt could not be reconciled", extra={**log_fields(attempt), "reason": type(error).__name__})
        return
    except Exception:
        # As above.
        summary.failed += 1
        log.exception("attempt could not be reconciled", extra=log_fields(attempt))
        return
    if settled.state != attempt.state:
        summary.changed[settled.state] = summary.changed.get(settled.state, 0) + 1


def _closed(store: Store, gateway: Gateway, attempt: Attempt, now: int) -> Attempt | None:
    """Sessions do not outlive their link: one that is open when its link is closed, used up or switched off is ended."""
    if attempt.state != "opened":
        return None
    link = store.link(attempt.payment_link)
    if link is None:
        return None
    reason = availability.closed_reason(link, now)
    if reason is None:
        return None
    return expire_session(store, gateway, attempt, now, cause=f"link {reason.reason}", state="expired")
