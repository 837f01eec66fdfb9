"""Draw a card: who sells, what, and for how much. Pure but for the font; a card is always light.

A card has 1200 by 630 pixels and a margin of 64. A picture fills the square at its left.
"""

import io
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageDraw, ImageOps
from PIL.ImageFont import FreeTypeFont

from app.web.assets.brand_css import parse_color, text_on
from app.web.assets.card.font import open_font

WIDTH: Final = 1200
HEIGHT: Final = 630

_MARGIN: Final = 64
_PAPER: Final = "#ffffff"
_INK: Final = "#1b2122"
_SOFT: Final = "#565e5e"
_LINE: Final = "#dedbd2"
_TILE: Final = 56
_TITLE_SIZES: Final = (60, 52, 46, 40)
_MOST_LINES: Final = 3
_TITLE_LEADING: Final = 1.1
_COMPRESSION: Final = 3
"""Of PNG. The default takes five times as long and saves a fifth."""


@dataclass(frozen=True)
class Words:
    """The texts of a card, all in characters that the font has. Empty ones are left out."""

    seller: str
    title: str
    amount: str
    host: str


def draw_card(words: Words, color: str, *, logo: bytes | None = None, picture: bytes | None = None) -> bytes:
    """Return a card as PNG. `color` is the brand's, `logo` and `picture` are files of the store."""
    card = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    draw = ImageDraw.Draw(card)
    left = _MARGIN
    if picture is not None:
        card.paste(ImageOps.fit(_opened(picture), (HEIGHT, HEIGHT)), (0, 0))
        left += HEIGHT
    column = WIDTH - _MARGIN - left
    if words.title:
        _draw_seller(card, words.seller, color, logo, (left, column))
        _draw_middle(draw, words, (left, column))
    else:
        _draw_mark(card, words, color, logo, (left, column))
    _draw_host(draw, words.host, (left, column))
    file = io.BytesIO()
    card.save(file, "PNG", compress_level=_COMPRESSION)
    return file.getvalue()


def _draw_seller(card: Image.Image, seller: str, color: str, logo: bytes | None, place: tuple[int, int]) -> None:
    """Draw the logo, or else the first letter in the brand's colour, and the name."""
    left, column = place
    _draw_tile(card, seller, color, logo, (left, _MARGIN, _TILE))
    font = open_font(26, 600)
    name = _cut(seller, font, column - _TILE - 16)
    ImageDraw.Draw(card).text((left + _TILE + 16, _MARGIN + _TILE / 2), name, _INK, font, anchor="lm")


def _draw_tile(card: Image.Image, seller: str, color: str, logo: bytes | None, box: tuple[int, int, int]) -> None:
    left, top, size = box
    if logo is not None:
        fitted = ImageOps.contain(_opened(logo), (size, size))
        card.paste(fitted, (left + (size - fitted.width) // 2, top + (size - fitted.height) // 2))
        return
    # Four times as large and made smaller, so that its corners are smooth.
    mask = Image.new("L", (size * 4, size * 4))
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, size * 4 - 1, size * 4 - 1), size // 2, fill=255)
    card.paste(Image.new("RGB", (size, size), color), (left, top), mask.resize((size, size)))
    draw, ink = ImageDraw.Draw(card), text_on(parse_color(color))
    if seller:
        center = (left + size / 2, top + size / 2)
        draw.text(center, seller[0].upper(), ink, open_font(size // 2, 600), anchor="mm")
        return
    # Without a letter that the font has: two lines of a slip.
    for row, length in ((0.38, 0.5), (0.62, 0.3)):
        start, y = left + size * 0.25, top + size * row
        draw.rounded_rectangle((start, y - size * 0.05, start + size * length, y + size * 0.05), size * 0.05, fill=ink)


def _draw_middle(draw: ImageDraw.ImageDraw, words: Words, place: tuple[int, int]) -> None:
    """Draw title and amount in the middle between seller and host."""
    left, column = place
    size, lines = _fit(words.title, column)
    leading = round(size * _TITLE_LEADING)
    amount_height = 12 + 53 if words.amount else 0
    top = _MARGIN + _TILE + (HEIGHT - 2 * _MARGIN - _TILE - 59 - len(lines) * leading - amount_height) // 2
    title = open_font(size, 600)
    for line in lines:
        draw.text((left, top + leading / 2), line, _INK, title, anchor="lm")
        top += leading
    if words.amount:
        amount = open_font(44, 400)
        draw.text((left, top + 12 + 53 / 2), _cut(words.amount, amount, column), _SOFT, amount, anchor="lm")


def _draw_mark(card: Image.Image, words: Words, color: str, logo: bytes | None, place: tuple[int, int]) -> None:
    """Draw the logo in the middle, for names and titles that the font cannot draw."""
    left, column = place
    size = 240
    top = (HEIGHT - 59 - size - (65 if words.amount else 0)) // 2
    _draw_tile(card, words.seller, color, logo, (left + (column - size) // 2, top, size))
    if words.amount:
        font = open_font(44, 400)
        middle = (left + column / 2, top + size + 12 + 53 / 2)
        ImageDraw.Draw(card).text(middle, _cut(words.amount, font, column), _SOFT, font, anchor="mm")


def _draw_host(draw: ImageDraw.ImageDraw, host: str, place: tuple[int, int]) -> None:
    """Draw the perforation and, below it, where the address leads."""
    left, column = place
    top = HEIGHT - _MARGIN - 29 - 24 - 6
    for x in range(left, left + column - 5, 12):
        draw.ellipse((x, top, x + 5, top + 5), fill=_LINE)
    font = open_font(24, 400)
    draw.text((left, HEIGHT - _MARGIN - 29 / 2), _cut(host, font, column), _SOFT, font, anchor="lm")


def _fit(title: str, column: int) -> tuple[int, list[str]]:
    """Return the largest size in which a title fits, and its lines. A longer title is cut in the smallest size."""
    for size in _TITLE_SIZES:
        font = open_font(size, 600)
        lines = _wrap(title, font, column)
        if len(lines) <= _MOST_LINES and all(font.getlength(line) <= column for line in lines):
            return size, lines
    return _TITLE_SIZES[-1], _cut_lines(title, column)


def _cut_lines(title: str, column: int) -> list[str]:
    font = open_font(_TITLE_SIZES[-1], 600)
    lines = _wrap(title, font, column)
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], " ".join(lines[_MOST_LINES - 1 :])]
    return [_cut(line, font, column) for line in lines]


def _wrap(text: str, font: FreeTypeFont, column: int) -> list[str]:
    """Return the lines of a text. A line is longer than the column only where one word is."""
    lines: list[str] = []
    for word in text.split():
        if lines and font.getlength(f"{lines[-1]} {word}") <= column:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _cut(text: str, font: FreeTypeFont, column: int) -> str:
    """Return the text, or as much of it as the column holds, with an ellipsis."""
    if font.getlength(text) <= column:
        return text
    # Measuring takes the longer the longer the text is, so the end is searched by halves.
    kept = bisect_right(range(len(text)), float(column), key=lambda end: font.getlength(f"{text[:end].rstrip()}…")) - 1
    return f"{text[: max(kept, 0)].rstrip()}…"


def _opened(content: bytes) -> Image.Image:
    """Return a picture of the store on paper, without transparency."""
    with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP")) as image:
        drawn = image.convert("RGBA")
    paper = Image.new("RGBA", drawn.size, _PAPER)
    return Image.alpha_composite(paper, drawn).convert("RGB")
