"""Count what one request asks of the store, the database, the gateway and the clock, and how many functions an action calls.

The proxies pass every call on to the real object. A test puts them into the application's `Context`.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, cast

from flask import Flask

from app.gateway.protocol import Gateway
from app.objects.base import Object
from app.objects.payment_link import PaymentLink
from app.objects.stored_link import StoredLink
from app.store import Engine, Store
from app.store.sql_store import SQLStore
from app.store.sqlite import SQLite
from app.web.http.context import EXTENSION, Context


@contextmanager
def count_instructions(engine: SQLite) -> Iterator[Counter[str]]:
    """Count the instructions that SQLite runs in the block, under `instructions`. No other thread uses the engine."""
    counted = Counter[str]()

    def step() -> int:
        counted["instructions"] += 1
        return 0

    with engine._turn(writing=False) as connection:  # the statements in the block take the same one
        connection.conn.set_progress_handler(step, 1)
    try:
        yield counted
    finally:
        connection.conn.set_progress_handler(None, 0)


@dataclass
class Calls:
    """The calls of one request, each counter by the name of the method."""

    store: Counter[str] = field(default_factory=Counter)
    sql: Counter[str] = field(default_factory=Counter)
    gateway: Counter[str] = field(default_factory=Counter)
    clock: Counter[str] = field(default_factory=Counter)
    documents: Counter[str] = field(default_factory=Counter)

    def totals(self) -> tuple[int, int, int, int, int]:
        """Store calls, SQL statements, calls to Stripe, readings of the clock, parsed documents.

        `run` and `transaction` are no store calls: they only open a transaction. `read_event` is no call to Stripe.
        """
        store = self.store.total() - self.store["run"] - self.store["transaction"]
        gateway = self.gateway.total() - self.gateway["read_event"]
        return store, self.sql.total(), gateway, self.clock.total(), self.documents.total()


class Recorder:
    """The counters that all proxies of one application write to."""

    def __init__(self) -> None:
        self.calls = Calls()

    @contextmanager
    def record(self) -> Iterator[Calls]:
        """Count from zero; the counters stay readable after the block."""
        self.calls = calls = Calls()
        try:
            yield calls
        finally:
            self.calls = Calls()


class Proxy:
    """Any object, with each of its method calls counted."""

    def __init__(self, target: object, counter: Callable[[], Counter[str]]) -> None:
        self._target = target
        self._counter = counter

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._target, name)
        if not callable(found):
            return found

        def call(*values: Any, **named: Any) -> Any:
            self._counter()[name] += 1
            return found(*values, **named)

        return call


class CountingStore(Proxy):
    """A store whose answers are counted too: each object in them is one parsed document."""

    def __init__(
        self, target: object, counter: Callable[[], Counter[str]], documents: Callable[[], Counter[str]]
    ) -> None:
        super().__init__(target, counter)
        self._documents = documents

    def __getattr__(self, name: str) -> Any:
        call = super().__getattr__(name)
        if name in ("run", "transaction"):
            return call

        def parse(*values: Any, **named: Any) -> Any:
            answer = call(*values, **named)
            self._documents().update(type(found).__name__ for found in _objects(answer))
            return self._counting_reads(answer)

        return parse

    def _counting_reads(self, answer: Any) -> Any:
        """Return an answer whose links count when their documents are read."""
        documents = self._documents

        class CountingLink(StoredLink):
            def read(self) -> PaymentLink:
                documents()["PaymentLink"] += 1
                return super().read()

        if isinstance(answer, StoredLink):
            return CountingLink(*answer)
        if isinstance(answer, list | tuple) and type(answer) in (list, tuple):
            return type(answer)(self._counting_reads(part) for part in answer)
        return answer


class CountingEngine(Proxy):
    """An engine that counts SQL statements by their first word; transactions are not statements of ours."""

    def __getattr__(self, name: str) -> Any:
        if name not in ("rows", "execute", "execute_many"):
            return getattr(self._target, name)

        def call(sql: str, *values: Any, **named: Any) -> Any:
            self._counter()[sql.split(maxsplit=1)[0]] += 1
            return getattr(self._target, name)(sql, *values, **named)

        return call


def _objects(answer: object) -> Iterator[Object]:
    if isinstance(answer, Object):
        yield answer
    elif isinstance(answer, list | tuple):
        for part in answer:
            yield from _objects(part)


def count_calls(app: Flask) -> Recorder:
    """Put counting proxies into the application's context."""
    recorder = Recorder()
    context: Context = app.extensions[EXTENSION]
    engine = cast(SQLStore, context.store).engine
    store = SQLStore(cast(Engine, CountingEngine(engine, lambda: recorder.calls.sql)))
    clock = context.clock

    def read_clock() -> int:
        recorder.calls.clock["clock"] += 1
        return clock()

    app.extensions[EXTENSION] = replace(
        context,
        store=cast(Store, CountingStore(store, lambda: recorder.calls.store, lambda: recorder.calls.documents)),
        gateway=cast(Gateway, Proxy(context.gateway, lambda: recorder.calls.gateway)),
        clock=read_clock,
    )
    return recorder


def count_function_calls(action: Callable[[], object]) -> int:
    """Return how many functions an action calls."""
    counted = 0

    def count(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal counted
        counted += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(before)
    return counted
