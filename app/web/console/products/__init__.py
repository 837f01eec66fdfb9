"""The catalogue in the console: the list of products, and the page of one product."""

from app.web.console.products import views

__all__ = ["views"]
