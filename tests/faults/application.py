"""Runs the application in processes that a test can kill: `create_app` with a store that kills its process at a commit.

    python -m tests.faults.application    # prints its port, then reads commands from standard input

- `serve N` forks N processes that serve on the port.
- `serve 1 before 2` forks one that kills itself before its second commit, `after 2` after it.
- `kill` kills the processes with SIGKILL.
- `reconcile before 2` reconciles once in a process of its own.

Each command prints `done`, or `killed` when the reconciling process was killed. The store is wrapped here, not in `app/`.
"""

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any, Literal, TypeVar

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from app.application import assemble
from app.config import read_config
from app.gateway.stripe_gateway import StripeGateway
from app.logs import configure
from app.services.reconcile import reconcile
from app.store import Engine, open_engine
from app.store.engine import NO_VALUES, Row
from app.store.sql_store import SQLStore
from app.web.http.context import EXTENSION, Context

T = TypeVar("T")

TIMEOUT = 2.0
"""How long a call to Stripe may take with its retries, in seconds. Short, so that a test of silence ends soon."""


class Mortal:
    """An engine that kills its process before or after a commit, counted from 1."""

    def __init__(self, engine: Engine, when: str, at: int) -> None:
        self._engine = engine
        self._when = when
        self._at = at
        self._numbers = count(1)
        self._local = threading.local()

    @property
    def dialect(self) -> Literal["sqlite", "postgresql"]:
        return self._engine.dialect

    @property
    def nonblocking(self) -> Engine | None:
        return self._engine.nonblocking

    def rows(self, sql: str, params: Mapping[str, Any] = NO_VALUES) -> list[Row]:
        return self._engine.rows(sql, params)

    def execute(self, sql: str, params: Mapping[str, Any] = NO_VALUES) -> int:
        if getattr(self._local, "open", False):
            return self._engine.execute(sql, params)
        return self.run(lambda: self._engine.execute(sql, params))

    def execute_many(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self.run(lambda: self._engine.execute_many(sql, rows))

    def tables(self) -> list[str]:
        return self._engine.tables()

    def run(self, work: Callable[[], T]) -> T:
        if getattr(self._local, "open", False):
            return self._engine.run(work)

        # Each transaction knows its own number, because other threads commit at the same time.
        number = 0

        def whole() -> T:
            nonlocal number
            done = work()
            number = next(self._numbers)
            self._die_if("before", number)
            return done

        self._local.open = True
        try:
            done = self._engine.run(whole)
        finally:
            self._local.open = False
        self._die_if("after", number)
        return done

    @contextmanager
    def transaction(self) -> Iterator[None]:
        assert getattr(self._local, "open", False), "a transaction that is opened by hand is not counted"
        with self._engine.transaction():
            yield

    def check_writable(self, sql: str, params: Mapping[str, Any]) -> None:
        self._engine.check_writable(sql, params)

    def close(self) -> None:
        self._engine.close()

    def _die_if(self, when: str, number: int) -> None:
        if (when, number) == (self._when, self._at):
            os.kill(os.getpid(), signal.SIGKILL)


class Quiet(WSGIRequestHandler):
    """A handler that logs nothing, because the application writes a line for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing."""


def mortal(when: str | None, at: int) -> Flask:
    """Return the application of one process. With `when` it is killed at commit number `at`."""
    config = read_config(os.environ)
    app = assemble(config)
    context: Context = app.extensions[EXTENSION]
    if config.stripe_secret_key is not None:
        gateway = StripeGateway(
            config.stripe_secret_key,
            webhook_secret=config.stripe_webhook_secret,
            api_base=config.stripe_api_base,
            timeout=TIMEOUT,
        )
        context = replace(context, gateway=gateway)
    if when is not None:
        context = replace(context, store=SQLStore(Mortal(open_engine(config.database_url), when, at)))
    app.extensions[EXTENSION] = context
    return app


def serve(listener: socket.socket, when: str | None, at: int) -> None:
    """Serve until killed."""
    app = mortal(when, at)
    make_server("127.0.0.1", 0, app, threaded=True, fd=listener.fileno(), request_handler=Quiet).serve_forever()


def work_a_minute(when: str, at: int) -> None:
    """Reconcile once."""
    context: Context = mortal(when, at).extensions[EXTENSION]
    reconcile(context.store, context.gateway, context.clock())


def forked(work: Callable[[], None]) -> int:
    """Run this in a new process, and return its process id."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return child


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Read commands and run them."""
    configure()
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    port = listener.getsockname()[1]
    os.environ |= {"PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    say(str(port))
    children: list[int] = []
    for line in sys.stdin:
        command, *arguments = line.split()
        said = "done"
        if command == "serve":
            number, when, at = int(arguments[0]), *([*arguments[1:], None, "0"][:2])
            children += [forked(partial(serve, listener, when, int(at or 0))) for _ in range(number)]
        elif command == "reconcile":
            _, status = os.waitpid(forked(partial(work_a_minute, arguments[0], int(arguments[1]))), 0)
            said = {0: "done", -signal.SIGKILL: "killed"}.get(os.waitstatus_to_exitcode(status), "failed")
        elif command == "kill":
            while children:
                child = children.pop()
                try:
                    os.kill(child, signal.SIGKILL)
                finally:
                    os.waitpid(child, 0)
        say(said)


if __name__ == "__main__":
    main()
