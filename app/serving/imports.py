"""A thread of each worker that runs the imports which merchants start in the console. A lease keeps an import to one process.

When a process is killed, its lease ends, and the thread of another one continues the import.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from secrets import token_hex
from typing import Final

from flask import Flask

from app.errors import StoreError
from app.objects.import_run import ImportRun
from app.services.links.importing.background import continue_import
from app.serving.threads import start_thread
from app.web.http.context import EXTENSION, Context

log: Final = logging.getLogger(__name__)

LOOK_SECONDS: Final = 15
"""How often to look for an import that another process did not finish."""

LEASE_SECONDS: Final = 40
RENEW_SECONDS: Final = 10


def import_when_wanted(
    app: Flask, *, seconds: float = LOOK_SECONDS, ended: threading.Event | None = None
) -> threading.Thread:
    """Start the thread. It ends with the process, or when `ended` is set."""
    return start_thread("imports", _keep_importing, app, seconds, ended or threading.Event())


def _keep_importing(app: Flask, seconds: float, ended: threading.Event) -> None:
    context: Context = app.extensions[EXTENSION]
    owner = token_hex(8)
    while not ended.is_set():
        context.import_wanted.wait(seconds)
        context.import_wanted.clear()
        try:
            run_imports(context, owner)
        except Exception:
            # The thread must survive any error, so that the next import has one.
            log.exception("imports failed")


def run_imports(context: Context, owner: str) -> int:
    """Run every import that no other process runs. Return how many."""
    number = 0
    for run in context.store.running_imports():
        with _lease(context, run, owner) as lost:
            if lost is not None:
                _run(context, run, lost)
                number += 1
    return number


def _run(context: Context, run: ImportRun, lost: threading.Event) -> None:
    """Run one import and store its progress. Stop if the lease was lost, or if another import has taken its place."""
    latest = run
    try:
        for latest in continue_import(
            context.store, context.background, run, context.clock(), settings=context.link_settings
        ):
            kept = context.store.save_import_run(latest.model_copy(update={"updated": context.clock()}))
            if lost.is_set() or not kept:
                return
    except Exception as error:
        log.exception("import failed", extra={"organization": run.organization})
        problem = f"The import cannot go on ({type(error).__name__}). The log of the server says more."
        stopped = {"state": "stopped", "problem": problem, "updated": context.clock()}
        context.store.save_import_run(latest.model_copy(update=stopped))


@contextmanager
def _lease(context: Context, run: ImportRun, owner: str) -> Iterator[threading.Event | None]:
    """Hold the lease of an import. Yield None if another process has it, else an event that is set when the lease is lost."""
    name = f"import {run.organization}"
    now = context.clock()
    if not context.store.take_lease(name, owner, now, now + LEASE_SECONDS):
        yield None
        return
    lost, done = threading.Event(), threading.Event()

    def keep() -> None:
        while not done.wait(RENEW_SECONDS):
            now = context.clock()
            with suppress(StoreError):
                if not context.store.take_lease(name, owner, now, now + LEASE_SECONDS):
                    lost.set()

    keeper = threading.Thread(target=keep, name="import lease", daemon=True)
    keeper.start()
    try:
        yield lost
    finally:
        done.set()
        keeper.join()
        if not lost.is_set():
            now = context.clock()
            context.store.take_lease(name, owner, now, now)
