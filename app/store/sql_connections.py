"""The part of the store on an engine that the settings about Stripe use; see `app.store.connections`."""

from app.objects.connection import ConnectionCheck
from app.objects.import_run import ImportRun
from app.store.documents import document, read
from app.store.engine import Engine, fetch_one


class SQLConnections:
    """See `Connections`, whose protocol documents the methods."""

    engine: Engine

    def save_connection_check(self, check: ConnectionCheck) -> None:
        self.engine.execute(
            "INSERT INTO connection_checks (organization, document) VALUES (:organization, :document) "
            "ON CONFLICT (organization) DO UPDATE SET document = excluded.document",
            {"organization": check.organization, "document": document(check)},
        )

    def connection_check(self, organization: str) -> ConnectionCheck | None:
        row = fetch_one(
            self.engine, "SELECT document FROM connection_checks WHERE organization = :id", {"id": organization}
        )
        return read(ConnectionCheck, row["document"]) if row else None

    def add_import_run(self, run: ImportRun, silent_since: int) -> bool:
        """See `Connections`. It is one statement, so two requests cannot both start an import."""
        added = self.engine.execute(
            "INSERT INTO import_runs (organization, id, state, updated, document) "
            "VALUES (:organization, :id, :state, :updated, :document) ON CONFLICT (organization) DO UPDATE SET "
            "id = excluded.id, state = excluded.state, updated = excluded.updated, document = excluded.document "
            "WHERE import_runs.state <> 'running' OR import_runs.updated < :silent_since",
            {**_columns(run), "silent_since": silent_since},
        )
        return added > 0

    def save_import_run(self, run: ImportRun) -> bool:
        saved = self.engine.execute(
            "UPDATE import_runs SET state = :state, updated = :updated, document = :document "
            "WHERE organization = :organization AND id = :id",
            _columns(run),
        )
        return saved > 0

    def import_run(self, organization: str) -> ImportRun | None:
        row = fetch_one(self.engine, "SELECT document FROM import_runs WHERE organization = :id", {"id": organization})
        return read(ImportRun, row["document"]) if row else None

    def running_imports(self) -> list[ImportRun]:
        rows = self.engine.rows("SELECT document FROM import_runs WHERE state = 'running' ORDER BY updated", {})
        return [read(ImportRun, row["document"]) for row in rows]


def _columns(run: ImportRun) -> dict[str, object]:
    return {
        "organization": run.organization,
        "id": run.id,
        "state": run.state,
        "updated": run.updated,
        "document": document(run),
    }
