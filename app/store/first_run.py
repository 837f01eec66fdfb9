"""Tokens of the address that makes the first user of this server. Of a token only the hash is stored."""

from app.store.engine import Engine, fetch_one


def has_users(engine: Engine) -> bool:
    """See `People.has_users`."""
    return bool(engine.rows("SELECT 1 FROM users LIMIT 1"))


def add_setup_token(engine: Engine, hash: str, now: int) -> None:
    """See `People.add_setup_token`."""
    engine.execute("INSERT INTO setup_tokens (hash, created) VALUES (:hash, :now)", {"hash": hash, "now": now})


def setup_token_is_used(engine: Engine, hash: str) -> bool | None:
    """See `People.setup_token_is_used`."""
    row = fetch_one(engine, "SELECT used_at FROM setup_tokens WHERE hash = :hash", {"hash": hash})
    return row["used_at"] is not None if row else None


def use_setup_token(engine: Engine, hash: str, now: int) -> bool:
    """See `People.use_setup_token`. One statement locks every token, so of two requests at once only one succeeds."""
    used = engine.execute(
        "UPDATE setup_tokens SET used_at = :now WHERE used_at IS NULL AND EXISTS "
        "(SELECT 1 FROM setup_tokens AS mine WHERE mine.hash = :hash AND mine.used_at IS NULL)",
        {"hash": hash, "now": now},
    )
    return used > 0
