"""The migrations of the first run and of the console's home page."""

from typing import Final

from app.store.migrations import Step
from app.store.taken import FILL

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
    Step(
        "what was taken, by quarter of an hour",
        (
            """CREATE TABLE taken (
                organization TEXT NOT NULL,
                livemode {integer} NOT NULL,
                quarter {integer} NOT NULL,
                currency TEXT NOT NULL,
                number {integer} NOT NULL,
                amount {integer} NOT NULL,
                amount_refunded {integer} NOT NULL,
                PRIMARY KEY (organization, livemode, quarter, currency)
            ) {strict}""",
            FILL,
        ),
    ),
    Step(
        "events that Stripe delivered",
        (
            # delivered: 1 for an event that came to the webhook, 0 for one that was read from Stripe or made here.
            "ALTER TABLE events ADD COLUMN delivered {integer} NOT NULL DEFAULT 0",
            "CREATE INDEX events_delivered ON events (received) WHERE delivered = 1",
        ),
    ),
)
