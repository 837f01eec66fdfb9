"""Detects that the SQLite file of a running server was removed or replaced, and opens the new one.

SQLite keeps its files open. When the file is removed or replaced, connections go on writing to the old one, and those writes are
lost. When a file is copied over the old one in place, pages of both are mixed. So every use checks the file first.

    removed, or replaced by another file    write the log into the old file, then close its connections
    overwritten in place                    close the connections and drop the log, because it belongs to the old file
    after that                              raise `DatabaseFileLost` until there is a complete file with all migrations, then open it
"""

import fcntl
import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Final

import sqlite_utils

from app.errors import StoreError
from app.store.watched_file import Identity, WatchedFile, beside, identity_of, is_complete

log: Final = logging.getLogger(__name__)

CHECK_INTERVAL: Final = 0.25
"""Seconds between two checks of the file when only reading. A write checks it before and after."""

_SIDE_FILES: Final = ("-wal", "-shm")


class DatabaseFileLost(StoreError):
    """The database file was removed or replaced, and no new one can be opened yet."""

    message = "The database file was removed or replaced."


class Connection:
    """A connection, the number of open transactions in it, and whether a statement in them has failed.

    Its lock is held while a thread uses it, so that another thread can close it in between.
    """

    def __init__(self, database: sqlite_utils.Database, generation: int) -> None:
        self.database = database
        self.conn = database.conn
        """The driver's connection. `Database.execute` only adds a tracer to it, which nothing sets."""
        self.generation = generation
        self.process = os.getpid()
        self.lock = threading.Lock()
        self.is_open = True
        self.depth = 0
        self.failed = False

    def close(self) -> None:
        """Close it. The caller holds its lock, or nobody uses it any longer."""
        self.is_open = False
        self.database.conn.close()


_watched: Final[dict[Identity, WatchedFile]] = {}
_files: Final[dict[Path, "DatabaseFile"]] = {}
_registry: Final = threading.Lock()


def database_file(path: Path) -> "DatabaseFile":
    """Return the object of the file at a path. All engines of a process share it."""
    with _registry:
        return _files.setdefault(path, DatabaseFile(path))


class DatabaseFile:
    """The file at one path, with every connection that this process has to it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.generation = 0
        self._lock = threading.Lock()
        self._opened: Identity | None = None
        self._checked_at = float("-inf")
        self._side_files: dict[str, Identity] = {}
        self._migrations: frozenset[str] = frozenset()
        self._connections: list[Connection] = []

    def open(self, connect: Callable[[bool], sqlite_utils.Database]) -> Connection:
        """Open a connection. `connect` is told whether it may create the file. Raises `DatabaseFileLost`."""
        with self._lock:
            self._forget_closed()
            if self._opened is not None and not self._is_same():
                raise DatabaseFileLost
            if self.generation and self._opened is None:
                self._close_old()
                self._require_complete()
            database = connect(self.generation == 0 and self._opened is None)
            try:
                self._note(database)
            except BaseException:
                database.conn.close()
                raise
            connection = Connection(database, self.generation)
            self._connections.append(connection)
            return connection

    def close(self, connections: list[Connection]) -> None:
        """Close connections that no thread uses."""
        with self._lock:
            for connection in connections:
                if connection.process == os.getpid() and connection.is_open:
                    connection.close()
            self._forget_closed()
            if not self.is_used():
                self._reset()

    def is_current(self, connection: Connection, *, exact: bool) -> bool:
        """Return whether the connection is open on the file at the path. Unless `exact`, a check within `CHECK_INTERVAL` counts."""
        if not connection.is_open or connection.generation != self.generation:
            return False
        if not exact and monotonic() - self._checked_at < CHECK_INTERVAL:
            return True
        is_same = self._opened is not None and self._is_same()
        self._checked_at = monotonic() if is_same else float("-inf")
        return is_same

    def close_lost(self) -> None:
        """Close the connections of every thread if the file at the path is no longer the one that was opened."""
        with self._lock, _folder_lock(self.path.parent):
            if self._opened is None or self._is_same():
                return
            in_place = identity_of(self.path) == self._opened
            log.error("The database file was %s. The server stops using it.", "overwritten" if in_place else "replaced")
            idle = [it for it in self._connections if it.process == os.getpid() and it.lock.acquire(blocking=False)]
            for connection in idle[:1]:
                with suppress(sqlite3.Error):
                    self._migrations |= _migrations(connection.database)
            if not in_place:
                complete = any(_checkpoint(connection) for connection in idle)
                self._clear_side_files(keep=not complete)
            else:
                self._clear_side_files(keep=False)
            for connection in idle:
                connection.close()
                connection.lock.release()
            _forget(self._opened)
            self._opened = None
            self._side_files.clear()
            self.generation += 1

    def is_used(self, identity: Identity | None = None) -> bool:
        """Return whether this process has connections to the file, by this path. With `identity`, only to that file."""
        if identity not in (None, self._opened):
            return False
        return any(it.is_open and it.process == os.getpid() for it in self._connections)

    def close_if_old(self, connection: Connection) -> None:
        """Close a connection to an earlier file. The caller holds its lock."""
        if connection.is_open and connection.generation != self.generation:
            connection.close()

    def _is_same(self) -> bool:
        identity = identity_of(self.path)
        return identity is not None and identity == self._opened and not _is_overwritten(identity)

    def _close_old(self) -> None:
        """Close the connections to earlier files that no thread uses: one may have been given back while its file was lost."""
        for connection in self._connections:
            is_ours = connection.is_open and connection.process == os.getpid()
            if is_ours and connection.generation != self.generation and connection.lock.acquire(blocking=False):
                connection.close()
                connection.lock.release()

    def _require_complete(self) -> None:
        """Raise `DatabaseFileLost` unless the file can be opened instead of the lost one."""
        if any(
            it.is_open and it.process == os.getpid() and it.generation != self.generation for it in self._connections
        ):
            raise DatabaseFileLost("The database file was replaced while it was in use.")
        identity = identity_of(self.path)
        if identity is None:
            raise DatabaseFileLost("The database file was removed.")
        if not _is_complete(identity, self.path):
            raise DatabaseFileLost("The database file was replaced by one that is not complete.")

    def _note(self, database: sqlite_utils.Database) -> None:
        """Remember the identity of the opened file, of its side files and its migrations. Raises `DatabaseFileLost`."""
        identity = identity_of(self.path)
        if identity is None or (self._opened is not None and identity != self._opened):
            raise DatabaseFileLost
        migrations = _migrations(database)
        if not migrations >= self._migrations:
            raise DatabaseFileLost(
                "The database file was replaced by one that lacks migrations: run `counterfoil init`."
            )
        self._migrations = migrations
        _watch(identity, self.path)
        self._opened = identity
        for suffix in _SIDE_FILES:
            if (side := identity_of(beside(self.path, suffix))) is not None:
                self._side_files[suffix] = side

    def _clear_side_files(self, *, keep: bool) -> None:
        """Remove the log of the old file. SQLite would apply it to the new file.

        With `keep` the log has transactions that the old file lacks, so it is renamed. Otherwise it is emptied before it is removed,
        so that no old connection can write it into the new file.
        """
        for suffix, identity in self._side_files.items():
            path = beside(self.path, suffix)
            if identity_of(path) != identity:
                continue
            with suppress(OSError):
                if keep and suffix == "-wal":
                    kept = path.with_name(f"{path.name}.{identity[1]}")
                    path.rename(kept)
                    log.error("Transactions that were not yet in the replaced database file are kept in %s.", kept)
                    continue
                if suffix == "-wal":
                    os.truncate(path, 0)
                path.unlink()

    def _reset(self) -> None:
        """Forget the file. Called when this process has no connection to it."""
        if self._opened is not None:
            _forget(self._opened)
        self.generation, self._opened, self._migrations = 0, None, frozenset()
        self._side_files.clear()

    def _forget_closed(self) -> None:
        """Drop closed connections. Those from before a fork stay: to drop one would close it, and it belongs to another process."""
        self._connections = [connection for connection in self._connections if connection.is_open]


def _watch(identity: Identity, path: Path) -> None:
    """Watch a file that was opened, unless it is watched already."""
    with _registry:
        if identity not in _watched:
            _watched[identity] = WatchedFile(path)


def _is_overwritten(identity: Identity) -> bool:
    watched = _watched.get(identity)
    return watched is None or watched.is_overwritten()


def _forget(identity: Identity) -> None:
    """Stop watching a file. Its descriptors stay open as long as the process has connections to it, for example by another path."""
    with _registry:
        watched = _watched.pop(identity, None)
        if watched is not None and not any(it.is_used(identity) for it in _files.values()):
            watched.close()


@contextmanager
def _folder_lock(folder: Path) -> Iterator[None]:
    """Hold a lock of the folder, so that no process removes a log that another one has just created."""
    with ExitStack() as stack:
        with suppress(OSError):  # the folder is gone, or its file system has no such locks
            descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
            stack.callback(os.close, descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


def _is_complete(identity: Identity, path: Path) -> bool:
    """Return whether the file is a complete database. A watched file is read by its own descriptor, which must stay open."""
    with _registry:
        if identity in _watched:
            return is_complete(_watched[identity].descriptor)
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            return is_complete(descriptor)
        finally:
            os.close(descriptor)


def _migrations(database: sqlite_utils.Database) -> frozenset[str]:
    if "migrations" not in database.table_names():
        return frozenset()
    return frozenset(row[0] for row in database.execute("SELECT name FROM migrations").fetchall())


def _checkpoint(connection: Connection) -> bool:
    """Write the log into the file that the connection has open. Return whether the file is complete afterwards."""
    with suppress(sqlite3.Error):
        connection.database.execute("PRAGMA busy_timeout = 200")
        busy, _, _ = connection.database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return bool(busy == 0)
    return False
