"""The console's one cookie: Flask's signed session, for addresses below `/console/` only. It holds a log-in token and a form secret.

Where the console is served by https, its name is `__Host-counterfoil`: browsers then accept it from this host only, and over https
only. Plain http, as in the demo, cannot use that name, because not every browser keeps a `Secure` cookie there.
"""

from typing import Final

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect

from app.services.accounts.devices import TRUSTED_SECONDS
from app.web.http.context import EXTENSION, Context

PREFIX: Final = "/console"
NAME: Final = "counterfoil"

csrf: Final = CSRFProtect()
"""Checks the token of a form. `auth.py` calls it for every POST to the console; the pay page has tokens without a cookie."""


class ConsoleSessions(SecureCookieSessionInterface):
    """Open a session below `/console/` only. Elsewhere Flask raises an error when code writes to the session."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of a request to the console, and None for all others."""
        return super().open_session(app, request) if f"{request.path}/".startswith(f"{PREFIX}/") else None


def register(app: Flask) -> None:
    """Configure the cookie and the form tokens. A token is valid as long as the cookie."""
    context: Context = app.extensions[EXTENSION]
    by_https = context.config.public_url.startswith("https://")
    app.session_interface = ConsoleSessions()
    app.config.update(
        SESSION_COOKIE_NAME=f"__Host-{NAME}" if by_https else NAME,
        SESSION_COOKIE_SECURE=by_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        # For a session with the token of a trusted device. Others end with the browser.
        PERMANENT_SESSION_LIFETIME=TRUSTED_SECONDS,
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_SSL_STRICT=False,  # is_same_origin checks where a post comes from
        WTF_CSRF_TIME_LIMIT=None,
    )
    csrf.init_app(app)
