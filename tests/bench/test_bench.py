"""The benchmark runs and ends in one line of JSON that programs can read."""

import json
import os
import subprocess
import sys
from pathlib import Path


def test_the_benchmark_ends_in_one_line_of_json() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.bench"],
        cwd=Path(__file__).resolve().parents[2],
        env={**os.environ, "BENCH_ROUNDS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    results = json.loads(run.stdout.splitlines()[-1])["results"]
    assert "pay page" in results
    assert all(result["x_hello"] > 0 for result in results.values())
