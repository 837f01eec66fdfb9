"""Addresses that begin with two slashes. The router reads them as one, proxies and browsers do not: nothing is there."""

from flask import Flask, request
from werkzeug.exceptions import NotFound


def register(app: Flask) -> None:
    """Answer 404 to every such address."""

    @app.before_request
    def refuse() -> None:
        """Raise `NotFound` before the view of the address with one slash is called. `request.path` hides the second slash."""
        if request.environ.get("PATH_INFO", "").startswith("//"):
            request.url_rule = request.view_args = None
            raise NotFound
