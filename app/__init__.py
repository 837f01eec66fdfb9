"""Counterfoil: payment links served on the merchant's own domain. `create_app` is the one place where all floors meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Config


def create_app(config: Config | None = None) -> Flask:
    """The WSGI application for this configuration, or for the environment's. Raises `ConfigurationError`.

    Its parts are imported here and not above, so that commands which need none of them start at once.
    """
    from app.application import assemble

    return assemble(config)
