"""Health checks for load balancers and monitors."""

from typing import Final

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from app.errors import StoreError
from app.services.readiness import pending_migrations
from app.web.http.context import current_context

blueprint: Final = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Answer as long as the process runs."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Answer 200 when the database can be reached and is migrated, or else 503."""
    try:
        pending = pending_migrations(current_context().store)
    except StoreError:
        return jsonify(status="database unreachable"), 503
    if pending:
        return jsonify(status="migrations pending", migrations=pending), 503
    return jsonify(status="ok")
