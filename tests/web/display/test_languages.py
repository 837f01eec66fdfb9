"""Which language a page takes: a table of wishes and headers, and the names of the menu."""

import pytest
from babel import Locale
from babel.core import get_global

from app.languages.locales import babel_locale
from app.objects.enumerations import LINK_LOCALES
from app.web.display.languages import AUTO, NAMES, choose_locale, link_locale, nearest_locales

ALL = frozenset(NAMES)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("de-CH", "de"),
        ("gsw", "de"),
        ("fr;q=0.8, it;q=0.9", "it"),
        ("tlh, fr;q=0.5", "fr"),
        ("no", "nb"),
        ("nn-NO, en", "nb"),
        ("zh", "zh"),
        ("zh-CN", "zh"),
        ("zh-Hans-HK", "zh"),
        ("zh-SG", "zh"),
        ("zh-Hant", "zh-TW"),
        ("zh-TW", "zh-TW"),
        ("zh-Hant-TW", "zh-TW"),
        ("zh-Hant-HK", "zh-HK"),
        ("zh-HK", "zh-HK"),
        ("zh-MO", "zh-HK"),
        ("zh-Hant-MO", "zh-HK"),
        ("yue", "zh-HK"),
        ("zh-yue", "zh-HK"),
        ("cmn-Hant-TW", "zh-TW"),
        ("es", "es"),
        ("es-ES", "es"),
        ("es-GQ", "es"),
        ("es-MX", "es-419"),
        ("es-AR,es;q=0.9", "es-419"),
        ("es-US", "es-419"),
        ("es-419", "es-419"),
        ("pt", "pt"),
        ("pt-PT", "pt"),
        ("pt-AO", "pt"),
        ("pt-BR,pt;q=0.9", "pt-BR"),
        ("pt-br", "pt-BR"),
        ("fr-CA", "fr-CA"),
        ("fr-BE", "fr"),
        ("fr-CH", "fr"),
        ("en-AU", "en-GB"),
        ("en-NZ", "en-GB"),
        ("en-IE", "en-GB"),
        ("en-001", "en-GB"),
        ("en-US", "en"),
        ("en-CA", "en"),
        ("tl", "fil"),
        ("iw", "he"),
        ("iw-IL", "he"),
        ("in", "id"),
        ("mo", "ro"),
        ("ar-EG", "ar"),
        ("hi", "hi-IN"),
        ("sr, hr;q=0.1", "hr"),
        ("EN_gb", "en-GB"),
        ("de;q=0, fr;q=0.1", "fr"),
        ("de;q=0", "en"),
        ("en, de;q=0", "en"),
        ("de;q=0.0, de-AT", "en"),
        ("no;q=0, nn", "en"),
        ("en-GB;q=0, en-AU", "en"),
        ("en-US;q=0, en;q=0.1", "en"),
        ("es;q=0, es-MX", "es-419"),
        ("pt-BR;q=0, pt-BR", "pt"),
        ("en;q=0, *", "ar"),
        ("*", "en"),
        ("*;q=0", "en"),
        ("*, fr;q=0.1", "en"),
        ("tlh, *;q=0.5, fr;q=0.7", "fr"),
        ("de;q=abc, fr", "fr"),
        ("../../etc/passwd, de", "de"),
        ("de-" + "x" * 400 + ", fr", "fr"),
        (", ;;q=, =", "en"),
        ("\u00e9, ja", "ja"),
    ],
)
def test_the_browsers_best_language_is_taken(header: str, expected: str) -> None:
    assert choose_locale((), ALL, header) == expected


@pytest.mark.parametrize(
    ("address", "link", "header", "expected"),
    [
        ("fr", "de", "ja", "fr"),
        (None, "de", "ja", "de"),
        (None, None, "ja", "ja"),
        ("tlh", "de", "ja", "de"),
        ("tlh", None, "ja", "ja"),
        ("auto", "de", "ja", "ja"),
        (None, "auto", "ja", "ja"),
        ("AUTO", None, "", "en"),
        ("es-MX", "de", "ja", "es-419"),
        ("iw", None, "ja", "he"),
    ],
)
def test_the_address_comes_before_the_link_and_the_link_before_the_browser(
    address: str | None, link: str | None, header: str, expected: str
) -> None:
    assert choose_locale((address, link), ALL, header) == expected


@pytest.mark.parametrize(
    ("wish", "spoken", "expected"),
    [
        ("zh-HK", {"en", "zh-TW", "zh"}, "zh-TW"),
        ("zh-TW", {"en", "zh"}, "zh"),
        ("pt", {"en", "pt-BR"}, "pt-BR"),
        ("pt-BR", {"en", "pt"}, "pt-BR"),
        ("es-MX", {"en", "es"}, "es-419"),
        ("fr-CA", {"en"}, "en"),
        ("nn", {"en", "nb"}, "nb"),
    ],
)
def test_a_language_without_texts_of_its_own_takes_the_nearest(wish: str, spoken: set[str], expected: str) -> None:
    assert choose_locale((wish,), frozenset(spoken)) == expected


@pytest.mark.parametrize(("language", "locale"), [("en", "en-GB"), ("es", "es-419"), ("pt", "pt")])
def test_countries_take_the_variant_that_cldr_gives_them(language: str, locale: str) -> None:
    parents = {"en": {"en_001", "en_150"}, "es": {"es_419"}, "pt": {"pt_PT"}}[language]
    countries = [tag for tag, parent in get_global("parent_exceptions").items() if parent in parents]
    assert len(countries) > 10
    assert {tag: nearest_locales(tag)[0] for tag in countries} == dict.fromkeys(countries, locale)


def test_every_locale_of_a_link_has_a_name_in_the_menu_and_means_itself() -> None:
    assert {*NAMES} == {*LINK_LOCALES} - {AUTO}
    assert {link_locale(locale): locale for locale in LINK_LOCALES} == {it: it for it in LINK_LOCALES}


@pytest.mark.parametrize("locale", sorted(ALL - {"zh", "zh-HK", "zh-TW", "id", "ms", "hi-IN"}))
def test_languages_are_named_as_cldr_names_them_in_their_own_language(locale: str) -> None:
    known = Locale.parse(locale, sep="-")
    assert NAMES[locale].casefold() == (known.get_display_name(known) or "").casefold()


def test_malay_and_indonesian_names_say_that_they_are_languages() -> None:
    for locale in ("id", "ms"):
        assert NAMES[locale] == f"Bahasa {babel_locale(locale).display_name}"
