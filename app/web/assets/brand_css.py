"""The stylesheet of a merchant's colours. It only sets the brand tokens.

Pure: colours in, text out. Text on the button, and text in brand colour on every background, has a contrast of at least 4.5:1, in the
light and in the dark scheme.
"""

from typing import Final

Color = tuple[int, int, int]

CONTRAST: Final = 4.5
BUTTON_CONTRAST: Final = 3.0
"""In the dark scheme, a button has at least the contrast to the paper that WCAG 1.4.11 requires."""

GREY_CONTRAST: Final = 9.0
"""A button in a middle grey looks disabled, so grey and black brands become nearly white."""

WHITE: Final[Color] = (255, 255, 255)
BLACK: Final[Color] = (0, 0, 0)

# --paper, --stub and --ground of static/css/counterfoil.css.
LIGHT_GROUNDS: Final[tuple[Color, ...]] = ((255, 255, 255), (250, 249, 246), (236, 234, 228))
DARK_GROUNDS: Final[tuple[Color, ...]] = ((29, 32, 33), (25, 28, 29), (15, 17, 18))

_HOVER: Final = 0.14
_STEPS: Final = 64
_COLORLESS: Final = 24


def parse_color(text: str) -> Color:
    """Read `#rrggbb`, with or without the sign."""
    number = int(text.removeprefix("#"), 16)
    return number >> 16 & 255, number >> 8 & 255, number & 255


def write_color(color: Color) -> str:
    """Write a colour as CSS does."""
    return "#{:02x}{:02x}{:02x}".format(*color)


def luminance(color: Color) -> float:
    """Return the relative luminance, as WCAG 2 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


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


def tokens(primary: Color, secondary: Color, *, dark: bool) -> dict[str, str]:
    """Return the brand tokens of one scheme. `primary` colours the button, `secondary` colours links, check marks and focus."""
    grounds, towards = (DARK_GROUNDS, WHITE) if dark else (LIGHT_GROUNDS, BLACK)
    minimum = GREY_CONTRAST if max(primary) - min(primary) < _COLORLESS else BUTTON_CONTRAST
    button = readable(primary, DARK_GROUNDS[:1], minimum, towards=WHITE) if dark else primary
    on_button = text_on(button)
    # On hover the button moves away from the colour of its text, so the contrast only grows.
    hover = mix(button, BLACK if on_button == WHITE else WHITE, _HOVER)
    return {
        "--brand": write_color(button),
        "--brand-hover": write_color(hover),
        "--on-brand": write_color(on_button),
        "--brand-text": write_color(readable(secondary, grounds, CONTRAST, towards=towards)),
    }


def stylesheet(primary: str, secondary: str | None = None) -> str:
    """Return the stylesheet of one merchant. The colours are written as `#rrggbb`."""
    first = parse_color(primary)
    second = parse_color(secondary) if secondary else first
    light, dark = (_rule(tokens(first, second, dark=dark)) for dark in (False, True))
    return f":root {light}\n@media screen and (prefers-color-scheme: dark) {{ :root {dark} }}\n"


def _rule(values: dict[str, str]) -> str:
    return "{ " + " ".join(f"{name}: {value};" for name, value in values.items()) + " }"
