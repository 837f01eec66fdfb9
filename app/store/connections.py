"""The part of a store that the settings about Stripe use: the last check of the connection, and the newest import."""

from typing import Protocol

from app.objects.connection import ConnectionCheck
from app.objects.import_run import ImportRun


class Connections(Protocol):
    """See `Store`, of which this is a part."""

    def save_connection_check(self, check: ConnectionCheck) -> None:
        """Store what Stripe answered when the connection of an organization was checked, in place of the last check."""

    def connection_check(self, organization: str) -> ConnectionCheck | None: ...
    def add_import_run(self, run: ImportRun, silent_since: int) -> bool:
        """Store a new import in place of the last one of its organization.

        Return False while another one is running, unless that one has shown no progress since `silent_since`.
        """

    def save_import_run(self, run: ImportRun) -> bool:
        """Replace an import. Return False where another one has taken its place."""

    def import_run(self, organization: str) -> ImportRun | None: ...
    def running_imports(self) -> list[ImportRun]:
        """Return the imports of every organization that are running, the one that has waited longest first."""
