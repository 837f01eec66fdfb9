"""Events: the inbox of Stripe's events, catching up on missed ones, and the log that `/v1/events` lists."""
