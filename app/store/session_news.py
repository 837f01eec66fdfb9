"""What may have happened while Stripe created a session, in one statement. A buyer waits for it."""

from typing import Final

from app.objects.attempt import Attempt
from app.objects.session_news import SessionNews
from app.store.engine import Engine, fetch_one
from app.store.links import LINK_COLUMNS, read_link

_READ: Final = (
    f"SELECT {LINK_COLUMNS}, EXISTS (SELECT 1 FROM link_refusals WHERE payment_link = :link) AS refused, "  # noqa: S608
    "EXISTS (SELECT 1 FROM events WHERE applied IS NULL AND outcome = 'waiting' AND about = :session) AS waiting "
    "FROM payment_links WHERE id = :link"
)


def news_of(engine: Engine, attempt: Attempt) -> SessionNews:
    """See `Store.news_of`."""
    row = fetch_one(engine, _READ, {"link": attempt.payment_link, "session": attempt.checkout_session})
    if row is None:
        return SessionNews(None, is_refused=False, has_waiting_events=False)
    refused, waiting = bool(row.pop("refused")), bool(row.pop("waiting"))
    return SessionNews(read_link(row), is_refused=refused, has_waiting_events=waiting)
