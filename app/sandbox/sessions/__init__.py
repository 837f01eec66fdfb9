"""Checkout Sessions: create them, compute their totals with `app/pricing`, complete, expire and settle them."""
