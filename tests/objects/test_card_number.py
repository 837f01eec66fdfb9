"""Card numbers: the length and the Luhn check, in one piece or grouped, in any script, alone or in a sentence."""

import pytest

from app.objects.card_number import contains_card_number, is_card_number

NUMBERS = {
    "4242424242424": False,
    "4222222222222": True,  # 13 digits
    "378282246310005": True,  # 15
    "4242424242424242": True,
    "4242424242424241": False,
    "4242424242424242428": True,  # 19
    "4242424242424242427": False,
    "4000056655665556": True,
    "0000000000000": True,
}


@pytest.mark.parametrize(("number", "is_card"), NUMBERS.items())
def test_a_card_number_has_13_to_19_digits_and_passes_the_luhn_check(number: str, is_card: bool) -> None:
    assert is_card_number(number) is is_card


@pytest.mark.parametrize("number", ["424242424242", "42424242424242424242", "4242 4242 4242 4242", "", "½" * 16])
def test_other_lengths_and_other_characters_are_no_card_number(number: str) -> None:
    assert not is_card_number(number)


@pytest.mark.parametrize(
    "text",
    [
        "4242 4242 4242 4242",
        "my card is 4242-4242-4242-4242, thanks",
        "4242.4242/4242 4242",
        "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢",
        "４２４２４２４２４２４２４２４２",
        "3782 822463 10005",
    ],
)
def test_a_card_number_is_found_in_a_text(text: str) -> None:
    assert contains_card_number(text)


@pytest.mark.parametrize("text", ["", "1234", "+43 660 1234567", "4242 4242 4242 4241", "x" * 5000, "1" * 40])
def test_other_numbers_are_left_alone(text: str) -> None:
    assert not contains_card_number(text)
