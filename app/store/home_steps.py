"""The migrations of the first run and of the console's home page."""

from typing import Final

from app.store.migrations import Step

HOME_STEPS: Final = (
    Step(
        "tokens of the first run",
        (
            """CREATE TABLE setup_tokens (
                hash TEXT PRIMARY KEY,
                created {integer} NOT NULL,
                used_at {integer}
            ) {strict}""",
        ),
    ),
)
