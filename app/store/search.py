"""Pages and numbers of a search, by keys: they read about as many rows in a list of a hundred as in one of a hundred thousand.

A word that few rows have finds all of them, and they are sorted. A word that many rows have is read in the order of the list, from the
cursor on, until the page is full. Such a search is counted only as far as `SEARCHED_AT_MOST`.
"""

# ruff: noqa: S608 -- the names of tables and columns and the texts of conditions are constants of ours

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from app.store.engine import Engine
from app.store.paging import Bounds

SEARCHED_AT_MOST: Final = 500
"""How many rows one word may find before they are no longer counted, added up and sorted."""

_SORTED_AT_MOST: Final = 5000
"""How many rows of the index of words are sorted to find one page."""

_COMPLETIONS: Final = 16
"""How many different words may begin with a text before the list itself is read instead of each of them."""

_LAST: Final = "\U0010ffff"
"""The last character of Unicode: every word that begins with "x" sorts before "x" and this character."""

_AT_ONCE: Final = "LIMIT 1 OFFSET 0"
"""The end of an EXISTS that PostgreSQL must ask for each row, in the order of the list, instead of joining two whole tables."""


@dataclass(frozen=True)
class Searched:
    """A list that can be searched: its table, the table of its words with the column that refers to it, and the columns of its order."""

    table: str
    words: str
    column: str
    order: tuple[str, str]


@dataclass(frozen=True)
class Stream:
    """One source of rows that match: a table with conditions. `id` is the column with the id of the list's row.

    `also` are the numbers of the words of the search that each row must have as well. `has_filter` is whether the conditions contain the
    filter of the list. `repeats` is whether a row may come several times.
    """

    table: str
    id: str
    conditions: tuple[str, ...]
    values: Mapping[str, Any] = field(default_factory=dict)
    also: tuple[int, ...] = ()
    has_filter: bool = False
    repeats: bool = False

    def where(self, *more: str) -> str:
        """Return the conditions with further ones."""
        return " AND ".join((*self.conditions, *more))


@dataclass(frozen=True)
class Search:
    """What a search reads. `filter` are the conditions of the list, about its own table, and `within` those about the order alone.

    `is_whole` is whether the rows are so few that all can be counted, added up and sorted.
    """

    searched: Searched
    filter: tuple[str, ...]
    within: tuple[str, ...]
    streams: tuple[Stream, ...]
    is_whole: bool
    values: Mapping[str, Any]

    def _rows(self, stream: Stream, *bounds: str, end: str = "", columns: str = "") -> str:
        """Return the statement that reads the ids of a stream within the filter."""
        more = [] if stream.has_filter or not self.filter else [self._passes(stream.id)]
        more += [_has_word(self.searched, index, stream.id) for index in stream.also]
        distinct = "DISTINCT " if stream.repeats else ""
        chosen = f"{distinct}{stream.id} AS id{columns}"
        return f"SELECT {chosen} FROM {stream.table} WHERE {stream.where(*bounds, *more)}{end}"

    def _passes(self, id: str) -> str:
        """Return the condition that the filter lets the row with an id pass."""
        table = self.searched.table
        own = " AND ".join((f"{table}.id = {id}", *self.filter))
        return f"EXISTS (SELECT 1 FROM {table} WHERE {own} {_AT_ONCE})"

    def ids(self) -> str:
        """Return the statement that reads the ids of all rows that match."""
        return " UNION ".join(self._rows(stream) for stream in self.streams)

    def page(self, bounds: Bounds) -> str:
        """Return the statement that reads the ids of one page, and one more."""
        first, second = self.searched.order
        end = f" ORDER BY {first} {bounds.direction}, {second} {bounds.direction} LIMIT :limit"
        columns = f", {first}, {second}"
        found = (
            self._rows(stream, *bounds.conditions, *self.within, end=end, columns=columns) for stream in self.streams
        )
        parts = (f"SELECT * FROM ({rows}) AS part_{index}" for index, rows in enumerate(found))
        return f"SELECT id FROM ({' UNION '.join(parts)}) AS found{end}"

    def sample(self) -> str:
        """Return the statement that counts the rows that match among the first ones of each stream."""
        parts = []
        for stream in self.streams:
            first = f"SELECT {stream.id} AS id FROM {stream.table} WHERE {stream.where()} LIMIT {SEARCHED_AT_MOST}"
            checks = [_has_word(self.searched, index, "found.id") for index in stream.also]
            if self.filter and not stream.has_filter:
                checks.append(self._passes("found.id"))
            where = f" WHERE {' AND '.join(checks)}" if checks else ""
            parts.append(f"SELECT id FROM ({first}) AS found{where}")
        return f"SELECT COUNT(*) AS number FROM ({' UNION '.join(parts)}) AS matching"


def search(
    engine: Engine,
    searched: Searched,
    organization: str,
    words: Sequence[str],
    others: Sequence[Stream],
    filter: Sequence[str],
    values: Mapping[str, Any],
    *,
    has_index: bool,
    every: Sequence[str] = (),
    within: Sequence[str] = (),
) -> Search:
    """Return how to find the rows that have all these words, or come in one of the other streams, and that the filter lets pass.

    `has_index` is whether an index finds the rows of the filter, so that it is worth to look if they are few. `every` are the conditions
    that choose the rows of the filter from the whole table, if `filter` alone does not. `within` are those about the list's order.
    """
    own = {**values, "organization": organization, **_word_values(words)}
    found, is_whole = (
        _by_words(engine, searched, own, words, tuple(every or filter), has_index=has_index) if words else ([], True)
    )
    streams = (*found, *others)
    for stream in streams:
        own |= stream.values
    is_whole = is_whole and all(is_short(engine, stream, own) for stream in others)
    return Search(searched, tuple(filter), tuple(within), streams, is_whole, own)


def found_ids(engine: Engine, found: Search, bounds: Bounds, limit: int) -> list[str]:
    """Return the ids of one page, and one more where more follow."""
    if not found.streams:
        return []
    values = {**found.values, **bounds.values, "limit": limit + 1}
    return [row["id"] for row in engine.rows(found.page(bounds), values)]


def count_some(engine: Engine, found: Search) -> int:
    """Return how many rows match among the first ones."""
    return int(engine.rows(found.sample(), found.values)[0]["number"])


def _word_values(words: Sequence[str]) -> dict[str, str]:
    begins = {f"word_{index}": word for index, word in enumerate(words)}
    return begins | {f"{name}_end": word + _LAST for name, word in begins.items()}


def _range(index: int, table: str) -> str:
    return f"{table}.word >= :word_{index} AND {table}.word < :word_{index}_end"


def _in_range(index: int, table: str) -> str:
    return f"{table}.organization = :organization AND {_range(index, table)}"


def _by_words(
    engine: Engine,
    searched: Searched,
    values: Mapping[str, Any],
    words: Sequence[str],
    every: tuple[str, ...],
    *,
    has_index: bool,
) -> tuple[list[Stream], bool]:
    """Return the streams of the rows that have all words, and whether they are few enough to count."""
    table, numbers = searched.words, range(len(words))
    counts = _counts(engine, table, values, numbers)
    rarest = min(numbers, key=lambda index: counts[index])
    if not counts[rarest]:
        return [], True
    in_range = Stream(
        table,
        f"{table}.{searched.column}",
        (_in_range(rarest, table),),
        also=_others(numbers, rarest),
        repeats=True,
    )
    if counts[rarest] <= SEARCHED_AT_MOST:
        return [in_range], True
    in_order = Stream(searched.table, f"{searched.table}.id", every, also=tuple(numbers), has_filter=True)
    if has_index and is_short(engine, in_order, values, order=searched.order):
        return [in_order], True
    for index in numbers:
        completions = _completions(engine, table, values, index)
        if len(completions) <= _COMPLETIONS:
            also = _others(numbers, index)
            return [_exactly(searched, f"whole_{number}", word, also) for number, word in enumerate(completions)], False
    return [in_range if counts[rarest] <= _SORTED_AT_MOST else in_order], False


def _counts(engine: Engine, table: str, values: Mapping[str, Any], numbers: range) -> list[int]:
    """Return how often each word of the search is found. Counting stops behind `_SORTED_AT_MOST`."""
    limit = _SORTED_AT_MOST + 1
    parts = (
        f"(SELECT COUNT(*) FROM (SELECT 1 FROM {table} WHERE {_in_range(index, table)} LIMIT {limit}) AS it_{index}) AS number_{index}"
        for index in numbers
    )
    row = engine.rows(f"SELECT {', '.join(parts)}", values)[0]
    return [row[f"number_{index}"] for index in numbers]


def _others(numbers: range, but: int) -> tuple[int, ...]:
    return tuple(number for number in numbers if number != but)


def by_word(searched: Searched, name: str, word: str) -> Stream:
    """Return the stream of the rows that have exactly this word. `name` names the value in the statement."""
    return _exactly(searched, name, word, ())


def _exactly(searched: Searched, name: str, word: str, also: tuple[int, ...]) -> Stream:
    table = searched.words
    own = f"{table}.organization = :organization AND {table}.word = :{name}"
    return Stream(table, f"{table}.{searched.column}", (own,), {name: word}, also)


def _has_word(searched: Searched, index: int, id: str) -> str:
    """Return the condition that a row has a word. It does not name the organization, so that SQLite takes the primary key."""
    table = f"having_{index}"
    within = f"{table}.{searched.column} = {id} AND {_range(index, table)}"
    return f"EXISTS (SELECT 1 FROM {searched.words} AS {table} WHERE {within} {_AT_ONCE})"


def _completions(engine: Engine, table: str, values: Mapping[str, Any], index: int) -> list[str]:
    """Return the first words that begin with a word of the search. Each step of the recursion finds the next one in the index."""
    within = f"organization = :organization AND word < :word_{index}_end"
    rows = engine.rows(
        "WITH RECURSIVE found (word) AS ("
        f"SELECT MIN(word) FROM {table} WHERE {within} AND word >= :word_{index} UNION ALL "
        f"SELECT (SELECT MIN(word) FROM {table} WHERE {within} AND word > found.word) FROM found WHERE found.word IS NOT NULL) "
        f"SELECT word FROM found WHERE word IS NOT NULL LIMIT {_COMPLETIONS + 1}",
        values,
    )
    return [row["word"] for row in rows]


def is_short(engine: Engine, stream: Stream, values: Mapping[str, Any], *, order: Sequence[str] = ()) -> bool:
    """Return whether a stream has so few rows that all of them can be counted, added up and sorted.

    With `order`, SQLite takes an index that has the rows in this order, and not a longer one that has all columns.
    """
    sorting = f" ORDER BY {', '.join(f'{column} DESC' for column in order)}" if order else ""
    where = f" WHERE {stream.where()}" if stream.conditions else ""
    some = f"SELECT {stream.id} FROM {stream.table}{where}{sorting} LIMIT {SEARCHED_AT_MOST + 1}"
    return int(engine.rows(f"SELECT COUNT(*) AS number FROM ({some}) AS it", values)[0]["number"]) <= SEARCHED_AT_MOST
