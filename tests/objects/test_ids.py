"""Random ids: prefix, length and alphabet, and that two are never the same."""

import re
from collections import Counter

from app.objects.ids import new_id, random_base62


def test_an_id_has_its_prefix_and_24_characters_of_base_62() -> None:
    assert re.fullmatch(r"plink_[0-9A-Za-z]{24}", new_id("plink"))
    assert re.fullmatch(r"req_[0-9A-Za-z]{16}", new_id("req", 16))


def test_ids_differ_and_use_the_whole_alphabet() -> None:
    made = [random_base62(22) for _ in range(500)]
    assert len(set(made)) == 500
    assert len(set("".join(made))) == 62


def test_each_character_is_equally_likely() -> None:
    counted = Counter(random_base62(62 * 2000))
    # A character that twice as many bytes name would be counted 4000 times. 3000 times is 22 standard deviations off.
    assert len(counted) == 62
    assert max(counted.values()) < 3000
