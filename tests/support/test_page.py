"""The reader of pages: it finds what a page holds, and refuses a page that is not well-formed."""

import pytest

from tests.support.page import read_html

PAGE = """<!doctype html>
<html lang="en"><!-- <p> --><head><title>Wax &amp; honey</title><script>if (1 < 2) { "<b>" }</script></head>
<body><p CLASS='a b' hidden data-x=1 title="&lt;1>">One<br>two</p><svg viewBox="0 0 1 1"><path d="M0"/></svg></body></html>
"""


def test_elements_attributes_and_texts_are_found_in_document_order() -> None:
    root = read_html(PAGE)
    tags = ["#document", "html", "head", "title", "script", "body", "p", "br", "svg", "path"]
    assert [element.tag for element in root] == tags
    assert [element.tag for element in root.first("head")] == ["head", "title", "script"]
    assert root.first("title").text == "Wax & honey"
    assert root.first("script").children == ['if (1 < 2) { "<b>" }']
    assert root.first("p").attributes == {"class": "a b", "hidden": None, "data-x": "1", "title": "<1>"}
    assert root.first("p").text == "Onetwo"
    assert root.first("path", d="M0").parent is root.first("svg")


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<p>", "<p> is never closed"),
        ("<p></b></p>", "</b> closes <p>"),
        ('<p id="a" ID="b"></p>', "<p> repeats an attribute: id"),
        ("<p>1 < 2</p>", "not well-formed"),
        ('<p id="a"class="b"></p>', "attributes that are not well-formed"),
        ('<p id="a></p>', "not well-formed"),
        ("<br/>", "superfluous slash"),
    ],
)
def test_a_page_that_is_not_well_formed_is_refused(html: str, fault: str) -> None:
    with pytest.raises(AssertionError, match=fault):
        read_html(html)
