"""What things are: one pydantic model per Stripe object, in Stripe's own names. Imports pydantic and nothing else."""
