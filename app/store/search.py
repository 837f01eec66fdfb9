"""Pages and numbers of a search, by keys: they read about as many rows in a list of a hundred as in one of a hundred thousand.

A word that few rows have finds all of them, and they are sorted. A word that many rows have is read in the order of the list, from the
cursor on, until the page is full. Such a search is counted only as far as `SEARCHED_AT_MOST`. Where the rows of a word must pass a filter
or have other words too, a page looks at `SCANNED_AT_MOST` of them and says how far it came, so that the next page goes on from there.
"""

# ruff: noqa: S608 -- the names of tables and columns and the texts of conditions are constants of ours

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from app.objects.listed import Listed
from app.store.engine import Engine, fetch_one
from app.store.paging import Bounds

SEARCHED_AT_MOST: Final = 500
"""How many rows one word may find before they are no longer counted, added up and sorted."""

SCANNED_AT_MOST: Final = 1000
"""How many rows one page looks at, if each of them must be checked."""

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
    """A list that can be searched: its table, the table of its words with the column that refers to it, and the columns of its order.

    `same` is the condition that the row `{own}` of the table is that of the words `{found}` with the id `{id}`, in the form that makes
    SQLite read the cheapest index. `owner` is the condition whose words are read.
    """

    table: str
    words: str
    column: str
    order: tuple[str, str]
    same: str
    owner: str = "organization = :organization"


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

    @property
    def scanning(self) -> list[Stream]:
        """The streams whose rows must be checked, so that a page may have to look at many of them."""
        return [] if self.is_whole else [stream for stream in self.streams if self._checks(stream)]

    def ids(self) -> str:
        """Return the statement that reads the ids of all rows that match."""
        rows = (self._rows(stream, self._checks(stream)) for stream in self.streams)
        return " UNION ".join(f"SELECT id FROM ({found}) AS part_{index}" for index, found in enumerate(rows))

    def page(self, bounds: Bounds, *more: str) -> str:
        """Return the statement that reads the ids of one page, and one more. `more` are further conditions about the order."""
        end = f"{self._sorting(bounds.direction)} LIMIT :limit"
        rows = (self._rows(stream, (*bounds.conditions, *more, *self._checks(stream))) + end for stream in self.streams)
        parts = (f"SELECT * FROM ({found}) AS part_{index}" for index, found in enumerate(rows))
        return f"SELECT id FROM ({' UNION '.join(parts)}) AS found{end}"

    def horizon(self, bounds: Bounds) -> str:
        """Return the statement that reads the nearest row at which a page stops looking: its id and the columns of the order."""
        end = self._sorting(bounds.direction)
        rows = (self._rows(stream, bounds.conditions) + end for stream in self.scanning)
        parts = (f"SELECT * FROM ({found} LIMIT 1 OFFSET :scanned) AS part_{index}" for index, found in enumerate(rows))
        return f"SELECT * FROM ({' UNION '.join(parts)}) AS ends{end} LIMIT 1"

    def sample(self) -> str:
        """Return the statement that counts the rows that match among the first ones of each stream."""
        most, parts = SEARCHED_AT_MOST // len(self.streams) + 1, []
        for index, stream in enumerate(self.streams):
            # The order is that of an index. Without one, PostgreSQL reads the whole table if many rows match.
            end = " ORDER BY word" if stream.repeats else self._sorting("DESC")
            first = f"{self._rows(replace(stream, repeats=False), ())}{end} LIMIT {most}"
            row = f"row_{index}"
            checks = self._checks(replace(stream, table=row, id=f"{row}.id"))
            where = f" WHERE {' AND '.join(checks)}" if checks else ""
            parts.append(f"SELECT id FROM ({first}) AS {row}{where}")
        return f"SELECT COUNT(*) AS number FROM ({' UNION '.join(parts)}) AS matching"

    def _rows(self, stream: Stream, more: Sequence[str]) -> str:
        """Return the statement that reads the rows of a stream. `more` are further conditions."""
        distinct = "DISTINCT " if stream.repeats else ""
        columns = f"{stream.id} AS id, {', '.join(self.searched.order)}"
        return f"SELECT {distinct}{columns} FROM {stream.table} WHERE {stream.where(*self.within, *more)}"

    def _checks(self, stream: Stream) -> list[str]:
        """Return the conditions that a row of a stream must still pass: the filter, and the other words of the search."""
        words = [_has_word(self.searched, index, stream.id) for index in stream.also]
        if stream.has_filter or not self.filter:
            return words
        table, found = self.searched.table, stream.id.partition(".")[0]
        own, named = ("own", f"{table} AS own") if found == table else (table, table)
        same = self.searched.same.format(own=own, found=found, id=stream.id)
        return [f"EXISTS (SELECT 1 FROM {named} WHERE {' AND '.join((same, *self.filter))} {_AT_ONCE})", *words]

    def _sorting(self, direction: str) -> str:
        return f" ORDER BY {', '.join(f'{column} {direction}' for column in self.searched.order)}"


def search(
    engine: Engine,
    searched: Searched,
    organization: str,
    words: Sequence[str],
    others: Sequence[Stream],
    filter: Sequence[str],
    values: Mapping[str, Any],
    *,
    listed: Stream | None = None,
    is_narrow: bool = False,
    within: Sequence[str] = (),
) -> Search:
    """Return how to find the rows that have all these words, or come in one of the other streams, and that the filter lets pass.

    `listed` is the list without the search, in its order, and `is_narrow` whether it may be much shorter than its table. `within` are the
    conditions about the list's order.
    """
    own = {**values, "organization": organization, **_word_values(words)}
    found, is_whole = (
        _by_words(engine, searched, own, words, listed, is_narrow=is_narrow) if words and listed else ([], True)
    )
    streams = (*found, *others)
    for stream in streams:
        own |= stream.values
    is_whole = is_whole and all(is_short(engine, stream, own) for stream in others)
    return Search(searched, tuple(filter), tuple(within), streams, is_whole, own)


def found_ids(engine: Engine, found: Search, bounds: Bounds, limit: int) -> Listed[str]:
    """Return the ids of one page."""
    if not found.streams:
        return Listed([], more=False)
    values = {**found.values, **bounds.values, "limit": limit + 1}
    end, near = None, tuple[str, ...]()
    if found.scanning:
        scanned = max(SCANNED_AT_MOST // len(found.scanning), limit)
        end = fetch_one(engine, found.horizon(bounds), {**values, "scanned": scanned})
    if end is not None:
        order = found.searched.order
        sign = ">=" if bounds.direction == "DESC" else "<="
        near = (f"({', '.join(order)}) {sign} ({', '.join(f':end_{column}' for column in order)})",)
        values |= {f"end_{column}": end[column] for column in order}
    rows = engine.rows(found.page(bounds, *near), values)
    ids, more = bounds.shown([row["id"] for row in rows], limit)
    if end is not None and not more:
        return Listed(ids, more=True, searched_to=end["id"])
    return Listed(ids, more)


def count_found(engine: Engine, found: Search) -> int:
    """Return how many rows match. If the search is not whole, count only among the first rows of each stream."""
    if not found.streams:
        return 0
    counting = f"SELECT COUNT(*) AS number FROM ({found.ids()}) AS found" if found.is_whole else found.sample()
    return int(engine.rows(counting, found.values)[0]["number"])


def _word_values(words: Sequence[str]) -> dict[str, str]:
    begins = {f"word_{index}": word for index, word in enumerate(words)}
    return begins | {f"{name}_end": word + _LAST for name, word in begins.items()}


def _range(index: int, table: str) -> str:
    return f"{table}.word >= :word_{index} AND {table}.word < :word_{index}_end"


def _in_range(searched: Searched, index: int) -> str:
    return f"{searched.owner} AND {_range(index, searched.words)}"


def _by_words(
    engine: Engine,
    searched: Searched,
    values: Mapping[str, Any],
    words: Sequence[str],
    listed: Stream,
    *,
    is_narrow: bool,
) -> tuple[list[Stream], bool]:
    """Return the streams of the rows that have all words, and whether they are few enough to count."""
    numbers = range(len(words))
    counts = _counts(engine, searched, values, numbers, SEARCHED_AT_MOST)
    rarest = min(numbers, key=lambda index: counts[index])
    if not counts[rarest]:
        return [], True
    if counts[rarest] <= SEARCHED_AT_MOST:
        return [_in_range_of(searched, rarest, numbers)], True
    in_order = replace(listed, also=tuple(numbers))
    if is_narrow and is_short(engine, in_order, values, order=searched.order):
        return [in_order], True
    counts = _counts(engine, searched, values, numbers, SCANNED_AT_MOST) if len(words) > 1 else counts
    for index in sorted(numbers, key=lambda index: counts[index]):
        completions = _completions(engine, searched, values, index)
        if len(completions) <= _COMPLETIONS:
            also = _others(numbers, index)
            return [_exactly(searched, f"whole_{number}", word, also) for number, word in enumerate(completions)], False
    rarest = min(numbers, key=lambda index: counts[index])
    (number,) = _counts(engine, searched, values, range(rarest, rarest + 1), _SORTED_AT_MOST)
    return [_in_range_of(searched, rarest, numbers) if number <= _SORTED_AT_MOST else in_order], False


def _in_range_of(searched: Searched, index: int, numbers: range) -> Stream:
    """Return the stream of the rows with a word that begins like one of the search."""
    table = searched.words
    return Stream(
        table,
        f"{table}.{searched.column}",
        (_in_range(searched, index),),
        also=_others(numbers, index),
        repeats=True,
    )


def _counts(engine: Engine, searched: Searched, values: Mapping[str, Any], numbers: range, most: int) -> list[int]:
    """Return how often each word of the search is found. Counting stops behind `most`."""
    parts = (
        f"(SELECT COUNT(*) FROM (SELECT 1 FROM {searched.words} WHERE {_in_range(searched, index)} "
        f"ORDER BY word LIMIT {most + 1}) AS it_{index}) AS number_{index}"
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
    own = f"{searched.owner} AND word = :{name}"
    return Stream(table, f"{table}.{searched.column}", (own,), {name: word}, also)


def _has_word(searched: Searched, index: int, id: str) -> str:
    """Return the condition that a row has a word. It does not name the organization, so that SQLite takes the primary key."""
    table = f"having_{index}"
    within = f"{table}.{searched.column} = {id} AND {_range(index, table)}"
    return f"EXISTS (SELECT 1 FROM {searched.words} AS {table} WHERE {within} {_AT_ONCE})"


def _completions(engine: Engine, searched: Searched, values: Mapping[str, Any], index: int) -> list[str]:
    """Return the first words that begin with a word of the search. Each step of the recursion finds the next one in the index."""
    table, within = searched.words, f"{searched.owner} AND word < :word_{index}_end"
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
