"""How often one address may try, and how often one link may be tried. Counting is Flask-Limiter's; the limits are settings."""

import ipaddress
import logging
import math
import re
import threading
import time
from contextlib import nullcontext
from typing import Final

from flask import Flask, current_app, request
from flask_limiter import Limiter
from limits import parse
from limits.errors import ConfigurationError as UnknownStorage
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from werkzeug.exceptions import TooManyRequests

from app.errors import ConfigurationError
from app.web.http.context import current_context

log: Final = logging.getLogger(__name__)

EXTENSION: Final = "counterfoil_limiter"

_PORT: Final = re.compile(r"(\[.*\]|[0-9.]+):[0-9]+")
"""An address as some balancers forward it: with the port, which is another one for each connection."""

_ALONE: Final = threading.Lock()
"""Counting in memory starts a timer, and of two threads that do so at once one fails (limits 5: "threads can only be started once")."""


def address() -> str:
    """Who asks: the address, of IPv6 the network of one customer, since everybody there has billions of addresses."""
    text = request.remote_addr or "unknown"
    try:
        parsed = ipaddress.ip_address(_without_port(text).partition("%")[0])
    except ValueError:
        return text
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _without_port(text: str) -> str:
    match = _PORT.fullmatch(text)
    return (match[1] if match else text).strip("[]")


def spend(limit: str, *keys: str) -> None:
    """Count one try against a limit like `30/minute`. Raises `TooManyRequests` with `Retry-After` when there are none left.

    While the storage is out of reach nothing is counted.
    """
    limiter: Limiter = current_app.extensions[EXTENSION]
    item = parse(limit)
    try:
        with _ALONE if isinstance(limiter.storage, MemoryStorage) else nullcontext():
            if limiter.limiter.hit(item, *keys):
                return
            reset_at = limiter.limiter.get_window_stats(item, *keys).reset_time
    except StorageError as error:
        # Who counts is out of reach: buyers who want to pay are not to suffer for it.
        log.warning("Tries cannot be counted: %s", type(error.storage_error).__name__)
        return
    raise TooManyRequests(retry_after=max(1, math.ceil(reset_at - time.time())))


def pay_by_address() -> None:
    """Pay posts of one address."""
    spend(current_context().config.rate_limit_pay_address, "pay", address())


def pay_by_link(link: str) -> None:
    """Pay posts of one link, from wherever."""
    spend(current_context().config.rate_limit_pay_link, "pay_link", link)


def preview_by_address() -> None:
    """Previews of one address."""
    spend(current_context().config.rate_limit_preview, "preview", address())


def refused_host_by_address() -> None:
    """Framed requests from hosts that are not listed: each is a write, so they count as previews do."""
    spend(current_context().config.rate_limit_preview, "refused_host", address())


def login_by_address() -> None:
    """Log-ins and failed keys of one address."""
    spend(current_context().config.rate_limit_login, "login", address())


def check_storage(url: str) -> None:
    """Raises `ConfigurationError` for a storage that is not known, or whose client is not installed."""
    try:
        storage_from_string(url)
    except (UnknownStorage, AssertionError, ValueError) as error:
        # What was given may hold a password: it is not repeated.
        told = str(error).split(" : ")[0].split(" See ")[0]
        raise ConfigurationError(f"RATE_LIMIT_STORAGE cannot be used: {told}", setting="RATE_LIMIT_STORAGE") from None


def register(app: Flask) -> None:
    """Open the storage that the settings name. Raises `ConfigurationError`."""
    config = app.extensions["counterfoil"].config
    check_storage(config.rate_limit_storage)
    # Headers of its own are off: only a refusal says when to come back.
    limiter = Limiter(
        key_func=address,
        app=app,
        storage_uri=config.rate_limit_storage,
        storage_options={"wrap_exceptions": True},
        headers_enabled=False,
    )
    app.extensions[EXTENSION] = limiter
