"""Attempts: their state machine, their Checkout Sessions, and how verified news from Stripe changes them."""
