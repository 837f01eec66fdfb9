"""Objects that are read once for each text, because a link with long lists takes milliseconds to read.

An object is frozen, and the same text always means the same object. So nothing here is ever out of date, whichever process or machine
changes the database: another text is another object.
"""

from collections.abc import Callable
from typing import Final, Generic, NamedTuple, TypeVar

from app.kept import Kept

Kind = TypeVar("Kind")

MAXIMUM_BYTES: Final = 1024 * 1024
"""How many bytes of text are kept for each kind. The objects take about ten times as many."""

_OVERHEAD: Final = 200


class _Read(NamedTuple, Generic[Kind]):
    size: int
    found: Kind


class ReadOnce(Generic[Kind]):
    """Reads objects of one kind. `count` is a number that is not in the text.

    >>> read = ReadOnce[tuple[str, int]](lambda text, count: (text.upper(), count))
    >>> read("a", 1), read("a", 1) is read("a", 1), read("a", 2)
    (('A', 1), True, ('A', 2))
    """

    def __init__(self, read: Callable[[str, int], Kind], maximum_bytes: int = MAXIMUM_BYTES) -> None:
        self._read = read
        self._kept = Kept[tuple[str, int], _Read[Kind]](maximum_bytes, lambda one: one.size)

    def __call__(self, text: str, count: int = 0) -> Kind:
        """Return the object of a text."""
        kept = self._kept.find((text, count))
        if kept is None:
            kept = _Read(_OVERHEAD + len(text), self._read(text, count))
            self._kept.keep((text, count), kept)
        return kept.found
