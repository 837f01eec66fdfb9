"""What people type and paste: without invisible characters, in plain forms, and counted as they see it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.objects.typed_text import (
    clean_code,
    clean_digits,
    clean_line,
    clean_lines,
    count_characters,
    fold,
    is_longer,
    plain_dashes,
)

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
HEART = "\u2764\ufe0f\u200d\U0001f525"
PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"

INVISIBLE = [
    "\u00ad", "\u034f", "\u061c", "\u115f", "\u1160", "\u17b4", "\u180e", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u202a",
    "\u202c", "\u202e", "\u2060", "\u2064", "\u2066", "\u2069", "\u3164", "\ufe0f", "\ufeff", "\uffa0", "\ufff9", "\U000e0001",
    "\U000e0041", "\U000e0100", "\U0001d173",
]  # fmt: skip
BLANK = ["", " ", "\t", "\r\n", "\u00a0", "\u2003", "\u2028", "\u2800", "\u3000", "\x00", "\x7f"]


@pytest.mark.parametrize("character", [*INVISIBLE, *BLANK], ids=ascii)
def test_a_text_of_which_nothing_can_be_seen_is_empty(character: str) -> None:
    assert clean_line(character * 3) == ""
    assert clean_line(f" {character} {character}\u200b ") == ""
    assert clean_digits(character * 3).replace("\u2800", "") == ""


@pytest.mark.parametrize("character", INVISIBLE, ids=ascii)
def test_no_invisible_character_stands_before_a_text(character: str) -> None:
    assert clean_line(f"{character}ab") == "ab"
    assert fold(f"{character}a{character}b{character}") == "ab"
    assert clean_digits(f"{character}1{character}2{character}") == "12"
    assert clean_code(f"{character}A{character}1{character}") == "A1"


@pytest.mark.parametrize(
    "text", [FAMILY, SCOTLAND, HEART, PERSIAN, "\u0600\u0661", "\u0e01\u0e47", "\ud55c", "\u1e69", "\u5b57\U000e0100"]
)
def test_what_joins_visible_characters_stays(text: str) -> None:
    assert clean_line(f"\u202b {text}\u200b \u202c") == text
    assert clean_lines(f"{text}\n{text}") == f"{text}\n{text}"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("one\ttwo\x00three", "one two three"),
        ("one\u2028two", "one two"),
        ("re\u0301sume\u0301", "r\u00e9sum\u00e9"),
        ("soft\u00adhyphen", "softhyphen"),
        ("a\u200d \u200db", "a b"),
        ("  trimmed\u00a0", "trimmed"),
        ("\u202ereversed\u202c", "reversed"),
    ],
)
def test_a_line_is_kept_as_people_see_it(text: str, seen: str) -> None:
    assert clean_line(text) == seen


@pytest.mark.parametrize(
    ("text", "characters"),
    [
        ("", 0), ("abc", 3), ("\u00e9", 1), ("e\u0301", 1), ("\U0001f44d\U0001f3fd", 1), (FAMILY, 1), (SCOTLAND, 1), (HEART, 1),
        ("\U0001f1e6\U0001f1f9\U0001f1e9\U0001f1ea", 2), ("\u0928\u093f", 1), ("\u1112\u1161\u11ab", 1), ("\u5b57\u5b57", 2),
        (PERSIAN, 7),
    ],
)  # fmt: skip
def test_characters_are_counted_as_people_see_them(text: str, characters: int) -> None:
    assert count_characters(text) == characters
    assert not is_longer(text, max(characters, 1))
    assert characters < 2 or is_longer(text, characters - 1)


def test_a_character_with_very_many_marks_is_too_long() -> None:
    assert not is_longer("a" + "\u0301" * 15, 1)
    assert is_longer("a" + "\u0301" * 16, 1)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("\u202c0171234567", "0171234567"),
        ("\u200e+43 660\u00a012", "+4366012"),
        ("００４２", "0042"),
        ("\u0660\u0661\u06f2", "012"),
        ("\U0001d7d0", "2"),
        (" 0042 17 ", "004217"),
        ("1.5", "1.5"),
        ("\u00b2", "\u00b2"),
    ],
)
def test_digits_are_folded_and_nothing_else(text: str, digits: str) -> None:
    assert clean_digits(text) == digits


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ＳＰＲＩＮＧ１０", "SPRING10"),
        ("SPRING 10", "SPRING10"),
        ("\ufeffspring10\u200b", "spring10"),
        ("SPRING\u201310", "SPRING-10"),
        ("SPRING\uff0d10", "SPRING-10"),
        ("SPRING\u201110\u00a0", "SPRING-10"),
    ],
)
def test_a_code_is_read_as_it_was_printed(text: str, code: str) -> None:
    assert clean_code(text) == code


def test_every_dash_is_a_hyphen() -> None:
    assert plain_dashes("a\u2010b\u2011c\u2012d\u2013e\u2014f\u2015g\u2212h\ufe58i\uff0dj") == "a-b-c-d-e-f-g-h-i-j"


@given(st.text(max_size=60))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    for clean in (clean_line, clean_digits, clean_code):
        assert clean(clean(text)) == clean(text)
