"""DATABASE_URL: its valid forms, and the messages when it cannot be used."""

import subprocess
import sys
from pathlib import Path

import pytest

from app import sandbox
from app.errors import ConfigurationError, StoreError
from app.store import migrate, open_engine, open_store, require_database
from tests.support.build import NOW

TOP = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "sqlite",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "mysql://localhost/shop",
        "postgresql:",
        "postgresql://shop:wonder%zz@127.0.0.1/shop",
        "postgresql://shop:wonder@127.0.0.1/shop?colour=blue",
        "data/file.db",
    ],
)
def test_an_invalid_address_names_the_setting(address: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        open_engine(address)
    assert refused.value.setting == "DATABASE_URL"
    assert "wonder" not in str(refused.value)


def test_an_unreachable_database_is_reported_without_its_password() -> None:
    with pytest.raises(StoreError, match="cannot be reached") as raised:
        open_engine("postgresql://shop:wonder@127.0.0.1:wonder/shop").rows("SELECT 1")
    assert "wonder" not in str(raised.value)
    assert raised.value.__cause__ is None, "the cause, which a log would show, quotes the address"


def test_a_relative_file_starts_at_the_first_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = open_store("sqlite:///data/deep/counterfoil.db")
    assert list(tmp_path.iterdir()) == [], "nothing is opened before the first use"
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    store.migrate(NOW)
    store.close()
    assert (tmp_path / "data/deep/counterfoil.db").is_file()


def test_only_the_owner_may_read_a_new_file(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/a file with spaces?.db")
    store.migrate(NOW)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    store.close()
    assert set(modes.values()) == {0o600}
    assert "a file with spaces?.db" in modes


def test_a_file_that_is_no_database_is_reported(tmp_path: Path) -> None:
    file = tmp_path / "letter.db"
    file.write_text("Dear reader, " * 100)
    with pytest.raises(StoreError, match="not a database"):
        open_store(f"sqlite:///{file}").pending_migrations()
    assert file.read_text().startswith("Dear reader")


def test_a_folder_in_place_of_the_file_is_a_store_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        open_store(f"sqlite:///{tmp_path}").pending_migrations()


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("postgresql://shop:wonderland@127.0.0.1:1/shop", "refused"),
        ("postgres://shop:wonderland@/shop?host=/nowhere", "No such file"),
    ],
)
def test_an_unreachable_postgresql_gives_the_reason_without_the_password(address: str, says: str) -> None:
    with pytest.raises(StoreError, match=says) as refused:
        open_store(address).pending_migrations()
    assert "wonderland" not in str(refused.value)


def test_a_database_is_required_to_have_our_tables(bare_database: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="There is no Counterfoil database") as refused:
        require_database(bare_database)
    assert refused.value.setting == "DATABASE_URL"
    assert list(tmp_path.iterdir()) == []
    store = open_store(bare_database)
    store.migrate(NOW)
    store.close()
    require_database(bare_database)


def test_a_database_with_only_the_sandboxs_tables_is_not_ours(bare_database: str) -> None:
    engine = open_engine(bare_database)
    migrate(engine, sandbox.STEPS, NOW)
    engine.close()
    with pytest.raises(ConfigurationError, match="There is no Counterfoil database"):
        require_database(bare_database)


@pytest.mark.external
def test_without_its_driver_postgresql_names_the_extra() -> None:
    """Run in a separate Python that finds no psycopg, as where the extra is not installed."""
    program = """
import importlib.abc, sys

class Missing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0].startswith("psycopg"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
from app.errors import ConfigurationError
from app.store import open_engine

open_engine("sqlite:///unused.db")
try:
    open_engine("postgresql://localhost/shop")
except ConfigurationError as error:
    print(error.setting, error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=TOP, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.startswith("DATABASE_URL ")
    assert "counterfoil[postgresql]" in done.stdout
