"""Calls to Stripe over the network: limited in time, size and number, whatever the server does."""
