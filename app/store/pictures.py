"""Pictures by the hash of their content, and the preview card of each link. Both are bytes, stored once."""

from app.objects.picture import Picture
from app.store.engine import Engine, fetch_one


def add_picture(engine: Engine, picture: Picture) -> None:
    """See `Store.add_picture`."""
    engine.execute(
        "INSERT INTO pictures (hash, extension, width, height, content) "
        "VALUES (:hash, :extension, :width, :height, :content) ON CONFLICT (hash) DO NOTHING",
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
