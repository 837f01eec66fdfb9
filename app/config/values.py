"""Reads the value of one setting. A wrong value raises `ConfigurationError` with the setting's name and its rule."""

import re
from collections.abc import Mapping

from app.errors import ConfigurationError
from app.objects.limits import MAXIMUM_CHECKOUT_ORIGINS_LENGTH
from app.wire.secret_parts import masked
from app.wire.web_address import AddressRefused, length_of_all, read_address

_RATE = re.compile(
    r"[1-9][0-9]{0,8}\s*(?:/|\s+per\s+)\s*(?:[1-9][0-9]{0,4}\s*)?(?:second|minute|hour|day|month|year)s?", re.IGNORECASE
)
"""One rate as the library `limits` reads it."""

_LENGTHS = {"SECRET_KEY": 32, "JWT_SECRET": 32, "STRIPE_WEBHOOK_SECRET": 20}
"""The minimum length of each secret."""


def require(environment: Mapping[str, str], name: str) -> None:
    if not environment.get(name, "").strip():
        raise ConfigurationError(f"{name} must be set when STRIPE_SECRET_KEY is set.", setting=name)


def check_secrets(values: Mapping[str, str]) -> tuple[str, ...]:
    """Return warnings about short secrets and a PUBLIC_URL without https. Raises `ConfigurationError` for the first one with a live key.

    A publishable key is always refused.
    """
    key = values["STRIPE_SECRET_KEY"]
    if key.startswith("pk_"):
        raise ConfigurationError(
            "STRIPE_SECRET_KEY is a publishable key (pk_…). Set the secret key (sk_…) or a restricted one (rk_…).",
            setting="STRIPE_SECRET_KEY",
        )
    found = [
        (name, f"{name} must have at least {length} characters; it has {len(values[name])}.")
        for name, length in _LENGTHS.items()
        if values[name] and len(values[name]) < length
    ]
    if not values["PUBLIC_URL"].lower().startswith("https://"):
        found.append(
            (
                "PUBLIC_URL",
                "PUBLIC_URL must start with https://, because buyers' answers and passwords of the console are sent to it.",
            )
        )
    if found and key.startswith(("sk_live_", "rk_live_")):
        setting, message = found[0]
        raise ConfigurationError(message, setting=setting)
    return tuple(message for _, message in found)


def read_integer(values: Mapping[str, str], name: str, *, minimum: int, maximum: int) -> int:
    text = values[name]
    if not (text.isascii() and text.isdigit() and minimum <= int(text) <= maximum):
        raise ConfigurationError(
            f"{name} must be a whole number from {minimum} to {maximum}, not {masked(text)!r}.", setting=name
        )
    return int(text)


def read_rate(values: Mapping[str, str], name: str) -> str:
    text = values[name]
    if not _RATE.fullmatch(text):
        raise ConfigurationError(
            f"{name} must be a rate like 30/minute or 100 per 5 minutes, not {masked(text)!r}.", setting=name
        )
    return text


def read_origin(name: str, text: str) -> str:
    """Return an origin as browsers send it. International names are converted to punycode here, once."""
    try:
        address = read_address(text)
    except AddressRefused as error:
        raise ConfigurationError(
            f"{name} {error.rule} Give an origin like https://pay.example.com.", setting=name
        ) from None
    if address.rest.strip("/"):
        raise ConfigurationError(
            f"{name} must be an origin like https://pay.example.com, without a path.", setting=name
        )
    return address.origin


def read_origins(name: str, text: str) -> tuple[str, ...]:
    """Return a list of origins. All are sent in one header, so their total length is limited."""
    origins = tuple(read_origin(name, origin) for origin in text.replace(",", " ").split())
    if length_of_all(origins) > MAXIMUM_CHECKOUT_ORIGINS_LENGTH:
        raise ConfigurationError(
            f"{name} must have at most {MAXIMUM_CHECKOUT_ORIGINS_LENGTH} characters: it stands in a header of every page.",
            setting=name,
        )
    return origins


def read_database_address(text: str) -> str:
    if not text.startswith(("sqlite:///", "postgresql://", "postgres://")):
        raise ConfigurationError("DATABASE_URL must start with sqlite:/// or postgresql://.", setting="DATABASE_URL")
    return text
