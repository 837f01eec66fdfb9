"""Reads the answers of Flask's test client."""

from typing import Any

from werkzeug.test import TestResponse


def json_of(answer: TestResponse) -> Any:
    """Return the JSON of an answer; fails where the answer is something else."""
    assert answer.is_json, answer.text
    return answer.get_json()
