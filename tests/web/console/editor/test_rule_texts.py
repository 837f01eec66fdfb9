"""What a rule refuses stands in the form in the language of the console."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from app.web.console.editor.rule_texts import find_text
from tests.support.page import SAME_ORIGIN, Page
from tests.web.console.conftest import Merchant
from tests.web.console.editor.test_new_link import HONEY, NEW, sent_by
from tools.messages import ROOT

RULES: Final = (
    *sorted((ROOT / "app" / "services" / "links" / "rules").glob("*.py")),
    ROOT / "app" / "services" / "links" / "merchant_urls.py",
    ROOT / "app" / "wire" / "web_address.py",
)

AROUND: Final = {
    "refuse": "{}",
    "at_most": "A payment link has at most x1 {}; this one would have x1.",
    "_refused": "Not a valid URL: x1 {}",
    "AddressRefused": "Not a valid URL: x1 {}",
}
"""The functions that make a message, each with what it writes around its text."""

TEXT_OF: Final = {"at_most": 2}
"""The place of the text among the arguments of a function, if it is not the first."""

WITHOUT_FIELD: Final = (
    # The form shows a text of its own for these.
    "after_completion[",
    "counterfoil[closes_at] must",
    "counterfoil[x1] is a time",
    "This link could never be paid",
    "x1 can't be used",
    "None of these payment methods",
    "x1 has x1 twice",
    # The advice is one of two, and the list has both.
    "Checkout does not offer delivery to “x1”: x1",
    # `at_most` and `_read` pass on the texts of others.
    "A payment link has at most x1 x1",
    "Not a valid URL: x1 x1",
    # The form does not send these: it makes keys, kinds and items itself.
    "A dropdown needs its options",
    "A payment link needs at least one line item",
    "A price that the buyer chooses can't be an optional item",
    "A price that the buyer chooses must have the quantity 1",
    "An item needs a price",
    "Two custom fields have the key",
    "Two optional items have the price",
    "Give x1[x1] or x1[x1].",
    "This link has no custom field",
    "This link has no option",
    "counterfoil[tax_rates] has",
    "x1[account] can't be given",
    "x1[type] is account",
    "x1[x1] can't be given",
)
"""The beginnings of messages that need no text in the list."""


def sample(node: ast.expr) -> str:
    """Return the message that an expression makes, with `x1` in place of every value."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(sample(value) for value in values)
        case _:
            return "x1"


def messages(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the messages that the rules of a module raise, with their lines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in AROUND:
            text = sample(node.args[TEXT_OF.get(node.func.id, 0)])
            yield node.lineno, AROUND[node.func.id].format(text)


def test_every_message_of_a_rule_has_a_text_in_the_list() -> None:
    found = [(path, line, text) for path in RULES for line, text in messages(path)]
    assert len(found) > 80
    unknown = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path, line, text in found
        if text != "x1" and find_text(text) is None and not text.startswith(WITHOUT_FIELD)
    ]
    assert not unknown, "\n".join(unknown)


@pytest.mark.parametrize(
    ("message", "text", "values"),
    [
        (
            "line_items[0][adjustable_quantity][minimum] must not be above line_items[0][adjustable_quantity][maximum].",
            "%(field)s must not be above %(other)s",
            ("line_items[0][adjustable_quantity][minimum]", "line_items[0][adjustable_quantity][maximum]"),
        ),
        ("A product's name must not be blank.", "A product's name must not be blank", ()),
        (
            "Not a valid URL: counterfoil[return_url] must not contain spaces or control characters; write a space as %20.",
            "Not a valid URL: %(field)s must not contain spaces or control characters; write a space as %%20",
            ("counterfoil[return_url]",),
        ),
        (
            "Two options have the value “a must not be blank”. Give each its own.",
            "Two options have the value “%(value)s”. Give each its own",
            ("a must not be blank",),
        ),
    ],
)
def test_a_message_is_known_by_its_text(message: str, text: str, values: tuple[str, ...]) -> None:
    found = find_text(message)
    assert found is not None
    assert (found[0], tuple(found[1].values())) == (text, values)


def test_a_message_that_no_rule_raises_is_not_known() -> None:
    assert find_text("Something else is wrong with this link.") is None


REFUSED: Final = {
    "no address": ({"counterfoil[embed_origins]": "nowhere"}, "完全なアドレス"),
    "a site with a path": ({"counterfoil[embed_origins]": "https://a.example/shop"}, "サイトだけ"),
    "a site without https": ({"counterfoil[embed_origins]": "http://a.example"}, "で始めてください"),
    "any site": ({"counterfoil[embed_origins]": "https://*.example"}, "ワイルドカード"),
    "digits alone": ({"payment_intent_data[statement_descriptor]": "12345"}, "英字を1文字以上"),
    "a sign": ({"payment_intent_data[statement_descriptor]": "a<b"}, "次の記号を使えません"),
    "a page that is no page": ({"counterfoil[return_url]": "https://a b.example/"}, "空白や制御文字"),
    "a backslash": ({"counterfoil[embed_origins]": "https://a.example\\b"}, "バックスラッシュ"),
    "a port that no computer has": ({"counterfoil[embed_origins]": "https://a.example:70000"}, "65535"),
    "a site by its IPv6 address": ({"counterfoil[embed_origins]": "https://[2001:db8::1]"}, "IPv6"),
    "a password": ({"counterfoil[embed_origins]": "https://ada:secret@a.example"}, "パスワード"),
    "a page whose address is too long": (
        {"counterfoil[return_url]": f"https://a.example/{'a' * 2000}"},
        "プロキシ",
    ),
    "a page with an international name": ({"counterfoil[return_url]": "https://bücher.example/"}, "ASCII"),
    "too many sites": (
        {"counterfoil[embed_origins]": "\n".join(f"https://{'a' * 60}.{n}{'b' * 50}.example" for n in range(40))},
        "合計",
    ),
}


@pytest.mark.parametrize(("fields", "words"), REFUSED.values(), ids=REFUSED)
def test_the_form_says_in_japanese_what_a_rule_refuses(ada: Merchant, fields: dict[str, str], words: str) -> None:
    sent = {**sent_by(ada.open(NEW), "Create link"), **HONEY, **fields}
    answer = ada.client.post(
        NEW,
        base_url=ada.base_url,
        data=sent,
        headers={**SAME_ORIGIN, "Accept-Language": "ja"},
        content_type="multipart/form-data",
    )
    errors = Page(answer).errors()
    assert answer.status_code == 422
    assert any(words in error for error in errors), errors
    assert not [error for error in errors if re.search(r"[A-Za-z]{2,} [a-z]{2,}", error)]
