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
    "0000000000000": False,  # passes the check, but no issuer has it
    "490154203237518": False,  # the IMEI of a phone
    "356938035643809": False,  # an IMEI that begins like a JCB card, which has 16 digits
    "867686021217003": False,
    "8944500102198304826": False,  # the number of a SIM card
    "378282246310004": False,
    "30569309025904": True,  # 14: Diners Club
    "36227206271667": True,
    "3566002020360505": True,  # JCB
    "2223003122003222": True,  # Mastercard
    "5105105105105100": True,
    "6011111111111117": True,  # Discover
    "6205500000000000004": True,  # UnionPay, 19
    "6759649826438453": True,  # Maestro
    "2200123456789019": True,  # Mir
    "5610591081018250": False,  # no issuer that cards are taken of
    "9111111111111111": False,
}


@pytest.mark.parametrize(("number", "is_card"), NUMBERS.items())
def test_a_card_number_has_an_issuer_its_length_and_the_luhn_check(number: str, is_card: bool) -> None:
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
        "4242\u20134242\u20134242\u20134242",
        "4242\u20114242 \u20124242\u22124242",
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
