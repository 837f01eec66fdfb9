"""Domains of e-mail addresses: letters for people, punycode for Stripe."""

import pytest

from app.wire.email_domain import with_ascii_domain, with_readable_domain


@pytest.mark.parametrize(
    ("readable", "plain"),
    [
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@例え.テスト", "ada@xn--r8jz45g.xn--zckzah"),
        ("ada@post.bücher.example", "ada@post.xn--bcher-kva.example"),
        ("ada@b.example", "ada@b.example"),
    ],
)
def test_a_domain_is_written_in_letters_and_in_punycode(readable: str, plain: str) -> None:
    assert with_ascii_domain(readable) == plain
    assert with_readable_domain(plain) == readable
    assert with_ascii_domain(plain) == plain
    assert with_readable_domain(readable) == readable


@pytest.mark.parametrize("text", ["", "ada", "ada@", "@bücher.example", "ada@xn--.example", "ada@bü..example"])
def test_what_is_no_address_stays_or_keeps_its_letters(text: str) -> None:
    assert with_readable_domain(text) == text
    assert with_ascii_domain(text).rpartition("@")[0] == text.rpartition("@")[0]
