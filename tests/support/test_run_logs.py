"""The scan of a run's logs finds secrets, and finds none in the lines that the application writes."""

import pytest

from app.logs import redacted
from tests.support.run_logs import findings

LEAKS = [
    pytest.param("key " + "sk_" + "test_" + "51Abc", id="a key"),
    pytest.param("whsec_" + "a1B2c3", id="a webhook secret"),
    pytest.param("bc_" + "0a1b" * 24, id="a key of ours"),
    pytest.param("Authorization: Bearer abc", id="a bearer token"),
    pytest.param("GET /pay/honey/complete/s3cr3t-s3cr3t", id="a buyer's address"),
    pytest.param("to mary@post.example", id="an e-mail address"),
    pytest.param("v1=" + "0f" * 32, id="a signature"),
    pytest.param("paid with 4242 4242 4242 4242", id="a card in groups"),
    pytest.param('{"card": 4242424242424242}', id="a card as a number"),
]


@pytest.mark.parametrize("text", LEAKS)
def test_the_scan_finds_a_secret(text: str) -> None:
    (finding,) = findings(f"harmless\n{text}\nharmless")
    assert finding.startswith("line 2")


@pytest.mark.parametrize("text", LEAKS)
def test_a_redacted_secret_passes_the_scan(text: str) -> None:
    assert list(findings(redacted(text))) == []


def test_the_scan_ignores_times_ids_and_amounts() -> None:
    line = '{"time": "2026-11-22T04:59:08.156+00:00", "request": "req_5IBitK6EBircDJ", "attempt": "att_1", "milliseconds": 12}'
    assert list(findings(line)) == []
