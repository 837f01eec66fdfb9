"""How an update changes metadata."""

import pytest

from app.errors import InvalidRequest
from app.objects.metadata import MAXIMUM_KEYS, merge_metadata

FULL = {f"key{number}": "x" for number in range(MAXIMUM_KEYS)}


def test_an_update_merges_key_by_key() -> None:
    assert merge_metadata({"a": "1", "b": "2"}, {"b": "3", "c": "4"}) == {"a": "1", "b": "3", "c": "4"}


def test_an_empty_value_deletes_its_key() -> None:
    assert merge_metadata({"a": "1", "b": "2"}, {"a": "", "c": ""}) == {"b": "2"}


@pytest.mark.parametrize("change", [None, {}])
def test_an_empty_change_deletes_every_key(change: dict[str, str] | None) -> None:
    assert merge_metadata({"a": "1"}, change) == {}


def test_the_merged_metadata_has_at_most_50_keys() -> None:
    assert merge_metadata(FULL, {"key0": "", "new": "y"}).keys() == FULL.keys() - {"key0"} | {"new"}
    with pytest.raises(InvalidRequest) as refused:
        merge_metadata(FULL, {"new": "y"})
    assert refused.value.param == "metadata"
