"""Stripe's own clients of several years, each in an environment of its own, against the running server."""
