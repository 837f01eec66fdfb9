"""The Python that makes `.venv` is the first one that can make it, and of those the first one that was compiled with optimizations."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "tools" / "find_python.sh"

SUITABLE, OPTIMIZED = "import ensurepip", "CONFIG_ARGS"
"""What a question to a Python contains: whether it can make `.venv`, and whether it was compiled with optimizations."""

OLD, PLAIN, FAST = (), (SUITABLE,), (SUITABLE, OPTIMIZED)
"""The questions that a Python answers with yes."""

NAMES = ("python3", "python3.14", "python3.13", "python3.12", "python3.11")


def found(folder: Path, pythons: dict[str, tuple[str, ...]]) -> str:
    """Return what the script prints where these Pythons are on the path. The others are old."""
    for name in NAMES:
        cases = "".join(f"*{answer!r}*) exit 0 ;;" for answer in pythons.get(name, OLD))
        file = folder / name
        file.write_text(f'#!/bin/sh\ncase "$2" in {cases} *) exit 1 ;; esac\n')
        file.chmod(0o755)
    environment = {**os.environ, "PATH": str(folder)}
    done = subprocess.run(["/bin/sh", str(SCRIPT)], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("pythons", "expected"),
    [
        ({"python3": FAST, "python3.13": FAST}, "python3"),
        ({"python3.13": FAST}, "python3.13"),
        ({"python3": PLAIN, "python3.12": FAST}, "python3.12"),
        ({"python3.14": PLAIN, "python3.11": FAST}, "python3.11"),
    ],
)
def test_the_first_optimized_python_is_taken(
    pythons: dict[str, tuple[str, ...]], expected: str, tmp_path: Path
) -> None:
    assert found(tmp_path, pythons) == expected


def test_one_without_optimizations_is_taken_where_there_is_no_other(tmp_path: Path) -> None:
    of_the_system = found(tmp_path, {})
    assert of_the_system in ("", "/usr/bin/python3")
    assert found(tmp_path, {"python3.12": PLAIN, "python3.11": PLAIN}) == (of_the_system or "python3.12")
