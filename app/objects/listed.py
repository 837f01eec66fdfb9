"""One page of a list, and how far a search came. Pure."""

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

Row = TypeVar("Row")
Other = TypeVar("Other")


class Listed(NamedTuple, Generic[Row]):
    """One page of a list. `more`: rows follow in the direction asked.

    `searched_to` is the id of the last row that was looked at, if the search stopped before the page was full. The next page begins
    there, and it may have rows or none.
    """

    rows: list[Row]
    more: bool
    searched_to: str | None = None

    def of(self, rows: Sequence[Other]) -> "Listed[Other]":
        """Return the same page with other rows."""
        return Listed(list(rows), self.more, self.searched_to)

    def next(self, id_of: Callable[[Row], str]) -> str | None:
        """Return the cursor of the next page in the direction from the first row to the last, or None after the last page."""
        return (self.searched_to or id_of(self.rows[-1])) if self.more else None
