"""PostgreSQL, or an engine that speaks its protocol, through psycopg: for several processes on several machines.

Writers meet here instead of queueing, so a transaction can lose a race: `run` undoes and repeats it, a bounded number of times.
"""

import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any, Final, Literal, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool, PoolTimeout

from app.errors import ConfigurationError, StoreBusy, StoreError
from app.store.engine import LOCK_TIMEOUT, NO_VALUES, Conflict, LockTimeout, Row, TransactionFailed, retry
from app.wire.secret_parts import without_secrets

T = TypeVar("T")
Connection = psycopg.Connection[DictRow]

CONNECTS_WITHIN = 5
"""Seconds."""

SILENCE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 15_000}
"""When a machine that has gone without a word is given up, in libpq's words: after some 25 seconds. The system would wait for hours."""

ASKED_EVERY = 1
"""Seconds between two tries to connect while somebody waits."""

_LOST = (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected)
_IN_VAIN = (psycopg.errors.LockNotAvailable, PoolTimeout)
_WHOLE_TEXT = ("UTF8", "SQL_ASCII")
"""Encodings of a database that keep every text; the second takes bytes as they come."""

_NAMED = re.compile(r"'(?:[^']|'')*'|(?<!:):([a-z_][a-z0-9_]*)|%")


class PostgreSQL:
    """An `Engine` on one database; connections come from a pool that opens with the first use in each process."""

    dialect: Final[Literal["postgresql"]] = "postgresql"

    def __init__(self, url: str, lock_timeout: float = LOCK_TIMEOUT) -> None:
        try:
            conninfo_to_dict(url)
        except psycopg.ProgrammingError:
            # What libpq says of it would quote a password.
            raise ConfigurationError(
                "DATABASE_URL is no address of a PostgreSQL database.", setting="DATABASE_URL"
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
        return self._retry(lambda: self._send(sql, params)[0])

    def run(self, work: Callable[[], T]) -> T:
        """See `Engine`."""

        def whole() -> T:
            with self.transaction():
                return work()

        return self._retry(whole)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """See `Engine`."""
        with self._connection() as connection, _named_errors(), connection.transaction():
            before, self._local.connection = self._open_connection(), connection
            try:
                yield
            finally:
                self._local.connection = before
            if connection.info.transaction_status is TransactionStatus.INERROR:
                raise TransactionFailed  # PostgreSQL would undo it and call that a commit

    def close(self) -> None:
        """See `Engine`."""
        with self._lock:
            pool, self._pool = self._pool, None
            if pool is not None and self._process == os.getpid():
                pool.close()

    def _retry(self, action: Callable[[], T]) -> T:
        return action() if self._open_connection() else retry(action)

    def _send(self, sql: str, params: Mapping[str, Any]) -> tuple[int, list[Row]]:
        with self._connection() as connection, _named_errors():
            cursor = connection.execute(_in_psycopg_style(sql), params)
            return cursor.rowcount, cursor.fetchall() if cursor.description else []

    def _open_connection(self) -> Connection | None:
        connection: Connection | None = getattr(self._local, "connection", None)
        return connection

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """The connection of this thread's transaction, or one from the pool."""
        if connection := self._open_connection():
            yield connection
            return
        with _named_errors():
            pool = self._opened_pool()
            connection = _taken(pool, self._lock_timeout)
        try:
            yield connection
        finally:
            pool.putconn(connection)

    def _opened_pool(self) -> ConnectionPool[Connection]:
        with self._lock:
            if self._pool is not None and self._process != os.getpid():
                # From before a fork: its sockets are the parent's, so it is kept from being closed here.
                self._left_behind.append(self._pool)
                self._pool = None
            if self._pool is None:
                self._pool = _open(self._url, self._lock_timeout)
                self._process = os.getpid()
            return self._pool


def _open(url: str, lock_timeout: float) -> ConnectionPool[Connection]:
    """A pool with its first connection. Raises `StoreError` with what PostgreSQL says where it cannot be reached."""
    try:
        # The pool would try for as long as it is given, and then tell only that time is up.
        with psycopg.connect(url, connect_timeout=CONNECTS_WITHIN) as connection:
            encoding = connection.info.parameter_status("server_encoding")
    except psycopg.OperationalError as error:
        # Without its cause: what libpq says may quote a part of the password, where that is not percent-encoded.
        raise StoreError(f"PostgreSQL cannot be reached: {without_secrets(str(error), url)}") from None
    if encoding not in _WHOLE_TEXT:
        raise StoreError(
            f"The database keeps text as {encoding}, which has no room for every name: make one with UTF8."
        )
    pool = ConnectionPool(
        url,
        connection_class=Connection,
        kwargs={
            "autocommit": True,
            "client_encoding": "utf8",
            "connect_timeout": CONNECTS_WITHIN,
            "row_factory": dict_row,
            **SILENCE,
        },
        min_size=1,
        max_size=16,
        reconnect_timeout=ASKED_EVERY,
        configure=partial(_configure, lock_timeout=lock_timeout),
        check=ConnectionPool.check_connection,  # a restarted server costs no buyer an error
        open=True,
    )
    try:
        pool.wait(CONNECTS_WITHIN)
    except PoolTimeout:
        pool.close()
        raise
    return pool


def _taken(pool: ConnectionPool[Connection], lock_timeout: float) -> Connection:
    """A connection of the pool. Raises `PoolTimeout`.

    Asked for anew every second: a pool that waits by itself waits twice as long after each failure, so that after minutes without a
    database it would be minutes more until it sees that there is one again.
    """
    deadline = time.monotonic() + lock_timeout
    while True:
        left = deadline - time.monotonic()
        try:
            return pool.getconn(min(left, ASKED_EVERY))
        except PoolTimeout:
            if left <= ASKED_EVERY:
                raise


def _configure(connection: Connection, *, lock_timeout: float) -> None:
    connection.execute(f"SET lock_timeout = {int(lock_timeout * 1000)}")
    # A process that hangs in a transaction must not keep its locks for ever.
    connection.execute("SET idle_in_transaction_session_timeout = 30000")


@lru_cache(maxsize=512)
def _in_psycopg_style(sql: str) -> str:
    """`:name` as psycopg writes it; quoted text stays what it is."""

    def translated(match: re.Match[str]) -> str:
        return f"%({match[1]})s" if match[1] else match[0].replace("%", "%%")

    # No value ever gets into the text: statements are written in this package and name their values.
    return _NAMED.sub(translated, sql)


@contextmanager
def _named_errors() -> Iterator[None]:
    """PostgreSQL's errors under our names; the driver's own stays behind as the cause."""
    try:
        yield
    except _LOST as error:
        raise StoreBusy from error
    except _IN_VAIN as error:
        raise LockTimeout from error
    except psycopg.errors.InFailedSqlTransaction as error:
        raise TransactionFailed from error
    except psycopg.errors.IntegrityError as error:
        raise Conflict from error
    except psycopg.Error as error:
        raise StoreError(f"{StoreError.message} ({type(error).__name__})") from error
