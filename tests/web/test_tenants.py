"""Two organizations on one server use the same ids. Nothing of one may reach or change the other's, by any event or route."""

from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.objects.attempt import Attempt
from app.objects.change import COMMAND_LINE
from app.objects.event import Event
from app.objects.payment_link import PaymentLink
from app.services.accounts import keys
from app.services.events import inbox
from tests.support.build import a_link, an_organization
from tests.support.page import SAME_ORIGIN
from tests.web.conftest import WebShop
from tests.web.console.conftest import ADA, Merchant, add_user

OURS, THEIRS = "org_apiary", "org_bakery"

EVENTS = (*inbox.TYPES, "charge.dispute.created", "payment_intent.succeeded", "coupon.updated", "customer.created")


@dataclass
class Tenant:
    """One organization: its link, its paid attempt and a key."""

    organization: str
    link: PaymentLink
    attempt: Attempt
    key: str


@dataclass
class Tenants:
    """Two organizations whose links hold the same price and the same product, and whose payments have the same payment intent."""

    shop: WebShop
    ours: Tenant
    theirs: Tenant

    def seen_by(self, tenant: Tenant) -> tuple[Any, ...]:
        """Return everything that the store holds of an organization."""
        store = self.shop.store
        attempts, _ = store.attempts(tenant.organization, limit=100)
        return (
            store.links(tenant.organization, limit=100),
            attempts,
            [store.history(attempt.id) for attempt in attempts],
            [event.id for event in store.events(tenant.organization, limit=100)[0]],
            store.places_left(tenant.link.id),
        )

    def send(self, type: str, account: str | None, object: dict[str, Any]) -> str:
        """Receive a signed event of an account."""
        event = Event.model_validate(
            {
                "id": f"evt_{type}",
                "type": type,
                "account": account,
                "created": self.shop.clock(),
                "data": {"object": object},
            }
        )
        context = self.shop.context
        return inbox.receive(context.store, context.gateway, event, self.shop.clock(), payload=event.model_dump_json())


@pytest.fixture
def tenants(shop: WebShop) -> Tenants:
    shop.store.add_organization(an_organization(THEIRS, "Bakery"))
    link = shop.sell(a_link(restrictions={"completed_sessions": {"limit": 5, "count": 0}}))
    shop.press(shop.open(), "Continue to payment")
    shop.pay_in_sandbox()
    (attempt,) = shop.store.attempts_of_link(link.id)
    assert attempt.state == "paid"
    attempt = _save(shop, attempt, payment_intent="pi_same")
    counterfoil = link.counterfoil.model_copy(update={"code": "bread", "organization": THEIRS})
    copied = link.model_copy(update={"id": "plink_bread", "counterfoil": counterfoil})
    shop.store.add_link(copied)
    other = attempt.model_copy(
        update={
            "id": "att_bread",
            "account": THEIRS,
            "checkout_session": "cs_test_bread",
            "form": "form of bread",
            "organization": THEIRS,
            "payment_link": copied.id,
            "token": "token of bread",
            "version": 1,
        }
    )
    assert shop.store.add_attempt(other, "opened")
    ours, theirs = (
        Tenant(
            id,
            shop.store.link(link.id) or link,
            attempt,
            keys.create_key(shop.store, id, shop.clock(), actor=COMMAND_LINE)[1],
        )
        for id, link, attempt in ((OURS, link, attempt), (THEIRS, copied, other))
    )
    return Tenants(shop, ours, theirs)


def _save(shop: WebShop, attempt: Attempt, **changes: Any) -> Attempt:
    changed = attempt.model_copy(update={"version": attempt.version + 1, **changes})
    assert shop.store.save_attempt(changed, "changed")
    return changed


def an_object(type: str, tenant: Tenant) -> dict[str, Any]:
    """Return the object of an event that uses every id that the organization has."""
    assert tenant.link.line_items is not None
    price = tenant.link.line_items.data[0].price
    assert price is not None
    assert not isinstance(price.product, str)
    metadata = {"counterfoil_attempt": tenant.attempt.id, "counterfoil_payment_link": tenant.link.id}
    kind = type.rpartition(".")[0]
    if kind == "product":
        return {**price.product.model_dump(mode="json"), "name": "Somebody else's bread", "metadata": metadata}
    if kind == "price":
        return {**price.model_dump(mode="json"), "active": False, "metadata": metadata}
    if kind == "charge":
        return {
            "id": "ch_1",
            "object": "charge",
            "amount": 1250,
            "amount_refunded": 1250,
            "currency": "eur",
            "payment_intent": tenant.attempt.payment_intent,
            "refunded": True,
            "metadata": metadata,
        }
    return {
        "id": tenant.attempt.checkout_session,
        "object": "checkout.session",
        "amount_total": 1,
        "currency": "eur",
        "customer": "cus_same",
        "livemode": False,
        "metadata": metadata,
        "mode": "payment",
        "payment_intent": tenant.attempt.payment_intent,
        "payment_status": "paid",
        "status": "complete",
    }


@pytest.mark.parametrize("account", [THEIRS, "acct_stranger", None])
@pytest.mark.parametrize("type", EVENTS)
def test_an_event_of_another_account_changes_nothing_of_ours(tenants: Tenants, type: str, account: str | None) -> None:
    before = tenants.seen_by(tenants.ours)
    tenants.send(type, account, an_object(type, tenants.ours))
    assert tenants.seen_by(tenants.ours) == before


def test_a_product_that_both_use_changes_on_the_page_of_its_own_account_only(tenants: Tenants) -> None:
    assert tenants.send("product.updated", THEIRS, an_object("product.updated", tenants.ours)) == "applied"
    assert "Somebody else's bread" in tenants.shop.open("/pay/bread").text
    assert "Somebody else's bread" not in tenants.shop.open("/pay/honey").text


def test_a_refund_changes_the_payment_of_its_own_account_only(tenants: Tenants) -> None:
    assert tenants.send("charge.refunded", THEIRS, an_object("charge.refunded", tenants.theirs)) == "applied"
    ours, theirs = (tenants.shop.store.attempt(one.attempt.id) for one in (tenants.ours, tenants.theirs))
    assert ours is not None
    assert theirs is not None
    assert (ours.state, theirs.state) == ("paid", "refunded")


def paths_with_ids(shop: WebShop, tenant: Tenant) -> list[tuple[str, str]]:
    """Return method and path of every route below the API and the console that takes an id, with each id of the organization."""
    (event, *_), _ = shop.store.events(tenant.organization, limit=1)
    ids = (tenant.link.id, tenant.link.counterfoil.code, tenant.attempt.id, event.id)
    found = []
    for rule in shop.app.url_map.iter_rules():
        if rule.rule.startswith(("/v1/", "/api/", "/console/")) and rule.arguments & {"id", "resource", "unknown"}:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                found += [(method, _filled(rule, id)) for id in ids]
    return found


def _filled(rule: Rule, id: str) -> str:
    path = rule.rule
    for name in rule.arguments:
        for converter in ("", "path:"):
            path = path.replace(f"<{converter}{name}>", id)
    return path


def test_no_route_of_the_api_and_the_console_opens_what_is_the_others(tenants: Tenants) -> None:
    shop = tenants.shop
    add_user(shop, organization=THEIRS)
    stranger = Merchant(shop)
    assert stranger.log_in(email=ADA).heading == "Links"
    before = tenants.seen_by(tenants.ours)
    paths = paths_with_ids(shop, tenants.ours)
    assert len(paths) > 40
    for method, path in paths:
        answer = _ask(shop, stranger, tenants.theirs.key, method, path)
        assert answer.status_code in {404, 405}, (method, path, answer.status_code)
        if method == "GET":
            assert tenants.ours.attempt.token not in answer.text
            assert "Hillside" not in answer.text, path
    assert tenants.seen_by(tenants.ours) == before


def test_the_owner_opens_the_same_routes(tenants: Tenants) -> None:
    """The walk above would prove nothing if its paths led nowhere."""
    shop = tenants.shop
    add_user(shop, organization=OURS)
    owner = Merchant(shop)
    owner.log_in(email=ADA)
    opened = {
        path
        for method, path in paths_with_ids(shop, tenants.ours)
        if method == "GET" and _ask(shop, owner, tenants.ours.key, method, path).status_code == 200
    }
    assert {f"/v1/payment_links/{tenants.ours.link.id}", f"/console/links/{tenants.ours.link.id}"} <= opened
    assert f"/console/payments/{tenants.ours.attempt.id}" in opened


def _ask(shop: WebShop, merchant: Merchant, key: str, method: str, path: str) -> TestResponse:
    if path.startswith("/console/"):
        headers = SAME_ORIGIN
        form = {"csrf_token": merchant.some_form["csrf_token"]} if method == "POST" else {}
        return merchant.client.open(path, method=method, base_url=merchant.base_url, headers=headers, data=form)
    return shop.client.open(path, method=method, headers={"Authorization": f"Bearer {key}"})


@pytest.mark.parametrize("header", ["Stripe-Account", "Stripe-Context"])
@pytest.mark.parametrize("path", ["/v1/payment_links", "/v1/events", "/v1/products", "/v1/checkout/sessions"])
def test_a_request_for_another_account_is_refused(tenants: Tenants, header: str, path: str) -> None:
    headers = {"Authorization": f"Bearer {tenants.theirs.key}"}
    answer = tenants.shop.client.get(path, headers={**headers, header: OURS})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (403, "account_invalid")
    assert tenants.shop.client.get(path, headers={**headers, header: THEIRS}).status_code == 200


def test_a_key_is_refused_on_the_bigcapital_style_endpoint_where_it_names_another_organization(
    tenants: Tenants,
) -> None:
    path = f"/api/payment-links/{tenants.theirs.link.id}/stripe_checkout_session"
    headers = {"Authorization": f"Bearer {tenants.theirs.key}", "organization-id": OURS}
    answer = tenants.shop.client.post(path, headers=headers)
    assert (answer.status_code, answer.get_json()["statusCode"]) == (403, 403)
