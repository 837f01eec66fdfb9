"""Calls to Stripe in parallel, within a bound, where one failure stays alone and an account that does not answer is left alone."""

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from types import TracebackType
from typing import Final, Self, TypeVar

from app.errors import CounterfoilError, GatewayUnavailable

log: Final = logging.getLogger(__name__)

T = TypeVar("T")
GoesOn = Callable[[], bool]

FAILURES: Final = 3
"""After so many calls in a row without an answer, an account is left alone until the next run."""


class ParallelCalls:
    """The calls of one run. `failed` counts what did not succeed, `lock` guards what the threads change."""

    def __init__(self, goes_on: GoesOn, parallel: int) -> None:
        self.goes_on = goes_on
        self.failed = 0
        self.lock = Lock()
        self._parallel = parallel
        self._failures: dict[str | None, int] = defaultdict(int)
        self._pool: ThreadPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._pool is not None:
            self._pool.shutdown()

    def each(self, items: Sequence[T], work: Callable[[T], object]) -> bool:
        """Do the work for each item, in parallel where there are several. Return whether to go on."""

        def step(item: T) -> bool:
            if not self.goes_on():
                return False
            work(item)
            return True

        if self._parallel == 1 or len(items) < 2:
            return all(map(step, items))
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._parallel, thread_name_prefix="reconcile")
        # Wait for every one, also where one has said no: the caller uses what they have done.
        return all(list(self._pool.map(step, items)))

    def guard(self, account: str | None, what: Mapping[str, str | None], work: Callable[[], object]) -> bool:
        """Do something that may fail, so that nothing else fails with it. Return whether Stripe was asked and answered."""
        return not self.is_silent(account) and self.try_work(account, what, work)

    def try_work(self, account: str | None, what: Mapping[str, str | None], work: Callable[[], object]) -> bool:
        """Do as `guard`, also for an account that does not answer."""
        try:
            work()
        except GatewayUnavailable as error:
            self._failures[account] += 1
            self.count_failed()
            log.warning("Stripe did not answer", extra={**what, "reason": str(error)})
            return False
        except CounterfoilError as error:
            self.count_failed()
            log.warning("could not be reconciled", extra={**what, "reason": type(error).__name__})
        except Exception:
            # An unexpected error must not keep the rest from being reconciled.
            self.count_failed()
            log.exception("could not be reconciled", extra=what)
        self._failures[account] = 0
        return True

    def is_silent(self, account: str | None) -> bool:
        """Return whether the account is left alone until the next run."""
        return self._failures[account] >= FAILURES

    def count_failed(self) -> None:
        """Count one more failure."""
        with self.lock:
            self.failed += 1
