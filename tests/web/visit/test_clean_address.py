"""A mistyped or badly copied address leads to the clean one. Random codes are exact, except for what stands around them."""

from urllib.parse import quote

import pytest

from app.objects.payment_link import PaymentLink
from app.services.links.typed_codes import find_typed
from tests.support.build import a_link
from tests.support.page import SAME_ORIGIN
from tests.web.conftest import WebShop

CODE = "7Kq2mPzR4tVw9XyB3cDf1G"


@pytest.fixture
def box(shop: WebShop) -> PaymentLink:
    """Return a link with a slug and a random code."""
    return shop.add(a_link(counterfoil={"slug": "spring-box", "code": CODE}))


SLUGS = [
    "Spring-Box", "SPRING-BOX", "spring-box.", "spring-box,", "(spring-box)", "<spring-box>", "“spring-box”", "'spring-box'", "spring-box!",
    "spring-box…", " spring-box", "spring-box ", "spring-box\u00a0", "spring-box\r\n", "\u200bspring-box", "spring\u200b-box",
    "spring\u00ad-box", "spring-box\ufeff", "\u202aspring-box\u202c", "spring\u2010box", "spring\u2011box", "spring\u2013box",
    "spring\u2014box", "spring\u2212box", "spring－box", "ｓｐｒｉｎｇ-box", "spring-box–", "-spring-box", "spring-box_", "spring-box*",
    "**spring-box**", "spring-box%20", "Spring–Box\u200b.)",
    "SPR\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}NG-BOX", "spr\N{LATIN SMALL LETTER DOTLESS I}ng-box",
]  # fmt: skip


@pytest.mark.usefixtures("box")
@pytest.mark.parametrize("typed", SLUGS, ids=ascii)
def test_a_slug_is_found_as_people_write_it(shop: WebShop, typed: str) -> None:
    answer = shop.client.get(f"/pay/{quote(typed, safe='')}")
    assert (answer.status_code, answer.location) == (301, "/pay/spring-box")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert shop.open(answer.location).status == 200


@pytest.mark.usefixtures("box")
@pytest.mark.parametrize(
    ("path", "clean"),
    [
        ("/pay/spring-box/", "/pay/spring-box"),
        ("/pay/spring-box/embed/?theme=dark", "/pay/spring-box/embed?theme=dark"),
        ("/pay/spring-box/.", "/pay/spring-box"),
        ("/PAY/spring-box", "/pay/spring-box"),
        ("/Pay/Spring-Box", "/pay/spring-box"),
        ("/pay/Spring-Box/embed", "/pay/spring-box/embed"),
        ("/pay/spring-box/Embed/", "/pay/spring-box/embed"),
        ("/pay/spring-box./qr.svg", "/pay/spring-box/qr.svg"),
        ("/pay/Spring-Box/qr.png", "/pay/spring-box/qr.png"),
        ("/pay/Spring-Box/card.png", "/pay/spring-box/card.png"),
        ("/pay/spring-box/qr.svg.", "/pay/spring-box/qr.svg"),
        ("/pay/Spring-Box/complete/AbC_1-2", "/pay/spring-box/complete/AbC_1-2"),
        ("/pay/spring-box/cancel/AbC.", "/pay/spring-box/cancel/AbC"),
        ("/pay/spring-box&utm_source=letter", "/pay/spring-box?utm_source=letter"),
        ("/pay/spring-box&amp;utm_source=a&amp;utm_medium=b", "/pay/spring-box?utm_source=a&utm_medium=b"),
        ("/pay/Spring-Box.&utm_source=a&utm_medium=b", "/pay/spring-box?utm_source=a&utm_medium=b"),
        ("/pay/spring-box&utm_source=a?locale=de", "/pay/spring-box?locale=de&utm_source=a"),
        ("/pay/spring-box%3Futm_source%3Dletter", "/pay/spring-box?utm_source=letter"),
        ("/pay/spring-box&prefilled_email=ada%2540b.example", "/pay/spring-box?prefilled_email=ada%40b.example"),
        ("/pay/spring-box%23top", "/pay/spring-box"),
        ("/pay/spring-box&", "/pay/spring-box"),
        ("/pay/spring-box/embed&theme=dark", "/pay/spring-box/embed?theme=dark"),
        ("/pay/Spring-Box?prefilled_email=a%40b.example", "/pay/spring-box?prefilled_email=a%40b.example"),
    ],
)
def test_every_page_of_a_link_forgives_its_address(shop: WebShop, path: str, clean: str) -> None:
    answer = shop.client.get(path)
    assert (answer.status_code, answer.location) == (301, clean)


@pytest.mark.usefixtures("box")
@pytest.mark.parametrize("typed", [f"{CODE}.", f"({CODE})", f" {CODE}", f"\u200b{CODE}", f"{CODE}&utm_source=a"])
def test_a_random_code_is_found_without_what_stands_around_it(shop: WebShop, typed: str) -> None:
    answer = shop.client.get(f"/pay/{quote(typed, safe='/')}")
    assert answer.status_code == 301
    assert answer.location.partition("?")[0] == f"/pay/{CODE}"


@pytest.mark.usefixtures("box")
@pytest.mark.parametrize(
    "typed", [CODE.lower(), CODE.upper(), CODE[:-1], f"{CODE[:5]}\u200b{CODE[5:]}", f"-{CODE}", f"{CODE}x"]
)
def test_a_random_code_is_exact(shop: WebShop, typed: str) -> None:
    assert shop.client.get(f"/pay/{quote(typed)}").status_code == 404


@pytest.mark.usefixtures("box")
@pytest.mark.parametrize(
    "path",
    ["/pay/spring-bxo", "/pay/springbox", "/pay/...", "/pay/%E2%80%8B", "/pay/&", "/pay/spring-box/other", "/pay/spring-box/embed/more",
     "/pay/spring-box/complete", "/pay/" + "x" * 400, "/pay/spring box"],
)  # fmt: skip
def test_other_addresses_are_not_found(shop: WebShop, path: str) -> None:
    assert shop.client.get(path).status_code == 404


def test_a_clean_address_is_answered_at_once(shop: WebShop, box: PaymentLink) -> None:
    assert shop.client.get("/pay/spring-box").status_code == 200
    assert shop.client.get(f"/pay/{CODE}").status_code == 200
    assert shop.client.get("/pay/spring-box/complete/unknown").status_code == 404
    assert find_typed(shop.store, "Spring-Box") == box


def test_a_random_code_of_small_letters_is_no_slug(shop: WebShop) -> None:
    shop.add(a_link(counterfoil={"slug": "spring-box", "code": "abcdefghijklmnopqrstuv"}))
    assert shop.client.get("/pay/Abcdefghijklmnopqrstuv").status_code == 404


@pytest.mark.usefixtures("box")
def test_a_form_is_never_sent_on(shop: WebShop) -> None:
    answer = shop.client.post("/pay/Spring-Box", data=shop.open("/pay/spring-box").values(), headers=SAME_ORIGIN)
    assert answer.status_code == 404


@pytest.mark.usefixtures("box")
def test_a_redirect_is_never_too_long_for_a_header(shop: WebShop) -> None:
    answer = shop.client.get(f"/pay/Spring-Box?utm_source={'x' * 3000}")
    assert (answer.status_code, answer.location) == (301, "/pay/spring-box")


@pytest.mark.usefixtures("box")
@pytest.mark.parametrize(
    "typed", ["Spring-Box", "spring\u2013box.", "https://pay.example/pay/Spring-Box?utm_source=a", CODE]
)
def test_a_typed_code_leads_to_its_link(shop: WebShop, typed: str) -> None:
    answer = shop.client.get("/pay", query_string={"code": typed})
    assert (answer.status_code, answer.location) == (303, f"/pay/{CODE if typed == CODE else 'spring-box'}")
