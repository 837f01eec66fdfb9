"""Generated examples: the same ones on every run, unless they are to be new."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.external

TOP = Path(__file__).parents[2]
PROGRAM = """
import tests.conftest
from hypothesis import given, strategies as st

tried = []

@given(st.integers(), st.lists(st.text()))
def a_test(number, texts):
    tried.append((number, texts))

a_test()
for example in tried:
    print(ascii(example))
"""


def run(program: str, **environment: str) -> list[str]:
    """Return the lines that a program prints in a process of its own."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HYPOTHESIS")}
    process = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        cwd=TOP,
        env={**inherited, **environment},
        text=True,
    )
    return process.stdout.splitlines()


def tried(**environment: str) -> list[str]:
    """Return the examples that one process tries."""
    return run(PROGRAM, **environment)


def test_every_run_tries_the_same_examples() -> None:
    first = tried(PYTHONHASHSEED="1")
    assert len(first) == 100
    assert tried(PYTHONHASHSEED="2") == first


def test_exploring_tries_new_examples_and_more_of_them() -> None:
    first = tried(HYPOTHESIS_PROFILE="explore")
    assert len(first) == 1000
    assert tried(HYPOTHESIS_PROFILE="explore") != first


def test_a_number_of_examples_of_its_own_is_not_more_than_the_run_has() -> None:
    def numbers(profile: str) -> list[int]:
        program = "import tests.conftest; from tests.support.examples import at_most; print(at_most(3), at_most(20))"
        return [int(word) for word in run(program, HYPOTHESIS_PROFILE=profile)[0].split()]

    assert numbers("fixed") == [3, 20]
    assert numbers("quick") == [3, 5]


def test_a_quick_run_tries_fewer_examples() -> None:
    first = tried(HYPOTHESIS_PROFILE="quick")
    assert len(first) == 5
    assert tried(HYPOTHESIS_PROFILE="quick") == first
