"""Starts processes for tests, each on a free loopback port, with a log in the run's folder, and ends them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from tests.support import run_logs

TOP = Path(__file__).parents[2]
STARTS_WITHIN = 60
"""In seconds, for a busy machine."""

_numbers = count(1)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def log_of(name: str) -> Path:
    """Return the path of a new log in the run's folder."""
    return run_logs.folder() / f"{name}-{os.getpid()}-{next(_numbers)}.log"


def clean_environment(**settings: str) -> dict[str, str]:
    """Return the environment of this process, with no settings of Counterfoil except these."""
    ours = (
        "STRIPE_",
        "RATE_LIMIT_",
        "DATA_DIR",
        "DATABASE_URL",
        "PUBLIC_URL",
        "PORT",
        "SECRET_KEY",
        "TRUSTED_PROXIES",
        "UNPAID_PER_ADDRESS",
        "HOLDS_PER_ADDRESS",
        "RETENTION_DAYS",
        "JWT_SECRET",
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "PYTHONPATH": str(TOP), "DATA_DIR": str(run_logs.folder() / "data"), **settings}


@contextmanager
def running(
    name: str, arguments: Sequence[str], environment: Mapping[str, str], *, folder: Path = TOP, **pipes: int
) -> Iterator[subprocess.Popen[str]]:
    """Run a process in its own group, and end the whole group afterwards."""
    with log_of(name).open("w") as log:
        process = subprocess.Popen(
            arguments, cwd=folder, env=dict(environment), stderr=log, text=True, start_new_session=True,
            stdin=pipes.get("stdin", subprocess.DEVNULL), stdout=pipes.get("stdout", log),
        )  # fmt: skip
        try:
            yield process
        finally:
            end(process)


def end(process: subprocess.Popen[str]) -> None:
    """End a process and its children, first with SIGTERM, then with SIGKILL."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(10)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
    process.wait(10)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


def kill(process: subprocess.Popen[str]) -> None:
    """Kill a process and its children with SIGKILL."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def wait_until_it_listens(port: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert process.poll() is None, f"the server ended with {process.returncode}: look into {run_logs.folder()}"
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.05)


def python(module: str, *arguments: str) -> list[str]:
    """Return the command line of a module."""
    return [sys.executable, "-m", module, *arguments]
