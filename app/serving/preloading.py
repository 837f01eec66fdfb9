"""Makes an application ready before the workers are forked, so that they share its memory and answer at once.

A thread does not survive a fork, and a connection must not be used on both sides of it. So the threads of a worker start in the worker
(`app.server`), and `preload` closes every connection. Storages of counts on other machines have clients that may keep both, so with one
of them each worker creates its own application: see `app.cli`.
"""

import gc
import logging
from typing import Final

from flask import Flask

from app.sandbox import SANDBOX, Sandbox
from app.serving.warming import make_pages
from app.web.http.context import EXTENSION, Context

log: Final = logging.getLogger(__name__)


def preload(app: Flask) -> None:
    """Load what the first page needs, close every connection, and keep the garbage collector from copying the shared memory."""
    try:
        # Templates and translations are loaded with the page of one link.
        make_pages(app, links=1, longest_rest=0)
    except Exception:
        # A database that is busy, or one document that cannot be read, must not keep the server from starting.
        log.exception("no page was made before the start")
    context: Context = app.extensions[EXTENSION]
    context.store.close()
    sandbox: Sandbox | None = app.extensions.get(SANDBOX)
    if sandbox is not None:
        sandbox.engine.close()
    gc.collect()
    gc.freeze()
