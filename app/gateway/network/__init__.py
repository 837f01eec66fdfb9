"""Calls to Stripe over the network, with limits for time, size and number."""
