"""Attempts and their history: at most one live attempt for each selection of a form, and one row for each transition."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final, cast

from app.errors import ReferenceTaken, StoreBusy
from app.objects.attempt import ENDED, Attempt, State, Transition
from app.objects.order import came_from
from app.store.attempt_rows import COLUMNS, add_snapshots, details_of, document_of, read_attempts
from app.store.attempt_sums import SUMMED, change_sums
from app.store.engine import Conflict, Engine, atomic, fetch_one
from app.store.order_rows import ORDER_COLUMNS, WORD_COLUMNS, order_columns, save_words, words_of
from app.store.orders import erase_entries
from app.store.paging import page
from app.store.retention import pruned_counts
from app.store.schema import LASTING, UNFINISHED, UNPAID

_CHANGING: Final = (
    "came_from", "checkout_session", "expires_at", "live", "livemode", "payment_intent", "place", "refunding", "state",
    *ORDER_COLUMNS,
)  # fmt: skip
"""The columns that a save sets if they change. `_changing_columns` has the same, and those in `_WITH_EACH_SAVE`."""

_WITH_EACH_SAVE: Final = {"id", "version", "document"}
"""The parameters of each save."""

_SET: Final = {name: f"{name} = :{name}" for name in _CHANGING} | {
    "live": "live = CASE WHEN :live = 1 AND NOT EXISTS (SELECT 1 FROM attempts AS other WHERE other.form = attempts.form "
    "AND other.fingerprint = attempts.fingerprint AND other.live = 1 AND other.id <> attempts.id) THEN 1 ELSE 0 END"
}

_BEFORE: Final = ", ".join(dict.fromkeys((*SUMMED, *_CHANGING, *WORD_COLUMNS)))

_NEW: Final = (
    "id", "organization", "account", "livemode", "payment_link", "form", "fingerprint", "token", "address", "created", "live", "state",
    "place", "checkout_session", "payment_intent", "expires_at", "version", "document", "details", "reference", "refunding", "came_from",
    *ORDER_COLUMNS,
)  # fmt: skip
"""The columns of a new attempt."""

_VALUES: Final = ", ".join(f":{name}" for name in _NEW)

_INSERT: Final = f"INSERT INTO attempts ({', '.join(_NEW)}) VALUES ({_VALUES}) ON CONFLICT DO NOTHING"  # noqa: S608
"""It has no condition of its own: for a row that comes from a SELECT, SQLite copies each page before it changes it."""

_SAME_REFERENCE: Final = "SELECT 1 FROM attempts WHERE organization = :organization AND reference = :reference"

_SAME_ATTEMPT: Final = "SELECT 1 FROM attempts WHERE id = :id OR token = :token OR checkout_session = :checkout_session"


@atomic
def add_attempt(engine: Engine, attempt: Attempt, cause: str) -> bool:
    """See `Store.add_attempt`."""
    details, snapshots = details_of(attempt)
    add_snapshots(engine, snapshots, attempt.created)
    words = words_of(attempt)
    columns = _changing_columns(attempt, words)
    added = engine.execute(
        _INSERT,
        {
            **columns,
            "details": details,
            "account": attempt.account or "",
            "address": attempt.address,
            "created": attempt.created,
            "organization": attempt.organization,
            "payment_link": attempt.payment_link,
            "reference": attempt.reference,
            "form": attempt.form,
            "fingerprint": attempt.fingerprint,
            "token": attempt.token,
        },
    )
    if added:
        change_sums(engine, attempt.organization, attempt.payment_link, None, columns)
        save_words(engine, attempt.id, words, replaced=False)
        _add_transition(engine, attempt, None, attempt.created, cause)
    else:
        _refuse_if_taken(engine, attempt)
    return added > 0


@atomic
def save_attempt(engine: Engine, attempt: Attempt, cause: str) -> bool:
    """See `Store.save_attempt`. An attempt that ended and is paid after all is saved even if another one is live by now."""
    before = fetch_one(
        engine,
        f"SELECT version, details IS NULL AS whole, {_BEFORE} FROM attempts WHERE id = :id",  # noqa: S608
        {"id": attempt.id},
    )
    if before is None or before["version"] != attempt.version - 1:
        return False
    words = words_of(attempt)
    columns = _changing_columns(attempt, words, whole=bool(before["whole"]))
    # A column that is set again costs the work of each index that it is part of, even if its value stays.
    # A name that `_CHANGING` lacks raises KeyError here: no column is left out in silence.
    changes = [_SET[name] for name, value in columns.items() if name not in _WITH_EACH_SAVE and value != before[name]]
    try:
        changed = engine.execute(
            f"UPDATE attempts SET {', '.join(('version = :version', 'document = :document', *changes))} "  # noqa: S608
            "WHERE id = :id AND version = :version - 1",
            columns,
        )
    except Conflict as conflict:
        # On PostgreSQL another attempt can become live between the SELECT and the UPDATE.
        raise StoreBusy from conflict
    if changed and before["state"] != attempt.state:
        _add_transition(engine, attempt, before["state"], attempt.updated, cause)
    if changed:
        change_sums(engine, attempt.organization, attempt.payment_link, before, columns)
    if changed and before["words_hash"] != columns["words_hash"]:
        save_words(engine, attempt.id, words, replaced=bool(before["words_hash"]), row={**before, **columns})
    return changed > 0


def _refuse_if_taken(engine: Engine, attempt: Attempt) -> None:
    """Raise `ReferenceTaken` or `Conflict` if a stored attempt has a value of this one that only one may have."""
    if fetch_one(engine, _SAME_REFERENCE, {"organization": attempt.organization, "reference": attempt.reference}):
        raise ReferenceTaken
    ids = {"id": attempt.id, "token": attempt.token, "checkout_session": attempt.checkout_session}
    if fetch_one(engine, _SAME_ATTEMPT, ids):
        raise Conflict


def save_session(engine: Engine, attempt: Attempt) -> bool:
    """See `Store.save_session`. A row of an earlier version has its whole document in one column, so it is left to `save_attempt`."""
    saved = engine.execute(
        "UPDATE attempts SET version = :version, document = :document, checkout_session = :checkout_session "
        "WHERE id = :id AND version = :version - 1 AND details IS NOT NULL",
        {
            "id": attempt.id,
            "version": attempt.version,
            "document": document_of(attempt),
            "checkout_session": attempt.checkout_session,
        },
    )
    return saved > 0


@atomic
def erase_attempt(engine: Engine, attempt: Attempt) -> bool:
    """See `Store.erase_attempt`."""
    details, snapshots = details_of(attempt)
    add_snapshots(engine, snapshots, attempt.updated)
    words = words_of(attempt)
    changed = engine.execute(
        "UPDATE attempts SET fingerprint = :fingerprint, address = :address, version = :version, document = :document, "
        "details = :details, words_hash = :words_hash WHERE id = :id AND version = :version - 1",
        {
            "id": attempt.id,
            "fingerprint": attempt.fingerprint,
            "address": attempt.address,
            "version": attempt.version,
            "document": document_of(attempt),
            "details": details,
            "words_hash": order_columns(attempt, words)["words_hash"],
        },
    )
    if changed:
        save_words(engine, attempt.id, words, replaced=True)
        erase_entries(engine, attempt.id)
    return changed > 0


def attempt(engine: Engine, id: str) -> Attempt | None:
    """Return the attempt with this id, or None."""
    return _find_by(engine, "id", id)


def attempt_by_token(engine: Engine, token: str) -> Attempt | None:
    """Return the attempt with this secret in its return addresses, or None."""
    return _find_by(engine, "token", token)


def attempt_by_session(engine: Engine, checkout_session: str, account: str | None) -> Attempt | None:
    """See `Store.attempt_by_session`."""
    return _find_by(engine, "checkout_session", checkout_session, account=account or "")


def attempt_by_payment_intent(engine: Engine, payment_intent: str, account: str | None) -> Attempt | None:
    """See `Store.attempt_by_payment_intent`."""
    return _find_by(engine, "payment_intent", payment_intent, account=account or "")


def attempt_by_reference(engine: Engine, organization: str, reference: str) -> Attempt | None:
    """See `Store.attempt_by_reference`."""
    row = fetch_one(
        engine,
        f"SELECT {COLUMNS} FROM attempts WHERE organization = :organization AND reference = :reference",  # noqa: S608
        {"organization": organization, "reference": reference},
    )
    return read_attempts(engine, [row])[0] if row else None


def attempts_of_form(engine: Engine, form: str, *, ended: bool, limit: int) -> list[Attempt]:
    """See `Store.attempts_of_form`. The statement contains `LASTING`, so that the database uses the partial index."""
    chosen = "" if ended else f"AND {LASTING}"
    rows = engine.rows(
        f"SELECT {COLUMNS} FROM attempts WHERE form = :form {chosen} ORDER BY sequence LIMIT :limit",  # noqa: S608
        {"form": form, "limit": limit},
    )
    return read_attempts(engine, rows)


def nth_unpaid_attempt(engine: Engine, address: str, number: int, since: int) -> int | None:
    """See `Store.nth_unpaid_attempt`."""
    row = fetch_one(
        engine,
        f"SELECT created FROM attempts WHERE address = :address AND address IS NOT NULL AND {UNPAID} "  # noqa: S608
        "AND created > :since ORDER BY created DESC LIMIT 1 OFFSET :skipped",
        {"address": address, "since": since, "skipped": number - 1},
    )
    return row["created"] if row else None


def nth_hold(engine: Engine, link: str, address: str, number: int) -> int | None:
    """See `Store.nth_hold`."""
    row = fetch_one(
        engine,
        "SELECT expires_at FROM attempts WHERE payment_link = :link AND address = :address AND address IS NOT NULL "
        "AND place = 'held' ORDER BY expires_at DESC LIMIT 1 OFFSET :skipped",
        {"link": link, "address": address, "skipped": number - 1},
    )
    return row["expires_at"] if row else None


def attempts(
    engine: Engine,
    organization: str,
    *,
    payment_link: str | None,
    state: Sequence[str],
    flagged: bool | None,
    limit: int,
    starting_after: str | None,
    ending_before: str | None,
) -> tuple[list[Attempt], bool]:
    """See `Store.attempts`."""
    filters: dict[str, Any] = {"organization": organization}
    filters |= {"payment_link": payment_link} if payment_link is not None else {}
    filters |= {"state": tuple(state)} if state else {}
    filters |= {"flagged": int(flagged)} if flagged is not None else {}
    rows, more = page(
        engine,
        "attempts",
        filters,
        columns=COLUMNS,
        noun="attempt",
        limit=limit,
        starting_after=starting_after,
        ending_before=ending_before,
    )
    return read_attempts(engine, rows), more


def attempts_of_link(engine: Engine, link: str, *, state: Sequence[str], limit: int) -> list[Attempt]:
    """See `Store.attempts_of_link`."""
    names = {f"state_{index}": value for index, value in enumerate(state)}
    chosen = f"AND state IN ({', '.join(f':{name}' for name in names)})" if names else ""
    rows = engine.rows(
        f"SELECT {COLUMNS} FROM attempts WHERE payment_link = :link {chosen} ORDER BY sequence DESC LIMIT :limit",  # noqa: S608
        {"link": link, "limit": limit, **names},
    )
    return read_attempts(engine, rows)


def open_attempts(engine: Engine, *, after: str | None, limit: int) -> list[Attempt]:
    """See `Store.open_attempts`."""
    later = "AND sequence > (SELECT sequence FROM attempts WHERE id = :after)" if after is not None else ""
    rows = engine.rows(
        f"SELECT {COLUMNS} FROM attempts WHERE {UNFINISHED} {later} ORDER BY sequence LIMIT :limit",  # noqa: S608
        {"after": after, "limit": limit},
    )
    return read_attempts(engine, rows)


def history(engine: Engine, attempt: str) -> list[Transition]:
    """See `Store.history`."""
    rows = engine.rows(
        "SELECT attempt, cause, created, from_state, to_state FROM transitions WHERE attempt = :attempt ORDER BY sequence",
        {"attempt": attempt},
    )
    return [Transition.read(row) for row in rows]


def transition_counts(engine: Engine) -> dict[tuple[State | None, State], int]:
    """See `Store.transition_counts`."""
    rows = engine.rows("SELECT from_state, to_state, COUNT(*) AS number FROM transitions GROUP BY from_state, to_state")
    counts = Counter({(row["from_state"], row["to_state"]): int(row["number"]) for row in rows})
    for (before, after), number in pruned_counts(engine, "transitions").items():
        counts[(cast(State | None, before or None), cast(State, after))] += number
    return dict(counts)


def next_release(engine: Engine, link: str) -> int | None:
    """See `Store.next_release`."""
    row = fetch_one(
        engine,
        "SELECT MIN(expires_at) AS expires_at FROM attempts WHERE payment_link = :link AND place = 'held'",
        {"link": link},
    )
    return row["expires_at"] if row else None


def _changing_columns(attempt: Attempt, words: Sequence[str], *, whole: bool = False) -> dict[str, Any]:
    """Return the columns that change with an attempt. `whole` is for the row of an earlier version: see `document_of`."""
    return {
        "id": attempt.id,
        "livemode": int(attempt.livemode),
        "state": attempt.state,
        "live": int(attempt.state not in ENDED),
        "place": attempt.place,
        "checkout_session": attempt.checkout_session,
        "payment_intent": attempt.payment_intent,
        "expires_at": attempt.expires_at,
        "version": attempt.version,
        "document": document_of(attempt, whole=whole),
        "refunding": int(attempt.refund_request is not None and attempt.refund_request.status == "pending"),
        "came_from": came_from(attempt),
        **order_columns(attempt, words),
    }


def _find_by(engine: Engine, column: str, value: str, *, account: str | None = None) -> Attempt | None:
    """Find an attempt by a unique column. A column with ids of Stripe's needs the account as well ("" for the platform's own)."""
    within = "" if account is None else "AND account = :account"
    row = fetch_one(
        engine,
        f"SELECT {COLUMNS} FROM attempts WHERE {column} = :value {within}",  # noqa: S608
        {"value": value, "account": account},
    )
    return read_attempts(engine, [row])[0] if row else None


def _add_transition(engine: Engine, attempt: Attempt, before: str | None, now: int, cause: str) -> None:
    engine.execute(
        "INSERT INTO transitions (attempt, from_state, to_state, created, cause) VALUES (:attempt, :before, :after, :now, :cause)",
        {"attempt": attempt.id, "before": before, "after": attempt.state, "now": now, "cause": cause},
    )
