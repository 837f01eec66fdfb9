"""The logs of a whole test run, of every server that it started and of every application in its own processes, and their scan.

They are written as a merchant's would be. What the scan looks for it knows from itself and not from `app/logs.py`.
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
"""The variable that names the folder, to the processes of pytest-xdist as well."""

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
    """Where servers that tests start write what they have to say."""
    return Path(os.environ[FOLDER])


def looks_like_a_card(text: str) -> bool:
    digits = [int(digit) for digit in text if digit.isdigit()]
    odd, even = digits[-1::-2], digits[-2::-2]
    return (sum(odd) + sum(sum(divmod(2 * digit, 10)) for digit in even)) % 10 == 0


def findings(text: str) -> Iterator[str]:
    """What must not stand in a log, and where."""
    for number, line in enumerate(text.splitlines(), 1):
        for what, pattern in SECRETS.items():
            if match := pattern.search(line):
                yield f"line {number}: {what}: {line[max(0, match.start() - 60) : match.end() + 20]!r}"
        for match in DIGITS.finditer(line):
            if looks_like_a_card(match[0]):
                yield f"line {number}: a number like a card's: {match[0]}"


def pytest_configure(config: pytest.Config) -> None:
    """Begin the folder, once for all processes of a run, and write what is logged in this one to a file there."""
    os.environ.setdefault(FOLDER, tempfile.mkdtemp(prefix="counterfoil-logs-"))
    handler = logging.FileHandler(folder() / f"tests-{os.getpid()}.log", delay=True)
    handler.setFormatter(JSONFormatter())
    logging.getLogger().addHandler(handler)
    config.add_cleanup(lambda: logging.getLogger().removeHandler(handler))
    config.add_cleanup(handler.close)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """When every process has finished: no log holds a secret. The logs of a run that failed are kept."""
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
    for line in (f"The logs of this run tell what they must not (see {folder()}):", *found[:20]):
        if reporter is not None:
            reporter.write_line(line, red=True)
