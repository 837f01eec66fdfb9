"""The engine: one SQL text for SQLite and PostgreSQL, in small words. Rooms above it know no driver and no dialect.

Who keeps documents of their own in the same database (the sandbox does) needs four names, all from `app.store`:

    engine = open_engine("sqlite:///data/counterfoil.db")      # or postgresql://…; nothing is opened before the first use
    migrate(engine, [Step("sandbox: objects", ("CREATE TABLE sandbox_objects (sequence {sequence}, id TEXT NOT NULL UNIQUE, "
                                               "created {integer} NOT NULL, document TEXT NOT NULL) {strict}",))])
    engine.execute("INSERT INTO sandbox_objects (id, created, document) VALUES (:id, :created, :document)", {...})  # row count
    engine.rows("SELECT id, document FROM sandbox_objects WHERE id = :id", {"id": id})                              # dicts

Statements name their values (`:id`) and are never put together from a value. Each statement is its own transaction unless
`transaction()` is open in this thread; what must happen whole and may lose a race goes into `run(work)`, which tries again.
"""

import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any, Concatenate, Literal, ParamSpec, Protocol, TypeVar

from app.errors import StoreBusy, StoreError

P = ParamSpec("P")
T = TypeVar("T")

Row = dict[str, Any]
NO_VALUES: Mapping[str, Any] = {}

LOCK_TIMEOUT = 20.0
"""Seconds that a statement waits for a lock or a connection before the store is called busy, unless told: a buyer rather waits
than is sent away, and on a machine with too much to do a queue of writers is slow."""

TRIES = 12
"""How often something that loses races is begun before the store is called busy."""


class Conflict(StoreError):
    """A constraint of the database refused the row: a value that must be unique is there already, or a reference leads nowhere."""

    message = "The database refused a value that is there already, or a reference that leads nowhere."


class TransactionFailed(StoreError):
    """A statement of this transaction failed before, so that it can only be undone."""

    message = "The transaction failed; nothing was changed."


class LockTimeout(StoreBusy):
    """A lock or a connection did not come free in time."""


class Engine(Protocol):
    """One database. Threads may share it; raises `StoreBusy` for a lock or race that could not be waited out, else `StoreError`."""

    @property
    def dialect(self) -> Literal["sqlite", "postgresql"]: ...

    def rows(self, sql: str, params: Mapping[str, Any] = NO_VALUES) -> list[Row]:
        """Every row that a statement answers, as a dict by column."""

    def execute(self, sql: str, params: Mapping[str, Any] = NO_VALUES) -> int:
        """Run a statement; how many rows it inserted, changed or deleted. Raises `Conflict` where a constraint refuses."""

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing. Inside another one it joins it: an exception undoes the inner part, and only the outer one commits.

        After a statement that failed the transaction can only be left with an exception: one that goes on raises `StoreError`.
        """

    def run(self, work: Callable[[], T]) -> T:
        """Do work in a transaction and commit; after a lost race it is done again, a bounded number of times.

        Work that finds out by itself that it lost (a version that is no longer the one it read) raises `StoreBusy` for that.
        Inside another transaction it joins that one, and only the outermost `run` does its work again.
        """

    def close(self) -> None:
        """Give back every connection; the next use opens new ones."""


def atomic(function: Callable[Concatenate[Engine, P], T]) -> Callable[Concatenate[Engine, P], T]:
    """A function of several statements as one: all or nothing, and again when it lost a race."""

    @wraps(function)
    def in_one(engine: Engine, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return engine.run(lambda: function(engine, *args, **kwargs))

    return in_one


def retry(action: Callable[[], T]) -> T:
    """Do something that is a transaction of its own, and again when it lost a race; a wait that was in vain is not repeated."""
    for tries in range(1, TRIES):
        try:
            return action()
        except LockTimeout:
            raise
        except StoreBusy:
            # Those who lost to each other must not meet again at once: up to 20 ms, then 40, 80, 160, and 200 from then on.
            time.sleep(secrets.randbelow(min(10 * 2**tries, 200)) / 1000)
    return action()


def fetch_one(engine: Engine, sql: str, params: Mapping[str, Any]) -> Row | None:
    """The first row, or None. Text from outside that no database could hold finds nothing, whatever the engine thinks of it."""
    if not all(_storable(value) for value in params.values()):
        return None
    return next(iter(engine.rows(sql, params)), None)


def _storable(value: object) -> bool:
    # PostgreSQL keeps no NUL, and neither engine half a surrogate pair: so nothing is ever kept under such a name.
    return not isinstance(value, str) or ("\x00" not in value and not any("\ud800" <= c <= "\udfff" for c in value))
