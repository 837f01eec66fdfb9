"""The objects: one pydantic model for each object of Stripe, with Stripe's names, and for each of ours. They do no I/O."""
