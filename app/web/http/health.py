"""Whether this process is alive, and whether it can serve: for load balancers and monitors."""

from typing import Final

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from app.errors import StoreError
from app.services.readiness import pending_migrations
from app.web.http.context import current_context

blueprint: Final = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    """The database can be reached and has today's shape."""
    try:
        pending = pending_migrations(current_context().store)
    except StoreError:
        return jsonify(status="database unreachable"), 503
    if pending:
        return jsonify(status="migrations pending", migrations=pending), 503
    return jsonify(status="ok")
