"""The name of a control is one whole sentence, which contains the words that people see."""

import re
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from jinja2 import Environment, nodes

from tests.support.languages import read_catalogue
from tools.messages import CATALOGUES, ROOT

TEMPLATES: Final = sorted((ROOT / "templates").rglob("*.html"))
Text = tuple[str | None, str]
"""The context and the text of a message."""

FOLDERS: Final = sorted(path for path in CATALOGUES.iterdir() if path.is_dir() and path.name != "en")

JOINED: Final = re.compile(r'class="visually-hidden">(?:\s|[:,]|{{[^}]*}}:)')
"""A hidden part of a name that begins where visible words end."""


def text_of(node: nodes.Node | None) -> Text | None:
    """Return the context and the text of a call that translates a text, or None for another node."""
    if not isinstance(node, nodes.Call) or not isinstance(node.node, nodes.Name):
        return None
    texts = tuple(one.value for one in node.args if isinstance(one, nodes.Const))
    match node.node.name, texts:
        case "_", (text,):
            return None, text
        case "pgettext", (context, text):
            return context, text
    return None


@cache
def pairs() -> list[tuple[Text, Text]]:
    """Return the visible words and the whole sentence of each control that has both, as the templates name them."""
    found = set()
    parser = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
    for path in TEMPLATES:
        for call in parser.parse(path.read_text(encoding="utf-8")).find_all(nodes.Call):
            name = call.node.name if isinstance(call.node, nodes.Name) else ""
            pair = {"spoken": call.args[:2], "act": call.args[3:5]}.get(name, [])
            words, sentence = (text_of(one) for one in pair) if len(pair) == 2 else (None, None)
            if words and sentence:
                found.add((words, sentence))
    return sorted(found, key=str)


@pytest.mark.parametrize("path", FOLDERS, ids=lambda path: path.name)
def test_the_sentence_of_a_control_contains_its_visible_words(path: Path) -> None:
    catalogues = [read_catalogue(one) for one in sorted((path / "LC_MESSAGES").glob("*.po"))]

    def translated(context: str | None, text: str) -> str | None:
        found = (catalogue.get(text, context) for catalogue in catalogues)
        return next((str(message.string) for message in found if message), None)

    known = [(translated(*words), translated(*sentence)) for words, sentence in pairs()]
    shown = [(words, sentence) for words, sentence in known if words and sentence]
    assert len(pairs()) > 30
    assert len(shown) >= (len(pairs()) if len(catalogues) == 2 else 1)
    assert [pair for pair in shown if pair[0].casefold() not in pair[1].casefold()] == []


def test_no_name_of_a_control_is_put_together_from_parts() -> None:
    joined = {path.name: JOINED.findall(path.read_text(encoding="utf-8")) for path in TEMPLATES}
    assert len(joined) > 50
    assert {name: parts for name, parts in joined.items() if parts} == {}
