"""The migrations: each step is applied once, in order, in one transaction with the record of it.

sqlite-utils has migrations too, but for SQLite alone and under a deferred BEGIN, so that two processes that start at once
may both begin the same step. This runner takes the write lock (PostgreSQL: an advisory one), looks again, and then acts.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from app.store.engine import Engine


class _Value:
    """The SQL for a value inside the column `document`: `{text:a.b}`, `{number:a.b}`, `{flag:a.b}`. Missing values are NULL, flags 0."""

    def __init__(self, form: str) -> None:
        self._form = form

    def __format__(self, path: str) -> str:
        return self._form.format(dots=path, commas=path.replace(".", ","))


_SQLITE_VALUE = "json_extract(document, '$.{dots}')"
_POSTGRESQL_VALUE = "(CAST(document AS json) #>> '{{{commas}}}')"

WORDS: dict[str, dict[str, object]] = {
    "sqlite": {
        "sequence": "INTEGER PRIMARY KEY AUTOINCREMENT",
        "integer": "INTEGER",
        "strict": "STRICT",
        "text": _Value(_SQLITE_VALUE),
        "number": _Value(_SQLITE_VALUE),
        "flag": _Value(f"COALESCE({_SQLITE_VALUE}, 0)"),
    },
    "postgresql": {
        "sequence": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        "integer": "BIGINT",
        "strict": "",
        "text": _Value(_POSTGRESQL_VALUE),
        "number": _Value(f"CAST({_POSTGRESQL_VALUE} AS BIGINT)"),
        "flag": _Value(f"CASE WHEN {_POSTGRESQL_VALUE} = 'true' THEN 1 ELSE 0 END"),
    },
}
_EXISTS = {
    "sqlite": "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'",
    "postgresql": "SELECT 1 FROM information_schema.tables "
    "WHERE table_schema = current_schema() AND table_name = 'migrations'",
}
_ADVISORY_LOCK = 0x436F756E746572  # "Counter"


@dataclass(frozen=True)
class Step:
    """Statements that bring the database one step further. `name` is what is recorded: never change it, nor a step that is out.

    In them `{sequence}` is a key that grows with every row, `{integer}` a 64-bit integer, `{strict}` what ends a CREATE TABLE.
    `{text:…}`, `{number:…}` and `{flag:…}` read a value out of the column `document` by its path.
    """

    name: str
    statements: tuple[str, ...]


def pending(engine: Engine, steps: Sequence[Step]) -> list[str]:
    """The names of the steps that are not recorded yet."""
    if not engine.rows(_EXISTS[engine.dialect]):
        return [step.name for step in steps]
    applied = {row["name"] for row in engine.rows("SELECT name FROM migrations")}
    return [step.name for step in steps if step.name not in applied]


def migrate(engine: Engine, steps: Sequence[Step]) -> list[str]:
    """Apply the steps that are missing; their names. Safe to run again, and from several processes at once."""
    missing = set(pending(engine, steps))
    applied = []
    for step in steps:
        if step.name in missing and engine.run(partial(_apply, engine, step)):
            applied.append(step.name)
    return applied


def _apply(engine: Engine, step: Step) -> bool:
    """Apply one step within an open transaction; False when somebody else has done so meanwhile."""
    if engine.dialect == "postgresql":
        # Each statement must see what was committed while it waited for the lock, whatever the database's default.
        engine.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        engine.rows("SELECT pg_advisory_xact_lock(:key)", {"key": _ADVISORY_LOCK})
    words = WORDS[engine.dialect]
    engine.execute(
        "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied {integer} NOT NULL) {strict}".format_map(
            words
        )
    )
    if step.name not in pending(engine, [step]):
        return False
    for statement in step.statements:
        engine.execute(statement.format_map(words))
    engine.execute(
        "INSERT INTO migrations (name, applied) VALUES (:name, :now)", {"name": step.name, "now": int(time.time())}
    )
    return True
