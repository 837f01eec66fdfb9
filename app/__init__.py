"""Counterfoil: payment links on the merchant's own domain. `create_app` creates the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Config


def create_app(config: Config | None = None) -> Flask:
    """Return the WSGI application for this configuration, or for that of the environment. Raises `ConfigurationError`.

    The import is inside the function, so that commands which need no application start quickly.
    """
    from app.application import assemble

    return assemble(config)
