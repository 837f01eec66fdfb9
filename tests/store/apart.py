"""Parts of tests that run in their own process, because they would break the process of the tests. They exit with 0 on success."""

import multiprocessing
import os
import resource
from collections.abc import Callable
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from app.errors import StoreBusy, StoreError
from app.store import Engine, SlugTaken, open_engine, open_store
from app.store.sql_store import SQLStore
from tests.support.build import a_link

NOBODY = 65534


def context() -> ForkServerContext:
    """Return a context whose processes fork from one that has loaded everything and has no threads or connections."""
    forkserver = multiprocessing.get_context("forkserver")
    forkserver.set_forkserver_preload(["tests.store.apart", "tests.store.racing"])
    return forkserver


def exit_code(work: Callable[..., None], *arguments: str) -> int | None:
    """Run a function in its own process. Return its exit code, which is negative after a signal."""
    process = context().Process(target=work, args=arguments)
    process.start()
    process.join(60)
    return process.exitcode


def fill_the_disk(file: str) -> None:
    """Write until no file may grow. Nothing is partly written, and writing works again when there is space."""
    store = open_store(f"sqlite:///{file}")
    store.organizations()
    resource.setrlimit(resource.RLIMIT_FSIZE, (Path(file).stat().st_size + 64 * 1024, resource.RLIM_INFINITY))
    kept = 0

    def add() -> None:
        store.add_link(a_link(id=f"plink_{kept}", counterfoil={"code": f"code-{kept}"}, metadata={"note": "x" * 400}))

    with pytest.raises(StoreError) as full:  # noqa: PT012
        for kept in range(1000):  # noqa: B007
            add()
    assert not isinstance(full.value, (StoreBusy, SlugTaken))
    assert store.link(f"plink_{kept}") is None
    assert store.link_by_code(f"code-{kept}") is None
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    add()
    assert len(store.links("org_apiary", limit=2000)[0]) == kept + 2
    store.close()


def write_without_permission(file: str) -> None:
    """Use a store as a user who may read the file but not write it."""
    store = open_store(f"sqlite:///{file}")
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    with pytest.raises(StoreError) as refused:
        store.hold_place("plink_honey")
    assert not isinstance(refused.value, StoreBusy)


def fork_and_write(address: str) -> None:
    """Use a store, fork, and use it in the children and the parent, as gunicorn does with a preloaded application."""
    store = SQLStore(open_engine(address))
    assert store.hold_place("plink_honey")
    mine = connections(store.engine)
    children = []
    for _ in range(3):
        child = os.fork()
        if child == 0:
            fine = False
            try:
                fine = store.hold_place("plink_honey") and not connections(store.engine) <= mine
                store.close()
            finally:
                os._exit(0 if fine else 1)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
    assert store.places_left("plink_honey") == 1
    assert connections(store.engine) == mine
    assert store.hold_place("plink_honey")
    store.close()


def connections(engine: Engine) -> set[str]:
    """Return what identifies this process's connections: the server's process ids, or the open files."""
    if engine.dialect == "postgresql":
        return {str(row["pid"]) for row in engine.rows("SELECT pg_backend_pid() AS pid")}
    files = Path("/proc/self/fd")
    return {file.name for file in files.iterdir() if os.path.realpath(file).endswith(".db")}


def die_in_a_transaction(address: str) -> None:
    """Commit one place, take another one in a transaction, and be killed before it commits."""
    store = open_store(address)
    store.hold_place("plink_honey")
    with store.transaction():
        store.hold_place("plink_honey")
        os.kill(os.getpid(), 9)
