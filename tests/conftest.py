"""What every test obeys: it contacts only loopback, its logs hold no secret, and Hypothesis tries the same examples in CI."""

import gc
import ipaddress
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings

from tests.support.postgresql import running_server
from tests.support.run_logs import pytest_configure, pytest_sessionfinish

__all__ = ["pytest_configure", "pytest_sessionfinish"]

pytest_plugins = ["tests.support.rows"]

MEMORY = Path("/dev/shm")  # noqa: S108
ROOM = 4 * 1024**3
"""How much room for temporary files a folder in memory must have, in bytes. A run needs less than 1 GiB at once."""

GUARDED: Final = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo"})


def refuse_the_outside(event: str, arguments: tuple[Any, ...], guarded: frozenset[str] = GUARDED) -> None:
    """Raise when Python is about to look up or contact another host than this machine (an audit hook).

    When Python ends, it calls the hook after it has emptied this module, so the names of events are an argument.
    """
    if event not in guarded:
        return
    if event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        address = arguments[1]
        if not isinstance(address, tuple):  # a Unix socket's path, or None for a socket that is already connected
            return
        host = address[0]
    if not is_loopback(host):
        raise PermissionError(f"a test tried to contact {host!r}: only loopback may be contacted")


def is_loopback(host: str | bytes | None) -> bool:
    """Return whether a host name or address is this machine. None and the empty string mean any of its addresses."""
    name = host.decode() if isinstance(host, bytes) else host
    if name is None or name in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback or name in ("0.0.0.0", "::")  # noqa: S104
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep tests away from the state of this source tree, which a demo may have left."""
    os.environ["DATA_DIR"] = str(tmp_path_factory.mktemp("data"))


def speed_up() -> None:
    """Keep compiled modules, here and in the programs that tests start, and temporary files in memory where there is room.

    Each commit waits for a disk, which takes far longer than most tests. `TMPDIR` overrules the choice. Until the tests
    are collected, the garbage collector hardly works: almost nothing is garbage then.
    """
    gc.set_threshold(2_000_000, 5, 10)
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM:
        os.environ["TMPDIR"] = str(MEMORY)


sys.addaudithook(refuse_the_outside)
speed_up()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a running PostgreSQL, one for each process of the run."""
    with running_server() as address:
        yield address


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that starts a PostgreSQL, by its fixtures or by the name of its engine."""
    for item in items:
        engines = item.callspec.params.values() if hasattr(item, "callspec") else ()
        named = any(isinstance(engine, str) and engine.partition("-")[0] == "postgresql" for engine in engines)
        if named or "postgresql_server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.postgresql)


def pytest_collection_finish() -> None:
    """Tell the garbage collector to skip modules and collected tests, which live until the end: it would read them again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 5, 10)


def pytest_runtest_logfinish() -> None:
    """Remove what the test left in circles, such as its application.

    Many of them together would take more than twice the time, because they have left the processor's cache by then.
    """
    gc.collect(0)


# No deadlines, because machines that run tests are shared. Every run tries the same examples; `make explore` tries new ones.
settings.register_profile(
    "fixed", deadline=None, derandomize=True, max_examples=100, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("quick", parent=settings.get_profile("fixed"), max_examples=5)
settings.register_profile(
    "explore", parent=settings.get_profile("fixed"), derandomize=False, max_examples=1000, print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))


@pytest.fixture(scope="session")
def checker() -> str:
    """The path of the jar file of the Nu checker, which checks HTML."""
    if jar := os.environ.get("VNU_JAR"):
        return jar
    top = Path(__file__).parents[1]
    command = ["sh", str(top / "tests" / "support" / "ensure_vnu.sh"), str(top / ".venv" / "vnu")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
