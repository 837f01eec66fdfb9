"""Servers of a benchmark as processes of their own, and the processor time that they use."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
START_SECONDS: Final = 30

IDLE_SECONDS: Final = 0.5
IDLE_SHARE: Final = 0.02
"""A server is idle when it uses less than this share of a processor for `IDLE_SECONDS`."""

LONGEST_WAIT: Final = 30.0


@dataclass(frozen=True)
class Server:
    """A server on loopback, and the process that it was started as."""

    port: int
    process: int

    def connect(self) -> http.client.HTTPConnection:
        """Return a connection that stays open between requests."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def processor_seconds(self) -> float:
        """Return the processor time of the server and its workers so far."""
        return sum(_processor_seconds(process) for process in family(self.process))

    def wait_until_idle(self) -> None:
        """Wait until the server has hardly worked for half a second. After its start, its workers make pages ahead for a while."""
        deadline = time.monotonic() + LONGEST_WAIT
        used = self.processor_seconds()
        while time.monotonic() < deadline:
            time.sleep(IDLE_SECONDS)
            before, used = used, self.processor_seconds()
            if used - before < IDLE_SECONDS * IDLE_SHARE:
                return
        raise RuntimeError(f"The server is still busy after {LONGEST_WAIT:.0f} seconds without a request.")

    def memory_bytes(self) -> list[int]:
        """Return the memory of each process, the first one first. What several processes share counts as a part for each."""
        return [_memory_bytes(process) for process in family(self.process)]


def family(process: int) -> list[int]:
    """Return a process and its descendants."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [process]
    for one in found:
        found += children.get(one, [])
    return found


def _processor_seconds(process: int) -> float:
    """Return the processor time of a process and its threads. The clock is the one that clock_getcpuclockid(3) returns, because
    `/proc/…/stat` counts in hundredths of a second.
    """
    try:
        return time.clock_gettime((~process << 3) | 2)
    except OSError:
        return 0.0


def _memory_bytes(process: int) -> int:
    try:
        told = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next(int(line.split()[1]) * 1024 for line in told.splitlines() if line.startswith("Pss:"))


def free_port() -> int:
    """Return a port of loopback that nothing uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def hello_server(folder: Path, *, threads: int, stripe: str = "") -> Iterator[Server]:
    """Serve `tests.bench.hello` with gunicorn's own threaded worker. `stripe` is the address of the Stripe that it asks."""
    port = free_port()
    options = f"-b 127.0.0.1:{port} -w 1 -k gthread --threads {threads} --no-control-socket".split()
    command = [sys.executable, "-m", "gunicorn", *options, "tests.bench.hello:app"]
    databases = {"BENCH_FLOOR": str(folder / "floor.db"), "BENCH_SHOP": str(folder / "shop.db")}
    with _running(command, {**databases, "BENCH_STRIPE": stripe}, port, "/") as server:
        yield server


@contextmanager
def counterfoil_server(environment: Mapping[str, str], *, workers: int = 1) -> Iterator[Server]:
    """Serve Counterfoil as `counterfoil serve` does. `environment` names its database."""
    port = free_port()
    command = [sys.executable, "-m", "app", "serve", "--port", str(port), "--workers", str(workers)]
    with _running(command, {**environment, "PUBLIC_URL": f"http://127.0.0.1:{port}"}, port, "/healthz") as server:
        yield server


@contextmanager
def _running(command: list[str], environment: Mapping[str, str], port: int, path: str) -> Iterator[Server]:
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        server = Server(port, process.pid)
        _wait_until_it_answers(server, path, process)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _wait_until_it_answers(server: Server, path: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with closing(server.connect()) as connection:
                connection.request("GET", path)
                if connection.getresponse().status == 200:
                    return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"The server on port {server.port} does not answer.")
