"""Collects the logs of a whole test run, from servers and from the tests' own processes, and scans them for secrets.

The logs have the format of production. The scan has its own patterns and does not use those of `app/logs.py`.
"""

import logging
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.logs import JSONFormatter

FOLDER = "COUNTERFOIL_TEST_LOGS"
"""The environment variable with the folder's path. The workers of pytest-xdist inherit it."""

SECRETS = {
    "a key": re.compile(r"(?<![A-Za-z0-9])(?:sk|rk|pk|bc|whsec)_[A-Za-z0-9]{4}"),
    "a bearer token": re.compile(r"[Bb]earer [A-Za-z0-9]"),
    "the secret of a buyer's address": re.compile(r"/(?:complete|cancel)/[A-Za-z0-9_-]{8}"),
    "an e-mail address": re.compile(r"[A-Za-z0-9.+-]{2}@[A-Za-z0-9-]+\.[A-Za-z]"),
    "a signature": re.compile(r"v1=[0-9a-f]{16}"),
    "a form's token": re.compile(r"csrf_token=[A-Za-z0-9]"),
}
DIGITS = re.compile(r"(?<![\w.…-])\d(?:[ -]?\d){12,18}(?![\w.])")


def folder() -> Path:
    """Return the folder for the logs of servers that tests start."""
    return Path(os.environ[FOLDER])


def looks_like_a_card(text: str) -> bool:
    """Return whether the digits of a text pass the Luhn check."""
    digits = [int(digit) for digit in text if digit.isdigit()]
    odd, even = digits[-1::-2], digits[-2::-2]
    return (sum(odd) + sum(sum(divmod(2 * digit, 10)) for digit in even)) % 10 == 0


def findings(text: str) -> Iterator[str]:
    """Yield each secret in a log, with its line."""
    for number, line in enumerate(text.splitlines(), 1):
        for what, pattern in SECRETS.items():
            if match := pattern.search(line):
                yield f"line {number}: {what}: {line[max(0, match.start() - 60) : match.end() + 20]!r}"
        for match in DIGITS.finditer(line):
            if looks_like_a_card(match[0]):
                yield f"line {number}: a card number: {match[0]}"


def pytest_configure(config: pytest.Config) -> None:
    """Create the folder once for all processes of a run, and log this process to a file in it."""
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="counterfoil-logs-")
    handler = logging.FileHandler(folder() / f"tests-{os.getpid()}.log", delay=True)
    handler.setFormatter(JSONFormatter())
    logging.getLogger().addHandler(handler)
    config.add_cleanup(lambda: logging.getLogger().removeHandler(handler))
    config.add_cleanup(handler.close)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run when a log holds a secret. Keep the logs of a run that failed."""
    if hasattr(session.config, "workerinput"):
        return
    found = [
        f"{path.name}, {finding}"
        for path in sorted(folder().glob("*"))
        if path.is_file()
        for finding in findings(path.read_text(errors="replace"))
    ]
    if not found:
        if session.exitstatus == pytest.ExitCode.OK or not any(folder().iterdir()):
            shutil.rmtree(folder(), ignore_errors=True)
        return
    session.exitstatus = pytest.ExitCode.TESTS_FAILED
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    for line in (f"The logs of this run contain secrets (see {folder()}):", *found[:20]):
        if reporter is not None:
            reporter.write_line(line, red=True)
