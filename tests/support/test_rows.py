"""`pytest --rows N` runs some rows of each table whose rows cost much, from all over it, and says how many it left out."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.rows import pick_rows

TESTS = """
import pytest

@pytest.fixture
def shop(): ...

@pytest.fixture
def merchant(shop): ...

@pytest.mark.parametrize("number", range(10))
def test_a_cheap_table(number): ...

@pytest.mark.costly_rows
@pytest.mark.parametrize("number", range(10))
def test_a_table(number): ...

@pytest.mark.parametrize("number", range(10))
def test_a_table_with_a_shop(number, merchant): ...

@pytest.mark.costly_rows
@pytest.mark.parametrize("number", range(2))
def test_a_short_table(number): ...

def test_without_a_table(): ...
"""


@pytest.mark.parametrize(
    ("number", "most", "picked"),
    [
        (9, 3, [0, 4, 8]),
        (10, 4, [0, 3, 6, 9]),
        (3, 3, [0, 1, 2]),
        (2, 5, [0, 1]),
        (0, 3, []),
    ],
)
def test_rows_are_picked_from_all_over_a_table(number: int, most: int, picked: list[int]) -> None:
    assert pick_rows(range(number), most) == picked


def test_the_name_of_a_table_chooses_its_only_row() -> None:
    picked = {name: pick_rows(range(3), 1, name) for name in map(str, range(20))}
    assert {row for rows in picked.values() for row in rows} == {0, 1, 2}
    assert picked == {name: pick_rows(range(3), 1, name) for name in picked}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--rows", "3"], "19 passed, 14 deselected"),
        ([], "33 passed"),
        (["--rows", "3", "-k", "short"], "2 passed"),
        (["--rows", "3", "-k", "cheap"], "10 passed"),
        (["--rows", "3", "-k", "shop"], "3 passed"),
    ],
)
def test_an_option_leaves_rows_of_long_tables_out_if_they_cost_much(
    options: list[str], told: str, tmp_path: Path
) -> None:
    (tmp_path / "test_tables.py").write_text(TESTS)
    run = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tests.support.rows",
        "-c",
        "/dev/null",
        "-p",
        "no:cacheprovider",
        "-W",
        "ignore::pytest.PytestUnknownMarkWarning",
        *options,
    ]
    done = subprocess.run(
        [*run, str(tmp_path / "test_tables.py")],
        cwd=Path(__file__).parents[2], env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told in done.stdout, done.stdout + done.stderr
