"""Calls to Stripe over the network: bounded in time, in size and in number, whatever the other side does."""
