"""Detects that a program other than SQLite has written into a database file."""

import os
import threading
from pathlib import Path
from typing import Final

Identity = tuple[int, int]
"""Device and inode."""

_HEADER: Final = 100
_MAGIC: Final = b"SQLite format 3\0"


def identity_of(path: Path) -> Identity | None:
    """Return the identity of the file at a path, or None if there is no file."""
    try:
        found = os.stat(path)  # noqa: PTH116 - on the way of every statement, where Path.stat takes twice as long
    except OSError:
        return None
    return found.st_dev, found.st_ino


def beside(path: Path, suffix: str) -> Path:
    """Return the path of a side file of a database: the log `-wal`, or its index `-shm`."""
    return path.with_name(path.name + suffix)


class WatchedFile:
    """The last known state of one file and of its wal-index. The wal-index tells when SQLite itself writes into the file.

    Both descriptors stay open as long as the process has connections: closing one would end SQLite's locks on the file (POSIX).
    """

    def __init__(self, path: Path) -> None:
        self.descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._index: int | None
        try:
            self._index = os.open(beside(path, "-shm"), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            self._index = None  # without a log, SQLite's own writes cannot be told from others
        self._lock = threading.Lock()
        self._checkpoint = self._read_checkpoint()
        self._changed = os.fstat(self.descriptor).st_mtime_ns
        self._header = self._read_header()

    def close(self) -> None:
        """Close the descriptors. The process must have no connection to the file."""
        os.close(self.descriptor)
        if self._index is not None:
            os.close(self._index)

    def is_overwritten(self) -> bool:
        """Return whether another program has written into the file: its header has changed, and SQLite made no checkpoint."""
        if self._read_checkpoint() == self._checkpoint and os.fstat(self.descriptor).st_mtime_ns == self._changed:
            return False
        with self._lock:
            before = self._read_checkpoint()
            changed = os.fstat(self.descriptor).st_mtime_ns
            header = self._read_header()
            after = self._read_checkpoint()
            if not header.startswith(_MAGIC):
                return True
            if before != after or after[8:12] != after[12:]:
                return False  # a checkpoint is in progress, so the next check decides
            if self._index is not None and header != self._header and before == self._checkpoint:
                return True
            self._checkpoint, self._changed, self._header = after, changed, header
            return False

    def _read_header(self) -> bytes:
        return os.pread(self.descriptor, _HEADER, 0)

    def _read_checkpoint(self) -> bytes:
        """Return the salts of the log and its two backfill counts (sqlite.org/walformat.html)."""
        if self._index is None:
            return b""
        index = os.pread(self._index, 136, 0)
        return index[32:40] + index[96:100] + index[128:132]


def is_complete(descriptor: int) -> bool:
    """Return whether a file is an SQLite database with as many bytes as its header says. A copy in progress is shorter."""
    header, size = os.pread(descriptor, _HEADER, 0), os.fstat(descriptor).st_size
    if len(header) < _HEADER or not header.startswith(_MAGIC):
        return False
    page_size = int.from_bytes(header[16:18], "big")
    pages = int.from_bytes(header[28:32], "big") if header[24:28] == header[92:96] else 0
    return size >= pages * (65536 if page_size == 1 else page_size)
