"""Values in memory use a limited number of bytes, and the one that was used longest ago is dropped first."""

from app.kept import Kept, length_of_texts


def test_the_value_that_was_used_longest_ago_is_dropped_first() -> None:
    kept = Kept[str, bytes](6, len)
    for key in "abc":
        kept.keep(key, b"xx")
    assert kept.find("a") == b"xx"
    kept.keep("d", b"xx")
    assert [key for key in "abcd" if kept.find(key)] == ["a", "c", "d"]
    assert kept.bytes == 6


def test_a_value_is_replaced_and_its_bytes_are_counted_once() -> None:
    kept = Kept[str, bytes](6, len)
    kept.keep("a", b"xx")
    kept.keep("a", b"xxxx")
    assert (kept.find("a"), kept.bytes) == (b"xxxx", 4)


def test_a_value_that_is_too_large_is_not_kept_and_takes_the_earlier_one_away() -> None:
    kept = Kept[str, bytes](6, len)
    kept.keep("b", b"xx")
    kept.keep("a", b"xx")
    kept.keep("a", b"xxxxxxx")
    assert (kept.find("a"), kept.find("b"), kept.bytes) == (None, b"xx", 2)


def test_the_texts_of_keys_count_as_well() -> None:
    kept = Kept[tuple[str, int], bytes](20, len, length_of_texts)
    kept.keep(("a" * 8, 1), b"xx")
    kept.keep(("b" * 8, 1), b"xx")
    assert kept.bytes == 20
    kept.keep(("a" * 8, 1), b"x")
    assert kept.bytes == 19
    kept.keep(("c", 1), b"xx")
    assert (kept.find(("b" * 8, 1)), kept.find(("a" * 8, 1)), kept.bytes) == (None, b"x", 12)
    kept.keep(("d" * 20, 1), b"x")
    assert (kept.find(("d" * 20, 1)), kept.bytes) == (None, 12)
