"""Events: the inbox of events from Stripe, and the log that `/v1/events` lists."""
