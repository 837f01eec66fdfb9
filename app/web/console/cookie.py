"""The console's one cookie: Flask's signed session, opened below /console/ alone. It holds the token of a log-in and a secret for forms.

Where the console is reached by https it is `__Host-counterfoil`: browsers take that name from this very host alone, over https, for
the whole of it. Plain http, which the demo speaks, cannot have it, because not every browser keeps a `Secure` cookie there.
"""

from typing import Final

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from app.web.http.context import EXTENSION, Context

PREFIX: Final = "/console"
NAME: Final = "counterfoil"


class ConsoleSessions(SecureCookieSessionInterface):
    """Everywhere else there is no session: whoever writes to it there gets Flask's error, and no cookie is set or read."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of a request to the console."""
        return super().open_session(app, request) if f"{request.path}/".startswith(f"{PREFIX}/") else None


def register(app: Flask) -> None:
    """Name and guard the cookie; a form's secret lasts as long as the cookie does."""
    context: Context = app.extensions[EXTENSION]
    by_https = context.config.public_url.startswith("https://")
    app.session_interface = ConsoleSessions()
    app.config.update(
        SESSION_COOKIE_NAME=f"__Host-{NAME}" if by_https else NAME,
        SESSION_COOKIE_SECURE=by_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        WTF_CSRF_TIME_LIMIT=None,
    )
