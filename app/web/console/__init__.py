"""The merchant's console: links, payments and the user's account. Only its pages read or set a cookie."""

from flask import Flask

from app.web.console import account, auth, cookie, failures, links, login, payments

__all__ = ["account", "failures", "links", "login", "payments", "register"]


def register(app: Flask) -> None:
    """Add the pages of the console and their session cookie to an application."""
    cookie.register(app)
    app.register_blueprint(auth.blueprint)
