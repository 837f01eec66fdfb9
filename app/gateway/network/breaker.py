"""A circuit breaker for each account: it refuses calls to Stripe for a while after several calls without an answer.

The time is a value, in monotonic seconds. The states are:

- closed: calls go out. `FAILURES` calls in a row without an answer open the breaker.
- open: calls are refused at once, for `FIRST_PAUSE` seconds, then twice as long after each probe that fails, up to `LONGEST_PAUSE`.
- half-open: one call goes out as a probe, the others are refused. An answer closes the breaker, no answer opens it again.

Any HTTP response is an answer, also an error. Each process keeps its own state.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Final

FAILURES: Final = 3
FIRST_PAUSE: Final = 5.0
LONGEST_PAUSE: Final = 30.0

PROBE_LOST: Final = 60.0
"""Seconds after which a probe without a result is given up, so that another one may go out."""

ACCOUNTS: Final = 1000
"""How many failing accounts a process keeps. It drops the one that failed longest ago first."""


@dataclass
class _Failing:
    failures: int = 0
    pause: float = FIRST_PAUSE
    refused_until: float | None = None
    probe_since: float | None = None


class Breaker:
    """The state of every account that does not answer. Threads can share it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._failing: OrderedDict[str | None, _Failing] = OrderedDict()

    def admit(self, account: str | None, now: float) -> bool:
        """Return whether a call may go out now. If so, the caller reports `answered`, `failed` or `not_asked` afterwards."""
        with self._lock:
            state = self._failing.get(account)
            if state is None or state.refused_until is None:
                return True
            probing = state.probe_since is not None and now - state.probe_since < PROBE_LOST
            if now < state.refused_until or probing:
                return False
            state.probe_since = now
            return True

    def not_asked(self, account: str | None) -> None:
        """Record that an admitted call did not go out."""
        with self._lock:
            if (state := self._failing.get(account)) is not None:
                state.probe_since = None

    def answered(self, account: str | None) -> None:
        """Record that Stripe answered."""
        with self._lock:
            self._failing.pop(account, None)

    def failed(self, account: str | None, now: float) -> None:
        """Record that Stripe did not answer or could not be reached."""
        with self._lock:
            state = self._failing.setdefault(account, _Failing())
            self._failing.move_to_end(account)
            state.failures += 1
            if state.probe_since is not None:
                state.pause = min(2 * state.pause, LONGEST_PAUSE)
                state.probe_since = None
            if state.failures >= FAILURES:
                state.refused_until = now + state.pause
            while len(self._failing) > ACCOUNTS:
                self._failing.popitem(last=False)
