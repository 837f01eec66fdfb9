"""How tests start Chromium: the one that CHROMIUM names or that stands on PATH, and with no way out of this machine."""

import os
import shutil
from typing import Any

ARGUMENTS = [
    "--no-sandbox",  # Chromium's own sandbox can't be made as root, as in CI
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--no-first-run",
    # Names under .test are this machine, everything else but loopback does not exist.
    "--host-resolver-rules=MAP *.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


def executable() -> str | None:
    """The path of a Chromium, or None where only Playwright's own can be there, which Playwright finds by itself."""
    names = [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    return next((path for name in names if name and (path := shutil.which(name))), None)


def launch_arguments() -> dict[str, Any]:
    """What `playwright.chromium.launch(**…)` takes, and what the fixture `browser_type_launch_args` returns."""
    arguments: dict[str, Any] = {"args": ARGUMENTS}
    if path := executable():
        arguments["executable_path"] = path
    return arguments
