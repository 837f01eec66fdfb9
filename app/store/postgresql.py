"""PostgreSQL, or a database that speaks its protocol, through psycopg: for several processes on several machines.

Concurrent transactions can conflict here, so a transaction can lose a race. `run` rolls it back and retries it a few times.
"""

import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache, partial
from typing import Any, Final, Literal, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool, PoolTimeout

from app.errors import ConfigurationError, StoreBusy, StoreError
from app.store.engine import (
    LOCK_TIMEOUT,
    NO_VALUES,
    Conflict,
    ConnectionLost,
    LockTimeout,
    NotWritable,
    Row,
    TransactionFailed,
    retry,
)
from app.wire.secret_parts import without_secrets

T = TypeVar("T")
Connection = psycopg.Connection[DictRow]

CONNECT_TIMEOUT = 5
"""How many seconds one try to connect may take."""

KEEPALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 15_000}
"""libpq's settings that end a connection to a machine that has disappeared, after some 25 seconds. The default is hours."""

CONNECTION_POLL = 1
"""How many seconds pass between two tries to get a connection."""

_LOST_RACE = (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected)
_SHUTDOWN = (psycopg.errors.AdminShutdown, psycopg.errors.CrashShutdown, psycopg.errors.CannotConnectNow)
_TIMED_OUT = (psycopg.errors.LockNotAvailable, PoolTimeout)
_ENCODINGS = ("UTF8", "SQL_ASCII")
"""Encodings of a database that can store every text. SQL_ASCII stores bytes unchanged."""

PROBE_TIMEOUT_MS: Final = 2000

_NAMED = re.compile(r"'(?:[^']|'')*'|(?<!:):([a-z_][a-z0-9_]*)|%")


class _Undone(Exception):
    """A transaction has done what it was for, and is rolled back."""


class PostgreSQL:
    """An `Engine` on one database. Each process opens its own connection pool at the first use."""

    dialect: Final[Literal["postgresql"]] = "postgresql"
    nonblocking: Final = None
    """See `Engine`."""

    def __init__(self, url: str, lock_timeout: float = LOCK_TIMEOUT) -> None:
        try:
            conninfo_to_dict(url)
        except psycopg.ProgrammingError:
            # The message of libpq could contain the password.
            raise ConfigurationError(
                "DATABASE_URL is not a valid PostgreSQL address.", setting="DATABASE_URL"
            ) from None
        self._url = url
        self._lock_timeout = lock_timeout
        self._local = threading.local()
        self._lock = threading.Lock()
        self._pool: ConnectionPool[Connection] | None = None
        self._process = os.getpid()
        self._left_behind: list[object] = []

    def rows(self, sql: str, params: Mapping[str, Any] = NO_VALUES) -> list[Row]:
        """See `Engine`."""
        return self._retry(lambda: self._send(sql, params)[1])

    def execute(self, sql: str, params: Mapping[str, Any] = NO_VALUES) -> int:
        """See `Engine`."""
        if self._open_connection():
            return self._send(sql, params)[0]
        # In a transaction of its own, so that it is known not to have been committed when the connection is lost before the commit.
        return self.run(lambda: self._send(sql, params)[0])

    def execute_many(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """See `Engine`."""
        self.run(lambda: self._send_many(sql, rows))

    def run(self, work: Callable[[], T]) -> T:
        """See `Engine`."""
        if self._open_connection():
            try:
                return work()
            except BaseException:
                self._local.failed = True
                raise

        def work_in_transaction() -> T:
            with self.transaction():
                return work()

        return retry(work_in_transaction)

    def tables(self) -> list[str]:
        """See `Engine`."""
        found = self.rows("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        return [row["tablename"] for row in found]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """See `Engine`."""
        begun = False
        before = self._open_connection()
        with self._connection() as connection, _named_errors():
            try:
                with connection.transaction():
                    begun = True
                    self._local.connection = connection
                    try:
                        yield
                        if self._has_failed():
                            raise TransactionFailed
                    except BaseException:
                        self._local.failed = False
                        raise
                    finally:
                        self._local.connection = before
                    if connection.info.transaction_status is TransactionStatus.INERROR:
                        raise TransactionFailed  # PostgreSQL would roll back and report a commit
            except psycopg.OperationalError as error:
                # Once the outermost transaction has begun, only its commit can fail here. Then nobody knows if it succeeded.
                if (before or not begun) and _is_lost(connection, error):
                    raise ConnectionLost from error
                raise

    def check_writable(self, sql: str, params: Mapping[str, Any]) -> None:
        """See `Engine`."""
        with suppress(_Undone), self.transaction():
            self.execute(f"SET LOCAL lock_timeout = {PROBE_TIMEOUT_MS}")
            try:
                self.execute(sql, params)
            except StoreBusy:
                raise
            except StoreError as error:
                raise NotWritable from error
            raise _Undone

    def close(self) -> None:
        """See `Engine`."""
        with self._lock:
            pool, self._pool = self._pool, None
            if pool is not None and self._process == os.getpid():
                pool.close()

    def _retry(self, action: Callable[[], T]) -> T:
        return action() if self._open_connection() else retry(action)

    def _send(self, sql: str, params: Mapping[str, Any]) -> tuple[int, list[Row]]:
        if self._has_failed():
            raise TransactionFailed
        with self._connection() as connection, _named_errors():
            try:
                cursor = connection.execute(_in_psycopg_style(sql), params)
            except psycopg.OperationalError as error:
                # Inside a transaction the commit is still to come; outside of one only a query changes nothing.
                if _is_lost(connection, error) and (self._open_connection() or sql.startswith("SELECT")):
                    raise ConnectionLost from error
                raise
            return cursor.rowcount, cursor.fetchall() if cursor.description else []

    def _send_many(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Send a statement with each of several mappings of values. A transaction is open."""
        if self._has_failed():
            raise TransactionFailed
        with self._connection() as connection, _named_errors():
            try:
                connection.cursor().executemany(_in_psycopg_style(sql), rows)
            except psycopg.OperationalError as error:
                if _is_lost(connection, error):
                    raise ConnectionLost from error
                raise

    def _open_connection(self) -> Connection | None:
        connection: Connection | None = getattr(self._local, "connection", None)
        return connection

    def _has_failed(self) -> bool:
        """Return whether work inside this thread's transaction has failed."""
        return getattr(self._local, "failed", False)

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """Yield the connection of this thread's transaction, or one from the pool."""
        if connection := self._open_connection():
            yield connection
            return
        with _named_errors():
            pool = self._open_pool()
            connection = _get_connection(pool, self._lock_timeout)
        try:
            yield connection
        finally:
            pool.putconn(connection)

    def _open_pool(self) -> ConnectionPool[Connection]:
        with self._lock:
            if self._pool is not None and self._process != os.getpid():
                # The pool is from before a fork and shares its sockets with the parent, so it must not be closed here.
                self._left_behind.append(self._pool)
                self._pool = None
            if self._pool is None:
                self._pool = _open(self._url, self._lock_timeout)
                self._process = os.getpid()
            return self._pool


def _open(url: str, lock_timeout: float) -> ConnectionPool[Connection]:
    """Open a pool with its first connection. Raises `StoreError` with PostgreSQL's reason if it cannot be reached."""
    try:
        # The pool itself would retry until its timeout and then report only the timeout.
        with psycopg.connect(url, connect_timeout=CONNECT_TIMEOUT) as connection:
            encoding = connection.info.parameter_status("server_encoding")
    except psycopg.OperationalError as error:
        # Raised without its cause: the message of libpq may contain a part of the password that is not percent-encoded.
        raise StoreError(f"PostgreSQL cannot be reached: {without_secrets(str(error), url)}") from None
    if encoding not in _ENCODINGS:
        raise StoreError(
            f"The database uses the encoding {encoding}, which cannot store every text. Create one with UTF8."
        )
    pool = ConnectionPool(
        url,
        connection_class=Connection,
        kwargs={
            "autocommit": True,
            "client_encoding": "utf8",
            "connect_timeout": CONNECT_TIMEOUT,
            "row_factory": dict_row,
            **KEEPALIVE,
        },
        min_size=1,
        max_size=16,
        reconnect_timeout=CONNECTION_POLL,
        configure=partial(_configure, lock_timeout=lock_timeout),
        check=ConnectionPool.check_connection,  # so that a restart of the server causes no error
        open=True,
    )
    try:
        pool.wait(CONNECT_TIMEOUT)
    except PoolTimeout:
        pool.close()
        raise
    return pool


def _get_connection(pool: ConnectionPool[Connection], lock_timeout: float) -> Connection:
    """Return a connection of the pool. Raises `PoolTimeout`.

    Ask the pool again every second. The pool itself doubles its delay after each failure, so after minutes without a database it
    would need more minutes to notice that the database is back.
    """
    deadline = time.monotonic() + lock_timeout
    while True:
        left = deadline - time.monotonic()
        try:
            return pool.getconn(min(left, CONNECTION_POLL))
        except PoolTimeout:
            if left <= CONNECTION_POLL:
                raise


def _configure(connection: Connection, *, lock_timeout: float) -> None:
    connection.execute(f"SET lock_timeout = {int(lock_timeout * 1000)}")
    # A process that hangs in a transaction must not keep its locks.
    connection.execute("SET idle_in_transaction_session_timeout = 30000")


def _is_lost(connection: Connection, error: psycopg.OperationalError) -> bool:
    """Return whether the connection is gone, as after a restart of the server."""
    return connection.closed or isinstance(error, _SHUTDOWN)


@lru_cache(maxsize=512)
def _in_psycopg_style(sql: str) -> str:
    """Return the statement with `:name` in psycopg's style, `%(name)s`. Quoted text stays unchanged."""

    def translated(match: re.Match[str]) -> str:
        return f"%({match[1]})s" if match[1] else match[0].replace("%", "%%")

    # A value never becomes part of the text: statements are written in this package and name their values.
    return _NAMED.sub(translated, sql)


@contextmanager
def _named_errors() -> Iterator[None]:
    """Raise PostgreSQL's errors as our own. The driver's error is the cause."""
    try:
        yield
    except _LOST_RACE as error:
        raise StoreBusy from error
    except _TIMED_OUT as error:
        raise LockTimeout from error
    except psycopg.errors.InFailedSqlTransaction as error:
        raise TransactionFailed from error
    except psycopg.errors.IntegrityError as error:
        raise Conflict from error
    except psycopg.Error as error:
        raise StoreError(f"{StoreError.message} ({type(error).__name__})") from error
