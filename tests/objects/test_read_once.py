"""An object is read once for each text, and what is kept of it is bounded."""

import json
from typing import Any

from app.objects.base import whole
from app.objects.read_once import ReadOnce
from app.objects.stored_link import StoredLink
from tests.support.build import a_link


def stored(completed: int = 0, **changes: Any) -> StoredLink:
    link = a_link(restrictions={"completed_sessions": {"limit": 5, "count": 0}}, **changes)
    return StoredLink("org_apiary", "", completed, json.dumps(whole(link)))


def test_the_same_text_is_read_once_and_another_text_again() -> None:
    told: list[tuple[str, int]] = []

    def read(text: str, count: int) -> str:
        told.append((text, count))
        return f"{text} {count}"

    read_once = ReadOnce(read)
    assert [read_once("a"), read_once("a"), read_once("b"), read_once("a", 1)] == ["a 0", "a 0", "b 0", "a 1"]
    assert told == [("a", 0), ("b", 0), ("a", 1)]


def test_texts_beyond_the_maximum_are_dropped() -> None:
    told: list[str] = []
    read_once = ReadOnce(lambda text, _: told.append(text), 2000)
    for text in ("a" * 900, "b" * 900, "a" * 900):
        read_once(text)
    assert len(told) == 3


def test_a_link_with_another_count_or_another_document_is_another_one() -> None:
    assert stored().read() is stored().read()
    for completed in (0, 2):
        limit = stored(completed).read().restrictions
        assert limit is not None
        assert limit.completed_sessions.count == completed
    assert stored(metadata={"a": "1"}).read().metadata == {"a": "1"}
