"""What a request changes in a database, so that tests can compare a floor with Counterfoil."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

Tables = dict[str, list[tuple[Any, ...]]]

LONG_AGO: Final = 10**9
"""Every time is greater, and no other number is."""


def tables_of(database: Path) -> Tables:
    """Return the rows of every table."""
    with closing(sqlite3.connect(database)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}


def changed_rows(before: Tables, after: Tables) -> Tables:
    """Return the rows that are new or have changed."""
    changed = {name: [row for row in rows if row not in before[name]] for name, rows in after.items()}
    return {name: rows for name, rows in changed.items() if rows}


def shapes(tables: Tables, random: re.Pattern[str]) -> Tables:
    """Return rows with a word for each document, time, and text that begins like `random`."""

    def shape(value: Any) -> Any:
        if isinstance(value, str) and len(value) > 500:
            return "document"
        if isinstance(value, int) and value > LONG_AGO:
            return "time"
        return "random" if isinstance(value, str) and random.match(value) else value

    return {name: sorted((tuple(map(shape, row)) for row in rows), key=repr) for name, rows in tables.items()}


def length(rows: list[tuple[Any, ...]]) -> int:
    """Return how long all texts are together."""
    return sum(len(value) for row in rows for value in row if isinstance(value, str))
