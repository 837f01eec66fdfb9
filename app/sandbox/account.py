"""One account of the sandbox during one request: reads and writes its documents.

A document is Stripe's JSON. Keys that start with an underscore are private to the sandbox and never in an answer. A save succeeds only if
the document still has the version that was read. Otherwise it raises `Conflict`, and the transaction runs again.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.errors import InvalidRequest, ResourceMissing, StoreBusy, UnknownCursor
from app.store.engine import Engine

Document = dict[str, Any]

DEFAULT_ACCOUNT: Final = "default"
"""The account of a request without `Stripe-Account`."""

_COLUMNS: Final = "document, organization, version, sequence"
_CHUNK: Final = 100


class Conflict(StoreBusy):
    """Another request has changed the document since it was read. This transaction must be rolled back."""

    message = "This object cannot be accessed right now because another request is changing it. Try again in a moment."


@dataclass
class Account:
    """The documents of one organization, and the data of the current request. `now` is in Unix seconds."""

    engine: Engine
    id: str
    now: int
    public_url: str
    request_id: str | None = None
    idempotency_key: str | None = None

    def add(self, document: Document) -> Document:
        """Store a new document. `_due` is the time at which the sandbox changes it without a request."""
        self.engine.execute(
            "INSERT INTO sandbox_objects (organization, id, object, due, version, document)"
            " VALUES (:organization, :id, :object, :due, 1, :document)",
            {
                "organization": self.id,
                "id": document["id"],
                "object": document["object"],
                "due": document.get("_due"),
                "document": _dump(document),
            },
        )
        return {**document, "_version": 1}

    def save(self, document: Document) -> Document:
        """Replace a document that was read before. Raises `Conflict`."""
        changed = self.engine.execute(
            "UPDATE sandbox_objects SET document = :document, due = :due, version = version + 1"
            " WHERE organization = :organization AND id = :id AND object = :object AND version = :version",
            {
                "organization": self.id,
                "id": document["id"],
                "object": document["object"],
                "version": document["_version"],
                "due": document.get("_due"),
                "document": _dump(document),
            },
        )
        if not changed:
            raise Conflict
        return {**document, "_version": document["_version"] + 1}

    def find(self, object: str, id: str) -> Document | None:
        """Return the document with this id, or None if this account has none or has deleted it."""
        document = self.recall(object, id)
        return None if document is None or document.get("_deleted") else document

    def recall(self, object: str, id: str) -> Document | None:
        """Return the document with this id, also a deleted one: sessions keep the coupon that they were created with."""
        rows = self.engine.rows(
            f"SELECT {_COLUMNS} FROM sandbox_objects"  # noqa: S608 -- a constant of ours
            " WHERE organization = :organization AND object = :object AND id = :id",
            {"organization": self.id, "object": object, "id": id},
        )
        return _load(rows[0]) if rows else None

    def require(self, object: str, id: str, param: str = "id") -> Document:
        """Return the document with this id.

        Raises `ResourceMissing` for the id in the request's address, `UnknownCursor` for a cursor of a list, and `InvalidRequest` for an id
        in another parameter.
        """
        document = self.find(object, id)
        if document is None:
            name = object.replace("checkout.session", "checkout session").replace("_", " ")
            message = f"No such {name}: '{id}'"
            if param in ("starting_after", "ending_before"):
                raise UnknownCursor(message, param=param)
            if param == "id":
                raise ResourceMissing(message, param=param)
            raise InvalidRequest(message, param=param, code="resource_missing")
        return document

    def page(
        self,
        object: str,
        *,
        limit: int,
        starting_after: str | None = None,
        ending_before: str | None = None,
        where: Callable[[Document], bool] | None = None,
    ) -> tuple[list[Document], bool]:
        """Return up to `limit` documents that match `where`, newest first, and whether more follow in the direction asked."""
        cursor = starting_after or ending_before
        backwards = ending_before is not None
        at = None
        if cursor is not None:
            param = "ending_before" if backwards else "starting_after"
            at = self.require(object, cursor, param)["_sequence"]
        found: list[Document] = []
        while len(found) <= limit:
            chunk = self._chunk(object, at, backwards=backwards)
            kept = (document for document in chunk if not document.get("_deleted"))
            found += [document for document in kept if where is None or where(document)]
            if len(chunk) < _CHUNK:
                break
            at = chunk[-1]["_sequence"]
        part = found[:limit]
        return (part[::-1] if backwards else part), len(found) > limit

    def list_all(self, object: str) -> list[Document]:
        """Return every document of a kind, newest first."""
        return self.page(object, limit=1_000_000)[0]

    def _chunk(self, object: str, at: int | None, *, backwards: bool) -> list[Document]:
        comparison, order = (">", "ASC") if backwards else ("<", "DESC")
        bound = f" AND sequence {comparison} :at" if at is not None else ""
        rows = self.engine.rows(
            f"SELECT {_COLUMNS} FROM sandbox_objects WHERE organization = :organization AND object = :object{bound}"  # noqa: S608
            f" ORDER BY sequence {order} LIMIT :limit",
            {"organization": self.id, "object": object, "limit": _CHUNK} | ({} if at is None else {"at": at}),
        )
        return [_load(row) for row in rows]


def locate(engine: Engine, object: str, id: str) -> tuple[str, Document] | None:
    """Return a document of any account, and the account's id. For pages, whose addresses have only the document's id."""
    rows = engine.rows(
        f"SELECT {_COLUMNS} FROM sandbox_objects WHERE object = :object AND id = :id",  # noqa: S608
        {"object": object, "id": id},
    )
    return (rows[0]["organization"], _load(rows[0])) if rows else None


def find_due(engine: Engine, now: int, limit: int) -> list[tuple[str, Document]]:
    """Return the documents whose `_due` time has come, with their account ids, the earliest first."""
    rows = engine.rows(
        f"SELECT {_COLUMNS} FROM sandbox_objects WHERE due <= :now ORDER BY due LIMIT :limit",  # noqa: S608
        {"now": now, "limit": limit},
    )
    return [(row["organization"], _load(row)) for row in rows]


def _load(row: Mapping[str, Any]) -> Document:
    document: Document = json.loads(row["document"])
    return {**document, "_version": row["version"], "_sequence": row["sequence"]}


def _dump(document: Document) -> str:
    stored = {key: value for key, value in document.items() if key not in ("_version", "_sequence")}
    return json.dumps(stored, ensure_ascii=False, separators=(",", ":"))
