"""The benchmark measures the right answers, counts as it says, and ends in one line of JSON."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.bench.__main__ import WARM, Case, measure, quarter

CASES = {
    "pay page",
    "pay page, embedded",
    "inactive page",
    "preview, one region",
    "retrieve a link",
    "list ten links",
    "stylesheet",
}


@pytest.mark.external
def test_the_benchmark_ends_in_one_line_of_json_with_every_case() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.bench"],
        cwd=Path(__file__).resolve().parents[2],
        env={**os.environ, "BENCH_ROUNDS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout.splitlines()[-1])
    assert told["rounds"] == 1
    assert told["results"].keys() == CASES
    assert all(figures.keys() == {"microseconds", "x_hello"} for figures in told["results"].values())


def answered(text: str = "hello") -> TestResponse:
    app = Flask("bench")
    app.add_url_rule("/", view_func=lambda: text)
    return app.test_client().get("/")


@pytest.mark.parametrize(("status", "says"), [(404, "hello"), (200, "goodbye")])
def test_another_answer_than_the_expected_one_ends_the_benchmark(status: int, says: str) -> None:
    Case(answered, 200, "hello").check("the right answer")
    with pytest.raises(SystemExit, match="the pay page"):
        Case(answered, status, says).check("the pay page")


def test_act_and_base_are_measured_in_turns_and_the_first_rounds_are_not_counted() -> None:
    called: list[str] = []
    now = 0

    def work(name: str, first: int, later: int) -> TestResponse:
        nonlocal now
        called.append(name)
        now += first if called.count(name) <= WARM else later
        return answered()

    figures = measure(
        lambda: work("act", 90_000, 3_000), lambda: work("base", 50_000, 1_000), rounds=4, clock=lambda: now
    )
    assert figures == (3.0, 1.0)
    assert called == ["act", "base"] * (4 + WARM)


def test_the_figure_is_the_25th_percentile() -> None:
    assert quarter([8_000, 1_000, 7_000, 2_000, 6_000, 3_000, 5_000, 4_000]) == 3.0
