"""An attempt in its row: what changes in `document`, what never does in `details`, and prices and products once for all attempts.

A quote names the price and the product of each line whole. They are the same for every buyer of a link, so each is stored once, under the
hash of its text, and the quote keeps the hash.
"""

import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from threading import Lock
from typing import Any, Final, NamedTuple

from pydantic_core import from_json, to_json

from app.errors import StoreError
from app.kept import Kept
from app.objects.attempt import Attempt
from app.objects.quote import Quote
from app.store.engine import Engine

COLUMNS: Final = "document, details"

FROZEN: Final = frozenset({"quote", "selection", "session_params"})
"""The attributes of an attempt that never change, and so are written once."""

_SHARED: Final = frozenset({"coupon", "price", "product", "promotion_code", "shipping_rate", "tax_rate"})
"""The kinds of objects that many attempts name."""

_REFERENCE: Final = "snapshot"
_NESTED: Final = (dict, list)
"""The kinds of JSON values that may contain a shared object."""

_KEPT: Final = 500
_QUOTE_BYTES: Final = 512 * 1024
"""How many bytes of quotes are kept as JSON. The objects take about ten times as many."""

_WRITTEN: Final = 32
_AT_ONCE: Final = 200
_HASHES: Final = re.compile(r'{"snapshot":"([0-9a-f]{32})"}')

_NOTED_SECONDS: Final = 12 * 3600
"""How often to note that a snapshot is used: rarely, since a row that buyers share is then rewritten rarely."""

Snapshots = dict[str, str]


class _ReadQuote(NamedTuple):
    size: int
    quote: Quote


class _WrittenQuote(NamedTuple):
    quote: Quote
    """It is kept as well, so that no other one gets its id."""
    text: str
    snapshots: Snapshots


class _Cache:
    """The snapshots that were used last, and the quotes that were read last, by their stored text.

    A hash has one text for ever, whichever database it comes from, so the same is true of a quote's text. Buyers of one link have few
    different quotes.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._found: OrderedDict[str, Any] = OrderedDict()
        self.quotes = _no_quotes()
        self.written = Kept[int, _WrittenQuote](_WRITTEN, lambda _: 1)
        """The quotes that were written last, by the id of the object: buyers who choose the same share one."""

    def get(self, hashes: Sequence[str]) -> dict[str, Any]:
        with self._lock:
            return {hash: self._found[hash] for hash in hashes if hash in self._found}

    def add(self, found: Mapping[str, Any]) -> None:
        with self._lock:
            self._found.update(found)
            while len(self._found) > _KEPT:
                self._found.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._found.clear()
            self.quotes = _no_quotes()


def _no_quotes() -> Kept[bytes, _ReadQuote]:
    return Kept(_QUOTE_BYTES, lambda one: one.size, len)


_cache: Final = _Cache()


def document_of(attempt: Attempt, *, whole: bool = False) -> str:
    """Return the part of an attempt that changes, or with `whole` all of it as earlier versions wrote it."""
    # A null is kept, because some attributes have another default.
    return attempt.model_dump_json(exclude=set() if whole else set(FROZEN))


def details_of(attempt: Attempt) -> tuple[str, Snapshots]:
    """Return the part of an attempt that never changes, and the snapshots that it names."""
    written = _cache.written.find(id(attempt.quote))
    if written is None:
        written = _write_quote(attempt.quote)
        _cache.written.keep(id(attempt.quote), written)
    snapshots = dict(written.snapshots)
    selection = attempt.selection.model_dump(mode="json")
    # Elsewhere a buyer or a merchant chooses the names.
    selection["promotion_code"] = _without_shared(selection["promotion_code"], snapshots)
    rest = _text({"selection": selection, "session_params": attempt.session_params})
    return f'{{"quote":{written.text},{rest[1:]}', snapshots


def _write_quote(quote: Quote) -> "_WrittenQuote":
    snapshots: Snapshots = {}
    text = _text(_without_shared(quote.model_dump(mode="json"), snapshots))
    return _WrittenQuote(quote, text, snapshots)


def add_snapshots(engine: Engine, snapshots: Snapshots, now: int) -> None:
    """Store snapshots that are not stored yet, and note that they are used.

    The statement locks a row that is there already, so that `remove_unused_snapshots` cannot remove it before this transaction ends.
    """
    if not snapshots:
        return
    # Always in the same order, so that two writers of the same rows wait for each other in one direction.
    values = {f"hash_{index}": hash for index, hash in enumerate(sorted(snapshots))}
    values |= {f"document_{index}": snapshots[hash] for index, hash in enumerate(sorted(snapshots))}
    rows = ", ".join(f"(:hash_{index}, :document_{index}, :now)" for index in range(len(snapshots)))
    engine.execute(
        f"INSERT INTO snapshots (hash, document, used_at) VALUES {rows} ON CONFLICT (hash) DO UPDATE "  # noqa: S608
        "SET used_at = excluded.used_at WHERE snapshots.used_at < excluded.used_at - :noted",
        values | {"now": now, "noted": _NOTED_SECONDS},
    )
    known = _cache.get(list(snapshots))
    _cache.add({hash: from_json(text) for hash, text in snapshots.items() if hash not in known})


def unused_snapshots(engine: Engine, before: int, limit: int) -> tuple[set[str], set[str]]:
    """Return hashes that were not used since `before`: those that no attempt names, and those that an old one still does.

    This reads every attempt, so it runs in no transaction.
    """
    rows = engine.rows(
        "SELECT hash FROM snapshots WHERE used_at < :before ORDER BY used_at, hash LIMIT :limit",
        {"before": before, "limit": limit},
    )
    unused, named, at = {row["hash"] for row in rows}, set[str](), 0
    while unused:
        page = engine.rows(
            "SELECT sequence, details FROM attempts WHERE sequence > :at AND details IS NOT NULL ORDER BY sequence LIMIT :limit",
            {"at": at, "limit": _AT_ONCE},
        )
        if not page:
            break
        named |= unused.intersection(_HASHES.findall("".join(row["details"] for row in page)))
        unused -= named
        at = page[-1]["sequence"]
    return unused, named


def remove_unused_snapshots(engine: Engine, before: int, now: int, limit: int) -> int:
    """Remove at most `limit` snapshots that no attempt has named since `before` and that none names. Return how many."""
    unused, named = unused_snapshots(engine, before, limit)

    def remove() -> int:
        # An attempt that came in between has noted that it uses the snapshot.
        listed, values = _listed(unused)
        removed = engine.execute(
            f"DELETE FROM snapshots WHERE hash IN ({listed}) AND used_at < :before",  # noqa: S608
            values | {"before": before},
        )
        listed, values = _listed(named)
        engine.execute(f"UPDATE snapshots SET used_at = :now WHERE hash IN ({listed})", values | {"now": now})  # noqa: S608
        return removed

    return engine.run(remove) if unused or named else 0


def _listed(hashes: Iterable[str]) -> tuple[str, dict[str, Any]]:
    """Return hashes as a list of SQL, in one order for every writer, and the values that it names."""
    values = {f"hash_{index}": hash for index, hash in enumerate(sorted(hashes))}
    return ", ".join(f":{name}" for name in values) or "NULL", values


def read_attempts(engine: Engine, rows: Sequence[Mapping[str, Any]]) -> list[Attempt]:
    """Return the attempts of rows with `COLUMNS`."""
    documents = [from_json(row["document"]) | from_json(row["details"] or "{}") for row in rows]
    texts = [to_json(data["quote"]) for data in documents]
    kept = {text: _cache.quotes.find(text) for text in texts}
    hashes: dict[str, None] = {}
    for data, text in zip(documents, texts, strict=True):
        _collect_references(data["selection"].get("promotion_code"), hashes)
        if kept[text] is None:
            _collect_references(data["quote"], hashes)
    found = _find(engine, list(hashes)) if hashes else {}
    attempts = []
    for data, text in zip(documents, texts, strict=True):
        if (read := kept[text]) is None:
            whole = _with_shared(data["quote"], found)
            read = kept[text] = _ReadQuote(len(to_json(whole)), Quote.read(whole))
            _cache.quotes.keep(text, read)
        if (code := data["selection"].get("promotion_code")) is not None:
            data["selection"]["promotion_code"] = _with_shared(code, found)
        data["quote"] = read.quote
        attempts.append(Attempt.read(data))
    return attempts


def _find(engine: Engine, hashes: Sequence[str]) -> dict[str, Any]:
    """Return the snapshots with these hashes. Raises `StoreError` where one is missing."""
    found = _cache.get(hashes)
    missing = [hash for hash in hashes if hash not in found]
    for start in range(0, len(missing), _AT_ONCE):
        listed, names = _listed(missing[start : start + _AT_ONCE])
        rows = engine.rows(f"SELECT hash, document FROM snapshots WHERE hash IN ({listed})", names)  # noqa: S608
        read = {row["hash"]: from_json(row["document"]) for row in rows}
        _cache.add(read)
        found |= read
    if len(found) < len(hashes):
        raise StoreError("A part of an attempt is missing from the database.")
    return found


def _without_shared(data: Any, snapshots: Snapshots) -> Any:
    """Return a copy with each shared object replaced by a reference; collect the objects. What is None is left out: it is the default."""
    if isinstance(data, list):
        return [_without_shared(item, snapshots) if isinstance(item, _NESTED) else item for item in data]
    if not isinstance(data, dict):
        return data
    if data.get("object") in _SHARED:
        text = _text(data)
        hash = sha256(text.encode()).hexdigest()[:32]
        snapshots[hash] = text
        return {_REFERENCE: hash}
    return {
        name: _without_shared(value, snapshots) if isinstance(value, _NESTED) else value
        for name, value in data.items()
        if value is not None
    }


def _collect_references(data: Any, hashes: dict[str, None]) -> None:
    """Add the hashes that the data refers to, in their order."""
    if not isinstance(data, _NESTED):
        return
    if isinstance(data, dict) and data.keys() == {_REFERENCE}:
        hashes[data[_REFERENCE]] = None
        return
    for item in data.values() if isinstance(data, dict) else data:
        if isinstance(item, _NESTED):
            _collect_references(item, hashes)


def _with_shared(data: Any, found: Mapping[str, Any]) -> Any:
    if isinstance(data, list):
        return [_with_shared(item, found) if isinstance(item, _NESTED) else item for item in data]
    if not isinstance(data, dict):
        return data
    if data.keys() == {_REFERENCE}:
        return found[data[_REFERENCE]]
    return {name: _with_shared(value, found) if isinstance(value, _NESTED) else value for name, value in data.items()}


def _text(data: Any) -> str:
    return to_json(data).decode()
