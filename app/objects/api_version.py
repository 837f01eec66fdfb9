"""The version of Stripe's API that everything here speaks: the gateway asks for it, and the sandbox answers in it."""

from typing import Final

API_VERSION: Final = "2026-10-28.endive"
"""A constant, so that an upgrade of the SDK does not change the version silently."""
