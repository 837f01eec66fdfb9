"""A client gets the smallest coding that it takes, and a text in no coding that would make it longer."""

import gzip

import brotli
import pytest

from app.resources import resource
from app.web.http.encodings import Coded, compress_text, compress_text_fast, content_coding


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("BR", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0.5, gzip;q=1.0", "gzip"),
        ("br;q=0.5, gzip;q=0.5", "br"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0, gzip;q=0", ""),
        ("identity", ""),
        ("*", ""),
        ("deflate, zstd", ""),
        ("", ""),
        ("br" + ", x" * 100, ""),
    ],
)
def test_the_coding_for_a_client(header: str, expected: str) -> None:
    assert content_coding(header) == expected


def test_a_text_is_coded_once_and_read_back() -> None:
    text = b"<p>Beeswax candles</p>\n" * 90
    coded = compress_text(text)
    assert coded.find("") == ("", text)
    assert gzip.decompress(coded.bodies["gzip"]) == brotli.decompress(coded.bodies["br"]) == text
    assert coded.size == sum(len(body) for body in coded.bodies.values())
    assert compress_text(bytes(bytearray(text))) is coded


def test_a_text_that_is_coded_fast_is_read_back_and_nearly_as_small() -> None:
    text = resource("static/css/counterfoil.css").read_bytes()
    fast, small = compress_text_fast(text), compress_text(text)
    assert brotli.decompress(fast.bodies["br"]) == gzip.decompress(fast.bodies["gzip"]) == text
    assert len(small.bodies["br"]) < len(fast.bodies["br"]) < len(small.bodies["br"]) * 1.15


@pytest.mark.parametrize("text", [b"", b"x", b"a1"])
def test_a_text_that_no_coding_makes_smaller_is_sent_as_it_is(text: bytes) -> None:
    assert compress_text(text).find("gzip, br") == ("", text)


def test_a_client_that_prefers_a_missing_coding_gets_the_plain_body() -> None:
    assert Coded({"": b"abc"}).find("br") == ("", b"abc")
