"""Sums in tables: an upsert adds what changed, in the transaction that changes the rows that are summed."""

# ruff: noqa: S608 -- the names of tables and columns come from this package

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from app.store.engine import Engine

Share = Mapping[str, Any] | None
"""The numbers that a row adds to sums, with the keys of those sums. None: the row adds nothing."""


def add_to_sums(
    engine: Engine,
    table: str,
    keys: Sequence[str],
    sums: Sequence[str],
    changes: Iterable[tuple[int, Mapping[str, Any]]],
) -> None:
    """Add rows to the sums of a table, or subtract them, by their sign. `keys` are the table's primary key."""
    totals: dict[tuple[Any, ...], list[int]] = {}
    key_of = itemgetter(*keys)
    for sign, change in changes:
        total = totals.setdefault(key_of(change), [0] * len(sums))
        for index, name in enumerate(sums):
            total[index] += sign * change[name]
    # Always in the same order, so that two writers of the same rows wait for each other in one direction.
    rows = [(*key, *total) for key, total in sorted(totals.items()) if any(total)]
    if not rows:
        return
    columns = (*keys, *sums)
    values = {
        f"{name}_{index}": value for index, row in enumerate(rows) for name, value in zip(columns, row, strict=True)
    }
    engine.execute(_upsert(table, tuple(keys), tuple(sums), len(rows)), values)


@cache
def _upsert(table: str, keys: Sequence[str], sums: Sequence[str], number: int) -> str:
    """Return the statement that adds a number of rows."""
    columns = (*keys, *sums)
    listed = ", ".join(f"({', '.join(f':{name}_{index}' for name in columns)})" for index in range(number))
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES {listed} ON CONFLICT ({', '.join(keys)}) DO UPDATE SET "
        + ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in sums)
    )


def signed(old: Share, new: Share, **owner: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield what to subtract and what to add, with the keys of the owner."""
    for sign, share in ((-1, old), (1, new)):
        if share is not None:
            yield sign, {**share, **owner}
