"""Runs an application and a Stripe with faults in their own processes, and acts as buyer and merchant."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import requests

from app.gateway.stripe_gateway import StripeGateway
from app.objects.attempt import Attempt
from app.objects.change import COMMAND_LINE
from app.objects.payment_link import PaymentLink
from app.services.accounts.keys import create_key
from app.services.links import service as links
from app.services.links.answer import LinkSettings
from app.services.reconcile import Summary, reconcile
from app.store import Store, open_store
from app.web.visit.form_token import FormTokens
from tests.faults import faulty_stripe
from tests.faults.processes import clean_environment, python, running
from tests.support.build import NOW, an_organization
from tests.support.page import SAME_ORIGIN

SECRET_KEY = "a secret of these tests alone"
CARD = {"type": "card", "last4": "4242", "brand": "visa", "exp_month": 12, "exp_year": 2040}
PRICE = {"currency": "eur", "unit_amount": 1250, "product_data": {"name": "Jar of honey"}}
LIMITS = (
    "PAY_ADDRESS",
    "PAY_LINK",
    "PREVIEW",
    "LOGIN",
    "RETURN",
    "RESTART",
    "CODES_ADDRESS",
    "CODES_LINK",
    "LOGIN_ACCOUNT",
)
NO_LIMITS = {
    **{f"RATE_LIMIT_{name}": "1000000/minute" for name in LIMITS},
    "UNPAID_PER_ADDRESS": "1000000/day",
    "HOLDS_PER_ADDRESS": "0",
}
PATIENCE = 30
"""How long a buyer waits for an answer, in seconds."""


class Broken(Exception):
    """No answer came, because the process or the connection died."""


class Application:
    """The processes of `tests/faults/application.py`."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.url = f"http://127.0.0.1:{self._line()}"

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        assert line, "the application's parent process is gone"
        return line

    def tell(self, command: str) -> None:
        """Run a command of that module: `serve 1`, `serve 1 after 2`, `kill`."""
        assert self._told(command) == "done"

    def reconcile(self, how: str) -> bool:
        """Reconcile once in a process that dies `after 2` commits, for example. Return whether it survived."""
        said = self._told(f"reconcile {how}")
        assert said in {"done", "killed"}
        return said == "done"

    def _told(self, command: str) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()
        return self._line()

    @contextmanager
    def serving(self, how: str = "1") -> Iterator[None]:
        """Serve within the context, then kill the processes."""
        self.tell(f"serve {how}")
        try:
            yield
        finally:
            self.tell("kill")


class Stripe:
    """The process of `tests/faults/faulty_stripe.py`."""

    def __init__(self, port: str) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def control(self, name: str, **told: Any) -> Any:
        return requests.post(f"{self.url}/control/{name}", json=told, timeout=PATIENCE).json()

    def script(self, *script: tuple[str, str]) -> None:
        """Set the faults from now on: pairs of a call's beginning, such as `POST /v1/refunds`, and a fault."""
        self.control("script", script=script)

    def objects(self, object: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.control("objects", object=object)
        return found

    def sessions_of(self, link: PaymentLink) -> list[dict[str, Any]]:
        return [
            session
            for session in self.objects("checkout.session")
            if session["metadata"].get("counterfoil_payment_link") == link.id
        ]

    def charges_of(self, link: PaymentLink) -> list[dict[str, Any]]:
        return self._paid_by(link, "charge")

    def refunds_of(self, link: PaymentLink) -> list[dict[str, Any]]:
        return self._paid_by(link, "refund")

    def _paid_by(self, link: PaymentLink, object: str) -> list[dict[str, Any]]:
        intents = {session["payment_intent"] for session in self.sessions_of(link)}
        return [found for found in self.objects(object) if found["payment_intent"] in intents]


@dataclass
class Answer:
    """The answer to a buyer's request."""

    status: int
    location: str
    page: str

    def token(self) -> str:
        """Return the token of the form on the page."""
        reader = _Tokens()
        reader.feed(self.page)
        assert reader.found, self.page[:500]
        return reader.found[0]


class _Tokens(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "input" and attributes.get("name") == "csrf_token":
            self.found.append(attributes["value"] or "")


@dataclass
class Scene:
    """Application, Stripe, store and gateway. The test itself uses the same database and the same Stripe."""

    application: Application
    stripe: Stripe
    store: Store
    gateway: StripeGateway

    def link(self, limit: int | None = None, **params: Any) -> PaymentLink:
        """Create a link for a jar of honey with a quantity of 1 to 9."""
        item = {
            "price_data": PRICE,
            "quantity": 1,
            "adjustable_quantity": {"enabled": True, "minimum": 1, "maximum": 9},
        }
        if limit is not None:
            params["restrictions"] = {"completed_sessions": {"limit": limit}}
        organization = self.store.organizations()[0]
        settings = LinkSettings(public_url=self.application.url, custom_fields_max=3)
        sent = {"line_items": [item], **params}
        return links.create(self.store, self.gateway, organization, sent, now(), settings=settings, actor=COMMAND_LINE)

    def form(self, link: PaymentLink) -> str:
        """Return the token of a new form of this link."""
        return FormTokens(SECRET_KEY, link.id, now()).issue()

    def submit(self, link: PaymentLink, form: str, quantity: int = 1) -> Answer:
        """Submit the pay page's form. Raises `Broken`."""
        assert link.line_items is not None
        fields = {"csrf_token": form, f"line_items[{link.line_items.data[0].id}][quantity]": str(quantity)}
        return post(f"{self.application.url}/pay/{link.counterfoil.code}", fields)

    def start_again(self, link: PaymentLink) -> Answer:
        """Press "Start again" on the page of a link whose payment was started. Raises `Broken`."""
        fields = {"csrf_token": self.form(link), "hold": "restart"}
        return post(f"{self.application.url}/pay/{link.counterfoil.code}", fields)

    def pay(self, session: str) -> None:
        """Complete Checkout. The events wait at Stripe."""
        self.stripe.control("pay", session=session, method=CARD)

    def deliver(self, delivery: dict[str, str]) -> int:
        """Deliver an event. Raises `Broken`."""
        return post_event(self.application.url, delivery)

    def deliveries(self) -> list[dict[str, str]]:
        """Take the events that Stripe sends now."""
        found: list[dict[str, str]] = self.stripe.control("outbox")
        return found

    def come_back(self, link: PaymentLink, attempt: Attempt) -> Answer:
        """Return from Checkout after payment. Raises `Broken`."""
        return get(f"{self.application.url}/pay/{link.counterfoil.code}/complete/{attempt.token}")

    def leave(self, link: PaymentLink, attempt: Attempt) -> Answer:
        """Return from Checkout without payment. Raises `Broken`."""
        return get(f"{self.application.url}/pay/{link.counterfoil.code}/cancel/{attempt.token}")

    def switch_off(self, link: PaymentLink) -> Answer:
        """Switch a link off by the API. Raises `Broken`."""
        _, secret = create_key(self.store, link.counterfoil.organization, now(), actor=COMMAND_LINE)
        return _answered(
            "POST",
            f"{self.application.url}/v1/payment_links/{link.id}",
            data={"active": "false"},
            headers={"Authorization": f"Bearer {secret}"},
        )

    def attempts(self, link: PaymentLink) -> list[Attempt]:
        """Return the attempts of a link, oldest first."""
        return self.store.attempts_of_link(link.id)[::-1]

    def count(self, link: PaymentLink) -> int:
        found = self.store.link(link.id)
        assert found is not None
        assert found.restrictions is not None
        return found.restrictions.completed_sessions.count

    def reconcile(self) -> Summary:
        """Reconcile in this process."""
        return reconcile(self.store, self.gateway, now())


def now() -> int:
    return int(time.time())


def get(url: str) -> Answer:
    """Send a GET. Raises `Broken`."""
    return _answered("GET", url)


def post(url: str, fields: dict[str, str]) -> Answer:
    """Send a POST, as a browser does from the same origin. Raises `Broken`."""
    return _answered("POST", url, data=fields, headers=SAME_ORIGIN)


def post_event(url: str, delivery: dict[str, str]) -> int:
    """Deliver an event and return the status. Raises `Broken`."""
    headers = {"Stripe-Signature": delivery["signature"], "Content-Type": "application/json"}
    return _answered("POST", f"{url}/webhooks/stripe", data=delivery["payload"].encode(), headers=headers).status


def _answered(method: str, url: str, **sent: Any) -> Answer:
    try:
        answer = requests.request(method, url, timeout=PATIENCE, allow_redirects=False, **sent)
    except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError) as error:
        raise Broken from error
    return Answer(answer.status_code, answer.headers.get("Location", ""), answer.text)


@contextmanager
def a_scene(folder: Path, database: str | None = None) -> Iterator[Scene]:
    """Start both servers on new databases, by default SQLite. Nothing is served yet."""
    with running(
        "stripe", python(faulty_stripe.__name__, str(folder / "stripe.db")), clean_environment(), stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        stripe = Stripe(process.stdout.readline().strip())
        database = database or f"sqlite:///{folder}/counterfoil.db"
        settings = {
            "DATABASE_URL": database,
            "SECRET_KEY": SECRET_KEY,
            "STRIPE_SECRET_KEY": faulty_stripe.KEY,
            "STRIPE_WEBHOOK_SECRET": faulty_stripe.SECRET,
            "STRIPE_API_BASE": stripe.url,
            "STRIPE_CHECKOUT_ORIGINS": "http://127.0.0.1",
            **NO_LIMITS,
        }
        store = open_store(database)
        store.migrate(NOW)
        store.add_organization(an_organization())
        gateway = StripeGateway(faulty_stripe.KEY, webhook_secret=faulty_stripe.SECRET, api_base=stripe.url, timeout=20)
        with an_application(settings) as application:
            yield Scene(application, stripe, store, gateway)
        store.close()


@contextmanager
def an_application(settings: dict[str, str]) -> Iterator[Application]:
    """Start the parent of the application's processes. Nothing is served yet."""
    command, environment, pipe = python("tests.faults.application"), clean_environment(**settings), subprocess.PIPE
    with running("application", command, environment, stdin=pipe, stdout=pipe) as process:
        yield Application(process)
