"""Pages of a list by key, not by offset: every page is equally fast, and new rows do not move a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from app.errors import UnknownCursor
from app.store.engine import NO_VALUES, Engine, Row, fetch_one


@dataclass(frozen=True)
class Bounds:
    """The conditions of the cursors, with their values, and the direction in which to read.

    A page is read `backwards`, from its end, if it lies before a cursor.
    """

    conditions: tuple[str, ...]
    values: Mapping[str, Any]
    direction: Literal["ASC", "DESC"]
    backwards: bool

    def shown(self, rows: list[Any], limit: int) -> tuple[list[Any], bool]:
        """Return the rows of the page in the order of the list, and whether more follow."""
        page = rows[:limit]
        return (page[::-1] if self.backwards else page), len(rows) > limit


def bounds(
    engine: Engine,
    table: str,
    owner: Mapping[str, Any],
    order: Sequence[str],
    *,
    noun: str,
    starting_after: str | None,
    ending_before: str | None,
    oldest_first: bool = False,
) -> Bounds:
    """Return the bounds of a page. Raises `UnknownCursor` for a cursor that is no row of the owner."""
    conditions: list[str] = []
    values: dict[str, Any] = {}
    later, earlier = (">", "<") if oldest_first else ("<", ">")
    for name, cursor, sign in (("starting_after", starting_after, later), ("ending_before", ending_before, earlier)):
        if cursor is not None:
            position = _position(engine, table, owner, order, cursor, param=name, noun=noun)
            values |= {f"{name}_{column}": position[column] for column in order}
            conditions.append(f"({', '.join(order)}) {sign} ({', '.join(f':{name}_{column}' for column in order)})")
    backwards = ending_before is not None and starting_after is None
    return Bounds(tuple(conditions), values, "ASC" if backwards != oldest_first else "DESC", backwards)


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
    owner: Mapping[str, str] = NO_VALUES,
    oldest_first: bool = False,
) -> tuple[list[Row], bool]:
    """Return one page of rows, newest first by insertion or by other columns, and whether more follow in the direction asked.

    `table`, `columns`, `order` and the keys of `filters` are names from this package. Values are passed as parameters; a tuple means any
    of its values. `conditions` are further SQL conditions, with their `values`. Raises `UnknownCursor` for a cursor that is no row of the
    filtered organization. With both cursors, the page lies between them. `owner` has the organization where it is not among the filters.
    With `oldest_first` the list begins with its oldest row.
    """
    chosen, found = _where(filters)
    # Only the organization must match: a link that became inactive still marks a position among the active ones.
    owner = owner or {column: filters[column] for column in ("organization",) if column in filters}
    between = bounds(
        engine,
        table,
        owner,
        order,
        noun=noun,
        starting_after=starting_after,
        ending_before=ending_before,
        oldest_first=oldest_first,
    )
    chosen += [*conditions, *between.conditions]
    where = f"WHERE {' AND '.join(chosen)}" if chosen else ""
    sorting = ", ".join(f"{column} {between.direction}" for column in order)
    rows = engine.rows(
        f"SELECT {columns} FROM {table} {where} ORDER BY {sorting} LIMIT :limit",  # noqa: S608
        {**found, **values, **between.values, "limit": limit + 1},
    )
    return between.shown(rows, limit)


def rows_by_id(engine: Engine, table: str, columns: str, ids: Sequence[str]) -> list[Row]:
    """Return the rows with these ids, in the order of the ids."""
    if not ids:
        return []
    names = {f"id_{index}": id for index, id in enumerate(ids)}
    listed = ", ".join(f":{name}" for name in names)
    rows = engine.rows(f"SELECT id, {columns} FROM {table} WHERE id IN ({listed})", names)  # noqa: S608
    found = {row["id"]: row for row in rows}
    return [found[id] for id in ids if id in found]


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
