"""The Bigcapital-style endpoint that creates a Checkout Session for a link."""
