"""The tables of the sandbox, as steps for the store's migrations."""

from typing import Final

from app.store.migrations import Step

STEPS: Final = (
    Step(
        "sandbox: objects",
        (
            "CREATE TABLE sandbox_objects ("
            " sequence {sequence},"
            " organization TEXT NOT NULL,"
            " object TEXT NOT NULL,"
            " id TEXT NOT NULL,"
            " due {integer},"
            " version {integer} NOT NULL,"
            " document TEXT NOT NULL,"
            " UNIQUE (organization, object, id)"
            ") {strict}",
            "CREATE INDEX sandbox_objects_id ON sandbox_objects (id)",
            "CREATE INDEX sandbox_objects_pages ON sandbox_objects (organization, object, sequence)",
            "CREATE INDEX sandbox_objects_due ON sandbox_objects (due) WHERE due IS NOT NULL",
        ),
    ),
    Step(
        "sandbox: idempotency",
        (
            "CREATE TABLE sandbox_idempotency ("
            " organization TEXT NOT NULL,"
            " key TEXT NOT NULL,"
            " fingerprint TEXT NOT NULL,"
            " status {integer},"
            " body TEXT,"
            " created {integer} NOT NULL,"
            " PRIMARY KEY (organization, key)"
            ") {strict}",
            "CREATE INDEX sandbox_idempotency_created ON sandbox_idempotency (created)",
        ),
    ),
    Step(
        "sandbox: deliveries",
        (
            "CREATE TABLE sandbox_deliveries ("
            " sequence {sequence},"
            " organization TEXT NOT NULL,"
            " event TEXT NOT NULL UNIQUE,"
            " due {integer},"
            " attempts {integer} NOT NULL,"
            " status {integer},"
            " delivered {integer}"
            ") {strict}",
            "CREATE INDEX sandbox_deliveries_due ON sandbox_deliveries (due) WHERE due IS NOT NULL",
        ),
    ),
)
