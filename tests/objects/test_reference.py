"""The references of payments."""

import re

import pytest

from app.objects.reference import new_reference, read_reference


def test_a_reference_has_eight_characters_of_crockfords_base_32() -> None:
    made = {new_reference() for _ in range(500)}
    assert len(made) == 500
    assert all(re.fullmatch(r"CF-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", reference) for reference in made)
    assert all(read_reference(reference) == reference for reference in made)


@pytest.mark.parametrize(
    "text", ["CF-7K2M-94QX", "cf-7k2m-94qx", " CF 7K2M 94QX ", "7k2m94qx", "CF–7K2M–94QX.", "cf7k2m94qx"]
)
def test_a_reference_is_read_as_people_type_it(text: str) -> None:
    assert read_reference(text) == "CF-7K2M-94QX"


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    assert read_reference("CF-OIL0-1234") == "CF-0110-1234"


def test_eight_characters_that_start_with_the_prefix_are_a_whole_reference() -> None:
    assert read_reference("CF23-4567") == "CF-CF23-4567"


@pytest.mark.parametrize(
    "text", ["", "CF-", "CF-7K2M-94Q", "CF-7K2M-94QXX", "CF-7K2M-94QU", "att_1234567", "ada@example.com"]
)
def test_anything_else_is_no_reference(text: str) -> None:
    assert read_reference(text) is None
