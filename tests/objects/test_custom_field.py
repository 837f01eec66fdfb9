"""The rule for answers to custom fields."""

from typing import Any

import pytest

from app.objects.payment_link.custom_field import CustomField, answer_bounds, answer_problem


def field(type: str, **part: Any) -> CustomField:
    label = {"type": "custom", "custom": "Question"}
    return CustomField.model_validate({"key": "key", "label": label, "type": type, **({type: part} if part else {})})


CHOICE = field("dropdown", options=[{"label": "One", "value": "one"}])
CASES = {
    "an option": (CHOICE, "one", None),
    "an option's label": (CHOICE, "One", "not_an_option"),
    "no option": (CHOICE, "", "not_an_option"),
    "digits": (field("numeric"), "0123456789", None),
    "digits of another script": (field("numeric"), "١٢", "not_digits"),
    "a sign": (field("numeric"), "-1", "not_digits"),
    "too few digits": (field("numeric", minimum_length=3), "12", "too_short"),
    "enough digits": (field("numeric", minimum_length=3), "123", None),
    "too many digits": (field("numeric", maximum_length=3), "1234", "too_long"),
    "any text": (field("text"), "-1 ½", None),
    "255 characters": (field("text"), "x" * 255, None),
    "256 characters": (field("text"), "x" * 256, "too_long"),
    "256 characters of an imported link": (field("text", maximum_length=300), "x" * 256, "too_long"),
    "too short": (field("text", minimum_length=2), "x", "too_short"),
}


@pytest.mark.parametrize(("question", "answer", "problem"), CASES.values(), ids=CASES)
def test_an_answer_is_an_option_or_has_the_right_characters(
    question: CustomField, answer: str, problem: str | None
) -> None:
    assert answer_problem(question, answer) == problem


def test_the_bounds_of_an_answer_are_the_fields_own_or_0_and_255() -> None:
    assert answer_bounds(field("text")) == (0, 255)
    assert answer_bounds(field("numeric", minimum_length=2, maximum_length=9)) == (2, 9)
