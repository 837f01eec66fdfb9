"""In every language, a first visit of a pay page is within 25 KB: the page, its styles, its script and the merchant's logo."""

import re
from collections.abc import Iterator

import pytest

from app.web.display.locale import languages
from tests.bench.shop import LARGE, BenchShop, open_shop
from tests.support.examples import at_most
from tests.support.rows import pick_rows
from tests.support.shop import compiled_templates

BROTLI = {"Accept-Encoding": "gzip, deflate, br"}
BYTES_AT_MOST = 25_000
_FILES = re.compile(r'(?:<link rel="stylesheet" href|<script src|<img class="merchant-logo" src)="([^"]+)"')


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BenchShop]:
    """The links of the demo, and one with a dropdown of 200 options."""
    shop = open_shop(tmp_path_factory.mktemp("demo"))
    shop.app.jinja_env.bytecode_cache = compiled_templates()
    yield shop
    shop.close()


@pytest.mark.parametrize("link", ["spring-box", LARGE])
def test_a_first_visit_is_light_in_every_language(demo: BenchShop, link: str) -> None:
    client = demo.app.test_client(use_cookies=False)
    with demo.app.app_context():
        spoken = sorted(languages())
    assert len(spoken) > 40
    spoken = pick_rows(spoken, at_most(100))
    files = set(_FILES.findall(client.get(f"/pay/{link}").text))
    assert len(files) == 3
    rest = sum(len(client.get(file.replace("&amp;", "&"), headers=BROTLI).data) for file in files)
    weights = {}
    for language in spoken:
        answer = client.get(f"/pay/{link}?locale={language}", headers=BROTLI)
        assert answer.headers["Content-Encoding"] == "br", language
        weights[language] = len(answer.data) + rest
    assert {language: weight for language, weight in weights.items() if weight > BYTES_AT_MOST} == {}
