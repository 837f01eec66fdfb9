"""What the order desk reads about an attempt: columns of its row, and the words of its search."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from pydantic import ValidationError

from app.objects.attempt import CHECKOUT_COMPLETED, UNFINISHED, Attempt
from app.objects.order import came_from, dated, delivery_of, is_disputed, needs_check, order_amount, unchecked_flags
from app.objects.search_words import words_of_order
from app.pricing.refunds import amount_refunded_here, refunded_parts
from app.store.attempt_rows import COLUMNS, read_attempts
from app.store.engine import Engine

COMPLETED: Final = f"state IN ({', '.join(repr(state) for state in CHECKOUT_COMPLETED)})"
"""Attempts whose buyer completed Checkout. Indexes have the same condition, so statements must contain it as it is."""

NOT_FINISHED: Final = f"state IN ({', '.join(repr(state) for state in UNFINISHED)})"
"""Attempts whose buyer did not complete Checkout."""

IN_A_VIEW: Final = "(to_check = 1 OR disputed = 1 OR refunded = 1)"
"""Attempts that a view lists whether their buyer completed Checkout or not. A migration has this text, so it never changes."""

LISTED: Final = ("to_check", "disputed", "refunded")
"""The columns that put an attempt into a view, whatever its state is."""

ORDER_COLUMNS: Final = (
    "amount", "amount_refunded", "currency", "dated", "delivery", "disputed", "flagged", "refunded", "to_check",
    "words_hash",
)  # fmt: skip

WORD_COLUMNS: Final = ("organization", "livemode", "dated", "sequence")
"""The columns of an order that each of its words has."""

_WORD_VALUES: Final = ", ".join(f":{name}" for name in WORD_COLUMNS)

_INSERT_WORD: Final = (
    f"INSERT INTO attempt_words ({', '.join(WORD_COLUMNS)}, attempt, word) VALUES ({_WORD_VALUES}, :attempt, :word)"  # noqa: S608
)

_PAGE: Final = 500
_GREATEST: Final = 2**62
"""No real amount or time is larger. A row of an earlier version may have one, and sums must not overflow."""


def order_columns(attempt: Attempt, words: Sequence[str]) -> dict[str, Any]:
    """Return the columns of an attempt that lists of orders read. `words` are those of its search."""
    amount, at = order_amount(attempt), _bounded(dated(attempt))
    return {
        "amount": _bounded(amount),
        "amount_refunded": _bounded(amount if attempt.state == "refunded" else amount_refunded_here(attempt)),
        "currency": attempt.currency,
        "dated": at,
        "delivery": delivery_of(attempt),
        "disputed": int(is_disputed(attempt)),
        "flagged": int(bool(unchecked_flags(attempt))),
        "refunded": int(attempt.state == "refunded" or bool(refunded_parts(attempt))),
        "to_check": int(needs_check(attempt)),
        "words_hash": sha256(f"{at} {attempt.livemode} {' '.join(words)}".encode()).hexdigest()[:16] if words else "",
    }


def save_words(
    engine: Engine, id: str, words: Sequence[str], *, replaced: bool, row: Mapping[str, Any] | None = None
) -> None:
    """Store the words of an order's search. With `replaced`, remove the earlier ones. `row` has `WORD_COLUMNS` of the order, if known."""
    if replaced:
        engine.execute("DELETE FROM attempt_words WHERE attempt = :attempt", {"attempt": id})
    if words:
        if row is None:
            (row,) = engine.rows(
                f"SELECT {', '.join(WORD_COLUMNS)} FROM attempts WHERE id = :id",  # noqa: S608
                {"id": id},
            )
        values = {name: row[name] for name in WORD_COLUMNS}
        engine.execute_many(_INSERT_WORD, [{**values, "attempt": id, "word": word} for word in words])


def fill_columns(engine: Engine) -> None:
    """Write the columns of attempts of earlier versions. An attempt that cannot be read keeps the defaults."""
    columns = ", ".join(f"{name} = :{name}" for name in ORDER_COLUMNS)
    for attempt in _every_attempt(engine):
        engine.execute(
            f"UPDATE attempts SET {columns} WHERE id = :id",  # noqa: S608
            {**order_columns(attempt, words_of(attempt)), "id": attempt.id},
        )


def fill_words(engine: Engine) -> None:
    """Write the words of orders of earlier versions."""
    for attempt in _every_attempt(engine):
        save_words(engine, attempt.id, words_of(attempt), replaced=False)


def fill_origins(engine: Engine) -> None:
    """Write where the buyers of earlier versions came from."""
    for attempt in _every_attempt(engine):
        if origin := came_from(attempt):
            engine.execute(
                "UPDATE attempts SET came_from = :came_from WHERE id = :id", {"came_from": origin, "id": attempt.id}
            )


def _every_attempt(engine: Engine) -> Iterator[Attempt]:
    at = 0
    while rows := engine.rows(
        f"SELECT sequence, {COLUMNS} FROM attempts WHERE sequence > :at ORDER BY sequence LIMIT :limit",  # noqa: S608
        {"at": at, "limit": _PAGE},
    ):
        at = rows[-1]["sequence"]
        for row in rows:
            try:
                yield read_attempts(engine, [row])[0]
            except (KeyError, ValidationError):
                continue


def words_of(attempt: Attempt) -> list[str]:
    """Return the words of an order. An attempt whose buyer did not complete Checkout is no order."""
    return sorted(words_of_order(attempt)) if attempt.state in CHECKOUT_COMPLETED else []


def _bounded(number: int) -> int:
    return max(-_GREATEST, min(number, _GREATEST))
