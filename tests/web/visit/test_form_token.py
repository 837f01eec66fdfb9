"""The form token: valid for one link and for one day, and refused when a single letter of it is changed."""

import string
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from itsdangerous import Signer, URLSafeSerializer

from app.web.visit.form_token import LIFETIME_SECONDS, FormToken, FormTokens
from tests.support.build import NOW

SECRET = "a secret that only this test knows"
ALPHABET: Final = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
"""The letters of base64 in addresses, in their order."""


def read(text: str | None, *, link: str = "plink_a", now: int = NOW, secret: str = SECRET) -> FormToken | None:
    return FormTokens(secret, link, now, text).accepted


def issue(link: str = "plink_a", now: int = NOW) -> str:
    return FormTokens(SECRET, link, now).issue()


def test_a_token_is_accepted_until_it_expires() -> None:
    token = issue()
    accepted = read(token, now=NOW + LIFETIME_SECONDS - 1)
    assert accepted is not None
    assert accepted.link == "plink_a"
    assert read(token, now=NOW + LIFETIME_SECONDS) is None


def test_every_form_has_its_own_id() -> None:
    first, second = read(issue()), read(issue())
    assert first is not None
    assert second is not None
    assert first.form != second.form


@pytest.mark.parametrize("text", ["", "x", "…", None, "a.b", "x" * 5000, "[1,2]"])
def test_a_text_that_is_no_token_is_refused(text: str | None) -> None:
    assert read(text) is None


def test_a_token_is_refused_when_any_letter_is_changed() -> None:
    token = issue()
    for place in range(len(token)):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert read(changed) is None, f"letter {place}"


def test_the_token_of_another_link_or_another_server_is_refused() -> None:
    token = issue()
    assert read(token, link="plink_b") is None
    assert read(token, secret="another secret") is None


def test_a_page_keeps_a_valid_token_and_replaces_an_expired_one() -> None:
    token = issue()
    assert FormTokens(SECRET, "plink_a", NOW + 60, token).current() == token
    later = NOW + LIFETIME_SECONDS
    renewed, original = read(FormTokens(SECRET, "plink_a", later, token).current(), now=later), read(token)
    assert renewed is not None
    assert original is not None
    assert renewed.form != original.form


def last_letters(token: str) -> list[str]:
    """Return the token with each other last letter that means the same signature: its last two bits are spare."""
    first = ALPHABET.index(token[-1]) & ~0b11
    return [token[:-1] + letter for letter in ALPHABET[first : first + 4] if letter != token[-1]]


def spellings(token: str) -> list[str]:
    """Return other texts that a lenient decoder reads as the same token."""
    payload, _, signature = token.rpartition(".")
    added = [token + end for end in ("=<", "=", "==", "=<script>", "=\n", "\n", "=é", "=.")]
    return [*added, *last_letters(token), f"{payload}.{signature[:9]}!{signature[9:]}", f"{payload}.\n{signature}"]


def test_a_lenient_decoder_reads_other_spellings_of_a_token() -> None:
    lenient = URLSafeSerializer(SECRET, salt="counterfoil.form", signer=Signer)
    token = issue()
    read_by_it = [lenient.loads_unsafe(text)[0] for text in spellings(token)]
    assert len(last_letters(token)) == 3
    assert read_by_it.count(True) >= 8


def test_no_other_spelling_of_a_token_is_accepted_or_shown_again() -> None:
    token = issue()
    assert read(token) is not None
    for text in spellings(token):
        assert read(text) is None, text
        assert text not in FormTokens(SECRET, "plink_a", NOW, text).current()


LATER: Final = NOW + 1
MADE: Final = issue()


@given(
    st.one_of(
        st.text(max_size=30).map(lambda end: MADE + end),
        st.text(max_size=3).map(lambda end: MADE[:-1] + end),
        st.tuples(st.integers(0, len(MADE)), st.text(max_size=3)).map(lambda it: MADE[: it[0]] + it[1] + MADE[it[0] :]),
        st.tuples(st.integers(0, len(MADE) - 1), st.sampled_from([*ALPHABET, "=", ".", "+", "/"])).map(
            lambda it: MADE[: it[0]] + it[1] + MADE[it[0] + 1 :]
        ),
        st.text(ALPHABET + ".=", max_size=200),
    )
)
@example(MADE)
@example(MADE + "=<")
@example(last_letters(MADE)[0])
def test_an_accepted_text_is_the_one_that_this_server_made(text: str) -> None:
    tokens = FormTokens(SECRET, "plink_a", LATER, text)
    assert (tokens.accepted is not None) is (text == MADE)
    assert (tokens.current() == text) is (text == MADE)
