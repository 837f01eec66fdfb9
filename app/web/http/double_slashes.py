"""Addresses that start with two slashes. The router would treat them as one slash, while proxies and browsers do not."""

from flask import Flask, request
from werkzeug.exceptions import NotFound


def register(app: Flask) -> None:
    """Answer every such address with 404."""

    @app.before_request
    def refuse() -> None:
        """Raise `NotFound` before a view is called. `request.path` hides the second slash."""
        if request.environ.get("PATH_INFO", "").startswith("//"):
            request.url_rule = request.view_args = None
            raise NotFound
