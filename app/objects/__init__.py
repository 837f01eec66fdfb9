"""The objects: one pydantic model per Stripe object, with Stripe's names. They import pydantic and nothing else."""
