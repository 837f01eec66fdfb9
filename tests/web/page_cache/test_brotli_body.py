"""A body in brotli is decoded to its parts with any values in its holes, and nothing is compressed for an answer."""

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.resources import resource
from app.web.page_cache.brotli_body import FILLER, BrotliBody, compress_parts

TEXT = resource("templates/pay/_checkout.html").read_bytes() + resource("static/js/page.js").read_bytes()
"""A text like a page's: markup and sentences that repeat themselves."""

GREEK = resource("app/locale/el/LC_MESSAGES/buyer.po").read_bytes()[:30_000]
"""A text in another script, whose codes depend on the bytes before."""

LENGTHS = st.sampled_from([1, 2, 16, 124, 190, 300])


def joined(parts: list[bytes], values: list[bytes]) -> bytes:
    return b"".join(value + part for value, part in zip([b"", *values], parts, strict=True))


@given(
    text=st.sampled_from([TEXT, GREEK]),
    cuts=st.lists(st.integers(1, min(len(TEXT), len(GREEK))), max_size=4).map(sorted),
    lengths=st.lists(LENGTHS, min_size=4, max_size=4),
    seed=st.randoms(use_true_random=False),
)
def test_every_text_is_decoded_with_any_values_in_its_holes(
    text: bytes, cuts: list[int], lengths: list[int], seed: object
) -> None:
    parts = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    lengths = lengths[: len(cuts)]
    body = compress_parts(parts, lengths)
    assert body is not None
    for _ in range(3):
        values = [seed.randbytes(length) for length in lengths]  # type: ignore[attr-defined]
        filled = body.fill(values)
        assert filled is not None
        assert brotli.decompress(filled) == joined(parts, values)
        assert all(value in filled for value in values)


def test_the_parts_share_what_they_repeat() -> None:
    half = TEXT[:9000]
    once, twice = compress_parts([half], []), compress_parts([half, half], [124])
    assert once is not None
    assert twice is not None
    assert twice.size < once.size * 1.2


def test_a_value_of_another_length_does_not_fit() -> None:
    body = compress_parts([b"<p>", b"</p>"], [5])
    assert body is not None
    assert body.fill([b"abcd"]) is None
    assert body.fill([b"abcdef"]) is None
    assert brotli.decompress(body.fill([b"abcde"])) == b"<p>abcde</p>"


@pytest.mark.parametrize(
    ("parts", "lengths"),
    [
        pytest.param([b"", b"x"], [5], id="nothing before the first hole"),
        pytest.param([b"x", b"y"], [0], id="an empty hole"),
        pytest.param([b"x", b"y"], [4000], id="a hole that is longer than the filler"),
        pytest.param([b"x", b"y", b"z"], [1000, 1000], id="holes that are longer than the filler together"),
    ],
)
def test_a_body_that_cannot_have_these_holes_is_sent_in_another_coding(parts: list[bytes], lengths: list[int]) -> None:
    assert compress_parts(parts, lengths) is None


def test_a_body_that_is_decoded_to_anything_else_is_not_used() -> None:
    """No page has the bytes of a filler. Where a text has them, the compressor copies them out of the filler."""
    assert compress_parts([b"<p>", b"</p>" + FILLER[:124] * 9], [124]) is None


def test_a_body_counts_its_bytes() -> None:
    assert BrotliBody((b"abc", b"de"), ((1, b"x"),)).size == 5
