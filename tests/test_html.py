"""Every page is valid HTML: the Nu HTML checker reads every page that a buyer or a merchant can open, in every state.

The checker is a Java program, which tests/support/ensure_vnu.sh installs.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.errors import GatewayRefused
from app.objects.payment_link import PaymentLink
from app.sandbox.checkout.cards import DEBIT_SUCCEEDS
from app.services.attempts import state_machine
from app.services.links import refusals
from tests.browser.shop import DemoShop, shop_config
from tests.support.build import an_organization
from tests.support.buyer import CARD_NUMBER, CHECKOUT
from tests.support.page import SAME_ORIGIN, Page
from tests.support.shop import PASSWORD

INQUIRED = "4000 0000 0000 1976"
"""The test card whose payment the bank inquires about."""

TOP = Path(__file__).parents[1]


@dataclass
class Nowhere:
    """Takes the place of a served site, because these pages are requested in this process."""

    origin: str = "http://127.0.0.1:8000"
    application: Any = None


@dataclass
class Walk:
    """Requests every page of the shop and keeps it by name."""

    shop: DemoShop
    client: FlaskClient
    pages: dict[str, str] = field(default_factory=dict)
    money: list[str] = field(default_factory=list)
    """The ids of payments that were refunded or disputed."""

    def get(self, name: str, path: str, status: int = 200) -> TestResponse:
        return self._kept(name, self.client.get(path), status)

    def post(self, name: str, path: str, data: dict[str, str], status: int, **headers: str) -> TestResponse:
        return self._kept(name, self.client.post(path, data=data, headers=headers or SAME_ORIGIN), status)

    def opened(self, link: PaymentLink, answers: dict[str, str] | None = None) -> str:
        """Start a payment and return the path of its Checkout page."""
        path = f"/pay/{link.counterfoil.code}"
        form = Page(self.client.get(path)).fill({})
        answer = self.client.post(path, data={**form, **(answers or {})}, headers=SAME_ORIGIN)
        assert answer.status_code == 303, answer.text
        return answer.location.removeprefix(self.shop.origin)

    def _kept(self, name: str, answer: TestResponse, status: int) -> TestResponse:
        assert answer.status_code == status, f"{name}: {answer.status}\n{answer.text}"
        if answer.mimetype == "text/html" and answer.status_code not in range(300, 400):
            assert name not in self.pages
            self.pages[name] = answer.text
        return answer


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Every page by name."""
    site = Nowhere()
    shop = DemoShop(site, shop_config(tmp_path_factory.mktemp("shop"), site.origin))  # type: ignore[arg-type]
    shop.seed()
    walk = Walk(shop, shop.app.test_client(use_cookies=False))
    ends = (meet_ends, meet_money_that_goes_back)
    for part in (meet_pay_pages, meet_refusals, meet_checkouts, *ends, meet_the_console, meet_the_rest):
        part(walk)
    shop.store.close()
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


def meet_the_console(walk: Walk) -> None:
    """Every page of the console, with the payments of the parts before."""
    shop = walk.shop
    buyer, walk.client = walk.client, shop.app.test_client()
    walk.get("log-in", "/console/login")
    token = Page(walk.client.get("/console/login")).values()
    sent = {**token, "email": shop.console_user(), "password": "wrong"}
    walk.post("log-in refused", "/console/login", sent, 422)
    walk.post("log-in of another site", "/console/login", sent, 403, **{"Sec-Fetch-Site": "cross-site"})
    walk.post("logged in", "/console/login", {**sent, "password": PASSWORD}, 303)
    shop.store.note_refused_origin(shop.demo["dipping"].id, "https://somewhere.example", shop.now())
    flagged = shop.attempts("wick-trimmer")[0]
    state_machine.add_flag(shop.store, flagged, "amount_mismatch", shop.now(), cause="evt_1")
    for slug, link in shop.demo.items():
        walk.get(f"console, {slug}", f"/console/links/{link.id}")
        if tries := shop.attempts(slug):
            walk.get(f"console, payment of {slug}", f"/console/payments/{tries[0].id}")
    for number, id in enumerate(walk.money):
        walk.get(f"console, money that goes back {number}", f"/console/payments/{id}")
    refused = shop.found("archived")
    walk.get("console, archived price", f"/console/links/{refused.id}")
    refusals.record(shop.store, refused.id, GatewayRefused("No.", code="no", param="no"), shop.now())
    walk.get("console, refused link", f"/console/links/{refused.id}")
    for name, path in {
        "home": "",
        "links": "links",
        "inactive links": "links?show=inactive",
        "links that need attention": "links?show=attention",
        "links found": "links?q=candle&show=active",
        "no link found": "links?q=%22%3E",
        "shared": f"links?share={shop.demo['dipping'].id}",
        "payments": "payments",
        "payments to look at": "payments?view=flagged",
        "no payment": "payments?view=failed",
        "no payment found": "payments?q=%22%3E&from=2026-01-01&currency=eur",
        "packing slip": f"payments/{flagged.id}/slip",
        "packing slips": f"payments/slips?payment%5B%5D={flagged.id}",
        "tracking numbers": f"payments/sent?payment%5B%5D={flagged.id}",
        "products": "products",
        "product": f"products/{shop.product_of('wick-trimmer')}",
        "price": f"prices/{shop.price_of('wick-trimmer').id}",
        "new product": "products/new",
        "archive of a price": f"prices/{shop.price_of('wick-trimmer').id}/archive",
        "coupons": "coupons",
        "coupons that have ended": "coupons?show=ended&q=%22%3E",
        "coupon": f"coupons/{shop.coupon()}",
        "no product found": "products?q=%22%3E&show=archived",
        "changes": "settings/log",
        **{name: f"settings/{name}" for name in ("team", "keys", "business", "brand", "stripe", "webhooks")},
        "links from a file": "links/move",
        "going live": f"links/{shop.demo['dipping'].id}/live",
        "two-factor": "account/two-factor",
        "account": "account",
        "account, changed": "account?changed=1",
    }.items():
        walk.get(f"console, {name}", f"/console/{path}")
    meet_the_editor(walk)
    token = Page(walk.client.get("/console/account")).values()
    walk.post("console, another password refused", "/console/account/password", token, 422)
    link_path = f"/console/links/{shop.demo['spring-box'].id}"
    walk.post("console, message too long", f"{link_path}/deactivate", {**token, "inactive_message": "x" * 501}, 422)
    walk.post("console, not our form", f"{link_path}/deactivate", {}, 403)
    payment_path = f"/console/payments/{flagged.id}"
    product = f"/console/products/{shop.product_of('wick-trimmer')}"
    tiers = {**token, "price_kind": "tiers", "line_items[0][tiers][3][up_to]": "0", "currency_options": '"<'}
    walk.post("console, new product refused", "/console/products", {**tiers, "name": ""}, 422)
    walk.post(
        "console, product refused", product, {**token, "name": "", "metadata_key[]": "[", "metadata_value[]": '"'}, 422
    )
    walk.post("console, price refused", f"{product}/prices", tiers, 422)
    walk.post("console, coupon refused", "/console/coupons", {**token, "off": "x", "minimum_amount": '"<'}, 422)
    walk.post(
        "console, code refused", f"/console/coupons/{shop.coupon()}/promotion_codes", {**token, "code": '"<'}, 422
    )
    walk.post("console, too much to refund", f"{payment_path}/refund", {**token, "amount": "99999"}, 422)
    walk.post("console, note without a text", f"{payment_path}/notes", {**token, "note": " "}, 422)
    walk.get("console, nothing there", "/console/nowhere", 404)
    walk.client = buyer


def meet_the_editor(walk: Walk) -> None:
    """The form of a link in each of its forms, its preview, and what is handed out."""
    shop = walk.shop
    for kind in ("something", "invoice", "subscription", "donation"):
        walk.get(f"editor, {kind}", f"/console/links/new?kind={kind}")
    form = Page(walk.client.get("/console/links/new")).form_of("Create link")
    sent = Page(walk.client.get("/console/links/new")).values(form)
    walk.post("editor, errors", "/console/links/new", sent, 422)
    walk.post("editor, another question", "/console/links/new", {**sent, "add": "custom_field"}, 200)
    walk.post("editor, found", "/console/links/new", {**sent, "find": "1", "find_price": "a"}, 200)
    named = {"line_items[0][price_data][product_data][name]": "Honey", "line_items[0][amount]": "9.50"}
    walk.get("editor, nothing to preview", "/console/links/preview")
    walk.post("editor, preview", "/console/links/preview", {**sent, **named}, 200)
    for slug, link in shop.demo.items():
        walk.get(f"editor, {slug}", f"/console/links/{link.id}/edit")
        walk.get(f"editor, duplicate of {slug}", f"/console/links/new?copy={link.id}&price=new")
    dipping = shop.demo["dipping"].id
    changed = Page(walk.client.get(f"/console/links/{dipping}/edit"))
    old = {**changed.values(changed.form_of("Save changes")), "version": "0", "submit_type": "book"}
    walk.post("editor, changed by another", f"/console/links/{dipping}/edit", old, 409)
    walk.get("editor, created", f"/console/links/{dipping}/created?client_reference_id=no%20spaces")
    walk.get("editor, card", f"/console/links/{dipping}/card")


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


@pytest.fixture(scope="module")
def checker() -> str:
    """The path of the checker's jar file."""
    if jar := os.environ.get("VNU_JAR"):
        return jar
    command = ["sh", str(TOP / "tests" / "support" / "ensure_vnu.sh"), str(TOP / ".venv" / "vnu")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


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


def test_every_page_has_one_h1_landmarks_and_a_title(pages: dict[str, str]) -> None:
    for name, text in pages.items():
        assert len(re.findall(r"<h1[ >]", text)) == 1, name
        assert len(re.findall(r"<main[ >]", text)) == 1, name
        assert re.search(r"<title>[^<]+</title>", text), name
        assert re.search(r'<html lang="[a-zA-Z-]+"', text), name


def test_no_page_has_inline_styles_or_scripts(pages: dict[str, str]) -> None:
    for name, text in pages.items():
        # The console shows snippets: their attributes are part of a value. The sample invoice plays a merchant's page with a snippet.
        if name != "sample invoice":
            assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", re.sub(r'"[^"]*"', '""', text)), name
        assert not re.search(r"<style[ >]", text), name
        for script in re.findall(r"<script([^>]*)>", text):
            assert " src=" in script or 'type="application/ld+json"' in script, name
