"""The parameters of a POST as JSON, for clients that send no form. Stripe itself takes forms only."""

from collections.abc import Mapping
from typing import Any

from app.wire.form import MAXIMUM_KEYS
from app.wire.json_object import json_object


def json_params(data: bytes) -> dict[str, Any]:
    """Return the parameters of a JSON body. `expand` may be one path in place of a list. Raises `InvalidRequest`."""
    # In JSON, arrays and objects are entries as well.
    params = json_object(data, maximum_entries=2 * MAXIMUM_KEYS)
    if isinstance(params.get("expand"), str):
        params["expand"] = [params["expand"]]
    return params


def without_null(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters as a form would have them: null is not set, and deletes an entry of metadata.

    >>> without_null({"nickname": None, "metadata": {"shelf": None}})
    {'metadata': {'shelf': ''}}
    """
    found: dict[str, Any] = {}
    for name, value in params.items():
        if name == "metadata" and isinstance(value, Mapping):
            found[name] = {key: "" if entry is None else entry for key, entry in value.items()}
        elif value is not None:
            found[name] = _without_null(value)
    return found


def _without_null(value: Any) -> Any:
    if isinstance(value, Mapping):
        return without_null(value)
    return [_without_null(entry) for entry in value] if isinstance(value, list) else value
