"""The styles of a merchant's colours. They only set the brand tokens, and stand at the end of the stylesheet of every page.

Pure: colours in, text out. Text on the button, and text in brand colour on every background, has a contrast of at least 4.5:1, in the
light and in the dark scheme.
"""

import math
from typing import Final

Color = tuple[int, int, int]

CONTRAST: Final = 4.5
BUTTON_CONTRAST: Final = 3.0
"""In the dark scheme, a button has at least the contrast to the paper that WCAG 1.4.11 requires."""

EDGE_CONTRAST: Final = 3.0
"""A paler button gets an edge with this contrast to the paper."""

COLORLESS: Final = 0.06
"""The chroma in OKLCH below which a colour looks grey. In the dark scheme a grey button looks disabled, so it becomes ink."""

WHITE: Final[Color] = (255, 255, 255)
BLACK: Final[Color] = (0, 0, 0)
INK: Final[Color] = (0xED, 0xEC, 0xEA)
ON_INK: Final[Color] = (0x11, 0x12, 0x14)

# --paper, --stub and --ground of static/css/counterfoil.css.
LIGHT_GROUNDS: Final[tuple[Color, ...]] = ((255, 255, 255), (250, 249, 246), (236, 234, 228))
DARK_GROUNDS: Final[tuple[Color, ...]] = ((29, 32, 33), (25, 28, 29), (15, 17, 18))

_HOVER: Final = 0.14
_STEPS: Final = 64


def parse_color(text: str) -> Color:
    """Read `#rrggbb`, with or without the sign."""
    number = int(text.removeprefix("#"), 16)
    return number >> 16 & 255, number >> 8 & 255, number & 255


def write_color(color: Color) -> str:
    """Write a colour as CSS does."""
    return "#{:02x}{:02x}{:02x}".format(*color)


def luminance(color: Color) -> float:
    """Return the relative luminance, as WCAG 2 defines it."""
    red, green, blue = _linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def chroma(color: Color) -> float:
    """Return the chroma in OKLCH: 0 is grey, 0.1 is a clear colour."""
    red, green, blue = _linear(color)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    greenness = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    blueness = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return math.hypot(greenness, blueness)


def _linear(color: Color) -> tuple[float, float, float]:
    """Return the linear parts of an sRGB colour, each from 0 to 1."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (p / 255 for p in color))
    return red, green, blue


def contrast(one: Color, other: Color) -> float:
    """Return the contrast ratio from 1 to 21, as WCAG 2 defines it."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mix(color: Color, other: Color, part: float) -> Color:
    """Return the colour that lies `part` of the way from one colour to the other."""
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(color, other, strict=True))
    return red, green, blue


def readable(color: Color, grounds: tuple[Color, ...], minimum: float, *, towards: Color) -> Color:
    """Return the colour, or the nearest shade towards `towards` that has the contrast `minimum` on every background."""
    for step in range(_STEPS):
        shade = mix(color, towards, step / _STEPS)
        if all(contrast(shade, ground) >= minimum for ground in grounds):
            return shade
    return towards


def text_on(color: Color) -> Color:
    """Return white where it is readable, or else black. One of the two always is."""
    return WHITE if contrast(WHITE, color) >= CONTRAST else BLACK


def _lifted(color: Color) -> Color:
    """Return a colour that is seen on dark paper: a lighter shade, or ink where that would be grey."""
    shade = readable(color, DARK_GROUNDS[:1], BUTTON_CONTRAST, towards=WHITE)
    return INK if chroma(shade) < COLORLESS else shade


def tokens(primary: Color, secondary: Color, *, dark: bool) -> dict[str, str]:
    """Return the brand tokens of one scheme. `primary` colours the button, `secondary` colours links, check marks and focus."""
    grounds, towards = (DARK_GROUNDS, WHITE) if dark else (LIGHT_GROUNDS, BLACK)
    button = _lifted(primary) if dark else primary
    text = INK if dark and _lifted(secondary) == INK else readable(secondary, grounds, CONTRAST, towards=towards)
    on_button = ON_INK if button == INK else text_on(button)
    # On hover the button moves away from the colour of its text, so the contrast only grows.
    hover = WHITE if button == INK else mix(button, BLACK if on_button == WHITE else WHITE, _HOVER)
    edge = readable(button, grounds[:1], EDGE_CONTRAST, towards=towards)
    return {
        "--brand": write_color(button),
        "--brand-hover": write_color(hover),
        "--on-brand": write_color(on_button),
        "--brand-edge": "transparent" if edge == button else write_color(edge),
        "--brand-text": write_color(text),
    }


def stylesheet(primary: str, secondary: str | None = None) -> str:
    """Return the styles of one merchant. The colours are written as `#rrggbb`."""
    first = parse_color(primary)
    second = parse_color(secondary) if secondary else first
    light, dark = (_rule(tokens(first, second, dark=dark)) for dark in (False, True))
    return (
        f":root {light}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root:not([data-theme]) {dark} }}\n"
        f'@media screen {{ :root[data-theme="dark"] {dark} }}\n'
    )


def _rule(values: dict[str, str]) -> str:
    return "{ " + " ".join(f"{name}: {value};" for name, value in values.items()) + " }"
