"""The floor of every figure: the smallest Flask application, and the same with one durable commit."""

import os
import sqlite3
import threading

from flask import Flask

app = Flask("hello")
_local = threading.local()


@app.get("/")
def hello() -> str:
    """Answer with a constant."""
    return "hello"


@app.post("/commit")
def commit() -> str:
    """Commit one row, as durably as the store does."""
    connection: sqlite3.Connection | None = getattr(_local, "connection", None)
    if connection is None:
        connection = _local.connection = sqlite3.connect(os.environ["BENCH_FLOOR"], isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, document TEXT)")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO rows (document) VALUES ('{}')")
    connection.execute("COMMIT")
    return "done"
