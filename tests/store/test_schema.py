"""The tables that the migrations make, as sqlite-utils reads them from a migrated file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database
from sqlite_utils.db import Table

from tests.support.migrated import migrated_database


@pytest.fixture
def tables(tmp_path: Path) -> Iterator[list[Table]]:
    file = tmp_path / "counterfoil.db"
    migrated_database(file)
    database = Database(file)
    yield [table for table in database.tables if not table.name.startswith("sqlite_")]
    database.close()


def test_every_table_is_strict_and_has_a_primary_key(tables: list[Table]) -> None:
    assert len(tables) > 10
    assert [table.name for table in tables if not table.strict or table.use_rowid] == []


def test_every_document_is_text_that_is_never_missing(tables: list[Table]) -> None:
    columns = [column for table in tables for column in table.columns if column.name == "document"]
    assert len(columns) > 5
    assert {(column.type, bool(column.notnull)) for column in columns} == {("TEXT", True)}


def test_every_reference_is_served_by_an_index(tables: list[Table]) -> None:
    """Without one, PostgreSQL and SQLite read the whole referring table to check that a row may be deleted."""
    unserved = []
    for table in tables:
        served = {table.pks[0], *(index.columns[0] for index in table.indexes)}
        unserved += [(table.name, key.column) for key in table.foreign_keys if key.column not in served]
    assert any(table.foreign_keys for table in tables)
    assert unserved == []


def test_the_text_of_an_event_is_stored_once(tables: list[Table]) -> None:
    (events,) = (table for table in tables if table.name == "events")
    assert "payload" not in events.columns_dict
