"""The merchant's products and prices at Stripe: list, change, archive, and change of a price with the links that use it."""
