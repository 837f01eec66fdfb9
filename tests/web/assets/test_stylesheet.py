"""The tokens of the stylesheet: the banner of the test mode is readable for everybody."""

import re

import pytest

from app.resources import resource
from app.web.assets.brand_css import DARK_GROUNDS, LIGHT_GROUNDS, contrast, parse_color

CSS = resource("static/css/counterfoil.css").read_text(encoding="utf-8")


def tokens(dark: bool) -> dict[str, str]:
    """Return the colours of one scheme."""
    light, _, rest = CSS.partition("@media screen and (prefers-color-scheme: dark)")
    part = rest.partition("/* Base */")[0] if dark else light
    return dict(re.findall(r"(--[a-z-]+): (#[0-9a-f]{6}|#[0-9a-f]{3});", part))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_test_banner_has_the_contrast_of_level_aaa(dark: bool) -> None:
    found = tokens(dark)
    assert contrast(parse_color(found["--notice"]), parse_color(found["--notice-ground"])) >= 7


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_grounds_of_merchants_colours_are_those_of_the_stylesheet(dark: bool) -> None:
    found = tokens(dark)
    grounds = tuple(
        parse_color(color if len(color) > 4 else "#" + "".join(letter * 2 for letter in color[1:]))
        for color in (found["--paper"], found["--stub"], found["--ground"])
    )
    assert grounds == (DARK_GROUNDS if dark else LIGHT_GROUNDS)
