"""Migrations for imported links: their order among those that are made here, and how they were at Stripe."""

from typing import Final

from app.store.migrations import Step

SORT_KEY_GAP: Final = 2**32
"""How many links one import can put between two links that are made here."""

IMPORT_STEPS: Final = (
    Step(
        "order of links, and imported links",
        (
            # sort_key: lists show the largest first. The keys of links that are made here are SORT_KEY_GAP apart.
            "ALTER TABLE payment_links ADD COLUMN sort_key {integer} NOT NULL DEFAULT 0",
            f"UPDATE payment_links SET sort_key = sequence * {SORT_KEY_GAP}",  # noqa: S608
            "DROP INDEX payment_links_by_organization",
            "DROP INDEX payment_links_by_active",
            "CREATE INDEX payment_links_by_organization ON payment_links (organization, sort_key, sequence)",
            "CREATE INDEX payment_links_by_active ON payment_links (organization, active, sort_key, sequence)",
            # document: the link's attributes as they were at Stripe when they were read last.
            """CREATE TABLE imported_links (
                payment_link TEXT PRIMARY KEY REFERENCES payment_links (id),
                document TEXT NOT NULL
            ) {strict}""",
        ),
    ),
)
