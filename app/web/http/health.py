"""Health checks for load balancers and monitors."""

import threading
import time
from typing import Final

from flask import Blueprint, Flask, current_app, jsonify
from flask.typing import ResponseReturnValue

from app.errors import StoreBusy, StoreError
from app.services.readiness import check_writable, pending_migrations
from app.store.protocol import Store
from app.web.http.context import current_context

blueprint: Final = Blueprint("health", __name__)

EXTENSION: Final = "counterfoil_writing"

WRITTEN_SECONDS: Final = 1.0
"""How long a successful write counts. More frequent requests do not make the database write more often."""


class Writing:
    """The result of the last try to write. One thread tries at a time; the others get the last result."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._succeeded_at = float("-inf")
        self._failure: StoreError | None = None

    def check(self, store: Store) -> None:
        """Raise `StoreError` when the database cannot be written."""
        if time.monotonic() - self._succeeded_at < WRITTEN_SECONDS:
            return
        if self._lock.acquire(blocking=False):
            try:
                self._try(store)
            finally:
                self._lock.release()
        if self._failure is not None:
            raise self._failure

    def _try(self, store: Store) -> None:
        try:
            check_writable(store)
        except StoreError as error:
            self._failure = error
        else:
            self._failure, self._succeeded_at = None, time.monotonic()


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Answer as long as the process runs."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Answer 200 when the database can be reached, is migrated and can be written, or else 503."""
    store = current_context().store
    try:
        pending = pending_migrations(store)
    except StoreError:
        return jsonify(status="database unreachable"), 503
    if pending:
        return jsonify(status="migrations pending", migrations=pending), 503
    writing: Writing = current_app.extensions[EXTENSION]
    try:
        writing.check(store)
    except StoreBusy:
        return jsonify(status="database locked"), 503
    except StoreError:
        return jsonify(status="database not writable"), 503
    return jsonify(status="ok")


def register(app: Flask) -> None:
    """Remember for this application when the database was last written."""
    app.extensions[EXTENSION] = Writing()
