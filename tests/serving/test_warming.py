"""The pages of busy links are made when a worker starts, so that the first visitor finds them."""

import threading
import time
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.application import assemble
from app.config import read_config
from app.objects.payment_link import PaymentLink
from app.serving.warming import LONGEST_PAUSE, make_pages, warm_pages
from app.web.openapi.document import document
from tests.store.build import an_attempt
from tests.support.build import a_link, an_organization
from tests.support.clock import Clock
from tests.support.migrated import migrated_database
from tests.web.conftest import WebShop
from tests.web.page_cache.conftest import cache_of, is_kept

TOKEN = "a token of more than thirty characters"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[WebShop]:
    settings = {
        "DATABASE_URL": migrated_database(tmp_path / "counterfoil.db"),
        "METRICS_TOKEN": TOKEN,
        "PUBLIC_URL": "http://localhost",
        "SECRET_KEY": "k" * 32,
    }
    shop = WebShop(assemble(read_config(settings, data=tmp_path), now=Clock()))
    shop.store.add_organization(an_organization())
    yield shop
    shop.store.close()


def add(shop: WebShop, number: int, **attributes: Any) -> PaymentLink:
    ours = {"code": f"code-{number}", "slug": f"jar-{number}", **attributes.pop("counterfoil", {})}
    return shop.add(a_link(id=f"plink_{number}", counterfoil=ours, **attributes))


def test_the_first_visitor_of_a_busy_link_finds_its_page_in_the_language_of_its_buyers(shop: WebShop) -> None:
    link = add(shop, 1)
    for number, locale in enumerate(("de", "de", "fr", "auto")):
        shop.store.add_attempt(an_attempt(f"att_{number}", payment_link=link.id, locale=locale), "test")
    make_pages(shop.app)
    assert is_kept(shop, "/pay/jar-1", **{"Accept-Language": "de-AT,de;q=0.9"})
    assert is_kept(shop, "/pay/jar-1", **{"Accept-Language": "fr"})
    assert not is_kept(shop, "/pay/jar-1", **{"Accept-Language": "it"})


def test_a_new_link_is_made_ahead_in_its_own_language_or_in_english(shop: WebShop) -> None:
    add(shop, 1)
    add(shop, 2, counterfoil={"locale": "nl"})
    make_pages(shop.app)
    assert is_kept(shop, "/pay/jar-1", **{"Accept-Language": "en"})
    assert is_kept(shop, "/pay/jar-2", **{"Accept-Language": "nl"})


def test_the_page_for_frames_is_made_ahead_where_the_link_names_sites(shop: WebShop) -> None:
    add(shop, 1, counterfoil={"embed_origins": ["https://shop.example"]})
    add(shop, 2)
    make_pages(shop.app)
    assert is_kept(shop, "/pay/jar-1/embed", **{"Accept-Language": "en"})
    assert not is_kept(shop, "/pay/jar-2/embed", **{"Accept-Language": "en"})


def test_a_page_that_was_made_ahead_shows_the_next_change_at_once(shop: WebShop) -> None:
    link = add(shop, 1)
    make_pages(shop.app)
    ours = link.counterfoil.model_copy(update={"version": link.counterfoil.version + 1})
    shop.store.save_link(link.model_copy(update={"active": False, "counterfoil": ours}))
    assert shop.client.get("/pay/jar-1", headers={"Accept-Language": "en"}).status_code == 410


def test_links_that_are_switched_off_are_left_out(shop: WebShop) -> None:
    add(shop, 1, active=False)
    make_pages(shop.app)
    assert cache_of(shop).pages == []


def test_the_work_ends_as_soon_as_the_worker_stops(shop: WebShop) -> None:
    for number in range(4):
        add(shop, number)
    alive = chain([True, True], repeat(False))
    thread = warm_pages(shop.app, goes_on=lambda: next(alive))
    thread.join(30)
    assert len(cache_of(shop).pages) == 2


def test_no_page_is_made_while_visitors_are_answered_or_for_a_while(shop: WebShop) -> None:
    for number in range(3):
        add(shop, number)
    visitors = threading.Event()
    visitors.set()
    thread = warm_pages(shop.app, is_busy=visitors.is_set)
    time.sleep(LONGEST_PAUSE / 4)
    assert cache_of(shop).pages == []
    time.sleep(LONGEST_PAUSE)
    assert len(cache_of(shop).pages) == 1
    visitors.clear()
    thread.join(30)
    assert len(cache_of(shop).pages) == 3


@pytest.mark.parametrize("works", [True, False])
def test_the_description_of_the_api_is_made_after_the_pages_unless_the_worker_stops(shop: WebShop, works: bool) -> None:
    document.cache_clear()
    warm_pages(shop.app, goes_on=lambda: works).join(30)
    assert document.cache_info().currsize == int(works)


def test_links_and_bytes_are_limited_and_the_newest_links_come_first(shop: WebShop) -> None:
    for number in range(4):
        add(shop, number)
    make_pages(shop.app, maximum_bytes=1)
    assert [page.state.link for page in cache_of(shop).pages] == ["plink_3"]
    make_pages(shop.app, links=2)
    assert [page.state.link for page in cache_of(shop).pages] == ["plink_3", "plink_2"]


def test_a_page_that_is_made_ahead_counts_as_no_request(shop: WebShop) -> None:
    add(shop, 1)
    make_pages(shop.app)
    text = shop.client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    assert 'route="/pay/' not in text
    shop.client.get("/pay/jar-1")
    text = shop.client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    assert 'route="/pay/' in text


def test_an_error_ends_the_thread_and_is_logged(shop: WebShop, caplog: pytest.LogCaptureFixture) -> None:
    shop.app.extensions["counterfoil"] = SimpleNamespace(store=None)
    warm_pages(shop.app).join(30)
    assert [record.message for record in caplog.records if record.name == "app.serving.warming"] == [
        "pages were not made ahead"
    ]
