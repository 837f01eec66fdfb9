"""Values in memory, up to a number of bytes: the one that was used longest ago is dropped first."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """Values by key. Threads may share it. `size` says how many bytes a value takes, and `key_size` how many its key takes.

    >>> kept = Kept[str, bytes](5, len)
    >>> for key in "abc":
    ...     kept.keep(key, b"xx")
    >>> kept.find("a"), kept.find("c"), kept.bytes
    (None, b'xx', 4)
    """

    def __init__(
        self, maximum_bytes: int, size: Callable[[V], int], key_size: Callable[[K], int] = lambda _: 0
    ) -> None:
        self._maximum = maximum_bytes
        self._value_size = size
        self._key_size = key_size
        self._values: OrderedDict[K, V] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def find(self, key: K) -> V | None:
        """Return the value of a key, or None."""
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def keep(self, key: K, value: V) -> None:
        """Keep a value in place of an earlier one. A value that is larger than the maximum is not kept."""
        with self._lock:
            before = self._values.pop(key, None)
            self._bytes -= 0 if before is None else self._size(key, before)
            if self._size(key, value) > self._maximum:
                return
            self._values[key] = value
            self._bytes += self._size(key, value)
            while self._bytes > self._maximum:
                self._bytes -= self._size(*self._values.popitem(last=False))

    @property
    def values(self) -> list[V]:
        """The values, the one that was used longest ago first."""
        with self._lock:
            return list(self._values.values())

    @property
    def bytes(self) -> int:
        """How many bytes the values take, with their keys."""
        return self._bytes

    def _size(self, key: K, value: V) -> int:
        return self._key_size(key) + self._value_size(value)


def length_of_texts(key: object) -> int:
    """Return how long the texts of a key are together, at any depth.

    >>> length_of_texts(("ab", True, (("c", None), ("d", "ef"))))
    6
    """
    if isinstance(key, tuple):
        return sum(map(length_of_texts, key))
    return len(key) if isinstance(key, str) else 0
