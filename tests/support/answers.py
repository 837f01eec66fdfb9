"""Reads answers, and compares them with what was sent."""

from collections.abc import Mapping
from typing import Any

from werkzeug.test import TestResponse


def json_of(answer: TestResponse) -> Any:
    """Return the JSON of an answer; fails where the answer is something else."""
    assert answer.is_json, answer.text
    return answer.get_json()


def assert_answered(params: Any, answered: Any, path: str = "") -> None:
    """Assert that an answer has every value that was sent. JSON has percentages as numbers."""
    if isinstance(params, Mapping):
        for name, value in params.items():
            assert_answered(value, answered[name], f"{path}.{name}")
    elif isinstance(params, list):
        assert len(params) == len(answered), path
        for index, value in enumerate(params):
            assert_answered(value, answered[index], f"{path}[{index}]")
    elif isinstance(answered, float):
        assert float(params) == answered, path
    else:
        assert params == answered, path
