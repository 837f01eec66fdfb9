"""Checkout Sessions: made from parameters, reckoned with the house's own arithmetic, and ended in one of three ways."""
