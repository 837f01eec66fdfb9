"""gunicorn serves the application. Each worker has a thread that reconciles with Stripe, in one process at a time.

A lease in the database decides which process reconciles. When a process dies, another one takes over after the lease ends.
"""

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from flask import Flask
from gunicorn.app.base import BaseApplication

from app.clock import clock
from app.errors import ConfigurationError, CounterfoilError
from app.logs import CONFIGURATION
from app.sandbox import SANDBOX, Sandbox
from app.services.attempts.erasure import erase
from app.services.reconcile import PARALLEL, end_sessions_of_closed_links, reconcile
from app.services.retention import DAY_SECONDS, prune
from app.serving.imports import import_when_wanted
from app.serving.log import ServerLog
from app.serving.preloading import preload
from app.serving.threads import start_thread
from app.serving.warming import warm_pages
from app.serving.worker import Worker
from app.web.assets.card.stored import draw_new_cards
from app.web.http.bundles import compress_usual_bundles
from app.web.http.context import EXTENSION, Context

log: Final = logging.getLogger(__name__)

RECONCILE_SECONDS: Final = 60
LOOKS_AT_LINKS: Final = 6
"""How many times a minute to end the sessions of links that were switched off: every session ends within a minute."""
LEASE_SECONDS: Final = 150
PRUNE_LOOK_SECONDS: Final = 3600
"""How often to ask whether a day has passed since old rows were removed."""
PRUNE_PAUSE_SECONDS: Final = 0.05
"""The pause between two batches, in which others can write."""
RENEW_SECONDS: Final = 20
"""How often to renew the lease. With the longest time that one attempt takes while Stripe hangs, this is less than LEASE_SECONDS."""
THREADS: Final = 16
"""Of each worker. At most half of them wait for Stripe at once (`app.gateway.network.call_slots.CALL_SLOTS`)."""


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn with our settings, set in code and not on its command line.

    `run` serves until it is interrupted, and then calls `stopped`: no worker is left by then. With `preloads`, workers share one
    application.
    """

    def __init__(
        self,
        make: Callable[[], Flask],
        *,
        host: str,
        port: int,
        workers: int,
        preloads: bool = False,
        stopped: Callable[[], None] = lambda: None,
    ) -> None:
        self._make = make
        self._preloads = preloads
        self._settings = {
            "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "workers": workers,
            "worker_class": Worker,
            "threads": THREADS,
            "timeout": 90,
            "graceful_timeout": 30,
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "warning",
            "logconfig_dict": CONFIGURATION,
            "logger_class": ServerLog,
            "preload_app": preloads,
            "post_worker_init": _start_threads,
            "on_exit": lambda _arbiter: stopped(),
            "control_socket_disable": True,
            # By default gunicorn trusts every client on this machine. TRUSTED_PROXIES decides which proxies are trusted.
            "forwarded_allow_ips": "",
            "secure_scheme_headers": {},
        }
        super().__init__()
        if not preloads:
            compress_usual_bundles()  # once, before the workers are forked

    def load_config(self) -> None:
        """Pass our settings to gunicorn, except those that this version does not have."""
        for name, value in self._settings.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """Create the application: in each worker, or before the workers are forked if they share it."""
        if not self._preloads:
            return self._make()
        with ThreadPoolExecutor(1) as beside:  # its thread ends before the workers are forked
            compressing = beside.submit(compress_usual_bundles)
            app = self._make()
            compressing.result()
        preload(app)
        return app


def require_free_port(host: str, port: int) -> None:
    """Raise `ConfigurationError` when the port is taken or may not be used."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigurationError(
                f"Port {port} on {host} cannot be used ({error.strerror}). Choose another one with PORT or --port.",
                setting="PORT",
            ) from error


def _start_threads(worker: Worker) -> None:
    app = worker.app.callable
    start_periodic_work(app)
    warm_pages(app, goes_on=lambda: bool(worker.alive), is_busy=lambda: worker.is_busy)


def start_periodic_work(app: Flask) -> None:
    """Start this worker's threads for periodic work."""
    reconcile_every_minute(app)
    prune_every_day(app)
    import_when_wanted(app)


def reconcile_every_minute(
    app: Flask, *, seconds: float = RECONCILE_SECONDS, ended: threading.Event | None = None
) -> threading.Thread:
    """Start the thread for the periodic work of this process. It ends with the process, or when `ended` is set."""
    return start_thread("reconcile", _keep_reconciling, app, seconds, ended or threading.Event())


def _keep_reconciling(app: Flask, seconds: float, ended: threading.Event) -> None:
    # Two containers can have the same host name and process id.
    owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    tick = 0
    while not ended.wait(seconds / LOOKS_AT_LINKS):
        tick += 1
        try:
            reconcile_once(app, owner, clock(), whole=tick % LOOKS_AT_LINKS == 0)
        except CounterfoilError as error:
            log.warning("reconciling failed", extra={"reason": type(error).__name__})
        except Exception:
            # The thread must survive any error, so that the next minute has one.
            log.exception("reconciling failed")


def reconcile_once(app: Flask, owner: str, now: int, *, whole: bool = True, parallel: int = PARALLEL) -> bool:
    """Do the periodic work, unless another process does. Return whether it was done.

    Without `whole`, only end the sessions of links that were switched off, and draw the cards of new and changed links. In sandbox
    mode, let the sandbox's time pass first.
    """
    context: Context = app.extensions[EXTENSION]
    if not context.store.take_lease("reconcile", owner, now, now + LEASE_SECONDS):
        return False
    sandbox: Sandbox | None = app.extensions.get(SANDBOX)
    if sandbox is not None and whole:
        sandbox.settle_delayed(now)
        sandbox.deliver_pending()
    goes_on = _holding(context, owner)
    if whole:
        reconcile(context.store, context.background, now, parallel=parallel, goes_on=goes_on)
    else:
        end_sessions_of_closed_links(context.store, context.background, now, parallel=parallel, goes_on=goes_on)
    draw_new_cards(app, now)
    return True


def prune_every_day(
    app: Flask, *, seconds: float = PRUNE_LOOK_SECONDS, ended: threading.Event | None = None
) -> threading.Thread:
    """Start the thread that removes old rows once a day. It ends with the process, or when `ended` is set."""
    return start_thread("prune", _keep_pruning, app, seconds, ended or threading.Event())


def _keep_pruning(app: Flask, seconds: float, ended: threading.Event) -> None:
    while not ended.wait(seconds):
        try:
            prune_once(app, clock(), goes_on=lambda: not ended.wait(PRUNE_PAUSE_SECONDS))
        except CounterfoilError as error:
            log.warning("old rows could not be removed", extra={"reason": type(error).__name__})
        except Exception:
            log.exception("old rows could not be removed")


def prune_once(app: Flask, now: int, *, goes_on: Callable[[], bool] = lambda: True) -> dict[str, int] | None:
    """Remove what is older than RETENTION_DAYS, unless a process did so within a day. Return how many rows of each kind."""
    context: Context = app.extensions[EXTENSION]
    # Another owner each time, so that the lease is not this process's own before the day is over.
    if not context.store.take_lease("prune", secrets.token_hex(8), now, now + DAY_SECONDS):
        return None
    return remove_old(app, now, goes_on=goes_on)


def remove_old(
    app: Flask, now: int, *, dry_run: bool = False, goes_on: Callable[[], bool] = lambda: True
) -> dict[str, int]:
    """Remove what is older than RETENTION_DAYS, here and in the sandbox, or count it. Return how many rows of each kind."""
    context: Context = app.extensions[EXTENSION]
    days = context.config.retention_days
    removed = prune(context.store, now, days, dry_run=dry_run, goes_on=goes_on)
    sandbox: Sandbox | None = app.extensions.get(SANDBOX)
    if sandbox is not None and days:
        removed |= sandbox.prune(now - days * DAY_SECONDS, dry_run=dry_run)
    return removed


def erase_payment(app: Flask, id: str, now: int) -> None:
    """Erase a payment's personal data, here and in the sandbox. Raises `ResourceMissing`, `InvalidRequest`."""
    context: Context = app.extensions[EXTENSION]
    erase(context.store, id, now, erase_session=context.erase_session)


def _holding(context: Context, owner: str) -> Callable[[], bool]:
    """Return a function that renews the lease and returns whether this owner still has it: reading may take longer than one lease."""
    asked = context.clock()

    def holding() -> bool:
        nonlocal asked
        now = context.clock()
        if abs(now - asked) < RENEW_SECONDS:
            return True
        asked = now
        return context.store.take_lease("reconcile", owner, now, now + LEASE_SECONDS)

    return holding
