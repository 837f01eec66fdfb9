"""The engine: runs the same SQL text on SQLite and PostgreSQL. Modules above it know no driver and no dialect.

A package that stores its own documents in the same database, as the sandbox does, needs four names from `app.store`:

    engine = open_engine("sqlite:///data/counterfoil.db")      # or postgresql://…
    migrate(engine, [Step("sandbox: objects", ("CREATE TABLE sandbox_objects (sequence {sequence}, id TEXT NOT NULL UNIQUE, "
                                               "created {integer} NOT NULL, document TEXT NOT NULL) {strict}",))], now)
    engine.execute("INSERT INTO sandbox_objects (id, created, document) VALUES (:id, :created, :document)", {...})  # row count
    engine.rows("SELECT id, document FROM sandbox_objects WHERE id = :id", {"id": id})                              # dicts

Statements name their values (`:id`); a value never becomes part of the SQL text. Each statement is its own transaction unless
`transaction()` is open in this thread. Work that must be atomic and may lose a race goes into `run(work)`, which retries it.
"""

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any, Concatenate, Literal, ParamSpec, Protocol, TypeVar

from app.errors import StoreBusy, StoreError
from app.objects.scalars import UNSTORABLE

P = ParamSpec("P")
T = TypeVar("T")

Row = dict[str, Any]
NO_VALUES: Mapping[str, Any] = {}

LOCK_TIMEOUT = 20.0
"""How many seconds a statement waits for a lock or a connection before it raises `LockTimeout`. It is long because buyers prefer
waiting to an error, and because writers queue up on a busy machine."""

TRIES = 12
"""How often to try work that loses races before it raises `StoreBusy`."""


class Conflict(StoreError):
    """A constraint refused the row: a unique value exists already, or a foreign key refers to no row."""

    message = "The database refused the row: a unique value exists already, or a reference leads to no row."


class TransactionFailed(StoreError):
    """An earlier statement of this transaction or a part of its work failed, so it can only be rolled back."""

    message = "The transaction failed; nothing was changed."


class ConnectionLost(StoreBusy):
    """The connection ended before anything was committed, as when PostgreSQL restarts. The same work may be done again."""


class LockTimeout(StoreBusy):
    """A lock or a connection was not released in time."""


class NotWritable(StoreError):
    """The disk is full, or the database is read-only."""

    message = "The database cannot be written."


class Engine(Protocol):
    """One database. Threads may share it. Raises `StoreBusy` when a lock times out or every retry loses a race, else `StoreError`."""

    @property
    def dialect(self) -> Literal["sqlite", "postgresql"]: ...

    @property
    def nonblocking(self) -> "Engine | None":
        """The same database for reads that never wait: a lock raises `LockTimeout` at once. None: each statement waits for a network."""

    def rows(self, sql: str, params: Mapping[str, Any] = NO_VALUES) -> list[Row]:
        """Return the rows of a statement as dicts by column name."""

    def execute(self, sql: str, params: Mapping[str, Any] = NO_VALUES) -> int:
        """Run a statement. Return how many rows it inserted, changed or deleted. Raises `Conflict` if a constraint refuses a row."""

    def execute_many(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run a statement with each of several mappings of values, in one transaction. Raises `Conflict` if a constraint refuses a row.

        On SQLite this is faster than one statement with several rows: for that, SQLite copies each page before it changes it.
        """

    def tables(self) -> list[str]:
        """Return the names of the tables in the database."""

    def transaction(self) -> AbstractContextManager[None]:
        """Open a transaction, or a savepoint inside an open one: an exception rolls back the inner part, and only the outer one commits.

        After a failed statement, an exception must leave the block; further statements raise `TransactionFailed`.
        """

    def run(self, work: Callable[[], T]) -> T:
        """Do work in a transaction and commit. After a lost race, do it again, up to `TRIES` times.

        Work that notices itself that it lost a race, for example by a changed version, raises `StoreBusy`. Inside another
        transaction the work joins it, and only the outermost `run` retries. If the work fails there, that transaction has failed: it
        can only be rolled back. Where it must go on, the work needs a `transaction()` of its own.
        """

    def check_writable(self, sql: str, params: Mapping[str, Any]) -> None:
        """Run a statement that writes, down to the disk, and roll it back. Raises `NotWritable`, or `LockTimeout` after a short wait."""

    def close(self) -> None:
        """Close every connection. The next use opens new ones."""


def atomic(function: Callable[Concatenate[Engine, P], T]) -> Callable[Concatenate[Engine, P], T]:
    """Decorate a function of several statements so that it runs in one transaction and retries after a lost race. See `Engine.run`."""

    @wraps(function)
    def in_transaction(engine: Engine, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return engine.run(lambda: function(engine, *args, **kwargs))

    return in_transaction


def retry(action: Callable[[], T]) -> T:
    """Do an action that is its own transaction, and do it again after a lost race. A lock timeout is not retried."""
    for tries in range(1, TRIES):
        try:
            return action()
        except LockTimeout:
            raise
        except StoreBusy:
            # A random delay keeps the losers from colliding again: up to 20 ms, then 40, 80, 160, and 200 from then on.
            time.sleep(secrets.randbelow(min(10 * 2**tries, 200)) / 1000)
    return action()


def fetch_one(engine: Engine, sql: str, params: Mapping[str, Any]) -> Row | None:
    """Return the first row, or None. Text that no database can store finds nothing, on either engine."""
    for value in params.values():
        if not is_storable(value):
            return None
    found = engine.rows(sql, params)
    return found[0] if found else None


def is_storable(value: object) -> bool:
    """Return whether both engines can store a value. PostgreSQL stores no NUL, and neither stores half a surrogate pair."""
    return not isinstance(value, str) or UNSTORABLE.search(value) is None
