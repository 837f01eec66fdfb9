"""The HTML that merchants paste: a frame from edge to edge, with a title of its own, and a QR code if wanted."""

from urllib.parse import parse_qs, urlsplit

import pytest

from app.errors import InvalidRequest
from app.objects.payment_link import PaymentLink
from app.web.display.snippet import Choices, frame_title, snippet
from tests.support.build import a_link, an_organization
from tests.support.languages import in_language
from tests.support.page import Page

OFFICE = "https://office.example"
APIARY = an_organization(name="Tallow & Reed")


def framed(**ours: object) -> PaymentLink:
    urls = {"embed_url": "https://pay.example/pay/honey/embed", "qr_url": "https://pay.example/pay/honey/qr.svg"}
    return a_link(counterfoil={"embed_origins": [OFFICE], **urls, **ours}, url="https://pay.example/pay/honey")


class Answer:
    """The snippet as a page that the reader of tests understands."""

    status_code = 200

    def __init__(self, html: str) -> None:
        self.html = html
        self.headers: dict[str, str] = {}

    def get_data(self, *, as_text: bool) -> str:
        return self.html


def parts(link: PaymentLink, choices: Choices | None = None) -> Page:
    return Page(Answer(snippet(link, APIARY, choices or Choices())))


def test_the_frame_has_no_border_and_the_width_of_its_place() -> None:
    frame = parts(framed()).root.first("iframe")
    assert frame["style"] == "width: 100%; border: 0"
    assert (frame["width"].isdigit(), frame["height"].isdigit()) == (True, True)
    assert frame["src"] == "https://pay.example/pay/honey/embed"


@pytest.mark.parametrize(
    ("link", "title"),
    [
        (framed(reference="2026-0042"), "Pay invoice 2026-0042 to Tallow & Reed"),
        (framed(reference="Invoice 7"), "Pay invoice 7 to Tallow & Reed"),
        (framed(reference="Invoice #"), "Pay invoice Invoice # to Tallow & Reed"),
        (framed(), "Pay Tallow & Reed: Jar of honey"),
        (framed(title="Spring box"), "Pay Tallow & Reed: Spring box"),
    ],
)
def test_the_title_of_a_frame_tells_it_from_others(link: PaymentLink, title: str) -> None:
    assert frame_title(link, APIARY) == title
    assert parts(link).root.first("iframe")["title"] == title


def test_the_qr_code_can_be_left_out() -> None:
    assert parts(framed()).root.first("img")["src"] == "https://pay.example/pay/honey/qr.svg"
    assert parts(framed(), Choices(qr=False)).root.all("img") == []


def test_the_frame_is_asked_for_a_way_back_and_a_theme() -> None:
    page = f"{OFFICE}/invoices?id=42&part=1"
    source = urlsplit(parts(framed(), Choices(page, "auto")).root.first("iframe")["src"])
    assert parse_qs(source.query) == {"return_url": [page], "theme": ["auto"]}


@pytest.mark.parametrize("url", ["https://evil.example/", "javascript:alert(1)", "http://office.example/", "x"])
def test_a_way_back_to_a_site_that_may_not_frame_the_link_is_refused(url: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        snippet(framed(), APIARY, Choices(url))
    assert refused.value.param == "return_url"


@pytest.mark.parametrize(
    ("ours", "given", "shown"),
    [
        ({"locale": "de"}, "en", "de"),
        ({"locale": "pt"}, "de", "pt"),
        ({"locale": "zh-TW"}, "en", "zh-TW"),
        ({"locale": "auto"}, "ja", "ja"),
        ({}, "fr", "fr"),
    ],
)
def test_the_words_are_in_the_language_of_the_link_else_in_the_given_one(
    ours: dict[str, str], given: str, shown: str
) -> None:
    page = Page(Answer(snippet(framed(**ours), APIARY, language=given)))
    named = {"merchant": "Tallow & Reed", "name": "Jar of honey"}
    assert page.root.first("iframe")["title"] == in_language(shown, "Pay %(merchant)s: %(name)s", **named)
    assert page.root.first("a").text == in_language(shown, "Open the payment page")
    alt = in_language(shown, "QR code of %(address)s", address="https://pay.example/pay/honey")
    assert page.root.first("img")["alt"] == alt


def test_the_script_gets_the_text_of_a_link_that_a_site_has_removed() -> None:
    german = Page(Answer(snippet(framed(locale="de"), APIARY))).root.first("iframe")
    assert german["data-link"] == in_language("de", "Open the payment page")
    assert Page(Answer(snippet(framed(), APIARY))).root.first("iframe").get("data-link") is None


@pytest.mark.parametrize(("ours", "given"), [({"locale": "hi-IN"}, "de"), ({}, "en"), ({"locale": "en"}, "de")])
def test_a_language_without_words_has_english_ones(ours: dict[str, str], given: str) -> None:
    page = Page(Answer(snippet(framed(**ours), APIARY, language=given)))
    assert page.root.first("iframe")["title"] == "Pay Tallow & Reed: Jar of honey"
    assert page.root.first("a").text == "Open the payment page"


@pytest.mark.parametrize(
    ("reference", "number"),
    [
        ("2026-0042", "2026-0042"),
        ("Invoice-7", "7"),
        ("invoice 7", "7"),
        ("INVOICE7", "7"),
        ("Invoiced", "Invoiced"),
        ("invoice", "invoice"),
        ("100%(d)s", "100%(d)s"),
        ("Rechnung 7", "7"),
        ("RECHNUNG: 7", "7"),
        ("Rechnung Nr. 7", "Nr. 7"),
        ("Rechnungsnummer 7", "Rechnungsnummer 7"),
        ("Invoice #7", "7"),
        ("Invoice #", "Invoice #"),
        ("Invoice: ", "Invoice: "),
        ("Rechnung", "Rechnung"),
        ("Facture 7", "Facture 7"),
    ],
)
def test_the_number_of_an_invoice_is_named_once(reference: str, number: str) -> None:
    title = in_language("de", "Pay invoice %(reference)s to %(merchant)s", reference=number, merchant="Tallow & Reed")
    assert frame_title(framed(reference=reference, locale="de"), APIARY) == title


@pytest.mark.parametrize(
    ("locale", "reference", "number"),
    [
        ("fr", "Facture n° 7", "n° 7"),
        ("fr", "Facture\u00a0: 7", "7"),
        ("ja", "請求書7", "7"),
        ("ja", "請求書：第7号", "第7号"),
        ("ja", "請求書No.7", "No.7"),
        ("vi", "Hóa đơn 7", "7"),
        ("tr", "FATURA 7", "7"),
    ],
)
def test_the_word_for_an_invoice_is_not_doubled_in_the_language_of_a_link(
    locale: str, reference: str, number: str
) -> None:
    text = "Pay invoice %(reference)s to %(merchant)s"
    title = in_language(locale, text, reference=number, merchant="Tallow & Reed")
    assert frame_title(framed(reference=reference, locale=locale), APIARY) == title
    assert frame_title(framed(reference=reference), APIARY, locale) == title
