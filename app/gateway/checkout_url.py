"""Checks the address that a buyer is sent to: it must be at an allowed origin of Checkout. Pure."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from app.errors import GatewayRefused

LOOPBACK: Final = ("http://127.0.0.1", "http://localhost", "http://[::1]")
"""Origins of this machine, where developers run a Stripe of their own. Their traffic never leaves the machine."""


def require_checkout_url(url: str | None, origins: Sequence[str] | None) -> None:
    """Raise `GatewayRefused` unless the session has an address at one of these origins. None allows any origin."""
    if not url:
        raise GatewayRefused("Stripe's session has no address to send the buyer to.", code="checkout_url_missing")
    if origins is not None and not any(_is_at(url, origin) for origin in origins):
        raise GatewayRefused(
            "Stripe's session has an address that is not at an origin of STRIPE_CHECKOUT_ORIGINS. "
            "Add the origin there if it is your custom domain for Checkout.",
            code="checkout_origin_not_listed",
        )


def secure_origins(origins: Sequence[str]) -> tuple[str, ...]:
    """Return the origins that are https or on this machine."""
    return tuple(it for it in origins if it.startswith("https://") or _without_port(it) in LOOPBACK)


def _is_at(url: str, origin: str) -> bool:
    """Return whether every browser reads the address as one of this origin."""
    if not url.isascii() or not url.isprintable() or any(character in url for character in " \\"):
        return False
    return url == origin or url.startswith((f"{origin}/", f"{origin}?", f"{origin}#"))


def _without_port(origin: str) -> str:
    parts = urlsplit(origin)
    host = parts.hostname or ""
    return f"{parts.scheme}://[{host}]" if ":" in host else f"{parts.scheme}://{host}"
