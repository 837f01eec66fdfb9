"""Names are sorted as each language sorts them."""

import pytest
from babel import Locale

from app.languages.collation import sort_key


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", "Åland Islands|Austria|Curaçao|Cyprus|Réunion|Romania"),
        ("de", "Ägypten|Albanien|Oman|Österreich|Pakistan|Zypern"),
        ("fr", "Équateur|Érythrée|Espagne|Estonie|États-Unis|Éthiopie|Fidji|Zimbabwe"),
        ("es", "Nueva Zelanda|Omán|Pakistán"),
        ("es", "canto|caña|caoba"),
        ("pt_BR", "África do Sul|Albânia|Áustria|Azerbaijão|Índia|Irã"),
        ("sv", "Ungern|Zimbabwe|Åland|Österrike"),
        ("fi", "Ahvenanmaa|Viro|Zimbabwe|Åland|Öland"),
        ("da", "Zimbabwe|Ækvatorialguinea|Østrig|Åland"),
        ("nb", "Zimbabwe|Østerrike|Åland"),
        ("pl", "Laos|Lesotho|Litwa|Luksemburg|Łotwa|Macedonia"),
        ("cs", "Bulharsko|Cuba|Česko|Dánsko|Írán|Itálie|Kypr|Rusko|Řecko|Senegal|Španělsko"),
        ("cs", "Honduras|Hongkong|Chile|Chorvatsko|Indie"),
        ("hr", "Crna Gora|Čad|Danska|Litva|Ljubljana|Malta|Sudan|Španjolska|Tajland"),
        ("ro", "Spania|Suedia|Șri Lanka|Tanzania|Țările de Jos|Ucraina"),
        ("tr", "Cibuti|Çad|Hindistan|Irak|İran|Şili|Tayland"),
        ("lv", "Kuveita|Ķīna|Laosa|Norvēģija|Ņujorka|Omāna"),
        ("vi", "Angola|Anh|Ăng-gô-la|Ấn Độ|Bỉ|Dominica|Đan Mạch|Đức|Estonia"),
        ("ru", "Испания|Италия|Йемен|Казахстан"),
        ("el", "Άγιος Μαρίνος|Αίγυπτος|Ανγκόλα|Ελλάδα|Ιαπωνία"),
        ("th", "กัมพูชา|เกาหลีใต้|คิวบา|ไทย|เยอรมนี|เวียดนาม|อังกฤษ"),
        ("ja", "アメリカ合衆国|イタリア|カナダ|ガーナ|キプロス|中国|日本"),
        ("ko", "가나|독일|미국|한국"),
    ],
)
def test_names_stand_where_a_reader_looks_for_them(language: str, names: str) -> None:
    expected = names.split("|")
    locale = Locale.parse(language)
    shuffled = expected[::-1]
    assert sorted(shuffled, key=lambda name: sort_key(name, locale)) == expected


def test_an_accent_decides_only_between_equal_words() -> None:
    locale = Locale.parse("fr")
    assert sorted(["côté", "cote", "coter"], key=lambda name: sort_key(name, locale)) == ["cote", "côté", "coter"]
