"""Every page of the console in Japanese: no English sentence stands on it, whatever its forms were sent.

Japanese has no Latin letters of its own, so that two words of them in a row are English. What merchants and their buyers wrote stays as it
is. So do commands and code.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any, Final

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.resources import resource
from tests.browser.shop import DemoShop
from tests.locale.test_states import SHOWN, new_shop
from tests.support.console_pages import console_pages
from tests.support.page import SAME_ORIGIN, Element, Page
from tests.support.restricted_key import RestrictedKey
from tests.support.shop import PASSWORD
from tests.web.console.connected import a_merchant_with_stripe

JAPANESE: Final = {"Accept-Language": "ja"}
ENGLISH: Final = re.compile(r"[A-Za-z]{2,}[,:]? [a-z]{2,}[^\n]{,60}")
CODE: Final = re.compile(
    r"<(code|pre|script|style)\b[^>]*>.*?</\1>|<textarea\b[^>]*>\s*(?:\{|&lt;).*?</textarea>", re.DOTALL
)
MARKDOWN: Final = re.compile(r"\]\([^)]*\)|[\[\]*]")
NAMES: Final = (
    "Tallow & Reed",
    "Ada Lovelace",
    "Phoebe Parcel",
    "A link that Stripe refuses",
    "Jar of honey",
    "Secret of",
)
"""Words of merchants and buyers in the tests."""

PROPER: Final = ("Pay by Bank", "Norsk bokmål", "no spaces")
"""Names of payment methods and languages, and what an address of the tests asks for."""

SENT: Final = {"nothing": "", "a text that is too long": "x" * 6000, "signs": '"<', "a number": "-1"}
"""What is sent in every field of a form."""

HIDDEN: Final = ("csrf_token", "loaded_in")
"""What every form of the console carries."""

LEFT_ALONE: Final = ("/console/logout", "/console/account/logout-others", "/console/account/password")
"""Forms that would log out the user of the test."""


STRIPE_PAGE: Final = "/console/settings/stripe"
WITH_STRIPE: Final = (
    "/console/",
    "/console/links",
    "/console/links/move",
    "/console/links/new",
    "/console/products",
    "/console/coupons",
    "/console/payments",
    "/console/settings/webhooks",
)
"""Pages that differ on a server with a key of Stripe. The key of the test is refused, so that they say so."""


def texts_of(value: Any) -> Iterator[str]:
    """Yield the texts in a document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from texts_of(part)


def written() -> list[str]:
    """Return what the merchant of the demo and the tests wrote, longest first: also each part between marks of Markdown."""
    texts = [*texts_of(json.loads(resource("data/demo.json").read_text(encoding="utf-8"))), *NAMES, *PROPER]
    parts = {part.strip() for text in texts for part in (text, *MARKDOWN.split(text))}
    return sorted((part for part in parts if " " in part), key=len, reverse=True)


def english_in(html: str, own: list[str]) -> list[str]:
    """Return the English that people read of a page."""
    text = unescape("\n".join(" ".join(found).strip() for found in SHOWN.findall(CODE.sub("", html))))
    for part in own:
        text = text.replace(part, "◇")
    return [found.strip() for found in ENGLISH.findall(text)]


@pytest.fixture
def shop(tmp_path: Path) -> DemoShop:
    return new_shop(tmp_path)


@pytest.fixture
def client(shop: DemoShop) -> FlaskClient:
    """A browser of the owner, who is logged in."""
    client = shop.app.test_client()
    sent = {**Page(client.get("/console/login")).values(), "email": shop.console_user(), "password": PASSWORD}
    assert client.post("/console/login", data=sent, headers=SAME_ORIGIN).status_code == 303
    return client


def forms_of(client: FlaskClient, shop: DemoShop) -> Iterator[tuple[str, Element, dict[str, str]]]:
    """Yield each form of the console once, with the address that it leads to and what it sends."""
    met = set(LEFT_ALONE)
    for _rule, path in list(console_pages(shop, 1)):
        answer = client.get(path)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        page = Page(answer)
        for action, form in page.posted_forms(path):
            if action not in met:
                met.add(action)
                yield action, form, page.values(form)


def names_of(form: Element) -> list[str]:
    """Return the names of the fields of a form."""
    fields = [field for tag in ("input", "select", "textarea") for field in form.all(tag)]
    return list(dict.fromkeys(name for field in fields if (name := field.get("name"))))


def followed(client: FlaskClient, answer: TestResponse) -> TestResponse:
    """Return the page that an answer leads to."""
    return client.get(answer.location, headers=JAPANESE) if answer.status_code == 303 else answer


def test_no_english_stands_on_any_page_of_the_console(shop: DemoShop, client: FlaskClient) -> None:
    own, faults, count = written(), [], 0
    for _rule, path in list(console_pages(shop, 2)):
        html = client.get(path, headers=JAPANESE).text
        count += '<html lang="ja"' in html
        faults += [f"{path}: {text}" for text in english_in(html, own)]
    assert not faults, "\n".join(faults)
    assert count > 50


@pytest.mark.matrix
def test_no_english_stands_in_the_answer_of_any_form(shop: DemoShop, client: FlaskClient) -> None:
    own, faults, count = written(), [], Counter[int]()
    for action, form, values in list(forms_of(client, shop)):
        token = {name: text for name, text in values.items() if name in HIDDEN}
        for kind, text in SENT.items():
            sent = {**dict.fromkeys(names_of(form), text), **token}
            answer = followed(client, client.post(action, data=sent, headers={**SAME_ORIGIN, **JAPANESE}))
            assert answer.status_code != 500, f"{action} with {kind}"
            count[answer.status_code] += 1
            faults += [f"{action} with {kind}: {english}" for english in english_in(answer.text, own)]
    assert not faults, "\n".join(faults)
    assert count[422] > 40, count


def test_english_is_found_on_an_english_page(shop: DemoShop, client: FlaskClient) -> None:
    own = written()
    for path in ("/console/", "/console/links", "/console/settings/business", "/console/coupons"):
        assert english_in(client.get(path).text, own), path


def test_no_english_stands_on_the_pages_of_a_server_with_a_key_of_stripe(tmp_path: Path) -> None:
    own, faults = written(), []
    with a_merchant_with_stripe(tmp_path, RestrictedKey("key")) as merchant:
        merchant.press(merchant.open(STRIPE_PAGE), "Check now")
        for path in (STRIPE_PAGE, *WITH_STRIPE):
            answer = merchant.get(path, **JAPANESE)
            assert '<html lang="ja"' in answer.text, path
            faults += [f"{path}: {text}" for text in english_in(answer.text, own)]
    assert not faults, "\n".join(faults)
