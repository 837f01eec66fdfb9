"""The token of a form: good for its own link and for a day, and never again once a letter of it is changed."""

import pytest

from app.web.visit.form_token import LIFETIME_SECONDS, FormTokens, TokenRefused
from tests.support.build import NOW

SECRET = "a secret that only this test knows"


def test_a_token_is_read_back_until_it_expires() -> None:
    token = FormTokens(SECRET, "plink_a", NOW).issue()
    assert FormTokens(SECRET, "plink_a", NOW + LIFETIME_SECONDS - 1).read(token).link == "plink_a"
    with pytest.raises(TokenRefused):
        FormTokens(SECRET, "plink_a", NOW + LIFETIME_SECONDS).read(token)


def test_every_form_is_another_one() -> None:
    tokens = FormTokens(SECRET, "plink_a", NOW)
    assert tokens.read(tokens.issue()).form != tokens.read(tokens.issue()).form


@pytest.mark.parametrize("change", ["", "x", "…", None, "a.b", "x" * 5000, "[1,2]"])
def test_what_is_no_token_is_refused(change: str | None) -> None:
    with pytest.raises(TokenRefused):
        FormTokens(SECRET, "plink_a", NOW).read(change)


def test_a_tampered_token_is_refused_wherever_a_letter_is_changed() -> None:
    tokens = FormTokens(SECRET, "plink_a", NOW)
    token = tokens.issue()
    # The last letter of a signature carries spare bits.
    for place in range(len(token) - 1):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(TokenRefused):
            tokens.read(changed)


def test_another_links_token_and_another_servers_are_refused() -> None:
    token = FormTokens(SECRET, "plink_a", NOW).issue()
    with pytest.raises(TokenRefused):
        FormTokens(SECRET, "plink_b", NOW).read(token)
    with pytest.raises(TokenRefused):
        FormTokens("another secret", "plink_a", NOW).read(token)


def test_a_page_keeps_a_good_token_and_replaces_a_bad_one() -> None:
    token = FormTokens(SECRET, "plink_a", NOW).issue()
    assert FormTokens(SECRET, "plink_a", NOW + 60, token).current() == token
    renewed = FormTokens(SECRET, "plink_a", NOW + LIFETIME_SECONDS, token)
    assert renewed.read(renewed.current()).form != FormTokens(SECRET, "plink_a", NOW).read(token).form
