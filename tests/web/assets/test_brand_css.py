"""Text is readable with any colours of a merchant, in the light and in the dark scheme."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.assets.brand_css import (
    CONTRAST,
    DARK_GROUNDS,
    LIGHT_GROUNDS,
    contrast,
    parse_color,
    stylesheet,
    text_on,
    tokens,
)

colors = st.tuples(*[st.integers(0, 255)] * 3)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param("#000000", "#ffffff", 21.0, id="black on white"),
        pytest.param("#777777", "#ffffff", 4.48, id="the grey that just fails"),
        pytest.param("#767676", "#ffffff", 4.54, id="the grey that just passes"),
        pytest.param("#0e585c", "#0e585c", 1.0, id="a colour on itself"),
    ],
)
def test_contrast_is_what_wcag_says(one: str, other: str, expected: float) -> None:
    assert contrast(parse_color(one), parse_color(other)) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(
    ("color", "expected"),
    [
        pytest.param("#0e585c", (255, 255, 255), id="white on teal"),
        pytest.param("#ffd400", (0, 0, 0), id="black on yellow"),
        pytest.param("#777777", (0, 0, 0), id="black on the grey where white just fails"),
    ],
)
def test_text_on_a_button_is_white_where_white_is_readable(color: str, expected: tuple[int, int, int]) -> None:
    assert text_on(parse_color(color)) == expected


@given(primary=colors, secondary=colors, dark=st.booleans())
def test_text_is_readable_with_any_colours(
    primary: tuple[int, int, int], secondary: tuple[int, int, int], dark: bool
) -> None:
    made = {name: parse_color(value) for name, value in tokens(primary, secondary, dark=dark).items()}
    assert contrast(made["--on-brand"], made["--brand"]) >= CONTRAST
    assert contrast(made["--on-brand"], made["--brand-hover"]) >= CONTRAST
    for ground in DARK_GROUNDS if dark else LIGHT_GROUNDS:
        assert contrast(made["--brand-text"], ground) >= CONTRAST


def test_a_readable_colour_is_not_changed() -> None:
    assert "--brand: #0e585c;" in stylesheet("#0e585c")
    assert "--brand-text: #0e585c;" in stylesheet("#0e585c")


@pytest.mark.parametrize("color", ["#111111", "#000000", "#3a3a40"])
def test_a_button_of_a_black_brand_does_not_look_disabled_in_the_dark_scheme(color: str) -> None:
    button = parse_color(tokens(parse_color(color), parse_color(color), dark=True)["--brand"])
    assert contrast(button, DARK_GROUNDS[0]) >= 9


def test_the_stylesheet_sets_the_brand_tokens_and_nothing_else() -> None:
    names = set(re.findall(r"([\w-]+):", stylesheet("#ffd400", "#123456").replace("prefers-color-scheme:", "")))
    assert names - {"root"} == {"--brand", "--brand-hover", "--on-brand", "--brand-text"}
