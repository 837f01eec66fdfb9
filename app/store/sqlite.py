"""SQLite through sqlite-utils, for one machine. A transaction takes the write lock first (BEGIN IMMEDIATE) and reads then.

`Database.atomic()` of sqlite-utils begins a deferred transaction. Under contention, SQLite refuses at once to let a reader become a
writer, without waiting for its timeout. So connections are in autocommit mode, and this module begins transactions itself. Each
thread has its own connection.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import sqlite_utils

from app.errors import StoreError
from app.store.engine import LOCK_TIMEOUT, NO_VALUES, Conflict, LockTimeout, Row, TransactionFailed, retry

T = TypeVar("T")

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class _Connection:
    """The connection of one thread, the number of open transactions in it, and whether a statement in them has failed."""

    def __init__(self, database: sqlite_utils.Database) -> None:
        self.database = database
        self.thread = threading.current_thread()
        self.process = os.getpid()
        self.depth = 0
        self.failed = False


class SQLite:
    """An `Engine` on one file. A relative path starts at the working directory. Missing folders are created."""

    dialect: Final[Literal["sqlite"]] = "sqlite"

    def __init__(self, path: Path, lock_timeout: float = LOCK_TIMEOUT) -> None:
        self._path = path.absolute()
        self._lock_timeout = lock_timeout
        self._local = threading.local()
        self._lock = threading.Lock()
        self._connections: list[_Connection] = []

    def rows(self, sql: str, params: Mapping[str, Any] = NO_VALUES) -> list[Row]:
        """See `Engine`."""
        cursor, found = self._wait_for_lock(lambda: self._fetch(sql, params))
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, values, strict=True)) for values in found]

    def execute(self, sql: str, params: Mapping[str, Any] = NO_VALUES) -> int:
        """See `Engine`."""
        cursor, _ = self._wait_for_lock(lambda: self._fetch(sql, params))
        return cursor.rowcount

    def run(self, work: Callable[[], T]) -> T:
        """See `Engine`."""

        def work_in_transaction() -> T:
            with self.transaction():
                return work()

        return work_in_transaction() if self._connection().depth else retry(work_in_transaction)

    def tables(self) -> list[str]:
        """See `Engine`."""

        def read() -> list[str]:
            with _named_errors():
                return list(self._connection().database.table_names())

        return self._wait_for_lock(read)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """See `Engine`."""
        connection = self._connection()
        level = connection.depth
        name = f"level_{level}"
        begin, commit = (f"SAVEPOINT {name}", f"RELEASE {name}") if level else ("BEGIN IMMEDIATE", "COMMIT")
        undo = (f"ROLLBACK TO {name}", f"RELEASE {name}") if level else ("ROLLBACK",)
        self._wait_for_lock(lambda: self._fetch(begin))
        connection.depth = level + 1
        try:
            yield
            self._fetch(commit)
        except BaseException:
            connection.failed = False
            # Some errors, such as a full disk, have rolled everything back already.
            if connection.database.conn.in_transaction:
                for statement in undo:
                    connection.database.conn.execute(statement)
            raise
        finally:
            connection.depth = level

    def close(self) -> None:
        """See `Engine`. No other thread may use the engine meanwhile."""
        with self._lock:
            for connection in self._connections:
                if connection.process == os.getpid():
                    connection.database.conn.close()
            self._connections.clear()
            self._local = threading.local()

    def _fetch(self, sql: str, params: Mapping[str, Any] = NO_VALUES) -> tuple[sqlite3.Cursor, list[Any]]:
        connection = self._connection()
        if connection.depth and (connection.failed or not connection.database.conn.in_transaction):
            raise TransactionFailed
        try:
            with _named_errors():
                cursor = connection.database.execute(sql, dict(params))
                return cursor, cursor.fetchall()
        except StoreError:
            connection.failed = connection.depth > 0
            raise

    def _wait_for_lock(self, action: Callable[[], T]) -> T:
        return action() if self._connection().depth else _wait_for_lock(action, self._lock_timeout)

    def _connection(self) -> _Connection:
        connection: _Connection | None = getattr(self._local, "connection", None)
        if connection is None or connection.process != os.getpid():
            connection = _Connection(_wait_for_lock(lambda: _open(self._path, self._lock_timeout), self._lock_timeout))
            self._remember(connection)
            self._local.connection = connection
        return connection

    def _remember(self, opened: _Connection) -> None:
        """Keep the connection for `close`, and close connections whose threads have ended.

        Connections from before a fork stay in the list: closing them here would break the parent's.
        """
        with self._lock:
            for connection in list(self._connections):
                if not connection.thread.is_alive() and connection.process == os.getpid():
                    connection.database.conn.close()
                    self._connections.remove(connection)
            self._connections.append(opened)


def _wait_for_lock(action: Callable[[], T], lock_timeout: float) -> T:
    """Do an action and repeat it while the database is locked. SQLite itself does not wait in every case, such as the switch to WAL."""
    deadline = time.monotonic() + lock_timeout
    while True:
        try:
            return action()
        except LockTimeout:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _open(path: Path, lock_timeout: float) -> sqlite_utils.Database:
    """Open a connection and make every setting that SQLite does not store in the file."""
    with _named_errors():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)  # it contains buyers' answers
        # One thread uses the connection; another one closes it after that thread has ended.
        conn = sqlite3.connect(path, timeout=lock_timeout, isolation_level=None, check_same_thread=False)
        try:
            database = sqlite_utils.Database(conn, execute_plugins=False)
            database.enable_wal()
            database.execute("PRAGMA synchronous = FULL")
            database.execute("PRAGMA foreign_keys = ON")
            return database
        except BaseException:
            conn.close()
            raise


@contextmanager
def _named_errors() -> Iterator[None]:
    """Raise SQLite's errors as our own. The driver's error is the cause."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise Conflict from error
    except (sqlite3.Error, OSError) as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the kind
        if code in _BUSY:
            raise LockTimeout from error
        raise StoreError(f"{StoreError.message} ({error})") from error
