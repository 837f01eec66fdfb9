"""The floor of a webhook that pays: what the event changes in the store's own tables, in one transaction, and nothing else.

It verifies nothing and looks for no row that it does not change. The tables and their indexes are those of the store's migrations, and
each value is as long as the one that Counterfoil writes. `test_floor_webhook.py` compares the rows.
"""

import json
import re
import time
from typing import Any, Final

from flask import Blueprint, request

from app.objects import metadata_keys
from tests.bench.floor_shop import connection

blueprint: Final = Blueprint("floor_webhook", __name__)

_DOCUMENT: Final = "x" * 1480
"""As long as the part of a paid attempt of the large link that changes."""
_WORDS_HASH: Final = "x" * 16
_WORD: Final = re.compile(r"\w+")
_PERIODS: Final = (0, 32 * 24 * 3600, 24 * 3600, 900)

_ADD_EVENT: Final = (
    "INSERT INTO events (id, about, organization, type, received, applied, outcome, document, delivered) "
    "VALUES (?, ?, ?, ?, ?, ?, 'applied', ?, 1)"
)
_COMPLETE_PLACE: Final = "UPDATE payment_links SET completed = completed + 1 WHERE id = ?"
_FIND_ATTEMPT: Final = "SELECT sequence FROM attempts WHERE id = ?"
"""With RETURNING, SQLite would copy each page that the update changes."""
_PAY_ATTEMPT: Final = (
    "UPDATE attempts SET version = version + 1, document = ?, state = 'paid', place = 'taken', payment_intent = ?, dated = ?, "
    "words_hash = ? WHERE sequence = ?"
)
_ADD_TRANSITION: Final = (
    "INSERT INTO transitions (attempt, from_state, to_state, created, cause) VALUES (?, 'opened', 'paid', ?, ?)"
)
_ADD_TO_LINK: Final = (
    "INSERT INTO link_sums (organization, payment_link, livemode, currency, came_from, number, amount, amount_refunded) "
    "VALUES (?, ?, ?, ?, '', 1, ?, 0) ON CONFLICT (organization, payment_link, livemode, currency, came_from) "
    "DO UPDATE SET number = number + 1, amount = amount + excluded.amount"
)
_ADD_TO_LIST: Final = (
    "INSERT INTO link_list_sums (organization, active, invoice, livemode, currency, links, number, amount, amount_refunded) "
    "VALUES (?, 1, 0, ?, ?, 0, 1, ?, 0) ON CONFLICT (organization, active, invoice, livemode, currency) "
    "DO UPDATE SET number = number + 1, amount = amount + excluded.amount"
)
_ADD_TO_QUARTER: Final = (
    "INSERT INTO taken (organization, livemode, quarter, currency, number, amount, amount_refunded) VALUES (?, ?, ?, ?, 1, ?, 0) "
    "ON CONFLICT (organization, livemode, quarter, currency) DO UPDATE SET number = number + 1, amount = amount + excluded.amount"
)
_ADD_TO_ORDERS: Final = (
    "INSERT INTO order_sums (organization, payment_link, livemode, period, begins, currency, state, delivery, disputed, refunded, "
    "to_check, number, total) VALUES (?, ?, ?, ?, ?, ?, 'paid', 'none', 0, 0, 0, 1, ?) ON CONFLICT (organization, payment_link, "
    "livemode, period, begins, currency, state, delivery, disputed, refunded, to_check) "
    "DO UPDATE SET number = number + 1, total = total + excluded.total"
)
_ADD_WORD: Final = (
    "INSERT INTO attempt_words (organization, livemode, word, attempt, dated, sequence) VALUES (?, ?, ?, ?, ?, ?)"
)


@blueprint.post("/apply-once")
def apply_once() -> str:
    """Read an event about a paid session and apply it."""
    payload = request.get_data()
    event = json.loads(payload)
    session = event["data"]["object"]
    attempt, link = (session["metadata"][name] for name in (metadata_keys.ATTEMPT, metadata_keys.PAYMENT_LINK))
    now, mode, currency, amount = int(time.time()), event["livemode"], session["currency"], session["amount_total"]
    database, shop = connection()
    execute, executemany = database.execute, database.executemany
    execute("BEGIN IMMEDIATE")
    execute(_ADD_EVENT, (event["id"], session["id"], shop, event["type"], now, now, payload.decode()))
    execute(_COMPLETE_PLACE, (link,))
    ((sequence,),) = execute(_FIND_ATTEMPT, (attempt,)).fetchall()
    execute(_PAY_ATTEMPT, (_DOCUMENT, session["payment_intent"], now, _WORDS_HASH, sequence))
    execute(_ADD_TRANSITION, (attempt, now, event["id"]))
    execute(_ADD_TO_LINK, (shop, link, mode, currency, amount))
    execute(_ADD_TO_LIST, (shop, mode, currency, amount))
    execute(_ADD_TO_QUARTER, (shop, mode, now - now % 900, currency, amount))
    begins = [(period, now - now % period if period else 0) for period in _PERIODS]
    executemany(_ADD_TO_ORDERS, [(shop, owner, mode, *one, currency, amount) for owner in ("", link) for one in begins])
    executemany(_ADD_WORD, [(shop, mode, word, attempt, now, sequence) for word in _words(session)])
    execute("COMMIT")
    return "applied"


def _words(session: dict[str, Any]) -> set[str]:
    """Return the words by which the order is found: those of the buyer's name and address and of the reference, and each text as one."""
    buyer = session["customer_details"]
    texts = [
        _WORD.findall(text.lower())
        for text in (buyer["name"], buyer["email"], session["metadata"][metadata_keys.REFERENCE])
    ]
    return {word for words in texts for word in (*words, "".join(words))}
