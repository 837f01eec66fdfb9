"""How many examples, requests or languages a test tries when they cost more than those of other tests."""

from hypothesis import settings


def at_most(number: int) -> int:
    """Return this number, or that of the run where it is smaller: `make check` tries fewer."""
    return min(number, settings().max_examples)
