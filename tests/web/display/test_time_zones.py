"""A time names its zone in words, whatever IANA name the merchant chose."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

import pytest
from flask import Flask, g

from app.web.display import locale
from app.web.display.time_zones import place_of, zone_in_words
from tests.support.build import NOW, a_link, an_organization
from tests.web.conftest import WebShop

WINTER = NOW + 120 * 86_400
UNIVERSAL = {"UTC", "UCT", "Universal", "Zulu", "Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/Zulu"}
NO_ZONES = {"Factory", "localtime"}
"""Names that stand for a setting of the machine. Their time is that of UTC here."""


@contextmanager
def page_in(language: str) -> Iterator[None]:
    """Answer a request in this language."""
    app = Flask("zones")
    locale.register(app)
    with app.test_request_context():
        g.page_locale = language
        yield


@pytest.fixture
def english() -> Iterator[None]:
    with page_in("en"):
        yield


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("timezone", "summer", "winter"),
    [
        ("Europe/Vienna", "Vienna time", "Vienna time"),
        ("America/New_York", "New York time", "New York time"),
        ("America/Argentina/ComodRivadavia", "Catamarca time", "Catamarca time"),
        ("Asia/Calcutta", "Kolkata time", "Kolkata time"),
        ("US/Eastern", "New York time", "New York time"),
        ("Japan", "Tokyo time", "Tokyo time"),
        ("Eire", "Dublin time", "Dublin time"),
        ("GB", "London time", "London time"),
        ("PRC", "Shanghai time", "Shanghai time"),
        ("CET", "Central European Summer Time", "Central European Standard Time"),
        ("MET", "Central European Summer Time", "Central European Standard Time"),
        ("EET", "Eastern European Summer Time", "Eastern European Standard Time"),
        ("WET", "Western European Summer Time", "Western European Standard Time"),
        ("EST", "Eastern Standard Time", "Eastern Standard Time"),
        ("EST5EDT", "Eastern Daylight Time", "Eastern Standard Time"),
        ("CST6CDT", "Central Daylight Time", "Central Standard Time"),
        ("MST", "Mountain Standard Time", "Mountain Standard Time"),
        ("MST7MDT", "Mountain Daylight Time", "Mountain Standard Time"),
        ("PST8PDT", "Pacific Daylight Time", "Pacific Standard Time"),
        ("HST", "Hawaii-Aleutian Standard Time", "Hawaii-Aleutian Standard Time"),
        ("GMT", "Greenwich Mean Time", "Greenwich Mean Time"),
        ("Etc/GMT-0", "Greenwich Mean Time", "Greenwich Mean Time"),
        # The signs of these names are the other way round.
        ("Etc/GMT-3", "UTC+3", "UTC+3"),
        ("Etc/GMT+11", "UTC\u221211", "UTC\u221211"),
        ("Etc/GMT-14", "UTC+14", "UTC+14"),
        ("UTC", "UTC", "UTC"),
        ("Etc/Zulu", "UTC", "UTC"),
        ("No/Such_Zone", "UTC", "UTC"),
    ],
)
def test_a_zone_has_the_name_that_people_use(timezone: str, summer: str, winter: str) -> None:
    assert (zone_in_words(timezone, NOW), zone_in_words(timezone, WINTER)) == (summer, winter)


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize("moment", [10**12, -(10**12), 10**20])
def test_a_time_that_no_calendar_can_show_has_a_zone_too(moment: int) -> None:
    assert zone_in_words("CET", moment) == "Central European Standard Time"
    assert zone_in_words("Etc/GMT-3", moment) == "UTC+3"


@pytest.mark.usefixtures("english")
def test_only_zones_at_utc_are_called_utc() -> None:
    called = {zone for zone in available_timezones() if zone_in_words(zone, NOW) == "UTC"}
    assert called <= UNIVERSAL | NO_ZONES
    assert called >= UNIVERSAL


@pytest.mark.usefixtures("english")
def test_every_zone_has_a_name_in_words_or_a_true_offset() -> None:
    for zone in available_timezones() - UNIVERSAL - NO_ZONES:
        for moment in (NOW, WINTER):
            name = zone_in_words(zone, moment)
            offset = re.fullmatch(r"UTC([+\u2212])(\d{1,2})", name)
            if offset:
                hours = int(offset[2]) * (1 if offset[1] == "+" else -1)
                local = datetime.fromtimestamp(moment, ZoneInfo(zone)).utcoffset()
                assert local is not None
                assert local.total_seconds() == hours * 3600, zone
            else:
                assert re.fullmatch(r"[^\W\d_][^_/\d]+ [Tt]ime", name), (zone, name)
                assert "Unknown" not in name, zone


@pytest.mark.parametrize("language", ["ar", "de", "fil", "he", "ja", "mt", "pt-BR", "zh-TW"])
def test_every_zone_has_a_name_in_every_language(language: str) -> None:
    with page_in(language):
        assert str(locale.shown_locale()).startswith(language[:2])
        for zone in available_timezones():
            name = zone_in_words(zone, NOW)
            assert name.strip(), zone
            assert "/" not in name, (zone, name)


@pytest.mark.usefixtures("english")
def test_a_place_is_told_from_an_abbreviation() -> None:
    assert place_of("Europe/Vienna") == "Vienna"
    assert [place_of(zone) for zone in ("CET", "EST5EDT", "Etc/GMT-3", "UTC", "GMT", "Factory")] == [None] * 6


@pytest.mark.parametrize(
    ("timezone", "sentence"),
    [
        ("Europe/Vienna", "That is the time in Vienna."),
        ("Turkey", "That is the time in Istanbul."),
        ("CET", "That is Central European Summer Time."),
        ("EST5EDT", "That is Eastern Daylight Time."),
        ("Etc/GMT-3", "That is UTC+3."),
        ("UTC", "That is UTC."),
    ],
)
def test_a_page_that_opens_later_names_the_zone(shop: WebShop, timezone: str, sentence: str) -> None:
    shop.merchant(an_organization(timezone=timezone))
    shop.add(a_link(counterfoil={"opens_at": NOW + 60}))
    assert sentence in shop.open().text
