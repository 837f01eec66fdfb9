"""Parsing and formatting of amounts, in every locale of Checkout and every class of currency."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.languages.locales import babel_locale
from app.objects.currency import MAXIMUM_CHARGE, step
from app.objects.enumerations import CHECKOUT_LOCALES
from app.pricing.money import AmountError, format_amount, format_amount_plain, format_decimal_amount, parse_amount

# Locales that Checkout does not have: right to left, other digits and groups.
LOCALES = (*CHECKOUT_LOCALES, "ar", "ar-EG", "bn", "de-CH", "en-IN", "fa", "he", "mr")
CURRENCIES = (
    "aed", "bgn", "bhd", "brl", "chf", "clp", "cop", "czk", "dkk", "eur", "gbp", "hkd", "huf", "idr", "inr", "isk", "jod", "jpy",
    "krw", "kwd", "lkr", "mga", "mxn", "nok", "omr", "pen", "php", "pln", "sek", "sgd", "thb", "tnd", "try", "twd", "ugx", "usd",
    "vnd", "xaf", "xpf", "zar",
)  # fmt: skip
NB = "\u00a0"
NARROW = "\u202f"


@pytest.mark.parametrize(
    ("text", "currency", "locale", "amount"),
    [
        pytest.param("12.50", "eur", "en", 1250, id="a point"),
        pytest.param("12,50", "eur", "de", 1250, id="a comma"),
        pytest.param("12,50", "eur", "en", 1250, id="a comma where a group could not be"),
        pytest.param("12.50", "eur", "de", 1250, id="a point where a group could not be"),
        pytest.param("12.5", "eur", "en", 1250, id="one decimal"),
        pytest.param("12", "eur", "en", 1200, id="no decimals"),
        pytest.param("12.", "eur", "en", 1200, id="a point while typing"),
        pytest.param(".5", "eur", "en", 50, id="no whole part"),
        pytest.param("0", "eur", "en", 0, id="nothing at all"),
        pytest.param("007", "eur", "en", 700, id="leading zeros"),
        pytest.param("  12.50\t", "eur", "en", 1250, id="space around"),
        pytest.param("1 234,5", "eur", "fr", 123450, id="groups by space"),
        pytest.param(f"1{NB}234,50", "eur", "fr", 123450, id="groups by no-break space"),
        pytest.param(f"1{NARROW}234,50", "eur", "fr", 123450, id="groups by narrow no-break space"),
        pytest.param("1 234.50", "eur", "fr", 123450, id="a point after groups by space"),
        pytest.param("1'234.50", "chf", "de-CH", 123450, id="groups by apostrophe"),
        pytest.param("1’234.50", "chf", "de-CH", 123450, id="groups by typographic apostrophe"),
        pytest.param("1,234", "usd", "en", 123400, id="a group in English"),
        pytest.param("1.234", "eur", "de", 123400, id="a group in German"),
        pytest.param("1,234.50", "usd", "en", 123450, id="group and decimals in English"),
        pytest.param("1.234,50", "eur", "de", 123450, id="group and decimals in German"),
        pytest.param("1.234,50", "eur", "en", 123450, id="German amount in English"),
        pytest.param("1,234,567", "usd", "de", 123456700, id="two groups of any kind"),
        pytest.param("1.234.567", "eur", "fr", 123456700, id="two groups by point where points do not group"),
        pytest.param("12,34,567.50", "inr", "hi-IN", 123456750, id="groups as in India"),
        pytest.param("1,00,000", "inr", "en", 10000000, id="a lakh"),
        pytest.param("１２．５０", "jpy", "ja", None, id="full-width, but yen have no decimals"),
        pytest.param("１２", "jpy", "ja", 12, id="full-width yen"),
        pytest.param("１，２３４．５０", "usd", "zh", 123450, id="full-width group and decimals"),
        pytest.param("١٢٫٥٠", "aed", "ar", 1250, id="Arabic-Indic digits"),
        pytest.param("١٬٢٣٤٫٥٠", "aed", "ar", 123450, id="Arabic group and decimals"),
        pytest.param("१,२३४.५०", "inr", "hi-IN", 123450, id="Devanagari digits"),
        pytest.param("\u200f12.50\u00a0\u200e", "eur", "ar", 1250, id="marks of direction"),
        pytest.param("€12.50", "eur", "en", 1250, id="sign before"),
        pytest.param("12,50 €", "eur", "de", 1250, id="sign after"),
        pytest.param("12.50 EUR", "eur", "en", 1250, id="code after"),
        pytest.param("eur 12.50", "eur", "en", 1250, id="code before in lower case"),
        pytest.param("1.234", "kwd", "en", None, id="a thousandth of a dinar cannot be charged"),
        pytest.param("1.230", "kwd", "en", 1230, id="a hundredth of a dinar can"),
        pytest.param("1,230", "kwd", "de", 1230, id="the same in German"),
        pytest.param("1,230", "kwd", "en", 1230000, id="a group of dinars in English"),
        pytest.param("500", "isk", "en", 50000, id="kronur"),
        pytest.param("500.00", "isk", "en", 50000, id="kronur with zero cents"),
        pytest.param("500.50", "isk", "en", None, id="half a krona"),
        pytest.param("12.5", "jpy", "en", None, id="half a yen"),
        pytest.param("1500円", "jpy", "ja", 1500, id="yen in Japanese"),
        pytest.param("1500円", "jpy", "en", 1500, id="yen in Japanese on an English page"),
        pytest.param("１，５００円", "jpy", "ja", 1500, id="full-width yen with a group"),
        pytest.param("￥1,500", "jpy", "en", 1500, id="a full-width yen sign on an English page"),
        pytest.param("ＵＳ＄２５．５０", "usd", "ja", 2550, id="full-width letters"),
        pytest.param("￡25", "gbp", "en", 2500, id="a full-width pound sign"),
        pytest.param("￦1500", "krw", "en", 1500, id="a full-width won sign"),
        pytest.param("25 ｅｕｒ", "eur", "de", 2500, id="a full-width code"),
        pytest.param("￥1,500", "jpy", "ja", 1500, id="a full-width yen sign"),
        pytest.param("1500 yen", "jpy", "en", 1500, id="yen by name"),
        pytest.param("US$25", "usd", "en", 2500, id="US dollars"),
        pytest.param("$25", "usd", "de", 2500, id="a dollar sign in German"),
        pytest.param("25 US dollars", "usd", "en", 2500, id="dollars by name"),
        pytest.param("25 dollars", "usd", "en", 2500, id="dollars by their short name"),
        pytest.param("US$ 25.00 USD", "usd", "en", 2500, id="sign and code"),
        pytest.param("A$25", "aud", "en", 2500, id="Australian dollars"),
        pytest.param("$25", "cad", "fr-CA", 2500, id="dollars are those of the page"),
        pytest.param("HK$1,500", "hkd", "zh-HK", 150000, id="Hong Kong dollars"),
        pytest.param("25.–", "chf", "de", 2500, id="a dash for no cents"),
        pytest.param("25.-", "chf", "de", 2500, id="a hyphen for no cents"),
        pytest.param("25,—", "eur", "de", 2500, id="a long dash for no cents"),
        pytest.param("25,--", "eur", "nl", 2500, id="two hyphens for no cents"),
        pytest.param("25:-", "sek", "sv", 2500, id="no öre"),
        pytest.param("25.– Fr.", "chf", "de", 2500, id="francs after a dash"),
        pytest.param("1'234.–", "chf", "de", 123400, id="a group and a dash"),
        pytest.param("Fr. 25", "chf", "de", 2500, id="francs"),
        pytest.param("25 eur.", "eur", "de", 2500, id="a code with a point"),
        pytest.param("12,500 KD", "kwd", "en", 12_500_000, id="dinars in Latin letters"),
        pytest.param("K.D. 12.500", "kwd", "en", 12_500, id="dinars with points"),
        pytest.param("د.ك 12.500", "kwd", "ar", 12_500, id="dinars without the last point"),
        pytest.param("25 د.إ", "aed", "ar", 2500, id="dirhams without the last point"),
        pytest.param("Dhs. 25", "aed", "en", 2500, id="dirhams"),
        pytest.param("25,00 $ CA", "cad", "fr", 2500, id="Canadian dollars in French"),
        pytest.param("25 $ US", "usd", "fr", 2500, id="US dollars in French"),
        pytest.param("Fr. 25.–", "chf", "en", 2500, id="francs and a dash"),
        pytest.param("SFr. 25.50", "chf", "en", 2550, id="Swiss francs"),
        pytest.param("CHF 1'234.50", "chf", "en", 123450, id="francs by code"),
        pytest.param("25 Euro", "eur", "de", 2500, id="euros by name"),
        pytest.param("25 euros", "eur", "en", 2500, id="euros by their plural"),
        pytest.param("25 ευρώ", "eur", "el", 2500, id="euros in Greek"),
        pytest.param("25 kr.", "dkk", "da", 2500, id="kroner"),
        pytest.param("kr 25", "sek", "en", 2500, id="kronor on an English page"),
        pytest.param("25 zł", "pln", "en", 2500, id="złoty on an English page"),
        pytest.param("1 234,50 Kč", "czk", "cs", 123450, id="koruny"),
        pytest.param("Rs. 1,00,000", "inr", "en", 10000000, id="a lakh of rupees"),
        pytest.param("₹500/-", "inr", "en", 50000, id="rupees and nothing else"),
        pytest.param("R$ 12,50", "brl", "pt-BR", 1250, id="reais"),
        pytest.param("Rp 1.500.000", "idr", "id", 150000000, id="rupiah"),
        pytest.param("£12.50", "gbp", "en", 1250, id="pounds"),
        pytest.param("12٫50", "eur", "en", 1250, id="an Arabic decimal separator alone"),
        pytest.param("١٢٫٥٠ €", "eur", "ar", 1250, id="Arabic-Indic euros"),
        pytest.param("\u2066€12.50\u2069", "eur", "en", 1250, id="isolated by marks of direction"),
    ],
)
def test_typed_amounts_are_parsed(text: str, currency: str, locale: str, amount: int | None) -> None:
    if amount is None:
        with pytest.raises(AmountError) as refused:
            parse_amount(text, currency, locale)
        assert refused.value.code == "too_many_decimals"
    else:
        assert parse_amount(text, currency, locale) == amount


@pytest.mark.parametrize(
    ("text", "locale", "code"),
    [
        pytest.param("", "en", "empty", id="nothing"),
        pytest.param("  \u200f", "en", "empty", id="nothing to see"),
        pytest.param("€", "en", "empty", id="a sign alone"),
        pytest.param("-5", "en", "negative", id="below zero"),
        pytest.param("−5", "en", "negative", id="below zero with a true minus"),
        pytest.param("-€5.00", "en", "negative", id="below zero before the sign"),
        pytest.param("+5", "en", "not_a_number", id="plus"),
        pytest.param("1e3", "en", "not_a_number", id="exponent"),
        pytest.param("NaN", "en", "not_a_number", id="NaN"),
        pytest.param("Infinity", "en", "not_a_number", id="infinity"),
        pytest.param("twelve", "en", "not_a_number", id="words"),
        pytest.param("0x10", "en", "not_a_number", id="hexadecimal"),
        pytest.param("1_000", "en", "not_a_number", id="underscore"),
        pytest.param("½", "en", "not_a_number", id="a fraction"),
        pytest.param("1²", "en", "not_a_number", id="a superscript"),
        pytest.param("1.2.3", "en", "not_a_number", id="two points"),
        pytest.param("1,23,4", "en", "not_a_number", id="groups of two and one"),
        pytest.param("12 34", "en", "not_a_number", id="a group of two"),
        pytest.param("1 234 56", "fr", "not_a_number", id="a last group of two"),
        pytest.param("1234 567", "fr", "not_a_number", id="a first group of four"),
        pytest.param("1,234 567", "en", "not_a_number", id="two kinds of groups"),
        pytest.param("1.234,567.89", "en", "not_a_number", id="separators that take turns"),
        pytest.param("1,234.567,89", "de", "not_a_number", id="separators that take turns in German"),
        pytest.param(".", "en", "not_a_number", id="a point alone"),
        pytest.param("5 %", "en", "not_a_number", id="percent"),
        pytest.param("$5", "en-GB", "not_a_number", id="the sign of another currency"),
        pytest.param("5 kr", "en", "not_a_number", id="kroner for euros"),
        pytest.param("US$5", "en", "not_a_number", id="US dollars for euros"),
        pytest.param("5円", "ja", "not_a_number", id="yen for euros"),
        pytest.param("25-", "de", "not_a_number", id="a dash without a separator"),
        pytest.param("25.---", "de", "not_a_number", id="three dashes"),
        pytest.param(".-", "de", "not_a_number", id="a dash without a number"),
        pytest.param("5 euro 50", "en", "not_a_number", id="a name in the middle"),
        pytest.param("€€€€€€€€5", "en", "not_a_number", id="very many signs"),
        pytest.param("1.234", "fr", "ambiguous", id="a point where points neither group nor divide"),
        pytest.param("1.234", "en", "too_many_decimals", id="three decimals in English"),
        pytest.param("1,234", "de", "too_many_decimals", id="three decimals in German"),
        pytest.param("0,125", "en", "too_many_decimals", id="no group starts with zero"),
        pytest.param("12.500", "en", "too_many_decimals", id="even where they are zeros"),
        pytest.param("1" * 16, "en", "too_large", id="sixteen digits"),
        pytest.param("9" * 5000, "en", "too_large", id="five thousand digits"),
    ],
)
def test_other_texts_are_refused_with_a_reason(text: str, locale: str, code: str) -> None:
    with pytest.raises(AmountError) as refused:
        parse_amount(text, "eur", locale)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "text"),
    [
        pytest.param(1250, "eur", "en", "€12.50", id="English"),
        pytest.param(1250, "eur", "de", f"12,50{NB}€", id="German"),
        pytest.param(123450, "eur", "fr", f"1{NARROW}234,50{NB}€", id="French"),
        pytest.param(12345650, "inr", "hi-IN", "₹1,23,456.50", id="Hindi"),
        pytest.param(500, "jpy", "en", "¥500", id="yen"),
        pytest.param(5120, "kwd", "en", f"KWD{NB}5.120", id="dinars, and a code stands off the digits"),
        pytest.param(50000, "isk", "en", f"ISK{NB}500", id="kronur without their cents"),
        pytest.param(50050, "isk", "en", f"ISK{NB}500.50", id="kronur that were written wrong lose nothing"),
        pytest.param(50000, "ugx", "en", f"UGX{NB}500", id="shillings"),
        pytest.param(500, "mga", "en", f"MGA{NB}500", id="ariary have none at Stripe"),
        pytest.param(100000, "huf", "hu", f"1{NB}000,00{NB}Ft", id="forints have two at Stripe"),
        pytest.param(100000, "twd", "en", "NT$1,000.00", id="so have Taiwan's dollars"),
        pytest.param(-500, "eur", "en", "-€5.00", id="a discount"),
        pytest.param(1250, "eur", "auto", "€12.50", id="no locale"),
        pytest.param(1250, "eur", "tlh", "€12.50", id="a locale that nobody knows"),
    ],
)
def test_amounts_are_written_by_locale_with_stripes_decimals(
    amount: int, currency: str, locale: str, text: str
) -> None:
    assert format_amount(amount, currency, locale) == text


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        pytest.param("0.5", "eur", "€0.005", id="half a cent"),
        pytest.param("1250", "eur", "€12.50", id="a whole amount"),
        pytest.param("1250.000", "eur", "€12.50", id="zeros are not shown"),
        pytest.param("0.000000000001", "eur", "€0.00000000000001", id="twelve places"),
        pytest.param("0.5", "jpy", "¥0.5", id="half a yen"),
        pytest.param("1E+3", "jpy", "¥1,000", id="an exponent"),
    ],
)
def test_fractions_of_a_cent_keep_their_decimals(amount: str, currency: str, text: str) -> None:
    assert format_decimal_amount(Decimal(amount), currency, "en") == text


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "text"),
    [
        pytest.param(123450, "eur", "en", "1234.50", id="English"),
        pytest.param(123450, "eur", "de", "1234,50", id="German"),
        pytest.param(5, "eur", "en", "0.05", id="five cents"),
        pytest.param(500, "jpy", "ja", "500", id="yen"),
        pytest.param(5120, "kwd", "en", "5.120", id="dinars"),
        pytest.param(50000, "isk", "en", "500", id="kronur"),
    ],
)
def test_value_of_an_input_has_neither_sign_nor_groups(amount: int, currency: str, locale: str, text: str) -> None:
    assert format_amount_plain(amount, currency, locale) == text


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("auto", "en"),
        ("en-GB", "en_GB"),
        ("en_GB", "en_GB"),
        ("es-419", "es_419"),
        ("fil", "fil"),
        ("pt", "pt_PT"),
        ("pt-BR", "pt_BR"),
        ("zh", "zh_Hans_CN"),
        ("zh-HK", "zh_Hant_HK"),
        ("zh_HK", "zh_Hant_HK"),
        ("zh-TW", "zh_Hant_TW"),
        ("zh_Hant_TW", "zh_Hant_TW"),
        ("de-XX", "de"),
        ("", "en"),
        ("../../etc/passwd", "en"),
    ],
)
def test_checkout_locales_are_matched_with_babels(locale: str, expected: str) -> None:
    assert str(babel_locale(locale)) == expected


@pytest.mark.parametrize("locale", [locale for locale in CHECKOUT_LOCALES if locale != "auto"])
def test_every_checkout_locale_keeps_its_language(locale: str) -> None:
    assert babel_locale(locale).language == locale.partition("-")[0]


EDGES = (0, 1, 9, 10, 99, 100, 999, 1000, 99_999, 100_000, 123_456, 1_234_567, MAXIMUM_CHARGE)


@pytest.mark.costly_rows
@pytest.mark.parametrize("locale", LOCALES)
def test_every_edge_is_read_back_as_it_was_written(locale: str) -> None:
    for currency in CURRENCIES:
        for edge in EDGES:
            amount = edge // step(currency) * step(currency)
            assert parse_amount(format_amount(amount, currency, locale), currency, locale) == amount
            assert parse_amount(format_amount_plain(amount, currency, locale), currency, locale) == amount


@given(st.integers(0, MAXIMUM_CHARGE), st.sampled_from(CURRENCIES), st.sampled_from(LOCALES))
def test_formatting_then_parsing_returns_the_amount(number: int, currency: str, locale: str) -> None:
    amount = number // step(currency) * step(currency)
    assert parse_amount(format_amount(amount, currency, locale), currency, locale) == amount
    assert parse_amount(format_amount_plain(amount, currency, locale), currency, locale) == amount


@given(
    st.text() | st.text("0123456789.,' -+eE€\u00a0\u202f\u200f٫٬٣３", max_size=12),
    st.sampled_from(CURRENCIES),
    st.sampled_from(LOCALES),
)
def test_any_text_is_an_amount_or_refused_and_never_anything_else(text: str, currency: str, locale: str) -> None:
    try:
        amount = parse_amount(text, currency, locale)
    except AmountError:
        return
    assert type(amount) is int
    assert amount >= 0
    assert amount % step(currency) == 0
