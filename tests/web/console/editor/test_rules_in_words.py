"""What a rule refuses stands in the form in the language of the console."""

import re
from typing import Any, Final

import pytest

from tests.support.languages import in_language
from tests.support.page import SAME_ORIGIN, Page
from tests.web.console.conftest import Merchant
from tests.web.console.editor.test_new_link import HONEY, NEW, sent_by

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


@pytest.mark.parametrize(
    ("more", "says", "values"),
    [
        (
            {"colour": ["red", "blue"]},
            "Repeated parameter: %(name)s was sent more than once.",
            {"name": "colour"},
        ),
        ({"colour": "re\0d"}, "Invalid string: %(name)s must not contain a NUL character", {"name": "colour"}),
        ({"colour[": "red"}, "We could not read this request", {}),
    ],
    ids=["a repeated one", "a NUL", "a malformed one"],
)
def test_the_form_says_in_german_why_it_cannot_read_further_parameters(
    ada: Merchant, more: dict[str, Any], says: str, values: dict[str, str]
) -> None:
    sent = {**sent_by(ada.open(NEW), "Create link"), **HONEY, **more}
    page = Page(
        ada.client.post(NEW, base_url=ada.base_url, data=sent, headers={**SAME_ORIGIN, "Accept-Language": "de"})
    )
    assert page.status == 422
    assert in_language("de", says, **values) in page.text
