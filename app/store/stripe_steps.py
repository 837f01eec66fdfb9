"""The migrations of the settings about Stripe: the last check of the connection, and the newest import."""

from typing import Final

from app.store.migrations import Step

STRIPE_STEPS: Final = (
    Step(
        "checks of the connection to Stripe, and imports in the console",
        (
            """CREATE TABLE connection_checks (
                organization TEXT PRIMARY KEY REFERENCES organizations (id),
                document TEXT NOT NULL
            ) {strict}""",
            # updated: when the import last showed progress. One that is running and shows none was killed.
            """CREATE TABLE import_runs (
                organization TEXT PRIMARY KEY REFERENCES organizations (id),
                id TEXT NOT NULL,
                state TEXT NOT NULL,
                updated {integer} NOT NULL,
                document TEXT NOT NULL
            ) {strict}""",
            "CREATE INDEX import_runs_running ON import_runs (updated) WHERE state = 'running'",
        ),
    ),
)
