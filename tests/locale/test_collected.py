"""The catalogues of texts hold what the source says today, and nothing else."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from babel.messages.catalog import Catalog

from tools.messages import CATALOGUES, DOMAINS, ROOT, collect, update

FUNCTIONS = frozenset({"_", "gettext", "lazy_gettext", "ngettext", "pgettext"})
CALL: Final = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(FUNCTIONS))})\(")
"""What stands in every module that translates a text. To parse the others takes a second."""

FILES = sorted(CATALOGUES.glob("*/LC_MESSAGES/*.po"))

COUNTED: Final = re.compile(
    r"%\((?:count|num|number|shown|total|most|maximum|minimum|limit|days|months)\)s (?:\w+ )?(?!is\b)\w+s\b"
)
"""A number and the plural of what it counts."""

WITHOUT_NUMBER: Final = re.compile(r'(?<!\w)(?:_|gettext)\(\s*"(?P<text>[^"]*)"')
"""A call that translates a text without a number."""

ALWAYS_MANY: Final = frozenset({"it takes up to %(most)s letters, digits, hyphens and underscores"})
"""Texts whose number is one of two constants that need the same plural form in every language."""


@cache
def templates() -> dict[str, Catalog]:
    """Return the texts of the source, collected once."""
    return collect()


@pytest.mark.costly_rows
@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parents[1].name}-{path.stem}")
def test_a_catalogue_is_what_make_messages_writes(path: Path) -> None:
    assert path.stem in DOMAINS
    assert path.read_bytes() == update(path, templates()[path.stem]), f"run make messages: {path} is not up to date"


def test_no_text_is_in_two_catalogues() -> None:
    buyer, console = (
        {(message.id, message.context) for message in templates()[name] if message.id} for name in DOMAINS
    )
    assert len(buyer) > 500
    assert len(console) > 1000
    assert not buyer & console


def calls(path: Path) -> Iterator[tuple[int, ast.Call]]:
    """Yield the calls that translate a text, with their lines."""
    source = path.read_text(encoding="utf-8")
    if not CALL.search(source):
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
            yield node.lineno, node


def test_every_text_that_the_source_translates_is_collected() -> None:
    collected = {text for catalogue in templates().values() for message in catalogue for text in texts(message.id)}
    missing = []
    for path in sorted((ROOT / "app").rglob("*.py")):
        for line, call in calls(path):
            text = next((one.value for one in call.args if isinstance(one, ast.Constant)), None)
            if isinstance(text, str) and text not in collected and not is_context(call, text):
                missing.append(f"{path.relative_to(ROOT)}:{line}: {text}")
    assert not missing, "\n".join(missing)


def texts(id: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Return the singular and the plural of a message."""
    return (id,) if isinstance(id, str) else tuple(id)


def is_context(call: ast.Call, text: object) -> bool:
    """Whether a text is the context that `pgettext` has before its text."""
    return isinstance(call.func, ast.Name) and call.func.id == "pgettext" and text == ast.literal_eval(call.args[0])


def test_a_text_with_plural_forms_is_not_used_without_its_number() -> None:
    """gettext keeps both under one key: without a number it returns a form that still has `%(num)s`."""
    messages = [message for catalogue in templates().values() for message in catalogue if message.id]
    plural = {(message.id[0], message.context) for message in messages if not isinstance(message.id, str)}
    source = [path for folder in ("app", "templates") for path in (ROOT / folder).rglob("*.*")]
    joined = "\n".join(path.read_text(encoding="utf-8") for path in source if path.suffix in (".py", ".html"))
    assert len(plural) > 50
    without_number = {match["text"] for match in WITHOUT_NUMBER.finditer(joined)}
    assert len(without_number) > 500
    assert [text for text, context in plural if context is None and text in without_number] == []


def test_a_text_that_counts_has_plural_forms() -> None:
    messages = [message for catalogue in templates().values() for message in catalogue if message.id]
    single = [message.id for message in messages if isinstance(message.id, str)]
    assert [text for text in single if COUNTED.search(text) and text not in ALWAYS_MANY] == []
