"""The Markdown of merchants: bold and links work, and everything else is shown as written."""

import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.display.markdown import inline, paragraphs

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "[click](JaVaScRiPt:alert(1))",
    "[click](java\tscript:alert(1))",
    "[click](data:text/html,<script>alert(1)</script>)",
    "[click](vbscript:msgbox)",
    "[click](//evil.example)",
    "[click](http://plain.example)",
    "[click](https://a@evil.example)",
    '[click](https://a.example/"onmouseover="alert(1))',
    "[click](https://a.example/\\..\\evil)",
    '[<b onclick="x">](https://a.example)',
    "{{ config }} {% raw %}",
    "**<i>**",
    "</p></main><script>1</script>",
    "&lt;script&gt;",
]


class Tags(HTMLParser):
    """Return the elements that a text produces, with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("**bold** word", "<strong>bold</strong> word"),
        ("a * b ** c", "a * b ** c"),
        ("one\ntwo", "one<br>two"),
        ("[terms](https://a.example/t?x=1&y=2)", '<a href="https://a.example/t?x=1&amp;y=2" rel="noopener">terms</a>'),
        ("[us](mailto:a@b.example)", '<a href="mailto:a@b.example" rel="noopener">us</a>'),
        ("[**us**](tel:+43123456)", '<a href="tel:+43123456" rel="noopener"><strong>us</strong></a>'),
        ("Tom & Jerry's", "Tom &amp; Jerry&#39;s"),
        ("[not a link] (https://a.example)", "[not a link] (https://a.example)"),
    ],
)
def test_bold_and_links_are_kept(text: str, expected: str) -> None:
    assert inline(text) == expected


@pytest.mark.parametrize("text", HOSTILE)
def test_all_other_text_is_shown_as_written(text: str) -> None:
    made = str(inline(text))
    assert all(tag in {"strong", "a", "br"} for tag, _ in Tags(made).found)
    for tag, attributes in Tags(made).found:
        if tag == "a":
            assert re.match(r"https://a\.example", attributes["href"] or "")
            assert set(attributes) == {"href", "rel"}
    if not Tags(made).found:
        assert html.unescape(made) == text


LETTERS = st.text(alphabet=st.sampled_from("ab*[]()<>\"'&: /\nhttps.e@"), max_size=80)
PIECES = st.sampled_from(
    [
        "**",
        "*",
        "[",
        "](",
        ")",
        "a",
        "\n",
        "\n\n",
        "https://a.example",
        "mailto:a@b.example",
        "javascript:",
        '"',
        "<b>",
        "&lt;",
    ]
)


def test_the_text_parts_for_the_next_test_produce_every_element() -> None:
    made = paragraphs("**a**\n[a](https://a.example)")
    assert {tag for tag, _ in Tags(str(made)).found} == {"p", "strong", "br", "a"}


@given(LETTERS | st.lists(PIECES, max_size=20).map("".join))
def test_no_text_produces_any_other_element(text: str) -> None:
    for tag, attributes in Tags(str(paragraphs(text))).found:
        assert tag in {"p", "strong", "a", "br"}
        assert set(attributes) <= {"href", "rel"}
        assert not attributes or (attributes["href"] or "").startswith(("https://", "mailto:", "tel:"))


def test_empty_lines_separate_paragraphs() -> None:
    assert paragraphs("one\n\ntwo") == "<p>one</p>\n<p>two</p>"


def test_a_long_text_without_a_closing_mark_is_read_quickly() -> None:
    assert str(inline("[" * 1200)) == "[" * 1200
    assert str(inline("**a" * 400)).count("<strong>") <= 200
