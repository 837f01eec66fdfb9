"""Pages by key, never by counting rows: as fast on the millionth row as on the first, and stable while rows come in."""

from collections.abc import Mapping
from typing import Any

from app.errors import ResourceMissing
from app.store.engine import Engine, Row, fetch_one


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
) -> tuple[list[Row], bool]:
    """Rows, newest first by insertion, and whether more follow in that direction.

    `table`, `columns` and the filters' keys are column names from this package; values travel as parameters, a tuple as one of
    several. A cursor must be the id of a row that the filters' owner could see, else `ResourceMissing` names the parameter. With
    both cursors, the page lies between them.
    """
    conditions, values = _where(filters)
    values["limit"] = limit + 1
    for name, cursor, sign in (("starting_after", starting_after, "<"), ("ending_before", ending_before, ">")):
        if cursor is not None:
            values[name] = _sequence(engine, table, filters, cursor, param=name, noun=noun)
            conditions.append(f"sequence {sign} :{name}")
    backwards = ending_before is not None and starting_after is None
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    order = "ASC" if backwards else "DESC"
    rows = engine.rows(f"SELECT {columns} FROM {table} {where} ORDER BY sequence {order} LIMIT :limit", values)  # noqa: S608
    shown = rows[:limit]
    return (shown[::-1] if backwards else shown), len(rows) > limit


def _where(filters: Mapping[str, Any]) -> tuple[list[str], dict[str, Any]]:
    """What must be true of a row, and the values that this names."""
    conditions: list[str] = []
    values: dict[str, Any] = {}
    for column, wanted in filters.items():
        several = wanted if isinstance(wanted, tuple) else (wanted,)
        names = {f"{column}_{index}": value for index, value in enumerate(several)}
        conditions.append(f"{column} IN ({', '.join(f':{name}' for name in names)})")
        values |= names
    return conditions, values


def _sequence(engine: Engine, table: str, filters: Mapping[str, Any], cursor: str, *, param: str, noun: str) -> int:
    # Only whose it is matters: a link that is inactive by now still marks a place among the active ones.
    owner = {column: filters[column] for column in ("organization",) if column in filters}
    where = " AND ".join(["id = :cursor", *(f"{column} = :{column}" for column in owner)])
    row = fetch_one(engine, f"SELECT sequence FROM {table} WHERE {where}", {**owner, "cursor": cursor})  # noqa: S608
    if row is None:
        raise ResourceMissing(f"No such {noun}: '{cursor}'", param=param)
    return int(row["sequence"])
