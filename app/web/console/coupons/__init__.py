"""Coupons in the console: the list with the form of a new one, and the page of one coupon with its promotion codes."""

from app.web.console.coupons import promotion_codes, views

__all__ = ["promotion_codes", "views"]
