"""The merchant's colours as a stylesheet that sets the brand tokens alone.

Pure: colours in, text out. Text on the button, and brand-coloured text on every ground of ours, reaches 4.5:1 in light and in dark.
"""

from typing import Final

Color = tuple[int, int, int]

CONTRAST: Final = 4.5
BUTTON_CONTRAST: Final = 3.0
"""In the dark, a button stands out from the paper at least as much as WCAG 1.4.11 asks for."""

GREY_CONTRAST: Final = 9.0
"""A button of a middle grey looks as if it were switched off, so that grey and black brands turn nearly white."""

WHITE: Final[Color] = (255, 255, 255)
BLACK: Final[Color] = (0, 0, 0)

# --paper, --stub and --ground of static/css/counterfoil.css.
LIGHT_GROUNDS: Final[tuple[Color, ...]] = ((255, 255, 255), (250, 249, 246), (236, 234, 228))
DARK_GROUNDS: Final[tuple[Color, ...]] = ((29, 32, 33), (25, 28, 29), (15, 17, 18))

_HOVER: Final = 0.14
_STEPS: Final = 64
_COLORLESS: Final = 24


def parse_color(text: str) -> Color:
    """`#rrggbb`, with or without the sign."""
    number = int(text.removeprefix("#"), 16)
    return number >> 16 & 255, number >> 8 & 255, number & 255


def write_color(color: Color) -> str:
    """As CSS writes it."""
    return "#{:02x}{:02x}{:02x}".format(*color)


def luminance(color: Color) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Color, other: Color) -> float:
    """Between 1 and 21, as WCAG 2 defines it."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mix(color: Color, other: Color, part: float) -> Color:
    """`part` of the way from one colour to the other."""
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(color, other, strict=True))
    return red, green, blue


def readable(color: Color, grounds: tuple[Color, ...], minimum: float, *, towards: Color) -> Color:
    """The colour itself, or the nearest one on the way to `towards` that reaches `minimum` on every ground."""
    for step in range(_STEPS):
        shade = mix(color, towards, step / _STEPS)
        if all(contrast(shade, ground) >= minimum for ground in grounds):
            return shade
    return towards


def text_on(color: Color) -> Color:
    """White where it can be read, black otherwise: one of the two always can."""
    return WHITE if contrast(WHITE, color) >= CONTRAST else BLACK


def tokens(primary: Color, secondary: Color, *, dark: bool) -> dict[str, str]:
    """The brand tokens for one scheme: the button in `primary`, links, ticks and focus in `secondary`."""
    grounds, towards = (DARK_GROUNDS, WHITE) if dark else (LIGHT_GROUNDS, BLACK)
    minimum = GREY_CONTRAST if max(primary) - min(primary) < _COLORLESS else BUTTON_CONTRAST
    button = readable(primary, DARK_GROUNDS[:1], minimum, towards=WHITE) if dark else primary
    on_button = text_on(button)
    # Hovering moves away from the text's own colour, so that it can only be read better.
    hover = mix(button, BLACK if on_button == WHITE else WHITE, _HOVER)
    return {
        "--brand": write_color(button),
        "--brand-hover": write_color(hover),
        "--on-brand": write_color(on_button),
        "--brand-text": write_color(readable(secondary, grounds, CONTRAST, towards=towards)),
    }


def stylesheet(primary: str, secondary: str | None = None) -> str:
    """The stylesheet of one merchant, from `#rrggbb` colours."""
    first = parse_color(primary)
    second = parse_color(secondary) if secondary else first
    light, dark = (_rule(tokens(first, second, dark=dark)) for dark in (False, True))
    return f":root {light}\n@media screen and (prefers-color-scheme: dark) {{ :root {dark} }}\n"


def _rule(values: dict[str, str]) -> str:
    return "{ " + " ".join(f"{name}: {value};" for name, value in values.items()) + " }"
