"""`counterfoil serve` on an SQLite file that is removed, replaced, full, backed up and restored; and what a stop leaves behind."""

import hmac
import json
import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
import requests

from app.store import open_store
from app.store.sqlite import FREE_BYTES
from tests.faults.nodes import a_node
from tests.faults.processes import clean_environment, free_port, python
from tests.support.build import NOW, a_link, an_organization

pytestmark = pytest.mark.faults

SECRET = "whsec_" + "w" * 24
NOTICED_WITHIN = 1.0


@dataclass
class Node:
    """A running `counterfoil serve` with two workers."""

    port: int
    file: Path
    process: "subprocess.Popen[str]"
    settings: dict[str, str]

    def ready(self) -> tuple[int, str]:
        answer = requests.get(f"http://127.0.0.1:{self.port}/readyz", timeout=60)
        return answer.status_code, answer.json()["status"]

    def deliver(self, id: str) -> int:
        """Stripe brings an event: the status."""
        event = {
            "id": id, "object": "event", "api_version": None, "created": int(time.time()), "livemode": False,
            "pending_webhooks": 1, "request": None, "type": "customer.created", "data": {"object": {"id": "cus_1"}},
        }  # fmt: skip
        payload, now = json.dumps(event).encode(), int(time.time())
        signed = hmac.new(SECRET.encode(), f"{now}.".encode() + payload, sha256).hexdigest()
        headers = {"Stripe-Signature": f"t={now},v1={signed}", "Content-Type": "application/json"}
        return requests.post(
            f"http://127.0.0.1:{self.port}/webhooks/stripe", data=payload, headers=headers, timeout=60
        ).status_code

    def look(self) -> int:
        return requests.get(f"http://127.0.0.1:{self.port}/pay/honey", timeout=60).status_code

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            python("app", *arguments),
            env=clean_environment(**self.settings),
            text=True,
            capture_output=True,
            check=False,
        )


def prepared(file: Path) -> None:
    store = open_store(f"sqlite:///{file}")
    store.migrate(NOW)
    store.add_organization(an_organization())
    store.add_link(a_link(id="plink_honey", counterfoil={"code": "honey"}))
    store.close()


@contextmanager
def a_served_file(file: Path) -> Iterator[Node]:
    port = free_port()
    settings = {
        "DATA_DIR": str(file.parent),
        "DATABASE_URL": f"sqlite:///{file}",
        "STRIPE_WEBHOOK_SECRET": SECRET,
        "SECRET_KEY": "k" * 32,
    }
    with a_node(port, settings, workers=2) as process:
        yield Node(port, file, process, settings)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    file = tmp_path / "counterfoil.db"
    prepared(file)
    with a_served_file(file) as node:
        for number in range(20):  # both workers, and several of their threads, have the file open
            assert node.look() == 200
            assert node.deliver(f"evt_before_{number}") == 200
        yield node


def events(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as connection:
        return {id for (id,) in connection.execute("SELECT id FROM events")}


def is_whole(file: Path) -> bool:
    with closing(sqlite3.connect(file)) as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchone() == ("ok",))


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_while_the_file_is_gone_nothing_is_confirmed_and_a_restored_one_is_opened_by_itself(
    node: Node, tmp_path: Path
) -> None:
    copy = tmp_path / "backup.db"
    assert node.run("backup", str(copy)).returncode == 0
    node.file.unlink()
    time.sleep(NOTICED_WITHIN)
    for number in range(10):
        assert node.ready()[0] == 503
        assert node.deliver(f"evt_lost_{number}") == 503
        assert node.look() == 503
    assert not node.file.exists(), "an empty database was made in its place"
    copy.rename(node.file)
    until(lambda: node.ready() == (200, "ok"))
    for number in range(10):
        assert node.deliver(f"evt_after_{number}") == 200
        assert node.look() == 200
    found = events(node.file)
    assert {id for id in found if id.startswith("evt_after")} == {f"evt_after_{number}" for number in range(10)}
    assert not any(id.startswith("evt_lost") for id in found)
    assert is_whole(node.file)


@pytest.mark.parametrize("how", ["moved there", "copied over it"])
def test_a_backup_that_is_put_in_place_while_the_server_runs_gets_everything_from_then_on(
    node: Node, tmp_path: Path, how: str
) -> None:
    copy = tmp_path / "backup.db"
    assert node.run("backup", str(copy)).returncode == 0
    for number in range(50):
        assert node.deliver(f"evt_between_{number}") == 200
    if how == "moved there":
        copy.rename(node.file)
    else:
        shutil.copyfile(copy, node.file)
    confirmed = {f"evt_after_{number}" for number in range(40) if node.deliver(f"evt_after_{number}") == 200}
    until(lambda: node.ready() == (200, "ok"))
    assert {id for id in events(node.file) if id.startswith("evt_after")} == confirmed
    assert len(confirmed) >= 35
    assert not any(id.startswith("evt_between") for id in events(node.file))
    assert is_whole(node.file)


def test_a_file_that_is_no_database_is_not_ready(node: Node) -> None:
    other = node.file.with_name("other")
    other.write_bytes(b"this is no database " * 1000)
    other.rename(node.file)
    time.sleep(NOTICED_WITHIN)
    for number in range(5):
        assert node.ready() == (503, "database unreachable")
        assert node.deliver(f"evt_lost_{number}") == 503


def test_a_stop_leaves_one_file_with_everything_in_it(node: Node) -> None:
    for number in range(50):
        node.deliver(f"evt_{number}")
    assert Path(f"{node.file}-wal").stat().st_size > 0
    node.process.terminate()
    node.process.wait(60)
    wal = Path(f"{node.file}-wal")
    assert not wal.exists() or wal.stat().st_size == 0
    alone = node.file.with_name("alone.db")
    shutil.copyfile(node.file, alone)
    assert {f"evt_{number}" for number in range(50)} <= events(alone)


def test_a_backup_with_its_secrets_is_a_server_like_the_first(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    prepared(first / "counterfoil.db")
    settings = clean_environment(DATA_DIR=str(first))
    command = python("app", "backup", str(second / "copy.db"))
    subprocess.run(command, env=settings, check=True, capture_output=True)
    secrets = second / "copy.db.secrets"
    assert secrets.stat().st_mode & 0o777 == 0o600
    lines = [line for line in secrets.read_text().splitlines() if not line.startswith("#")]
    kept = dict(line.split("=", 1) for line in lines)
    assert kept["SECRET_KEY"] == (first / "secret_key.secret").read_text()
    assert kept["STRIPE_WEBHOOK_SECRET"].startswith("whsec_")
    (second / "copy.db").rename(second / "counterfoil.db")
    port = free_port()
    with a_node(port, {"DATA_DIR": str(second), **kept}, workers=1):
        assert requests.get(f"http://127.0.0.1:{port}/pay/honey", timeout=60).status_code == 200
        assert requests.get(f"http://127.0.0.1:{port}/readyz", timeout=60).status_code == 200


def fill(file: Path) -> None:
    """Write until there is no room."""
    descriptor = os.open(file, os.O_CREAT | os.O_WRONLY)
    with suppress(OSError):
        while os.write(descriptor, b"x" * 4096):
            pass
    os.close(descriptor)


def test_a_full_disk_is_not_ready_until_there_is_room_again(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={8 * FREE_BYTES}", "tmpfs", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a file system")
    try:
        prepared(disk / "counterfoil.db")
        with a_served_file(disk / "counterfoil.db") as node:
            assert node.ready() == (200, "ok")
            fill(disk / "large")
            until(lambda: node.ready() == (503, "database not writable"), 5)
            (disk / "large").unlink()
            until(lambda: node.ready() == (200, "ok"), 5)
            assert node.deliver("evt_1") == 200
    finally:
        subprocess.run(["umount", str(disk)], check=True)
