"""The merchant console: links, payments, and one's own account. The only pages that read or set a cookie."""

from flask import Flask

from app.web.console import account, cookie, door, failures, links, login, payments

__all__ = ["account", "failures", "links", "login", "payments", "register"]


def register(app: Flask) -> None:
    """Every page of the console, and the cookie that they share."""
    cookie.register(app)
    app.register_blueprint(door.blueprint)
