"""The catalogue in the console: the list of products, the page of one product, and the change of a price."""

from app.web.console.products import prices, views

__all__ = ["prices", "views"]
