"""Every page of buyers in every language: in every state no English text stands where the catalogue has another."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Final

import pytest
from babel import Locale
from werkzeug.test import TestResponse

from app.languages.locales import babel_locale
from app.resources import resource
from app.web.display.locale import languages
from tests.browser.shop import DemoShop, shop_config
from tests.html.walk import Nowhere, Walk
from tests.support.catalogue_checks import PLACEHOLDER
from tests.support.languages import read_catalogue, speak
from tests.support.page import SAME_ORIGIN
from tests.test_html import (
    complaints,
    meet_checkouts,
    meet_ends,
    meet_money_that_goes_back,
    meet_pay_pages,
    meet_refusals,
    meet_the_rest,
)
from tools.messages import BUYER, path_of

SHOWN: Final = re.compile(
    r"<(?:script|style|option)\b[^>]*>[^<]*"
    r"|>([^<]+)(?=<)"
    r'|\s(?:alt|aria-label|placeholder|title|data-sending|data-stale-text)="([^"]+)"'
    r'|<meta (?:name="description"|property="og:(?:title|description|image:alt)") content="([^"]+)"'
)
"""What people read of a page: between tags, in some attributes, and in the preview that chats show."""

ROOT_TAG: Final = re.compile(r'<html lang="([^"]+)"(?: dir="([^"]+)")?')
MARKDOWN: Final = re.compile(r'\]\([^)]*\)|[\["]')
"""What JSON and Markdown add to words."""

TRANSLATED: Final = re.compile(r"⟦[^⟦⟧]*⟧")
LATIN: Final = re.compile(r"[A-Za-z]{2,}")
NO_WORDS: Final = re.compile(r"https?://\S+|url=\S+|\S+@\S+|CF-[\w-]+|KWD|client_reference_id")
OTHER_WORDS: Final = " Jar of honey Ada Lovelace Wien Counterfoil Stripe Standard Express Archived Wax VAT English "
"""Words of people and merchants in the tests."""

SKIPPED: Final = frozenset({"sample invoice", "post that is too long", "step refused", "spring-box with a code, 200"})
"""A page of another site, a request of two megabytes, and requests that change what the next one shows."""

FRAMED: Final = ("ar", "de", "ja")
"""Languages of pages in a frame, which have the texts of the same pages without one."""


def words_shown(html: str) -> list[str]:
    """Return the words that people read of a page, in their order."""
    return unescape(" ".join(" ".join(found) for found in SHOWN.findall(html))).split()


def runs(words: Sequence[str]) -> set[tuple[str, ...]]:
    """Return every three words in a row."""
    return set(zip(words, words[1:], words[2:], strict=False))


@dataclass
class Polyglot(Walk):
    """Requests every page once in English, and again in each language where that changes nothing."""

    spoken: tuple[str, ...] = ()
    translated: dict[tuple[str, str], str] = field(default_factory=dict)
    """The pages by their name and language."""

    def get(self, name: str, path: str, status: int = 200) -> TestResponse:
        answer = super().get(name, path, status)
        if name in self.pages and "locale=" not in path:
            self._repeat(name, "GET", path, {}, {}, status)
        return answer

    def post(self, name: str, path: str, data: dict[str, str], status: int, **headers: str) -> TestResponse:
        answer = super().post(name, path, data, status, **headers)
        if name in self.pages:
            self._repeat(name, "POST", path, data, headers or SAME_ORIGIN, status)
        return answer

    def _repeat(
        self, name: str, method: str, path: str, data: dict[str, str], headers: dict[str, str], status: int
    ) -> None:
        if name in SKIPPED:
            return
        for language in self.spoken:
            if "in a frame" in name and language not in FRAMED:
                continue
            address = f"{path}{'&' if '?' in path else '?'}locale={language}"
            answer = self.client.open(address, method=method, data=data, headers=headers)
            assert answer.status_code == status, f"{name} in {language}: {answer.status}"
            self.translated[name, language] = answer.text


def new_shop(folder: Path) -> DemoShop:
    """Return the demo's shop, with its data in a folder."""
    site = Nowhere()
    shop = DemoShop(site, shop_config(folder, site.origin))  # type: ignore[arg-type]
    shop.seed()
    return shop


def walk_through(shop: DemoShop, spoken: Iterable[str]) -> Polyglot:
    """Request every page of buyers in these languages."""
    walk = Polyglot(shop, shop.app.test_client(use_cookies=False), spoken=tuple(sorted(spoken)))
    parts = (meet_pay_pages, meet_refusals, meet_checkouts, meet_ends, meet_money_that_goes_back, meet_the_rest)
    for part in parts:
        part(walk)
    shop.store.close()
    return walk


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Polyglot:
    """Every page in every language."""
    shop = new_shop(tmp_path_factory.mktemp("shop"))
    with shop.app.app_context():
        spoken = languages() - {"en"}
    return walk_through(shop, spoken)


def english_runs(language: str) -> dict[tuple[str, ...], str]:
    """Return the first three words of each part of an English text that a language translates, with the whole part."""
    found = {}
    for message in read_catalogue(path_of(str(babel_locale(language)), BUYER)):
        ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
        forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        for text in ids:
            for part in PLACEHOLDER.split(text):
                if len(words := part.split()) > 2 and not any(part in form for form in forms):
                    found[tuple(words[:3])] = " ".join(words)
    return found


@pytest.mark.matrix
def test_no_english_stands_in_any_state_of_any_language(walk: Polyglot) -> None:
    assert len(walk.spoken) > 40
    english = {language: english_runs(language) for language in walk.spoken if language != "en-GB"}
    own = runs(MARKDOWN.sub(" ", resource("data/demo.json").read_text(encoding="utf-8")).split())
    faults = []
    for (name, language), html in walk.translated.items():
        if language in english:
            words = words_shown(html)
            found = {english[language][run] for run in runs(words).intersection(english[language]) - own}
            faults += [f"{name} in {language}: {part}" for part in found if part in " ".join(words)]
    assert not faults, "\n".join(faults)


@pytest.mark.matrix
def test_english_pages_show_what_the_test_looks_for(walk: Polyglot) -> None:
    looked_for = english_runs("de")
    met = {run for html in walk.pages.values() for run in runs(words_shown(html)).intersection(looked_for)}
    assert len(met) > 150


@pytest.mark.matrix
def test_every_page_declares_its_language_and_direction(walk: Polyglot) -> None:
    for (name, language), html in walk.translated.items():
        declared = ROOT_TAG.search(html)
        assert declared is not None, name
        direction = Locale.parse(str(babel_locale(language))).text_direction
        assert (declared[1], declared[2] or "ltr") == (language, direction), name


@pytest.mark.external
def test_every_page_is_valid_html_in_every_language(walk: Polyglot, checker: str, tmp_path: Path) -> None:
    for number, ((name, language), html) in enumerate(walk.translated.items()):
        page = re.sub(r"\W+", "-", name)
        (tmp_path / f"{number} {page} in {language}.html").write_text(html, encoding="utf-8")
    broken = walk.pages["dipping"].replace("<h1", "<h1 colour")
    (tmp_path / "broken.html").write_text(broken, encoding="utf-8")
    found = sorted(complaints(checker, tmp_path))
    assert [complaint for complaint in found if not complaint.startswith("broken,")] == []
    assert found, "the checker did not see what is wrong with the broken page"
    assert len(walk.translated) > 1000


def test_every_text_of_every_state_goes_through_the_catalogue(tmp_path: Path) -> None:
    shop = new_shop(tmp_path)
    with shop.app.app_context():
        # Dates, countries and currencies have no Latin letters in Japanese.
        speak(shop.app, tmp_path / "locale", ja=lambda text: f"⟦{text}⟧")
    merchants = resource("data/demo.json").read_text(encoding="utf-8") + OTHER_WORDS
    written = set(LATIN.findall(merchants))
    faults = []
    for (name, _language), html in walk_through(shop, ["ja"]).translated.items():
        text = unescape("\n".join(" ".join(found) for found in SHOWN.findall(html)))
        while text != (text := TRANSLATED.sub("", text)):
            continue
        faults += [f"{name}: {word}" for word in LATIN.findall(NO_WORDS.sub("", text)) if word not in written]
    assert not faults, "\n".join(faults)
