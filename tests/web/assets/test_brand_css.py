"""Text is readable with any colours of a merchant, in the light and in the dark scheme."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.assets.brand_css import (
    COLORLESS,
    CONTRAST,
    DARK_GROUNDS,
    EDGE_CONTRAST,
    LIGHT_GROUNDS,
    chroma,
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
    found = tokens(primary, secondary, dark=dark)
    edge = found.pop("--brand-edge")
    made = {name: parse_color(value) for name, value in found.items()}
    paper = (DARK_GROUNDS if dark else LIGHT_GROUNDS)[0]
    assert contrast(made["--brand"] if edge == "transparent" else parse_color(edge), paper) >= EDGE_CONTRAST
    assert contrast(made["--on-brand"], made["--brand"]) >= CONTRAST
    assert contrast(made["--on-brand"], made["--brand-hover"]) >= CONTRAST
    for ground in DARK_GROUNDS if dark else LIGHT_GROUNDS:
        assert contrast(made["--brand-text"], ground) >= CONTRAST


def test_a_readable_colour_is_not_changed() -> None:
    assert "--brand: #0e585c;" in stylesheet("#0e585c")
    assert "--brand-text: #0e585c;" in stylesheet("#0e585c")


@pytest.mark.parametrize("color", ["#111214", "#000000", "#3a3a40", "#1a1f2b", "#777777", "#ffffff"])
def test_a_brand_without_a_hue_becomes_ink_in_the_dark_scheme(color: str) -> None:
    assert tokens(parse_color(color), parse_color(color), dark=True) == {
        "--brand": "#edecea",
        "--brand-hover": "#ffffff",
        "--on-brand": "#111214",
        "--brand-edge": "transparent",
        "--brand-text": "#edecea",
    }


@pytest.mark.parametrize("color", ["#0e585c", "#7a1020", "#1c2a9c", "#ffd400"])
def test_a_brand_with_a_hue_keeps_it_in_the_dark_scheme(color: str) -> None:
    made = tokens(parse_color(color), parse_color(color), dark=True)
    button = parse_color(made["--brand"])
    assert chroma(button) >= COLORLESS
    assert made["--brand-text"] != "#edecea"
    assert contrast(button, DARK_GROUNDS[0]) >= 3


@pytest.mark.parametrize(
    ("color", "expected"),
    [
        pytest.param("#ffffff", 0.0, id="white"),
        pytest.param("#808080", 0.0, id="grey"),
        pytest.param("#ff0000", 0.2577, id="red"),
        pytest.param("#0000ff", 0.3132, id="blue"),
    ],
)
def test_chroma_is_that_of_oklch(color: str, expected: float) -> None:
    assert chroma(parse_color(color)) == pytest.approx(expected, abs=0.0005)


def test_a_pale_button_gets_an_edge_that_is_seen_on_paper() -> None:
    light = tokens(parse_color("#ffd400"), parse_color("#ffd400"), dark=False)
    assert light["--brand"] == "#ffd400"
    assert contrast(parse_color(light["--brand-edge"]), LIGHT_GROUNDS[0]) >= 3
    assert tokens(parse_color("#0e585c"), parse_color("#0e585c"), dark=False)["--brand-edge"] == "transparent"


def test_the_stylesheet_sets_the_brand_tokens_and_nothing_else() -> None:
    names = set(re.findall(r"([\w-]+):", stylesheet("#ffd400", "#123456").replace("prefers-color-scheme:", "")))
    assert names - {"root"} == {"--brand", "--brand-hover", "--on-brand", "--brand-edge", "--brand-text"}
