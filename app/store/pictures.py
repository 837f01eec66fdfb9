"""Pictures by the hash of their content, and the preview card of each link. Both are bytes, stored once."""

import re
from typing import Final

from app.objects.picture import Picture
from app.store.engine import Engine, atomic, fetch_one

_NAMED: Final = re.compile(r"/pictures/([0-9a-f]{64})\.")

_DOCUMENTS: Final = (
    "SELECT document FROM payment_links",
    "SELECT document FROM organizations",
    "SELECT document FROM snapshots",
    # An attempt of an earlier version has its prices and products in itself.
    "SELECT document FROM attempts",
)
"""Documents that can name a picture: links, brands, and the receipts of payments."""


def add_picture(engine: Engine, picture: Picture) -> None:
    """See `Store.add_picture`."""
    engine.execute(
        "INSERT INTO pictures (hash, extension, width, height, content) "
        "VALUES (:hash, :extension, :width, :height, :content) ON CONFLICT (hash) DO UPDATE SET unused_since = NULL",
        picture.model_dump(),
    )


def picture(engine: Engine, hash: str) -> Picture | None:
    """See `Store.picture`."""
    row = fetch_one(
        engine, "SELECT hash, extension, width, height, content FROM pictures WHERE hash = :hash", {"hash": hash}
    )
    return Picture.read(row) if row else None


def picture_size(engine: Engine, hash: str) -> tuple[int, int] | None:
    """See `Store.picture_size`."""
    row = fetch_one(engine, "SELECT width, height FROM pictures WHERE hash = :hash", {"hash": hash})
    return (row["width"], row["height"]) if row else None


def count_unused(engine: Engine, before: int) -> int:
    """Return how many pictures have been unused since a time before `before`."""
    rows = engine.rows("SELECT hash FROM pictures WHERE unused_since < :before", {"before": before})
    return len({row["hash"] for row in rows} - _named(engine)) if rows else 0


@atomic
def remove_unused(engine: Engine, before: int, now: int, limit: int) -> int:
    """Remove at most `limit` pictures that have been unused since a time before `before`, and return how many.

    Record for every other picture since when it is unused, so that a draft or an undone change still finds it for some time.
    """
    if fetch_one(engine, "SELECT hash FROM pictures LIMIT 1", {}) is None:
        return 0
    named, removed = _named(engine), 0
    for row in engine.rows("SELECT hash, unused_since FROM pictures ORDER BY hash"):
        hash, since = row["hash"], row["unused_since"]
        if hash in named:
            if since is not None:
                _note(engine, hash, None)
        elif since is None:
            _note(engine, hash, now)
        elif since < before and removed < limit:
            removed += engine.execute("DELETE FROM pictures WHERE hash = :hash", {"hash": hash})
    return removed


def _note(engine: Engine, hash: str, since: int | None) -> None:
    engine.execute("UPDATE pictures SET unused_since = :since WHERE hash = :hash", {"hash": hash, "since": since})


def _named(engine: Engine) -> set[str]:
    """Return the hashes of all pictures in use."""
    naming = {"naming": "%/pictures/%"}
    rows = (row for select in _DOCUMENTS for row in engine.rows(f"{select} WHERE document LIKE :naming", naming))
    return {hash for row in rows for hash in _NAMED.findall(row["document"])}


def save_card(engine: Engine, link: str, fingerprint: str, content: bytes) -> None:
    """See `Store.save_card`."""
    engine.execute(
        "INSERT INTO link_cards (payment_link, fingerprint, content) VALUES (:link, :fingerprint, :content) "
        "ON CONFLICT (payment_link) DO UPDATE SET fingerprint = excluded.fingerprint, content = excluded.content",
        {"link": link, "fingerprint": fingerprint, "content": content},
    )


def card(engine: Engine, link: str, fingerprint: str) -> bytes | None:
    """See `Store.card`."""
    row = fetch_one(
        engine,
        "SELECT content FROM link_cards WHERE payment_link = :link AND fingerprint = :fingerprint",
        {"link": link, "fingerprint": fingerprint},
    )
    return bytes(row["content"]) if row else None
