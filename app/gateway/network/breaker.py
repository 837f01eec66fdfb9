"""Stops asking a Stripe that does not answer, for a while and for one account at a time. The time is a value: any monotonic seconds.

- closed: calls go out. `FAILURES` calls in a row without an answer open it.
- open: calls are refused at once, for `FIRST_PAUSE` seconds, then twice as long after each probe that fails, up to `LONGEST_PAUSE`.
- half-open: one call goes out as a probe, the others are refused. An answer closes the breaker, no answer opens it again.

An answer is any HTTP answer, an error as well. The state is kept in the process: each worker finds out for itself.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Final

FAILURES: Final = 3
FIRST_PAUSE: Final = 5.0
LONGEST_PAUSE: Final = 30.0

PROBE_LOST: Final = 60.0
"""After this time a probe that reported nothing is forgotten, so that another one may go out."""

ACCOUNTS: Final = 1000
"""How many accounts a process remembers; the one that failed longest ago is forgotten first."""


@dataclass
class _Failing:
    failures: int = 0
    pause: float = FIRST_PAUSE
    refused_until: float | None = None
    probe_since: float | None = None


class Breaker:
    """The state of every account that does not answer. Threads may share it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._failing: OrderedDict[str | None, _Failing] = OrderedDict()

    def admit(self, account: str | None, now: float) -> bool:
        """Return whether a call may go out now. A call that may must report `answered`, `failed` or `not_asked`."""
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
        """Note that an admitted call did not go out after all."""
        with self._lock:
            if (state := self._failing.get(account)) is not None:
                state.probe_since = None

    def answered(self, account: str | None) -> None:
        """Note that Stripe answered."""
        with self._lock:
            self._failing.pop(account, None)

    def failed(self, account: str | None, now: float) -> None:
        """Note that Stripe did not answer, or could not be reached."""
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
