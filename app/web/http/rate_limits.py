"""Rate limits by address and by link. The library `limits` counts, the settings say how many requests are allowed.

Flask-Limiter is not used, because its decorators run before a view knows the link.
"""

import hmac
import ipaddress
import logging
import math
import re
import time
from functools import lru_cache
from typing import Final, cast

from flask import Flask, current_app, request
from limits import RateLimitItem, parse
from limits.errors import ConfigurationError as UnknownStorage
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from app.errors import ConfigurationError
from app.services.accounts.logins import LoginNetwork
from app.services.checkout.reservation import Network
from app.web.http.context import EXTENSION as CONTEXT
from app.web.http.context import current_context
from app.web.http.shared_counts import LOCAL
from app.wire.secret_parts import without_secrets

log: Final = logging.getLogger(__name__)

EXTENSION: Final = "counterfoil_limiter"

_MAXIMUM_ADDRESS: Final = 100
"""Maximum length of a client's address as a proxy forwards it. It is the key of a count."""

_PORT: Final = re.compile(r"(\[.*\]|[0-9.]+):[0-9]+")
"""An address with a port, as some load balancers forward it. Each connection has another port."""


class TooManyLogins(TooManyRequests):
    """Too many tries to log in to one account, from whatever addresses."""


def address() -> str:
    """Return the address of the client. For IPv6, the /64 prefix."""
    return _read_address(request.remote_addr)


def _read_address(remote: str | None) -> str:
    return _name_address((remote or "unknown")[:_MAXIMUM_ADDRESS])


@lru_cache(maxsize=1024)
def _name_address(text: str) -> str:
    """Return the name that an address is counted by. A request counts by it more than once."""
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


def network() -> Network:
    """Return the client's network for the store: its address as a keyed hash, and how much it may leave unpaid and hold."""
    config = current_context().config
    unpaid = _read_limit(config.unpaid_per_address)
    digest = hmac.digest(config.secret_key.encode(), f"address {address()}".encode(), "sha256").hex()
    return Network(digest[:32], unpaid.amount, unpaid.get_expiry(), config.holds_per_address)


@lru_cache(maxsize=64)
def _read_limit(limit: str) -> RateLimitItem:
    """Return a limit like `30/minute`. Each setting is read once: the library tries one pattern after the other."""
    return parse(limit)


def spend(limit: str, *keys: str) -> None:
    """Count one request against a limit like `30/minute`. Raises `TooManyRequests` with `Retry-After` when the limit is reached."""
    wait = _count(limit, *keys)
    if wait is not None:
        raise TooManyRequests(retry_after=wait)


def _count(limit: str, *keys: str) -> int | None:
    """Count one request. Return None, or the seconds to wait when the limit is reached."""
    return _count_in(current_app.extensions[EXTENSION], limit, *keys)


def _count_in(limiter: FixedWindowRateLimiter, limit: str, *keys: str) -> int | None:
    """Count one request by this limiter. While its storage cannot be reached, nothing is counted, so that buyers can still pay."""
    item = _read_limit(limit)
    try:
        if limiter.hit(item, *keys):
            return None
        reset_at = limiter.get_window_stats(item, *keys).reset_time
    except StorageError as error:
        log.warning("Requests cannot be counted: %s", type(error.storage_error).__name__)
        return None
    return max(1, math.ceil(reset_at - time.time()))


def count_pay_post() -> None:
    """Count a pay POST of one address."""
    spend(current_context().config.rate_limit_pay_address, "pay", address())


def count_restart() -> None:
    """Count a payment that one address ends to start again."""
    spend(current_context().config.rate_limit_restart, "restart", address())


def count_session(link: str) -> None:
    """Count a new session of one link, from any address. Posts that are refused are not counted: anyone can send them."""
    spend(current_context().config.rate_limit_pay_link, "pay_link", link)


def count_return_call(attempt: str) -> bool:
    """Count a call to Stripe for the return page of one attempt. Return whether the call is allowed now."""
    return _count(current_context().config.rate_limit_return, "return", attempt) is None


def count_cancel_call(attempt: str) -> bool:
    """Count a call to Stripe for the cancel page of one attempt. Return whether the call is allowed now."""
    return _count(current_context().config.rate_limit_return, "cancel", attempt) is None


def count_code_lookup(link: str) -> bool:
    """Count a look-up of a promotion code of one link at Stripe. Return whether it is allowed now.

    An address has a smaller limit than the link, so one address alone cannot use up the limit of the link.
    """
    config = current_context().config
    if _count(config.rate_limit_codes_address, "codes_address", address()) is not None:
        return False
    return _count(config.rate_limit_codes_link, "codes_link", link) is None


def count_preview() -> None:
    """Count a preview of one address."""
    spend(current_context().config.rate_limit_preview, "preview", address())


def may_preview(app: Flask, remote: str | None) -> bool:
    """Count a preview of a client's address before Flask is entered. Return whether it is allowed now."""
    config = app.extensions[CONTEXT].config
    limiter = app.extensions[EXTENSION]
    return _count_in(limiter, config.rate_limit_preview, "preview", _read_address(remote)) is None


def count_refused_origin() -> None:
    """Count a framed request from an origin that is not listed. Each one writes to the database, so the limit is that of previews."""
    spend(current_context().config.rate_limit_preview, "refused_origin", address())


def count_login() -> None:
    """Count a log-in or a failed key of one address."""
    spend(current_context().config.rate_limit_login, "login", address())


def login_network() -> LoginNetwork:
    """Return where a log-in comes from. Its tries are counted by account."""
    limit = current_context().config.rate_limit_login_account

    def count(email: str) -> None:
        wait = _count(limit, "login_account", email)
        if wait is not None:
            raise TooManyLogins(retry_after=wait)

    return LoginNetwork(network().address, count)


def open_storage(url: str) -> Storage:
    """Open the storage behind an address. Raises `ConfigurationError` when it is unknown, or when its client is not installed."""
    try:
        # The memory storage of `limits` counts by the wall clock, which may step.
        return cast(Storage, storage_from_string(LOCAL[0] if counts_locally(url) else url, wrap_exceptions=True))
    except (UnknownStorage, AssertionError, ValueError, OSError) as error:
        # The address may hold a password, so the message does not repeat it.
        reason = without_secrets(str(error).split(" : ")[0].split(" See ")[0], url)
        raise ConfigurationError(f"RATE_LIMIT_STORAGE cannot be used: {reason}", setting="RATE_LIMIT_STORAGE") from None


def counts_locally(url: str) -> bool:
    """Return whether counts are kept on this machine only."""
    return url in LOCAL


def register(app: Flask) -> None:
    """Open the storage that the settings name. Raises `ConfigurationError`."""
    config = app.extensions[CONTEXT].config
    app.extensions[EXTENSION] = FixedWindowRateLimiter(open_storage(config.rate_limit_storage))
