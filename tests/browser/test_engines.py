"""The frame and the console in Firefox and WebKit, where they are installed. Browsers differ in how a form may leave a frame.

On Debian: apt-get install firefox-esr webkit2gtk-driver xvfb xauth
"""

import time
from collections.abc import Iterator

import pytest

from app.services.attempts.state_machine import Fact, settle
from tests.browser.bidi import Firefox
from tests.browser.embedding import BY_USER, NO_SANDBOX, OPAQUE, Sites
from tests.browser.shop import DemoShop
from tests.browser.webkit import WebKit
from tests.support.buyer import CHECKOUT
from tests.support.page import SAME_ORIGIN, Page
from tests.support.shop import PASSWORD

Engine = Firefox | WebKit
PATIENCE = 60.0


@pytest.fixture(scope="module", params=[Firefox, WebKit], ids=["Firefox", "WebKit"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    kind: type[Engine] = request.param
    if reason := kind.missing():
        pytest.skip(f"{kind.__name__}: {reason}")
    engine = kind(tmp_path_factory.mktemp("engine") / "profile")
    yield engine
    engine.close()


def wait_for(engine: Engine, expression: str, *, frame: bool = False) -> None:
    """Wait until an expression is true. It counts as false while a page loads."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if engine.evaluate(f"Boolean({expression})", frame=frame):
                return
        except (AssertionError, TimeoutError):
            pass
        assert time.monotonic() < deadline, f"{expression} never came true"
        time.sleep(0.2)


def fill(name: str, value: str) -> str:
    """Enter a value and dispatch the events of a change."""
    return (
        f"(e => {{ e.value = {value!r}; e.dispatchEvent(new Event('input', {{bubbles: true}}));"
        f" e.dispatchEvent(new Event('change', {{bubbles: true}})); return e.value }})(document.querySelector('[name=\"{name}\"]'))"
    )


def book(engine: Engine) -> None:
    """Fill in the booking in the frame and press the button with a real click."""
    wait_for(engine, "document.readyState === 'complete' && document.querySelector('#pay')", frame=True)
    engine.evaluate(fill("custom_fields[apron]", "adult"), frame=True)
    engine.click("document.querySelector('#terms_of_service')", frame=True)
    wait_for(engine, "document.querySelector('#terms_of_service').checked", frame=True)
    time.sleep(0.5)
    engine.click("document.querySelector('#pay')", frame=True)


def pay_at_checkout(engine: Engine, sites: Sites) -> None:
    """Pay at the checkout and reach the confirmation, both at top level."""
    wait_for(engine, f"location.origin === {sites.checkout.origin!r} && document.querySelector('[name=card_number]')")
    assert engine.evaluate("String(window.top === window)") == "true"
    for name in ("email", "card_number", "card_expiry", "card_cvc", "billing_name"):
        engine.evaluate(fill(name, CHECKOUT[name]))
    engine.click("document.querySelector('.submission button')")
    wait_for(engine, f"location.origin === {sites.pay.origin!r} && document.title.startsWith('Paid')")
    sites.shop.paid("dipping")


@pytest.mark.parametrize("sandbox", [NO_SANDBOX, BY_USER], ids=["no sandbox", "sandbox that lets the user leave"])
def test_a_buyer_pays_from_inside_the_frame(engine: Engine, sites: Sites, sandbox: str) -> None:
    engine.open(sites.host(sandbox=sandbox))
    book(engine)
    pay_at_checkout(engine, sites)


def test_a_sandboxed_frame_without_an_origin_needs_one_more_press(engine: Engine, sites: Sites) -> None:
    before = len(sites.shop.attempts("dipping"))
    engine.open(sites.host(sandbox=OPAQUE))
    book(engine)
    wait_for(engine, f"location.origin === {sites.pay.origin!r} && document.querySelector('.notice')")
    assert engine.evaluate("document.querySelector('[name=\"custom_fields[apron]\"]').value") == "adult"
    assert len(sites.shop.attempts("dipping")) == before
    engine.click("document.querySelector('#pay')")
    pay_at_checkout(engine, sites)


def test_the_frame_sends_its_height(engine: Engine, sites: Sites) -> None:
    engine.open(sites.host())
    wait_for(engine, "document.querySelector('#heard').innerText.includes('ready open')")
    height = engine.evaluate("parseInt(document.querySelector('iframe').style.height)")
    assert 500 < height < 1500


def test_an_invoice_turns_to_paid_by_itself(engine: Engine, sites: Sites) -> None:
    slug = type(engine).__name__.lower()
    link = sites.shop.link(
        142800,
        counterfoil={"slug": slug, "reference": slug, "embed_origins": [sites.merchant.origin]},
        restrictions={"completed_sessions": {"limit": 1}},
    )
    engine.open(sites.host(slug))
    wait_for(engine, "document.querySelector('#heard').innerText.includes('ready open')")
    # Somebody else pays.
    client = sites.shop.app.test_client()
    values = Page(client.get(f"/pay/{slug}")).values()
    assert client.post(f"/pay/{slug}", data=values, headers=SAME_ORIGIN).status_code == 303
    attempt = sites.shop.attempts(link)[0]
    settle(sites.shop.store, attempt, Fact("paid", amount_total=142800), sites.shop.now(), cause="test")
    wait_for(
        engine, f"document.querySelector('#heard').innerText.includes('completed {{\"payment_link\":\"{link.id}\"}}')"
    )
    wait_for(engine, "document.querySelector('h1').innerText.endsWith('is paid')", frame=True)


def test_an_unlisted_host_gets_a_link(engine: Engine, sites: Sites) -> None:
    engine.open(sites.host(origin=sites.unlisted))
    wait_for(engine, "document.querySelector('iframe').style.display === 'none'")
    assert engine.evaluate("document.querySelector('a').innerText") == "Open the payment page"
    assert sites.unlisted in [row["origin"] for row in sites.shop.store.refused_origins(sites.shop.found("dipping").id)]


def test_a_page_sets_no_cookie(engine: Engine, sites: Sites) -> None:
    engine.open(sites.shop.address("dipping"))
    assert engine.evaluate("document.cookie") == ""


def test_a_merchant_stays_logged_in_by_a_cookie_that_scripts_cannot_read(engine: Engine, office: DemoShop) -> None:
    engine.open(f"{office.origin}/console/payments")
    wait_for(engine, "document.querySelector('[name=password]')")
    for name, value in {"email": office.console_user(), "password": PASSWORD}.items():
        engine.evaluate(fill(name, value))
    engine.click("document.querySelector('.submission button')")
    wait_for(engine, "document.querySelector('h1').innerText === 'Payments'")
    engine.open(f"{office.origin}/console/account")
    wait_for(engine, "document.querySelector('h1').innerText === 'Your log-in'")
    assert engine.evaluate("document.cookie") == ""
    engine.click("document.querySelector('.console-title button')")
    wait_for(engine, "document.querySelector('h1').innerText === 'Log in'")
