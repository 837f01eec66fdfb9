"""What a file of links, an import or an event reports stands in the language of the console."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from app.web.console.connection.file_texts import TEXTS, notes_text
from app.web.console.editor.rule_texts import find_text, patterns_of
from tests.support.page import SAME_ORIGIN, Page
from tests.web.conftest import WebShop
from tests.web.console.conftest import Merchant
from tests.web.console.editor.test_rule_texts import sample
from tests.web.console.test_webhooks import ORGANIZATION, WEBHOOKS
from tools.messages import ROOT

SOURCES: Final = (
    "app/services/events/inbox.py",
    "app/services/links/importing/reading.py",
    "app/services/links/importing/run.py",
    "app/services/links/moving.py",
    "app/services/links/seeding.py",
    "app/wire/json_object.py",
)

NEVER_SHOWN: Final = (
    # It ends in one of two words, and the list has both.
    "Switched off: the product x1 is x1",
    # The reason of the parser is left out, and a test below reads the rest.
    "This is not valid JSON (x1)",
    # The console offers no import without a key of Stripe, and names no links to import.
    "Importing reads a Stripe account",
    "The account has no such link",
    # The webhook answers it to Stripe.
    "This event is of the other mode",
    # Each link of a file that is moved has an id.
    "A seeded link needs a slug",
)
"""The beginnings of messages that no page shows."""


def reported(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the messages that a module raises, stores or notes, with their lines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id == "InvalidRequest":
                yield node.lineno, sample(node.args[0])
            for keyword in node.keywords:
                if node.func.id == "Outcome" and keyword.arg == "reason":
                    yield node.lineno, sample(keyword.value)
        elif isinstance(node, ast.JoinedStr) and sample(node).startswith(("Switched off: ", "Left out ")):
            yield node.lineno, sample(node)


def test_every_message_about_a_file_or_an_import_has_a_text_in_the_list() -> None:
    patterns = patterns_of(TEXTS)
    found = [(name, line, text) for name in SOURCES for line, text in reported(ROOT / name)]
    assert len(found) > 25
    unknown = [
        f"{name}:{line}: {text}"
        for name, line, text in found
        if text not in {"x1", "Switched off: x1"} and not text.startswith(NEVER_SHOWN) and not find_text(text, patterns)
    ]
    assert not unknown, "\n".join(unknown)


@pytest.mark.parametrize(
    ("message", "german"),
    [
        (
            "This is not valid JSON (Expecting value, line 3, column 7).",
            "Das ist kein gültiges JSON (Zeile 3, Spalte 7).",
        ),
        ("The link has no items.", "Der Link hat keine Positionen."),
        (
            "Switched off: the product prod_1 is deleted. Left out line_items[0][price]: Stripe answers null inside it.",
            "Deaktiviert: Das Produkt prod_1 ist gelöscht. Weggelassen: line_items[0][price], weil Stripe darin leere Werte "
            "liefert.",
        ),
        ("Something that Stripe says. And more.", "Something that Stripe says. And more."),
    ],
)
def test_stored_notes_are_shown_in_the_language_of_the_page(shop: WebShop, message: str, german: str) -> None:
    with shop.app.test_request_context("/console/", headers={"Accept-Language": "de"}):
        shop.app.preprocess_request()
        assert notes_text(message) == german


def test_an_event_that_was_made_here_is_refused_in_the_language_of_the_page(ada: Merchant) -> None:
    ada.shop.link()
    made = ada.shop.store.events(ORGANIZATION, type="payment_link.created")[0][0]
    sent = ada.open("/console/account").values()
    german = {"Accept-Language": "de"}
    ada.post(f"{WEBHOOKS}/{made.id}/replay", sent, {**SAME_ORIGIN, **german})
    assert f"Das Ereignis {made.id} ist hier entstanden." in Page(ada.get(WEBHOOKS, **german)).text
