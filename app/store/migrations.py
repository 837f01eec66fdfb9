"""Migrations: each step is applied once, in order, in one transaction together with its record.

A step runs on both engines. Before it runs, the write lock (on PostgreSQL an advisory lock) is taken and the record is read again, so
several processes may migrate at the same time. CONTRIBUTING.md says why this is not `sqlite_utils.Migrations`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from app.store.engine import Engine


class _Value:
    """The SQL of a value inside the column `document`: `{text:a.b}`, `{number:a.b}`, `{flag:a.b}`. Missing values are NULL, flags 0."""

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
        "bytes": "BLOB",
        "word": "TEXT",
        "strict": "STRICT",
        "text": _Value(_SQLITE_VALUE),
        "number": _Value(_SQLITE_VALUE),
        "flag": _Value(f"COALESCE({_SQLITE_VALUE}, 0)"),
    },
    "postgresql": {
        "sequence": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        "integer": "BIGINT",
        "bytes": "BYTEA",
        "word": 'TEXT COLLATE "C"',
        "strict": "",
        "text": _Value(_POSTGRESQL_VALUE),
        "number": _Value(f"CAST({_POSTGRESQL_VALUE} AS BIGINT)"),
        "flag": _Value(f"CASE WHEN {_POSTGRESQL_VALUE} = 'true' THEN 1 ELSE 0 END"),
    },
}
_ADVISORY_LOCK = 0x436F756E746572  # "Counter"


@dataclass(frozen=True)
class Step:
    """Statements that change the schema by one step. `name` is recorded. Never change a name, nor a step that was released.

    In a statement, `{sequence}` is a primary key that grows with every row, `{integer}` a 64-bit integer, `{bytes}` binary data,
    `{word}` text that is compared character by character, and `{strict}` the end of a CREATE TABLE. `{text:…}`, `{number:…}` and
    `{flag:…}` read a value from the column `document` by its path.
    """

    name: str
    statements: tuple[str, ...]
    work: Callable[[Engine], None] | None = None
    """Work that SQL cannot do. It runs after the statements, in the same transaction."""


def pending(engine: Engine, steps: Sequence[Step]) -> list[str]:
    """Return the names of the steps that are not recorded yet."""
    if "migrations" not in engine.tables():
        return [step.name for step in steps]
    applied = {row["name"] for row in engine.rows("SELECT name FROM migrations")}
    return [step.name for step in steps if step.name not in applied]


def migrate(engine: Engine, steps: Sequence[Step], now: int) -> list[str]:
    """Apply the missing steps and return their names. It is safe to run this again, and in several processes at the same time."""
    missing = set(pending(engine, steps))
    applied = []
    for step in steps:
        if step.name in missing and engine.run(partial(_apply, engine, step, now)):
            applied.append(step.name)
    return applied


def _apply(engine: Engine, step: Step, now: int) -> bool:
    """Apply one step in the open transaction. Return False if another process has applied it meanwhile."""
    if engine.dialect == "postgresql":
        # After the wait for the lock, each statement must see what other processes have committed.
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
    if step.work is not None:
        step.work(engine)
    engine.execute("INSERT INTO migrations (name, applied) VALUES (:name, :now)", {"name": step.name, "now": now})
    return True
