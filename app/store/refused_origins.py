"""Origins that tried to frame a link without being listed, so that the merchant sees which one to add."""

from typing import Any

from app.store.engine import Engine, atomic

MAXIMUM_ORIGINS = 20
"""How many origins to store for a link. Anyone can invent them, so the number has a limit."""


@atomic
def note_refused_origin(engine: Engine, link: str, origin: str, now: int) -> None:
    """See `Store.note_refused_origin`. The newest origin always stays."""
    engine.execute(
        "INSERT INTO refused_origins (payment_link, origin, tries, last_seen) VALUES (:link, :origin, 1, :now) "
        "ON CONFLICT (payment_link, origin) DO UPDATE SET tries = refused_origins.tries + 1, last_seen = excluded.last_seen",
        {"link": link, "origin": origin, "now": now},
    )
    engine.execute(
        "DELETE FROM refused_origins WHERE payment_link = :link AND origin NOT IN (SELECT origin FROM refused_origins "
        "WHERE payment_link = :link ORDER BY (origin = :origin) DESC, last_seen DESC, tries DESC, origin LIMIT :kept)",
        {"link": link, "origin": origin, "kept": MAXIMUM_ORIGINS},
    )


def refused_origins(engine: Engine, link: str) -> list[dict[str, Any]]:
    """See `Store.refused_origins`."""
    return engine.rows(
        "SELECT origin, tries AS count, last_seen FROM refused_origins "
        "WHERE payment_link = :link ORDER BY last_seen DESC, tries DESC, origin",
        {"link": link},
    )
