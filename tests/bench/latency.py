"""How long requests take while 8 connections send them, by `wrk` where it is installed."""

import re
import shutil
import subprocess
from typing import Final

from tests.bench.servers import Server

_MILLISECONDS: Final = {"us": 0.001, "ms": 1.0, "s": 1000.0}

Latency = dict[str, float]


def measure_latency(server: Server, path: str, *, seconds: int, language: str = "") -> Latency | None:
    """Return requests per second and the 99th percentile at 8 connections. None: there is no `wrk`."""
    program = shutil.which("wrk")
    if program is None:
        return None
    command = [program, "-t1", "-c8", f"-d{seconds}s", "--latency"]
    if language:
        command += ["-H", f"Accept-Language: {language}"]
    run = subprocess.run(
        [*command, f"http://127.0.0.1:{server.port}{path}"], capture_output=True, text=True, check=True
    )
    rate = re.search(r"Requests/sec:\s+([\d.]+)", run.stdout)
    slowest = re.search(r"99%\s+([\d.]+)(us|ms|s)\b", run.stdout)
    if rate is None or slowest is None:
        return None
    return {"per_second": float(rate[1]), "p99_ms": round(float(slowest[1]) * _MILLISECONDS[slowest[2]], 2)}
