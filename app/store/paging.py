"""Pages of a list by key, not by offset: every page is equally fast, and new rows do not move a page."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.errors import UnknownCursor
from app.store.engine import NO_VALUES, Engine, Row, fetch_one


def page(
    engine: Engine,
    table: str,
    filters: Mapping[str, Any],
    *,
    columns: str,
    noun: str,
    limit: int,
    starting_after: str | None,
    ending_before: str | None,
    conditions: Sequence[str] = (),
    values: Mapping[str, Any] = NO_VALUES,
    order: Sequence[str] = ("sequence",),
    source: str | None = None,
    owner: Mapping[str, str] = NO_VALUES,
    oldest_first: bool = False,
) -> tuple[list[Row], bool]:
    """Return one page of rows, newest first by insertion or by other columns, and whether more follow in the direction asked.

    `table`, `columns`, `order` and the keys of `filters` are names from this package. Values are passed as parameters; a tuple means any
    of its values. `conditions` are further SQL conditions, with their `values`. Raises `UnknownCursor` for a cursor that is no row of the
    filtered organization. With both cursors, the page lies between them. `source` is the table joined with others. `owner` has the
    organization where it is not among the filters. With `oldest_first` the list begins with its oldest row.
    """
    chosen, found = _where(filters)
    # Only the organization must match: a link that became inactive still marks a position among the active ones.
    owner = owner or {column: filters[column] for column in ("organization",) if column in filters}
    chosen += conditions
    found |= {**values, "limit": limit + 1}
    later, earlier = (">", "<") if oldest_first else ("<", ">")
    for name, cursor, sign in (("starting_after", starting_after, later), ("ending_before", ending_before, earlier)):
        if cursor is not None:
            position = _position(engine, table, owner, order, cursor, param=name, noun=noun)
            found |= {f"{name}_{column}": position[column] for column in order}
            chosen.append(f"({', '.join(order)}) {sign} ({', '.join(f':{name}_{column}' for column in order)})")
    backwards = ending_before is not None and starting_after is None
    where = f"WHERE {' AND '.join(chosen)}" if chosen else ""
    direction = "ASC" if backwards != oldest_first else "DESC"
    sorting = ", ".join(f"{column} {direction}" for column in order)
    rows = engine.rows(f"SELECT {columns} FROM {source or table} {where} ORDER BY {sorting} LIMIT :limit", found)  # noqa: S608
    shown = rows[:limit]
    return (shown[::-1] if backwards else shown), len(rows) > limit


def _where(filters: Mapping[str, Any]) -> tuple[list[str], dict[str, Any]]:
    """Return the conditions of the WHERE clause and their values."""
    conditions: list[str] = []
    values: dict[str, Any] = {}
    for column, wanted in filters.items():
        several = wanted if isinstance(wanted, tuple) else (wanted,)
        names = {f"{column}_{index}": value for index, value in enumerate(several)}
        conditions.append(f"{column} IN ({', '.join(f':{name}' for name in names)})")
        values |= names
    return conditions, values


def _position(
    engine: Engine,
    table: str,
    owner: Mapping[str, Any],
    order: Sequence[str],
    cursor: str,
    *,
    param: str,
    noun: str,
) -> Row:
    """Return the columns of the cursor's row that sort it."""
    where = " AND ".join(["id = :cursor", *(f"{column} = :{column}" for column in owner)])
    row = fetch_one(engine, f"SELECT {', '.join(order)} FROM {table} WHERE {where}", {**owner, "cursor": cursor})  # noqa: S608
    if row is None:
        raise UnknownCursor(f"No such {noun}: '{cursor}'", param=param)
    return row
