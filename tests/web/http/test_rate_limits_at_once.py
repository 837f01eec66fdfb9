"""Rate limits with many requests at the same time: every request is counted, and none fails."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.exceptions import TooManyRequests

from app.application import assemble
from app.config import read_config
from app.web.http import rate_limits
from tests.support.examples import at_most

TRIES = 40 * at_most(100)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """Return an application whose threads switch as often as possible."""
    environment = {"DATABASE_URL": f"sqlite:///{tmp_path}/limits.db", "PUBLIC_URL": "http://localhost"}
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield assemble(read_config(environment, data=tmp_path))
    sys.setswitchinterval(interval)


def test_requests_from_many_threads_are_all_counted_without_errors(app: Flask) -> None:
    def try_once(_: int) -> bool:
        with app.test_request_context():
            try:
                rate_limits.spend(f"{TRIES // 2}/hour", "somebody")
            except TooManyRequests:
                return False
            return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(try_once, range(TRIES))) == TRIES // 2
