"""The last refusal of each link by Stripe. Saving a changed link removes its refusal."""

from collections.abc import Sequence

from app.objects.refusal import Refusal
from app.store.engine import Engine, atomic, fetch_one

_AT_ONCE = 500
"""How many links one statement names. Databases limit the number of parameters."""

_COLUMNS = "code, count, created, found_by, last_seen, message, param"


@atomic
def note_refusal(engine: Engine, link: str, refusal: Refusal) -> bool:
    """See `Store.note_refusal`."""
    values = {"link": link, **refusal.model_dump()}
    kept = fetch_one(engine, f"SELECT {_COLUMNS} FROM link_refusals WHERE payment_link = :link", {"link": link})  # noqa: S608
    if kept is not None and all(kept[name] == values[name] for name in ("code", "message", "param")):
        engine.execute(
            "UPDATE link_refusals SET count = count + 1, last_seen = :last_seen WHERE payment_link = :link", values
        )
        return False
    engine.execute("DELETE FROM link_refusals WHERE payment_link = :link", values)
    engine.execute(
        f"INSERT INTO link_refusals (payment_link, {_COLUMNS}) "  # noqa: S608
        "VALUES (:link, :code, :count, :created, :found_by, :last_seen, :message, :param)",
        values,
    )
    return True


def clear_refusal(engine: Engine, link: str) -> None:
    """See `Store.clear_refusal`."""
    engine.execute("DELETE FROM link_refusals WHERE payment_link = :link", {"link": link})


def refusals(engine: Engine, links: Sequence[str]) -> dict[str, Refusal]:
    """See `Store.refusals`."""
    found: dict[str, Refusal] = {}
    for start in range(0, len(links), _AT_ONCE):
        names = {f"link_{index}": id for index, id in enumerate(links[start : start + _AT_ONCE])}
        listed = ", ".join(f":{name}" for name in names)
        rows = engine.rows(
            f"SELECT payment_link, {_COLUMNS} FROM link_refusals WHERE payment_link IN ({listed})",  # noqa: S608
            names,
        )
        found |= {row.pop("payment_link"): Refusal.read(row) for row in rows}
    return found


def refused_links(engine: Engine, organization: str, most: int) -> list[str]:
    """See `OrderDesk.refused_links`."""
    rows = engine.rows(
        # CROSS JOIN makes SQLite begin with the few refusals, and not with every link of the organization.
        "SELECT payment_link AS id FROM link_refusals CROSS JOIN payment_links WHERE payment_links.id = payment_link "
        "AND payment_links.organization = :organization AND payment_links.active = 1 ORDER BY payment_link LIMIT :most",
        {"organization": organization, "most": most},
    )
    return [row["id"] for row in rows]
