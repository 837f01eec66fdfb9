"""`make check` runs in parts, one folder each. Together they collect every quick test once."""

import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

TOP = Path(__file__).parents[2]
FILES = sorted((TOP / "tests").rglob("test_*.py"))


class Part(NamedTuple):
    """What one process of `make check` collects."""

    folder: Path
    ignored: list[Path]

    def collects(self, file: Path) -> bool:
        return file.is_relative_to(self.folder) and not any(file.is_relative_to(folder) for folder in self.ignored)


@pytest.fixture(scope="module")
def parts() -> list[Part]:
    """The parts, as make names them without running them."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(
        ["make", "--dry-run", "check"], cwd=TOP, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found = []
    for line in done.stdout.splitlines():
        if "/pytest " in line:
            words = shlex.split(line)
            ignored = [TOP / word.removeprefix("--ignore=") for word in words if word.startswith("--ignore=")]
            found.append(Part(next(TOP / word for word in words if (TOP / word).is_dir()), ignored))
    return found


def is_slow(file: Path) -> bool:
    """Return whether a mark of the whole file keeps it out of the quick tests. `tests/browser/conftest.py` marks its folder."""
    if file.is_relative_to(TOP / "tests" / "browser"):
        return True
    return (
        re.search(r"^pytestmark = .*pytest\.mark\.faults\b", file.read_text(encoding="utf-8"), re.MULTILINE) is not None
    )


def test_every_file_with_quick_tests_is_in_one_part(parts: list[Part]) -> None:
    assert len(parts) > 1
    collected = {file: sum(part.collects(file) for part in parts) for file in FILES}
    assert [file for file, times in collected.items() if times > 1] == []
    assert [file for file, times in collected.items() if times == 0 and not is_slow(file)] == []


def test_a_part_finds_the_folders_that_it_leaves_out(parts: list[Part]) -> None:
    assert [folder for part in parts for folder in (part.folder, *part.ignored) if not folder.is_dir()] == []
