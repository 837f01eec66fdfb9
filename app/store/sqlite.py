"""SQLite through sqlite-utils, for one machine. A transaction takes the write lock first (BEGIN IMMEDIATE) and reads then.

`Database.atomic()` of sqlite-utils begins a deferred transaction. Under contention, SQLite refuses at once to let a reader become a
writer, without waiting for its timeout. So connections are in autocommit mode, and this module begins transactions itself.

Threads share the connections: each takes the one that was used last, for one statement or transaction. A connection keeps the pages
that it has read until another one writes. Threads that take turns with connections of their own would read most pages again.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import sqlite_utils

from app.errors import StoreError
from app.store.database_file import Connection, DatabaseFileLost, database_file
from app.store.engine import LOCK_TIMEOUT, NO_VALUES, Conflict, LockTimeout, NotWritable, Row, TransactionFailed, retry

T = TypeVar("T")

FREE_BYTES: Final = 1024 * 1024
"""With less room on the disk it counts as full: the log has room of its own, which is left when the disk has none."""

PROBE_TIMEOUT: Final = 2.0

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class SQLite:
    """An `Engine` on one file. A relative path starts at the working directory. Missing folders are created."""

    dialect: Final[Literal["sqlite"]] = "sqlite"

    def __init__(self, path: Path, lock_timeout: float = LOCK_TIMEOUT) -> None:
        self._file = database_file(path.absolute())
        self._lock_timeout = lock_timeout
        self._local = threading.local()
        self._lock = threading.Lock()
        self._connections: list[Connection] = []
        self._free: list[Connection] = []
        """The connections that no thread uses. The one that was used last is at the end."""
        self._nonblocking: SQLite | None = None

    @property
    def nonblocking(self) -> "SQLite":
        """See `Engine`. It has connections of its own."""
        if self._nonblocking is None:
            self._nonblocking = SQLite(self.path, lock_timeout=0.0)
        return self._nonblocking

    @property
    def path(self) -> Path:
        """The absolute path of the file."""
        return self._file.path

    def rows(self, sql: str, params: Mapping[str, Any] = NO_VALUES) -> list[Row]:
        """See `Engine`."""
        cursor, found = self._run_statement(sql, params, writing=False)
        if not found:
            return []
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in found]

    def execute(self, sql: str, params: Mapping[str, Any] = NO_VALUES) -> int:
        """See `Engine`."""
        cursor, _ = self._run_statement(sql, params, writing=True)
        return cursor.rowcount

    def execute_many(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """See `Engine`."""

        def work() -> None:
            with self._turn(writing=True) as connection:
                _execute_many(connection, sql, rows)

        self.run(work)

    def run(self, work: Callable[[], T]) -> T:
        """See `Engine`. A savepoint inside the transaction would copy each page that the work changes."""
        connection = self._open_transaction()
        if connection is not None:
            try:
                return work()
            except BaseException:
                connection.failed = True
                raise

        def work_in_transaction() -> T:
            with self.transaction():
                return work()

        return retry(work_in_transaction)

    def tables(self) -> list[str]:
        """See `Engine`."""
        with self._turn(writing=False) as connection:

            def read() -> list[str]:
                with _named_errors():
                    return list(connection.database.table_names())

            return self._wait_for_lock(connection, read)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """See `Engine`."""
        with self._turn(writing=True) as connection:
            level = connection.depth
            name = f"level_{level}"
            begin, commit = (f"SAVEPOINT {name}", f"RELEASE {name}") if level else ("BEGIN IMMEDIATE", "COMMIT")
            undo = (f"ROLLBACK TO {name}", f"RELEASE {name}") if level else ("ROLLBACK",)
            self._wait_for_lock(connection, lambda: _fetch(connection, begin))
            connection.depth = level + 1
            try:
                yield
                _fetch(connection, commit)
            except BaseException:
                connection.failed = False
                # Some errors, such as a full disk, have rolled everything back already.
                if connection.database.conn.in_transaction:
                    for statement in undo:
                        connection.database.conn.execute(statement)
                raise
            finally:
                connection.depth = level

    def check_writable(self, sql: str, params: Mapping[str, Any]) -> None:
        """See `Engine`. In a connection of its own, whose small cache makes SQLite write into the log before the end."""
        with self._turn(writing=True):
            disk = os.statvfs(self.path.parent)
        if disk.f_bavail * disk.f_frsize < FREE_BYTES:
            raise NotWritable("The disk is full.")
        address = f"{self.path.as_uri()}?mode=rw"
        with (
            _named_errors(),
            closing(sqlite3.connect(address, uri=True, timeout=PROBE_TIMEOUT, isolation_level=None)) as probe,
        ):
            probe.execute("PRAGMA cache_size = 10")
            probe.execute("BEGIN IMMEDIATE")
            try:
                probe.execute(sql, dict(params))
            except sqlite3.Error as error:
                raise NotWritable(f"{NotWritable.message} ({error})") from error
            finally:
                if probe.in_transaction:
                    probe.execute("ROLLBACK")

    def close(self) -> None:
        """See `Engine`. No other thread may use the engine at the same time."""
        if self._nonblocking is not None:
            self._nonblocking.close()
        with self._lock:
            self._file.close(self._connections)
            self._connections.clear()
            self._free.clear()
            self._local = threading.local()

    def _run_statement(self, sql: str, params: Mapping[str, Any], *, writing: bool) -> tuple[sqlite3.Cursor, list[Any]]:
        """Run a statement, as a transaction of its own unless one is open. An open one has the connection and its locks."""
        connection = self._open_transaction()
        if connection is not None:
            return _fetch(connection, sql, params)
        connection = self._take(exact=writing)
        try:
            done = _wait_for_lock(partial(_fetch, connection, sql, params), self._lock_timeout)
            if writing:
                self._ensure_current(connection)
            return done
        finally:
            self._give_back(connection)

    @contextmanager
    def _turn(self, *, writing: bool) -> Iterator[Connection]:
        """Give this thread a connection for one outermost transaction, or that of the open one. Raises `DatabaseFileLost`."""
        connection = self._open_transaction()
        if connection is not None:
            yield connection
            return
        connection = self._take(exact=writing)
        self._local.connection = connection
        try:
            yield connection
            if writing:
                self._ensure_current(connection)
        finally:
            self._local.connection = None
            self._give_back(connection)

    def _take(self, *, exact: bool) -> Connection:
        """Lock the connection that was used last, or a new one. Raises `DatabaseFileLost` where the file cannot be opened yet."""
        while (connection := self._free_connection()) is not None:
            connection.lock.acquire()
            if self._file.is_current(connection, exact=exact):
                return connection
            connection.lock.release()
            self._file.close_lost()
            connection.lock.acquire()
            self._give_back(connection)
        connection = self._connect()
        connection.lock.acquire()
        if self._file.is_current(connection, exact=exact):
            return connection
        self._give_back(connection)
        self._file.close_lost()
        raise DatabaseFileLost

    def _ensure_current(self, connection: Connection) -> None:
        """Raise `DatabaseFileLost` where the file was replaced while it was written: what nobody reads any longer is not stored."""
        if not self._file.is_current(connection, exact=True):
            raise DatabaseFileLost

    def _give_back(self, connection: Connection) -> None:
        """Let other threads take a connection, unless it is closed. What an interrupt has left open in it is rolled back."""
        self._file.close_if_old(connection)
        if connection.is_open and connection.conn.in_transaction:
            connection.conn.rollback()
        connection.lock.release()
        if connection.is_open:
            self._free.append(connection)

    def _open_transaction(self) -> Connection | None:
        """Return the connection of this thread if a transaction is open in it. No process is forked inside a transaction."""
        connection: Connection | None = getattr(self._local, "connection", None)
        return connection if connection is not None and connection.depth else None

    def _free_connection(self) -> Connection | None:
        """Return the connection that was used last of those that no thread uses, or None. A connection from before a fork is not used."""
        with suppress(IndexError):
            while True:
                connection = self._free.pop()
                if connection.is_open and connection.process == os.getpid():
                    return connection
        return None

    def _connect(self) -> Connection:
        """Open a connection."""

        def open_one() -> Connection:
            with _named_errors():
                self._file.close_lost()
                return self._file.open(partial(_open, self._file.path, self._lock_timeout))

        opened = _wait_for_lock(open_one, self._lock_timeout)
        with self._lock:
            self._connections = [it for it in self._connections if it.is_open]
            self._connections.append(opened)
        return opened

    def _wait_for_lock(self, connection: Connection, action: Callable[[], T]) -> T:
        return action() if connection.depth else _wait_for_lock(action, self._lock_timeout)


def _fetch(connection: Connection, sql: str, params: Mapping[str, Any] = NO_VALUES) -> tuple[sqlite3.Cursor, list[Any]]:
    _ensure_not_failed(connection)
    try:
        cursor = connection.conn.execute(sql, params)
        return cursor, cursor.fetchall()
    except (sqlite3.Error, OSError) as error:
        connection.failed = connection.depth > 0
        raise _named(error) from error


def _execute_many(connection: Connection, sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
    _ensure_not_failed(connection)
    try:
        connection.conn.executemany(sql, rows)
    except (sqlite3.Error, OSError) as error:
        connection.failed = True
        raise _named(error) from error


def _ensure_not_failed(connection: Connection) -> None:
    """Raise `TransactionFailed` if work inside the open transaction has failed."""
    if connection.depth and (connection.failed or not connection.conn.in_transaction):
        raise TransactionFailed


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


def _open(path: Path, lock_timeout: float, create: bool) -> sqlite_utils.Database:
    """Open a connection and make every setting that SQLite does not store in the file."""
    if create:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)  # it contains buyers' answers
    # Threads use the connection one after the other.
    address = f"{path.as_uri()}?mode=rw"
    conn = sqlite3.connect(address, uri=True, timeout=lock_timeout, isolation_level=None, check_same_thread=False)
    try:
        database = sqlite_utils.Database(conn, execute_plugins=False)
        database.enable_wal()
        database.execute("PRAGMA synchronous = FULL")
        database.execute("PRAGMA foreign_keys = ON")
        database.execute("PRAGMA secure_delete = ON")  # what is erased must not stay in free pages
        return database
    except BaseException:
        conn.close()
        raise


@contextmanager
def _named_errors() -> Iterator[None]:
    """Raise SQLite's errors as our own. The driver's error is the cause."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise _named(error) from error


def _named(error: Exception) -> StoreError:
    """Return an error of SQLite as our own."""
    if isinstance(error, sqlite3.IntegrityError):
        return Conflict()
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in _BUSY:  # the low byte is the kind
        return LockTimeout()
    return StoreError(f"{StoreError.message} ({error})")
