"""The version of Stripe's API that we use: the gateway requests it, and the sandbox answers in its format."""

from typing import Final

API_VERSION: Final = "2026-10-28.endive"
"""A constant, so that an upgrade of the SDK does not change the version silently."""
