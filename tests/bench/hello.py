"""The floor of every figure: the smallest Flask application, the same with durable commits, and a Stripe that answers at once."""

import json
import os
import sqlite3
import threading
from secrets import token_hex
from typing import Final

from flask import Flask, request

from tests.bench import floor_post, floor_webhook

ATTEMPT_BYTES: Final = 3200
"""The size of the attempt of the large link in the database."""

app = Flask("hello")
app.register_blueprint(floor_post.blueprint)
app.register_blueprint(floor_webhook.blueprint)
_local = threading.local()


@app.get("/")
def hello() -> str:
    """Answer with a constant."""
    return "hello"


@app.post("/commit")
def commit() -> str:
    """Read a form and store a row of the size of an attempt, twice, as durably as the store does.

    A pay post commits twice: before Stripe is asked, and when Stripe has answered.
    """
    row = _add_attempt()
    _add_session(row)
    return "done"


@app.post("/commit-once")
def commit_once() -> str:
    """Read an event and store it with a row of the size of an attempt, in one transaction, in a table without indexes."""
    connection = _connection()
    connection.execute("BEGIN IMMEDIATE")
    for document in (request.get_data(as_text=True), "x" * ATTEMPT_BYTES):
        connection.execute("INSERT INTO rows (document) VALUES (?)", (document,))
    connection.execute("COMMIT")
    return "applied"


@app.post("/v1/checkout/sessions")
def create_session() -> dict[str, object]:
    """Answer as Stripe does to a new session, at once. So the time of a pay post is that of Counterfoil and its SDK alone."""
    start = "metadata["
    return {
        "id": f"cs_test_{token_hex(16)}",
        "object": "checkout.session",
        "expires_at": int(request.form["expires_at"]),
        "livemode": False,
        "metadata": {name[len(start) : -1]: text for name, text in request.form.items() if name.startswith(start)},
        "mode": request.form["mode"],
        "payment_status": "unpaid",
        "status": "open",
        "url": "https://checkout.stripe.com/c/pay/bench",
    }


def _add_attempt() -> int:
    connection = _connection()
    connection.execute("BEGIN IMMEDIATE")
    row = connection.execute("INSERT INTO rows (document) VALUES (?)", (_document(),)).lastrowid
    connection.execute("COMMIT")
    return row or 0


def _add_session(row: int) -> None:
    connection = _connection()
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE rows SET document = ? WHERE id = ?", (_document() + " ", row))
    connection.execute("COMMIT")


def _document() -> str:
    return json.dumps({"token": request.form.get("csrf_token"), "filler": "x" * ATTEMPT_BYTES})


def _connection() -> sqlite3.Connection:
    """Return the connection of this thread, with the settings of the store's own connections."""
    connection: sqlite3.Connection | None = getattr(_local, "connection", None)
    if connection is None:
        connection = _local.connection = sqlite3.connect(os.environ["BENCH_FLOOR"], isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, document TEXT)")
    return connection
