"""Checkout Sessions of our links, as Stripe's API answers them: with the link, and with what our page asked in Checkout's place."""
