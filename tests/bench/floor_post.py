"""The floor of a pay post: what it stores in the store's own tables, in two transactions, and Stripe's SDK as it comes in between.

It verifies nothing and reads no link: its example is a payment of the same link, which Counterfoil has started before. The tables and their
indexes are those of the store's migrations. `test_floor_post.py` compares the rows.
"""

import json
import os
import time
from functools import cache
from secrets import token_hex, token_urlsafe
from typing import Any, Final

import stripe
from flask import Blueprint, Response, redirect, request

from tests.bench.floor_shop import connection

blueprint: Final = Blueprint("floor_post", __name__)

_HOLD_PLACE: Final = "UPDATE payment_links SET places = places + 1 WHERE id = ?"
_ADD_SNAPSHOT: Final = "INSERT INTO snapshots (hash, document, used_at) VALUES (?, ?, ?) ON CONFLICT (hash) DO NOTHING"
_ADD_TRANSITION: Final = (
    "INSERT INTO transitions (attempt, from_state, to_state, created, cause) VALUES (?, NULL, 'opened', ?, 'opened')"
)
_ADD_SESSION: Final = "UPDATE attempts SET version = version + 1, document = ?, checkout_session = ? WHERE id = ?"


@blueprint.post("/start-payment")
def start_payment() -> Response:
    """Read a form, store an attempt, create its session at Stripe, store that too, and send the buyer to it."""
    columns, snapshots, document, params = _example(os.environ["BENCH_SHOP"])
    execute, executemany = connection()[0].execute, connection()[0].executemany
    now, id, token = int(time.time()), f"att_{token_urlsafe(18)}", token_urlsafe(24)
    form = request.form["csrf_token"][:24]
    new = {"id": id, "token": token, "form": form, "reference": f"CF-{token_hex(2)}-{token_hex(2)}", "created": now}
    row = columns | new
    execute("BEGIN IMMEDIATE")
    execute(_HOLD_PLACE, (row["payment_link"],))
    executemany(_ADD_SNAPSHOT, snapshots)
    execute(_add_attempt(tuple(row)), row)
    execute(_ADD_TRANSITION, (id, now))
    execute("COMMIT")
    params = params | {"expires_at": now + 23 * 3600, "client_reference_id": id}
    session = _stripe(os.environ["BENCH_STRIPE"]).v1.checkout.sessions.create(params, {"idempotency_key": id})
    execute("BEGIN IMMEDIATE")
    execute(_ADD_SESSION, (document, session.id, id))
    execute("COMMIT")
    return redirect(str(session.url), 303)  # type: ignore[return-value]


@cache
def _add_attempt(names: tuple[str, ...]) -> str:
    return f"INSERT INTO attempts ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})"


@cache
def _example(_path: str) -> tuple[dict[str, Any], list[tuple[Any, ...]], str, Any]:
    """Return the row of a new attempt, its prices and products, its document with a session, and the parameters for Stripe."""
    database = connection()[0]
    found = database.execute("SELECT * FROM attempts WHERE checkout_session IS NOT NULL ORDER BY sequence DESC LIMIT 1")
    names = [column[0] for column in found.description]
    columns = dict(zip(names, found.fetchone(), strict=True))
    document, details = columns["document"], columns["details"]
    shared = database.execute("SELECT hash, document, used_at FROM snapshots").fetchall()
    del columns["sequence"]
    opened = json.loads(document) | {"checkout_session": None, "session_url": None}
    columns |= {"version": 1, "checkout_session": None, "document": json.dumps(opened, separators=(",", ":"))}
    return columns, [row for row in shared if row[0] in details], document, json.loads(details)["session_params"]


@cache
def _stripe(address: str) -> stripe.StripeClient:
    return stripe.StripeClient("sk_test_bench", base_addresses={"api": address})
