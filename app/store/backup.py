"""A copy of a live SQLite database: consistent, whole, and made while others write."""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from tempfile import mkstemp

from app.errors import StoreError
from app.store.watched_file import beside

LOCK_SECONDS = 20


def backup(source: Path, target: Path) -> None:
    """Copy a database with SQLite's backup API, in one step. Writers continue; the copy is the database of one moment.

    The copy replaces `target` when it is whole and on the disk. Only its owner can read it. Raises `StoreError`.
    """
    own = [source, *(beside(source, suffix) for suffix in ("-wal", "-shm", "-journal"))]
    if any(path.exists() and target.exists() and path.samefile(target) for path in own) or target.absolute() in own:
        raise StoreError(f"{target} is the live database itself: give the backup another name.")
    try:
        descriptor, name = mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".draft")
    except OSError as error:
        raise StoreError(f"{target} cannot be written ({error.strerror}).") from error
    os.close(descriptor)
    draft = Path(name)
    try:
        _copy(source, draft)
        _sync(draft)
        draft.replace(target)
        _sync(target.parent)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"The backup could not be made ({error}).") from error
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()


def _copy(source: Path, draft: Path) -> None:
    live = sqlite3.connect(f"{source.as_uri()}?mode=rw", uri=True, timeout=LOCK_SECONDS)
    with closing(live), closing(sqlite3.connect(draft)) as copy:
        live.backup(copy)
        # One file alone: the copy would else ask for a log of its own wherever it is opened.
        copy.execute("PRAGMA journal_mode = DELETE")
        problem = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
        if problem != "ok":
            raise StoreError(f"The database is damaged ({problem}).")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
