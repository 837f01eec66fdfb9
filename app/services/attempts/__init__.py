"""Attempts: their states, the Stripe session behind each, and how a verified session settles one."""
