"""Places: counters of a link, each changed by one conditional statement, so two buyers can never both get the last place.

`places` counts held and completed places, `completed` only the completed ones. Neither grows beyond `places_limit`.
"""

from collections.abc import Sequence

from app.store.engine import Engine, fetch_one


def hold_place(engine: Engine, link: str) -> bool:
    """See `Store.hold_place`."""
    held = engine.execute(
        "UPDATE payment_links SET places = places + 1 WHERE id = :id AND (places_limit IS NULL OR places < places_limit)",
        {"id": link},
    )
    return held > 0


def release_place(engine: Engine, link: str) -> None:
    """See `Store.release_place`. A completed place cannot be released here."""
    engine.execute("UPDATE payment_links SET places = places - 1 WHERE id = :id AND places > completed", {"id": link})


def complete_place(engine: Engine, link: str) -> bool:
    """See `Store.complete_place`. The merchant may have lowered or set the limit while the place was held."""
    completed = engine.execute(
        "UPDATE payment_links SET completed = completed + 1 "
        "WHERE id = :id AND completed < places AND (places_limit IS NULL OR completed < places_limit)",
        {"id": link},
    )
    return completed > 0


def add_completed(engine: Engine, link: str, number: int) -> None:
    """See `Store.add_completed`."""
    engine.execute(
        "UPDATE payment_links SET completed = completed + :number, places = places + :number WHERE id = :id",
        {"id": link, "number": number},
    )


def uncomplete_place(engine: Engine, link: str) -> None:
    """See `Store.uncomplete_place`."""
    engine.execute(
        "UPDATE payment_links SET completed = completed - 1, places = places - 1 WHERE id = :id AND completed > 0",
        {"id": link},
    )


def places_left(engine: Engine, link: str) -> int | None:
    """See `Store.places_left`. Return 0 if the limit was lowered below the number of taken places."""
    row = fetch_one(engine, "SELECT places, places_limit FROM payment_links WHERE id = :id", {"id": link})
    if row is None or row["places_limit"] is None:
        return None
    return max(0, int(row["places_limit"]) - int(row["places"]))


def completed_sessions(engine: Engine, links: Sequence[str]) -> dict[str, int]:
    """See `Store.completed_sessions`."""
    names = {f"id_{index}": id for index, id in enumerate(links)}
    if not names:
        return {}
    listed = ", ".join(f":{name}" for name in names)
    rows = engine.rows(f"SELECT id, completed FROM payment_links WHERE id IN ({listed})", names)  # noqa: S608
    return {row["id"]: row["completed"] for row in rows}
