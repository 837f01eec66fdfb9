"""Counts of tries that all workers of one machine share: a table in shared memory, with the storage interface of `limits`.

`counterfoil serve` creates the memory before it forks its workers. Without it, each process counts alone. The table has a fixed
size, so many addresses cannot make it grow. Times come from the monotonic clock, which all processes share and which is never set.
"""

import fcntl
import mmap
import os
import struct
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import Any, Final
from urllib.parse import urlsplit

from limits.storage import Storage

SCHEME: Final = "shared"
LOCAL: Final = (f"{SCHEME}://", "memory://")
"""Storages that count on this machine only."""

_SLOT: Final = struct.Struct("=16sdq")
"""The digest of a key, the end of its window, its count."""

_WAYS: Final = 8
_BUCKETS: Final = 8192
_BUCKET: Final = _WAYS * _SLOT.size
_SIZE: Final = _BUCKETS * _BUCKET
"""65536 keys in 2 MB. In a full bucket, a new key replaces the one whose window ends first."""

_FREE: Final = b"\0" * 16


def create_shared_memory() -> str:
    """Return the address of a new table for processes that this one forks. The memory is freed when the last of them ends."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("counterfoil-rate-limits")
    else:
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.ftruncate(descriptor, _SIZE)
    return f"{SCHEME}://{descriptor}"


class SharedCounts(Storage):
    """Counts in a window that begins with the first try, as every storage of `limits` does."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 - as in its base

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **_options: Any) -> None:
        super().__init__(uri, wrap_exceptions)
        number = urlsplit(uri or "").netloc
        self._descriptor = int(number) if number else None
        self._table = mmap.mmap(-1 if self._descriptor is None else self._descriptor, _SIZE)
        self._lock = threading.Lock()

    @property
    def base_exceptions(self) -> type[Exception]:
        """The errors that `limits` wraps. Locking the file may fail."""
        return OSError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count a try and return how many there are in its window, which ends `expiry` seconds after the first."""
        digest, now = _digest(key), time.monotonic()
        with self._locked():
            at, ends, count = self._find(digest, now)
            if not count:
                ends = now + expiry
            count += amount
            _SLOT.pack_into(self._table, at, digest, ends, count)
            return count

    def get(self, key: str) -> int:
        """Return how many tries there are in the key's window."""
        return self._read(key)[1]

    def get_expiry(self, key: str) -> float:
        """Return the end of the key's window in Unix seconds, by the current wall clock."""
        return time.time() + max(0.0, self._read(key)[0] - time.monotonic())

    def check(self) -> bool:
        """Return True, because memory is always available."""
        return True

    def reset(self) -> int | None:
        """Remove every count."""
        with self._locked():
            self._table[:] = bytes(_SIZE)
        return None

    def clear(self, key: str) -> None:
        """Remove the count of one key."""
        digest, now = _digest(key), time.monotonic()
        with self._locked():
            at, _, count = self._find(digest, now)
            if count:
                _SLOT.pack_into(self._table, at, _FREE, 0.0, 0)

    def _read(self, key: str) -> tuple[float, int]:
        digest, now = _digest(key), time.monotonic()
        with self._locked():
            _, ends, count = self._find(digest, now)
        return ends, count

    def _find(self, digest: bytes, now: float) -> tuple[int, float, int]:
        """Return the offset of the key's slot or of one that it can take, the end of its window, and its count (0 after the end)."""
        start = int.from_bytes(digest[:4], "little") % _BUCKETS * _BUCKET
        best, soonest = start, float("inf")
        slots = _SLOT.iter_unpack(self._table[start : start + _BUCKET])
        for at, (name, ends, count) in zip(range(start, start + _BUCKET, _SLOT.size), slots, strict=True):
            if ends <= now:
                ends = 0.0
            elif name == digest:
                return at, ends, count
            if ends < soonest:
                best, soonest = at, ends
        return best, 0.0, 0

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Lock the table for this thread, and for this process where several share it. The lock of a killed process is freed."""
        with self._lock:
            if self._descriptor is None:
                yield
                return
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._descriptor, fcntl.LOCK_UN)


def _digest(key: str) -> bytes:
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()
