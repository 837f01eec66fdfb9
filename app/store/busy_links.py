"""The links whose pages buyers are likely to open next. They are read once, when a server process starts."""

import json
from collections import Counter
from typing import Final

from app.objects.payment_link import PaymentLink
from app.store.engine import Engine, fetch_one
from app.store.links import LINK_COLUMNS, read_link

ATTEMPTS: Final = 300
"""How many of the newest attempts are read, so that the time is the same for every size of the database."""

LOCALES: Final = 3
_AUTO: Final = "auto"


def busy_links(engine: Engine, limit: int) -> list[tuple[PaymentLink, list[str]]]:
    """See `Periodic.busy_links`."""
    locales = _locales(engine)
    links: dict[str, PaymentLink] = {}
    for id in sorted(locales, key=lambda id: -locales[id].total())[:limit]:
        row = fetch_one(engine, f"SELECT {LINK_COLUMNS} FROM payment_links WHERE id = :id AND active = 1", {"id": id})  # noqa: S608
        if row is not None:
            links[id] = read_link(row)
    newest = engine.rows(
        f"SELECT id, {LINK_COLUMNS} FROM (SELECT id, active, sequence, {LINK_COLUMNS} FROM payment_links "  # noqa: S608
        "ORDER BY sequence DESC LIMIT :limit) AS newest WHERE active = 1 ORDER BY sequence DESC",
        {"limit": limit},
    )
    links |= {row["id"]: read_link(row) for row in newest if row["id"] not in links}
    return [
        (link, [locale for locale, _ in locales.get(id, Counter[str]()).most_common(LOCALES)])
        for id, link in list(links.items())[:limit]
    ]


def _locales(engine: Engine) -> dict[str, Counter[str]]:
    """Return how many of the newest attempts each link has in each language. A link without a known language has an empty count."""
    found: dict[str, Counter[str]] = {}
    rows = engine.rows(
        "SELECT payment_link, document FROM attempts ORDER BY sequence DESC LIMIT :limit", {"limit": ATTEMPTS}
    )
    for row in rows:
        count = found.setdefault(row["payment_link"], Counter())
        locale = json.loads(row["document"]).get("locale", _AUTO)
        if locale != _AUTO:
            count[locale] += 1
    return found
