"""The catalogue in the console: the list of products, one product, new products and prices, and the change of a price."""

from app.web.console.products import new, price_details, prices, views

__all__ = ["new", "price_details", "prices", "views"]
