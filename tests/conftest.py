"""Shared by all tests: nothing but this machine's loopback is ever contacted, no log tells a secret, how hard Hypothesis tries."""

import ipaddress
import os
import sys
from typing import Any

from hypothesis import HealthCheck, settings

from tests.support.run_logs import pytest_configure, pytest_sessionfinish

__all__ = ["pytest_configure", "pytest_sessionfinish"]

GUARDED = {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo"}


def refuse_the_outside(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: raises when Python is about to name or contact any host but this machine."""
    if event not in GUARDED:
        return
    if event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        address = arguments[1]
        if not isinstance(address, tuple):  # a Unix socket's path, or where the socket is connected already
            return
        host = address[0]
    if not is_loopback(host):
        raise PermissionError(f"a test tried to contact {host!r}: only loopback may be contacted")


def is_loopback(host: str | bytes | None) -> bool:
    """Whether a host, by name or by number, is this machine; None and the empty string stand for any address of it."""
    name = host.decode() if isinstance(host, bytes) else host
    if name is None or name in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback or name in ("0.0.0.0", "::")  # noqa: S104
    except ValueError:
        return False


sys.addaudithook(refuse_the_outside)

# No deadlines: machines that run tests are shared and slow by turns. In CI the same examples come every time.
settings.register_profile("dev", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("dev"), derandomize=True, print_blob=True, max_examples=100)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))
