"""Starts Chromium for tests, without a connection to other machines. Uses CHROMIUM, or a browser on PATH."""

import os
import shutil
from typing import Any

ARGUMENTS = [
    "--no-sandbox",  # Chromium's own sandbox does not work as root, as in CI
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--no-first-run",
    # Names under .test are this machine. Everything else but loopback is unknown.
    "--host-resolver-rules=MAP *.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


def executable() -> str | None:
    """Return the path of a Chromium, or None for Playwright's own, which Playwright finds itself."""
    names = [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    return next((path for name in names if name and (path := shutil.which(name))), None)


def launch_arguments() -> dict[str, Any]:
    """Return the arguments of `playwright.chromium.launch(**…)` and of the fixture `browser_type_launch_args`."""
    arguments: dict[str, Any] = {"args": ARGUMENTS}
    if path := executable():
        arguments["executable_path"] = path
    return arguments
