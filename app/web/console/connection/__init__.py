"""Stripe in the settings: the connection and the rights of the key, and the import of links."""

from app.web.console.connection import importing, page

__all__ = ["importing", "page"]
