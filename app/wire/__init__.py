"""Stripe's formats: bracketed forms, error objects, lists, expansion, idempotency keys. No I/O: data in, data out."""
