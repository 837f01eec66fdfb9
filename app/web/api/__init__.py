"""Stripe's Payment Links API at `/v1`, for Stripe's own SDKs."""
