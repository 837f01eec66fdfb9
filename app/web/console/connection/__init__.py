"""Stripe in the settings: the connection and the rights of the key, the import of links, and the way of a link to live mode."""

from app.web.console.connection import importing, moving, page

__all__ = ["importing", "moving", "page"]
