"""The checks of translated texts find each kind of mistake."""

import pytest
from babel.messages.catalog import Catalog, Message

from tests.support.catalogue_checks import message_faults, rule_faults, words_of

SAME = frozenset(words_of("Subtotal E-mail"))


@pytest.mark.parametrize(
    ("language", "source", "text", "fault"),
    [
        ("de", "Pay %(amount)s", "", "missing"),
        ("de", "Pay %(amount)s", "Bezahlen", "placeholders"),
        ("de", "Pay %(amount)s", "%(amount)s von %(amount)s bezahlen", "placeholders"),
        ("de", "%(name)s (%(percent)s%%)", "%(name)s (%(percent)s)", "placeholders"),
        ("de", "**Bold** text", "Fetter Text", "markup"),
        ("de", "Ask <b>us</b>", "Fragen Sie <i>uns</i>", "markup"),
        ("de", "Nothing was charged.", " Nichts wurde abgebucht.", "spaces"),
        ("de", "Nothing was charged.", "Nichts  wurde abgebucht.", "spaces"),
        ("de", "Nothing was charged.", "Nichts wurde abgebucht", "ends with"),
        ("de", "Sold out", "Ausverkauft.", "ends with"),
        ("ja", "Not you?", "別の方ですか。", "ends with"),
        ("el", "Not you?", "Δεν είστε εσείς?", "ends with"),
        ("de", "Nothing was charged.", "Nothing was charged.", "English: "),
        ("de", "Sold out", "SOLD OUT", "English: "),
        ("de", "Nothing was charged. Try again.", "Nothing was charged. Bitte noch einmal.", "English within"),
        ("ru", "Card", "Kарта", "two scripts"),
        ("zh_Hant_TW", "Order", "订單", "other Chinese script"),
        ("fr", "Order", "Cre\u0301er", "composed form"),
    ],
)
def test_a_mistake_is_found(language: str, source: str, text: str, fault: str) -> None:
    found = list(message_faults(Message(source, text), language, SAME))
    assert len(found) >= 1
    assert fault in found[0]


@pytest.mark.parametrize(
    ("language", "source", "text"),
    [
        ("de", "Pay %(amount)s", "%(amount)s bezahlen"),
        ("ja", "Nothing was charged.", "請求はありません。"),
        ("th", "Nothing was charged.", "ไม่มีการเรียกเก็บเงิน"),
        ("el", "Not you?", "Δεν είστε εσείς;"),
        ("ar", "Not you?", "لست أنت؟"),
        ("da", "Subtotal", "Subtotal"),
        ("de", "E-mail", "E-Mail"),
        ("de", "Sandbox Checkout", "Sandbox-Checkout"),
        ("de", "like name@example.com", "zum Beispiel name@example.com"),
        ("en_GB", "Nothing was charged.", "Nothing was charged."),
    ],
)
def test_a_right_text_has_no_fault(language: str, source: str, text: str) -> None:
    assert list(message_faults(Message(source, text), language, SAME)) == []


@pytest.mark.parametrize(
    ("language", "forms", "fault"),
    [
        ("pl", ("%(num)s znak", "%(num)s znaki"), "2 plural forms, not 3"),
        ("ja", ("%(num)s 文字", "%(num)s 文字"), "2 plural forms, not 1"),
        ("ru", ("один знак", "%(num)s знака", "%(num)s знаков"), "placeholders"),
        ("de", ("ein Zeichen", "Zeichen"), "placeholders"),
        ("de", ("ein Zeichen", "%(num)s Zeichen"), None),
        ("he", ("תו אחד", "שני תווים", "%(num)s תווים"), None),
    ],
)
def test_a_form_names_the_number_unless_it_is_for_one_number_alone(
    language: str, forms: tuple[str, ...], fault: str | None
) -> None:
    found = list(message_faults(Message(("%(num)s character", "%(num)s characters"), forms), language, SAME))
    assert [fault in one for one in found if fault] == ([True] if fault else [])


def test_a_fuzzy_text_is_found() -> None:
    assert "fuzzy" in message_faults(Message("Card", "Karte", flags=["fuzzy"]), "de", SAME)


@pytest.mark.parametrize(
    ("language", "rule", "fault"),
    [
        ("hu", "nplurals=1; plural=0;", "plural form 0 is for"),
        ("pl", "nplurals=2; plural=n != 1;", "plural form 1 is for"),
        ("de", "nplurals=3; plural=n != 1;", "the rule chooses forms"),
    ],
)
def test_a_wrong_plural_rule_is_found(language: str, rule: str, fault: str) -> None:
    catalogue = Catalog(locale=language)
    catalogue.mime_headers = [("Plural-Forms", rule)]
    found = list(rule_faults(catalogue, language))
    assert found[0].startswith("the plural rule is not")
    assert found[1].startswith(fault)
