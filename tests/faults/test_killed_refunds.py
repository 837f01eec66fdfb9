"""SIGKILL at every commit of a merchant's refund: the same form sent again, or reconciling, leaves exactly one refund at Stripe."""

from html.parser import HTMLParser

import pytest
import requests

from app.objects.attempt import Attempt
from app.objects.payment_link import PaymentLink
from app.objects.user import User
from app.services.accounts.users import hash_password
from app.services.reconcile import FIRST_LOOK_SECONDS, reconcile
from tests.faults.kills import WHEN, every_commit, paid_and_told
from tests.faults.scene import PATIENCE, Broken, Scene, now
from tests.support.page import SAME_ORIGIN
from tests.support.shop import PASSWORD

pytestmark = [pytest.mark.faults, pytest.mark.parametrize("when", WHEN)]


class _Fields(HTMLParser):
    """The hidden fields of the form whose action ends in a text."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self._action = action
        self._inside = False
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("action", "").endswith(self._action)
        elif tag == "input" and self._inside and given.get("type") == "hidden":
            self.found[given["name"]] = given.get("value", "")


class Merchant:
    """A merchant's browser, logged in to the console."""

    def __init__(self, scene: Scene) -> None:
        self._url = scene.application.url
        self._browser = requests.Session()
        self._post("/console/login", self._fields("/console/login", ""), email="ada@example.com", password=PASSWORD)

    def form(self, attempt: Attempt) -> dict[str, str]:
        """Open an order and return the fields of the form that refunds it."""
        return self._fields(f"/console/payments/{attempt.id}", "/refund")

    def refund(self, attempt: Attempt, form: dict[str, str]) -> int:
        """Send the form. Raises `Broken`."""
        return self._post(f"/console/payments/{attempt.id}/refund", form)

    def _fields(self, path: str, action: str) -> dict[str, str]:
        parser = _Fields(action)
        parser.feed(self._browser.get(self._url + path, timeout=PATIENCE).text)
        return parser.found

    def _post(self, path: str, fields: dict[str, str], **more: str) -> int:
        try:
            answer = self._browser.post(
                self._url + path, fields | more, headers=SAME_ORIGIN, timeout=PATIENCE, allow_redirects=False
            )
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError) as error:
            raise Broken from error
        return answer.status_code


def paid_order(scene: Scene) -> tuple[PaymentLink, Attempt]:
    link = scene.link(limit=2)
    paid_and_told(scene, link)
    return link, scene.attempts(link)[-1]


def test_a_refund_that_was_killed_is_made_once_when_its_form_is_sent_again(scene: Scene, when: str) -> None:
    add_merchant(scene)
    for kill in every_commit(scene, when, fewest=2):
        with scene.application.serving():
            link, attempt = paid_order(scene)
            merchant = Merchant(scene)
            form = merchant.form(attempt)
        with kill:
            assert merchant.refund(attempt, form) == 303
        with scene.application.serving():
            assert merchant.refund(attempt, form) == 303
        assert [made["amount"] for made in scene.stripe.refunds_of(link)] == [1250]
        assert scene.attempts(link)[-1].state == "refunded"


def test_a_refund_that_was_killed_is_finished_by_reconciling(scene: Scene, when: str) -> None:
    add_merchant(scene)
    finished = 0
    for kill in every_commit(scene, when, fewest=2):
        with scene.application.serving():
            link, attempt = paid_order(scene)
            merchant = Merchant(scene)
            form = merchant.form(attempt)
        with kill:
            merchant.refund(attempt, form)
        asked = scene.attempts(link)[-1].refund_request
        reconcile(scene.store, scene.gateway, now() + FIRST_LOOK_SECONDS)
        # Nothing was asked of Stripe if the process died before the request was stored.
        assert [made["amount"] for made in scene.stripe.refunds_of(link)] == ([1250] if asked else [])
        assert scene.attempts(link)[-1].state == ("refunded" if asked else "paid")
        finished += asked is not None and asked.status == "pending"
    assert finished


def add_merchant(scene: Scene) -> None:
    """Add a user of the console."""
    user = User(
        id="user_ada",
        created=now(),
        email="ada@example.com",
        organization="org_apiary",
        password_hash=hash_password(PASSWORD, "ada@example.com"),
    )
    if scene.store.user(user.id) is None:
        assert scene.store.add_user(user, "owner")
