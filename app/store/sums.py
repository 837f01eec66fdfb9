"""Sums in tables: an upsert adds what changed, in the transaction that changes the rows that are summed."""

# ruff: noqa: S608 -- the names of tables and columns come from this package

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from app.store.engine import Engine

Share = Mapping[str, Any] | None
"""The numbers that a row adds to sums, with the keys of those sums. None: the row adds nothing."""


class Sums:
    """A table of sums. `keys` are its primary key.

    `rows` are the rows that one share is added to, in the order of the keys: each maps a column to a value in SQL. A column that a row
    does not name has the value of the share.
    """

    def __init__(
        self, table: str, keys: tuple[str, ...], sums: tuple[str, ...], rows: Sequence[Mapping[str, str]] = ({},)
    ) -> None:
        self._table, self._keys, self._sums = table, keys, sums
        self._columns = (*keys, *sums)
        self._key_of = itemgetter(*keys)
        self._adding_one = self._upsert(
            f"({', '.join(row.get(name, f':{name}') for name in self._columns)})" for row in rows
        )
        self._adding_rows = dict[int, str]()

    def change(self, engine: Engine, old: Share, new: Share, **owner: Any) -> None:
        """Subtract the old share of a row from one sum, and add the new one. `owner` are the other keys."""
        if old is not None and new is not None:
            self.add(engine, signed(old, new, **owner))
        elif (share := new or old) is not None:
            self.add_one(engine, -1 if new is None else 1, {**share, **owner})

    def add_one(self, engine: Engine, sign: int, share: Mapping[str, Any]) -> None:
        """Add a share, or subtract it. The statement is always the same, so each engine keeps it prepared."""
        engine.execute(self._adding_one, {**share, **{name: sign * share[name] for name in self._sums}})

    def add(self, engine: Engine, changes: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
        """Add rows to the sums, or subtract them, by their sign."""
        totals: dict[tuple[Any, ...], list[int]] = {}
        for sign, change in changes:
            total = totals.setdefault(self._key_of(change), [0] * len(self._sums))
            for index, name in enumerate(self._sums):
                total[index] += sign * change[name]
        # Always in the same order, so that two writers of the same rows wait for each other in one direction.
        rows = [(*key, *total) for key, total in sorted(totals.items()) if any(total)]
        if not rows:
            return
        values = {
            f"{name}_{index}": value
            for index, row in enumerate(rows)
            for name, value in zip(self._columns, row, strict=True)
        }
        if (statement := self._adding_rows.get(len(rows))) is None:
            listed = (f"({', '.join(f':{name}_{index}' for name in self._columns)})" for index in range(len(rows)))
            statement = self._adding_rows[len(rows)] = self._upsert(listed)
        engine.execute(statement, values)

    def _upsert(self, rows: Iterable[str]) -> str:
        return (
            f"INSERT INTO {self._table} ({', '.join(self._columns)}) VALUES {', '.join(rows)} "
            f"ON CONFLICT ({', '.join(self._keys)}) DO UPDATE SET "
            + ", ".join(f"{name} = {self._table}.{name} + excluded.{name}" for name in self._sums)
        )


def signed(old: Share, new: Share, **owner: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield what to subtract and what to add, with the keys of the owner."""
    for sign, share in ((-1, old), (1, new)):
        if share is not None:
            yield sign, {**share, **owner}
