"""The gateway: all requests to Stripe, through the official SDK."""
