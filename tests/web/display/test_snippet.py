"""The HTML that merchants paste: a frame from edge to edge, with a title of its own, and a QR code if wanted."""

from urllib.parse import parse_qs, urlsplit

import pytest

from app.errors import InvalidRequest
from app.objects.payment_link import PaymentLink
from app.web.display.snippet import Choices, frame_title, snippet
from tests.support.build import a_link, an_organization
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
    ("ours", "language", "title", "way", "alt"),
    [
        ({"locale": "de"}, "en", "Tallow & Reed bezahlen: Jar of honey", "Bezahlseite öffnen", "QR-Code von "),
        ({"locale": "pt"}, "de", "Pagar a Tallow & Reed: Jar of honey", "Abrir a página de pagamento", "Código QR de "),
        (
            {"locale": "zh-TW", "reference": "7"},
            "en",
            "向 Tallow & Reed 支付帳單 7",
            "開啟付款頁面",
            " 的 QR 碼",
        ),
        ({"locale": "auto"}, "ja", "Tallow & Reedに支払う：Jar of honey", "支払いページを開く", "のQRコード"),
        ({}, "fr", "Payer à Tallow & Reed\u00a0: Jar of honey", "Ouvrir la page de paiement", "QR de "),
        ({"locale": "hi-IN"}, "de", "Pay Tallow & Reed: Jar of honey", "Open the payment page", "QR code of "),
        ({}, "en", "Pay Tallow & Reed: Jar of honey", "Open the payment page", "QR code of "),
    ],
)
def test_the_words_are_in_the_language_of_the_link_else_in_the_given_one(
    ours: dict[str, str], language: str, title: str, way: str, alt: str
) -> None:
    page = Page(Answer(snippet(framed(**ours), APIARY, language=language)))
    assert page.root.first("iframe")["title"] == title
    assert page.root.first("a").text == way
    assert alt in page.root.first("img")["alt"]


@pytest.mark.parametrize(
    ("reference", "title"),
    [
        ("2026-0042", "Rechnung 2026-0042 an Tallow & Reed bezahlen"),
        ("Invoice-7", "Rechnung 7 an Tallow & Reed bezahlen"),
        ("invoice 7", "Rechnung 7 an Tallow & Reed bezahlen"),
        ("INVOICE7", "Rechnung 7 an Tallow & Reed bezahlen"),
        ("Invoiced", "Rechnung Invoiced an Tallow & Reed bezahlen"),
        ("invoice", "Rechnung invoice an Tallow & Reed bezahlen"),
        ("100%(d)s", "Rechnung 100%(d)s an Tallow & Reed bezahlen"),
    ],
)
def test_the_number_of_an_invoice_is_named_once(reference: str, title: str) -> None:
    assert frame_title(framed(reference=reference, locale="de"), APIARY) == title
