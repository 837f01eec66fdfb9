"""The form token: valid for one link and for one day, and refused when a single letter of it is changed."""

import pytest

from app.web.visit.form_token import LIFETIME_SECONDS, FormToken, FormTokens
from tests.support.build import NOW

SECRET = "a secret that only this test knows"


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
    # The last letter of a signature carries spare bits.
    for place in range(len(token) - 1):
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
