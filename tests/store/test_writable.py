"""Whether anything can be stored is tried by a write that reaches the disk and is undone."""

import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.errors import StoreBusy, StoreError
from app.store import Store, open_engine, open_store
from app.store.engine import NotWritable
from app.store.sqlite import FREE_BYTES
from tests.store.apart import exit_code
from tests.support.build import NOW, an_organization


def test_it_leaves_nothing_behind(store: Store) -> None:
    for _ in range(3):
        store.check_writable()
    assert store.take_lease("reconcile", "somebody", NOW, NOW + 60)
    assert store.organizations() is not None


def leases(database: str) -> int:
    engine = open_engine(database)
    try:
        return int(engine.rows("SELECT COUNT(*) AS number FROM leases")[0]["number"])
    finally:
        engine.close()


def test_no_row_of_it_is_stored(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/counterfoil.db")
    store.migrate(NOW)
    store.check_writable()
    assert leases(f"sqlite:///{tmp_path}/counterfoil.db") == 0
    store.close()


def write_where_no_file_may_grow(file: str) -> None:
    """Run in a process of its own."""
    store = open_store(f"sqlite:///{file}")
    store.check_writable()
    size = Path(f"{file}-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (min(size, 4096), resource.RLIM_INFINITY))
    for _ in range(2):
        with pytest.raises(NotWritable):
            store.check_writable()
    assert store.organizations()
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    store.check_writable()
    store.close()


def test_a_file_that_may_not_grow_is_noticed_although_nothing_is_committed(tmp_path: Path) -> None:
    file = tmp_path / "counterfoil.db"
    store = open_store(f"sqlite:///{file}")
    store.migrate(NOW)
    store.add_organization(an_organization())
    store.close()
    assert exit_code(write_where_no_file_may_grow, str(file)) == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of four megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={4 * FREE_BYTES}", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_is_full_is_noticed_and_one_that_has_room_again(small_disk: Path) -> None:
    store = open_store(f"sqlite:///{small_disk}/counterfoil.db")
    store.migrate(NOW)
    store.check_writable()
    free = shutil.disk_usage(small_disk).free
    (small_disk / "large").write_bytes(b"x" * (free - FREE_BYTES // 2))
    with pytest.raises(NotWritable):
        store.check_writable()
    (small_disk / "large").unlink()
    store.check_writable()
    store.close()


def test_a_database_that_is_read_only_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "counterfoil.db"
    store = open_store(f"sqlite:///{file}")
    store.migrate(NOW)
    store.close()
    assert exit_code(write_read_only, str(file)) == 0


def write_read_only(file: str) -> None:
    """Run in a process of its own, as somebody who may only read the file."""
    Path(file).chmod(0o444)
    for parent in list(Path(file).parents)[:-2]:
        parent.chmod(0o755)
    if os.geteuid() == 0:
        os.setuid(65534)
    with pytest.raises(StoreError) as raised:
        open_store(f"sqlite:///{file}").check_writable()
    assert not isinstance(raised.value, StoreBusy)


def test_a_lock_that_somebody_holds_is_busy_and_not_broken(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/counterfoil.db")
    store.migrate(NOW)
    other = open_engine(f"sqlite:///{tmp_path}/counterfoil.db")
    with other.transaction(), pytest.raises(StoreBusy):
        in_another_thread(store)
    store.check_writable()
    other.close()
    store.close()


def in_another_thread(store: Store) -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(store.check_writable).result(60)
