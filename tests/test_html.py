"""Every page is valid HTML: the Nu HTML checker reads every page that a buyer or a merchant can open, in every state.

The checker is a Java program, which tests/support/ensure_vnu.sh installs.
"""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.sandbox.checkout.cards import DEBIT_SUCCEEDS
from app.services.attempts import state_machine
from tests.browser.shop import DemoShop, shop_config
from tests.html.console import meet_the_console
from tests.html.walk import Nowhere, Walk
from tests.support.build import an_organization
from tests.support.buyer import CARD_NUMBER, CHECKOUT
from tests.support.page import SAME_ORIGIN, Page, read_html

INQUIRED = "4000 0000 0000 1976"
"""The test card whose payment the bank inquires about."""


@contextmanager
def a_walk(folder: Path) -> Iterator[Walk]:
    """Seed the demo. A walk through it collects pages."""
    site = Nowhere()
    shop = DemoShop(site, shop_config(folder, site.origin))  # type: ignore[arg-type]
    shop.seed()
    yield Walk(shop, shop.app.test_client(use_cookies=False))
    shop.store.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Every page by name."""
    ends = (meet_ends, meet_money_that_goes_back)
    with a_walk(tmp_path_factory.mktemp("shop")) as walk:
        for part in (meet_pay_pages, meet_refusals, meet_checkouts, *ends, meet_the_console, meet_the_rest):
            part(walk)
    return walk.pages


def meet_pay_pages(walk: Walk) -> None:
    """Pay pages: as opened, in a frame, in several languages, with a preview."""
    statuses = {"market-2025": 410, "summer-box": 403}
    for slug in walk.shop.demo:
        walk.get(f"{slug}", f"/pay/{slug}", statuses.get(slug, 200))
        walk.get(f"{slug} in a frame", f"/pay/{slug}/embed", statuses.get(slug, 200))
    for locale in ("de", "ar", "ja"):
        walk.get(f"spring-box in {locale}", f"/pay/spring-box?locale={locale}")
    prefilled = "prefilled_email=a%40example.com&prefilled_promo_code=SPRING10&client_reference_id=%22%3E&unheard=of"
    walk.get("spring-box prefilled", f"/pay/spring-box?{prefilled}")
    walk.get("spring-box with a locked address", "/pay/spring-box?locked_prefilled_email=a%40example.com")
    form = Page(walk.client.get("/pay/spring-box")).fill({})
    walk.post("spring-box previewed", "/pay/spring-box/preview", form, 200)
    wrong = {**form, "promotion_code": "WINTER25", "custom_fields[customernumber]": '<"&', "everything": "on"}
    walk.post("spring-box previewed with errors", "/pay/spring-box/preview", wrong, 422)
    walk.post("spring-box previewed in a frame", "/pay/spring-box/embed", wrong, 422)


def meet_refusals(walk: Walk) -> None:
    """Refused requests and links that cannot be paid."""
    form = Page(walk.client.get("/pay/dipping")).fill({})
    walk.post("wrong answers", "/pay/dipping", form, 422)
    walk.post("no token", "/pay/dipping", {**form, "csrf_token": ""}, 403)
    walk.post("another site's post", "/pay/dipping", form, 403, Origin="https://elsewhere.test")
    walk.get("unknown link", "/pay/nothing-here", 404)
    walk.get("unknown address", "/nothing/here", 404)
    walk.post("wrong method", "/pay/dipping/qr.svg", {}, 405)
    overdue = {"reference": "2025-0001", "due_date": walk.shop.now() - 9 * 86400}
    walk.get("overdue invoice", f"/pay/{walk.shop.link(142800, counterfoil=overdue).counterfoil.code}")
    closed = walk.shop.link(counterfoil={"closes_at": walk.shop.now() - 60})
    walk.get("closed link", f"/pay/{closed.counterfoil.code}", 410)
    meet_refusals_by_stripe(walk)


def meet_refusals_by_stripe(walk: Walk) -> None:
    """A link with an archived price, and a promotion code that was used up between Apply and the payment."""
    sdk = walk.shop.catalogue
    price = sdk.prices.create({"currency": "eur", "unit_amount": 500, "product_data": {"name": "Wax"}})
    named = {"slug": "archived", "name": "Archived"}
    walk.shop.link(line_items=[{"price": price.id, "quantity": 1}], counterfoil=named)
    sdk.prices.update(price.id, {"active": False})
    walk.get("archived price", "/pay/archived", 409)
    walk.get("archived price in a frame", "/pay/archived/embed", 409)
    promotion = {"type": "coupon", "coupon": sdk.coupons.create({"percent_off": 10}).id}
    code = sdk.promotion_codes.create({"code": "GONE", "promotion": promotion, "max_redemptions": 9})
    address = f"/pay/{walk.shop.link(allow_promotion_codes=True).counterfoil.code}"
    form = {**Page(walk.client.get(address)).fill({}), "promotion_code": "GONE"}
    walk.post("code applied", f"{address}/preview", form, 200)
    sdk.promotion_codes.update(code.id, {"active": False})
    walk.post("code taken out", address, form, 422)


def meet_checkouts(walk: Walk) -> None:
    """The sandbox's Checkout: sessions that ask for little and for much, and the answers to each test card."""
    answers = {"custom_fields[customernumber]": "004217", "consent[terms_of_service]": "on"}
    path = walk.opened(walk.shop.demo["spring-box"], answers)
    walk.get("checkout of an order", path)
    walk.post("checkout without answers", path, {}, 422)
    walk.get("checkout with everything", walk.opened(walk.shop.demo["cotton-wicks"]))
    walk.get("checkout of a subscription", walk.opened(walk.shop.demo["candle-club-welcome"]))
    path = walk.opened(walk.shop.demo["wick-trimmer"])
    walk.post("declined", path, {**CHECKOUT, "card_number": "4000000000000002"}, 402)
    walk.post("one more step", path, {**CHECKOUT, "card_number": "4000002500003155"}, 303)
    walk.get("bank", path)
    walk.post("step refused", path, {"confirmation": "fail"}, 402)


def meet_ends(walk: Walk) -> None:
    """Confirmations, and the other pages after Checkout."""
    for slug, answers in {
        "wick-trimmer": {},
        "dipping": {"custom_fields[apron]": "adult", "consent[terms_of_service]": "on"},
        "2026-0042": {},
        "candle-club": {"consent[terms_of_service]": "on"},
    }.items():
        path = walk.opened(walk.shop.demo[slug], answers)
        paid = walk.post(f"{slug} is being paid", path, CHECKOUT, 303)
        walk.get(f"{slug} is paid", paid.location.removeprefix(walk.shop.origin))
        walk.get(f"{slug} is over at checkout", path)
    walk.get("paid invoice", "/pay/2026-0042")
    walk.get("paid invoice in a frame", "/pay/2026-0042/embed")

    debit = walk.post(
        "debit", walk.opened(walk.shop.link()), {**CHECKOUT, "payment_method": DEBIT_SUCCEEDS}, 303
    ).location.removeprefix(walk.shop.origin)
    walk.get("processing", debit)

    link = walk.shop.link(restrictions={"completed_sessions": {"limit": 1}})
    address = f"/pay/{link.counterfoil.code}"
    form = Page(walk.client.get(address)).fill({})
    path = walk.opened(link)
    attempt = walk.shop.attempts(link)[0]
    walk.get("not paid yet", f"{address}/complete/{attempt.token}")
    walk.post("every place is held", address, form, 409)
    walk.get("left before paying", f"{address}/cancel/{attempt.token}")
    walk.get("canceled", f"{address}/complete/{attempt.token}")
    walk.get("expired checkout", path)
    meet_full_links(walk)


def meet_full_links(walk: Walk) -> None:
    """Links whose places are held or sold, and one whose bank has not confirmed the payment."""
    several = walk.shop.link(restrictions={"completed_sessions": {"limit": 2}})
    paths = [walk.opened(several) for _ in range(2)]
    walk.get("several places are held", f"/pay/{several.counterfoil.code}", 409)
    for number, path in enumerate(paths):
        walk.post(f"place {number} is being paid", path, CHECKOUT, 303)
    walk.get("sold out", f"/pay/{several.counterfoil.code}", 410)
    link = walk.shop.link(restrictions={"completed_sessions": {"limit": 1}}, counterfoil={"reference": "R1"})
    path = walk.opened(link)
    walk.get("started", f"/pay/{link.counterfoil.code}", 409)
    walk.get("started in a frame", f"/pay/{link.counterfoil.code}/embed", 409)
    walk.post("debit of a link that can be paid once", path, {**CHECKOUT, "payment_method": DEBIT_SUCCEEDS}, 303)
    walk.get("on its way", f"/pay/{link.counterfoil.code}")


def meet_money_that_goes_back(walk: Walk) -> None:
    """Receipts and links of payments that were refunded, disputed or differ from their order."""
    for name, card, amount in (("partly refunded", INQUIRED, 500), ("refunded", CARD_NUMBER, None)):
        link = walk.shop.link(restrictions={"completed_sessions": {"limit": 1}})
        paid = walk.post(f"{name}: paid", walk.opened(link), {**CHECKOUT, "card_number": card}, 303)
        refund = {"payment_intent": walk.shop.attempts(link)[0].payment_intent}
        walk.shop.catalogue.refunds.create(refund | ({"amount": amount} if amount else {}))
        walk.get(name, paid.location.removeprefix(walk.shop.origin))
        walk.get(f"{name}: link", f"/pay/{link.counterfoil.code}")
        walk.money.append(walk.shop.attempts(link)[0].id)
    link = walk.shop.link(restrictions={"completed_sessions": {"limit": 1}})
    walk.opened(link)
    attempt = walk.shop.attempts(link)[0]
    path = f"/pay/{link.counterfoil.code}/complete/{attempt.token}"
    state_machine.add_flag(walk.shop.store, attempt, "mode_mismatch", walk.shop.now(), cause="evt_2")
    walk.get("does not match", path)
    fact = state_machine.Fact("paid", amount_total=1000)
    state_machine.settle(walk.shop.store, attempt, fact, walk.shop.now(), cause="evt_3", flag="amount_differs")
    walk.get("another amount", path)
    walk.get("another amount: link", f"/pay/{link.counterfoil.code}")


def meet_the_rest(walk: Walk) -> None:
    """The other pages: those of the server itself, and refusals that need other settings."""
    walk.get("sample invoice", "/sandbox/invoice")
    walk.get("first page", "/")
    walk.get("wrong code", "/pay?code=%22%3Espring-bxo", 404)
    walk.get("unknown test payment", "/sandbox/checkout/cs_unknown", 404)
    walk.get("unknown payment", "/pay/spring-box/complete/unknown", 404)
    walk.post("post that is too long", "/pay/dipping", {"csrf_token": "x" * 2_000_000}, 413)
    walk.shop.limit(rate_limit_pay_address="1/hour", rate_limit_preview="1/hour")
    form = Page(walk.client.get("/pay/spring-box")).fill({})
    walk.client.post("/pay/spring-box", data=form, headers=SAME_ORIGIN)
    walk.post("too many posts", "/pay/spring-box", form, 429)
    for status in (200, 429):
        walk.get(f"spring-box with a code, {status}", "/pay/spring-box?prefilled_promo_code=NONE", status)
    walk.shop.store.add_organization(an_organization("org_other"))
    walk.get("first page of several merchants", "/")
    walk.get("unknown link of several merchants", "/pay/nothing-here", 404)


def complaints(checker: str, folder: Path) -> Iterator[str]:
    """Yield the checker's complaints about the pages of a folder."""
    command = ["java", "-jar", checker, "--format", "json", "--stdout", "--exit-zero-always", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    for message in json.loads(done.stdout)["messages"]:
        place = f"{Path(message.get('url', '')).stem}, line {message.get('lastLine')}"
        yield f"{place}: {message['message']} {message.get('extract', '').strip()!r}"


@pytest.mark.external
def test_every_page_is_valid_html(checker: str, pages: dict[str, str], tmp_path: Path) -> None:
    for name, text in pages.items():
        (tmp_path / f"{name}.html").write_text(text, encoding="utf-8")
    broken = pages["dipping"].replace("<h1", "<h1 colour").replace('for="', 'for="no-')
    (tmp_path / "broken.html").write_text(broken, encoding="utf-8")
    found = sorted(complaints(checker, tmp_path))
    assert [complaint for complaint in found if not complaint.startswith("broken,")] == []
    assert len(found) >= 2, "the checker did not see what is wrong with the broken page"


def check_structure(pages: dict[str, str]) -> None:
    """Check that each page has one `h1`, one `main`, a title and a language."""
    for name, text in pages.items():
        assert len(re.findall(r"<h1[ >]", text)) == 1, name
        assert len(re.findall(r"<main[ >]", text)) == 1, name
        assert re.search(r"<title>[^<]+</title>", text), name
        assert re.search(r'<html lang="[a-zA-Z-]+"', text), name


def check_security_policy(pages: dict[str, str]) -> None:
    """Check that no page has a style or a script of its own, which the security policy would stop."""
    for name, text in pages.items():
        # The console shows snippets: their attributes are part of a value. The sample invoice plays a merchant's page with a snippet.
        if name != "sample invoice":
            assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", re.sub(r'"[^"]*"', '""', text)), name
        assert not re.search(r"<style[ >]", text), name
        for script in re.findall(r"<script([^>]*)>", text):
            assert " src=" in script or 'type="application/ld+json"' in script, name


def test_a_pay_page_has_one_h1_landmarks_and_a_title_and_no_inline_styles_or_scripts(tmp_path: Path) -> None:
    with a_walk(tmp_path) as walk:
        walk.get("open", "/pay/spring-box")
        walk.get("in a frame", "/pay/spring-box/embed")
        walk.get("closed", "/pay/market-2025", 410)
    check_structure(walk.pages)
    check_security_policy(walk.pages)


@pytest.mark.matrix
def test_every_page_has_one_h1_landmarks_and_a_title(pages: dict[str, str]) -> None:
    check_structure(pages)


@pytest.mark.matrix
def test_every_link_of_an_error_summary_leads_to_an_element_of_its_page(pages: dict[str, str]) -> None:
    links, dead = 0, []
    for name, text in pages.items():
        root = read_html(text)
        ids = {element.get("id") for element in root}
        for summary in root.all("div", class_="error-summary"):
            targets = [link["href"].removeprefix("#") for link in summary.all("a")]
            dead += [f"{name}: {target}" for target in targets if target not in ids]
            links += len(targets)
    assert dead == []
    assert links > 30


@pytest.mark.matrix
def test_the_links_of_an_error_summary_stand_in_the_order_of_the_page(pages: dict[str, str]) -> None:
    several, wrong = 0, {}
    for name, text in pages.items():
        root = read_html(text)
        place = {element.get("id"): index for index, element in enumerate(root) if element.get("id")}
        for summary in root.all("div", class_="error-summary"):
            targets = [link["href"].removeprefix("#") for link in summary.all("a")]
            several += len(targets) > 1
            if targets != sorted(targets, key=lambda target: place.get(target, -1)):
                wrong[name] = targets
    assert wrong == {}
    assert several > 5


@pytest.mark.matrix
def test_no_page_has_inline_styles_or_scripts(pages: dict[str, str]) -> None:
    check_security_policy(pages)
