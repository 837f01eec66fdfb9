"""Stripe's events in the settings: the outcome of each, and an event that is applied again."""

from typing import Any

import pytest

from app.objects.event import Event, EventData
from app.objects.price import Product
from app.services.events import inbox
from app.web.console.event_text import event_text
from tests.support.build import an_organization
from tests.support.counting import count_calls
from tests.support.page import SAME_ORIGIN, Page, tidy
from tests.web.console.conftest import Merchant, add_user

WEBHOOKS = "/console/settings/webhooks"
ORGANIZATION = "org_apiary"


def rows(page: Page) -> list[tuple[str, str | None]]:
    """Return the events of the page without the names, with the address that each leads to."""
    heads = [row.first("th") for row in page.root.first("tbody").all("tr")]
    named = [" ".join(tidy(name.text) for name in head.all("bdi", class_="named")) for head in heads]
    return [
        (tidy(head.text).removesuffix(names).strip(), next((link["href"] for link in head.all("a")), None))
        for head, names in zip(heads, named, strict=True)
    ]


def deliver(ada: Merchant, id: str, type: str, about: dict[str, Any], organization: str = ORGANIZATION) -> None:
    """Store an event of the organization's account that Stripe delivered and that was not applied yet."""
    now = ada.shop.clock()
    event = Event(id=id, account=ORGANIZATION, created=now, data=EventData(object=about), type=type)
    payload = event.model_dump_json()
    ada.shop.store.add_event(event, organization=organization, received=now, payload=payload, delivered=True)


def test_an_event_that_was_not_applied_is_applied_again(ada: Merchant) -> None:
    deliver(ada, "evt_1", "price.updated", {"id": "price_none", "object": "price"})
    page = ada.open(WEBHOOKS)
    assert "Not applied yet" in page.text
    page = ada.pressed(page, "Apply again: price.updated, today, " + page.text.partition("today, ")[2][:5])
    assert "price.updated: Changes nothing here" in page.text
    assert ada.shop.store.event_outcome("evt_1") is not None
    assert ada.shop.store.event_outcome("evt_1") != (None, "waiting")
    assert "Event applied again" in ada.open("/console/settings/log").text


def test_an_event_that_this_server_made_has_no_button_and_is_refused(ada: Merchant) -> None:
    link = ada.shop.link()
    made = ada.shop.store.events(ORGANIZATION, type="payment_link.created")[0][0]
    assert made.data.object["id"] == link.id
    page = ada.open(WEBHOOKS)
    assert "Made here" in page.text
    assert not page.root.all("button", class_="button-link")
    sent = ada.open("/console/account").values()
    ada.post(f"{WEBHOOKS}/{made.id}/replay", sent, SAME_ORIGIN)
    assert "was made here" in ada.open(WEBHOOKS).text


def test_an_event_is_told_in_words_and_leads_to_what_it_is_about(sold: Merchant) -> None:
    store = sold.shop.store
    (attempt,) = store.attempts(ORGANIZATION)[0]
    link = store.link(attempt.payment_link)
    assert link is not None
    assert link.line_items is not None
    price = link.line_items.data[0].price
    assert price is not None
    assert isinstance(price.product, Product)
    session = {"id": attempt.checkout_session, "object": "checkout.session", "payment_status": "unpaid"}
    deliver(sold, "evt_debit", "checkout.session.completed", session)
    deliver(sold, "evt_dispute", "charge.dispute.created", {"payment_intent": attempt.payment_intent})
    deliver(sold, "evt_price", "price.updated", {"id": price.id, "object": "price", "product": price.product.id})
    deliver(sold, "evt_gone", "product.deleted", {"id": "prod_gone", "object": "product"})
    deliver(sold, "evt_ours", "payment_link.created", {"id": link.id, "object": "payment_link"})
    deliver(sold, "evt_theirs", "payment_link.updated", {"id": "plink_theirs", "object": "payment_link"})
    deliver(sold, "evt_tax", "customer.created", {"id": "cus_1", "object": "customer"})
    payment = f"/console/payments/{attempt.id}"
    told = rows(sold.open(WEBHOOKS))
    assert told[:7] == [
        ("customer.created", None),
        ("Link changed payment_link.updated", None),
        ("Link made payment_link.created", f"/console/links/{link.id}"),
        ("Product deleted product.deleted", None),
        ("Price changed price.updated", f"/console/products/{price.product.id}"),
        ("Payment disputed charge.dispute.created", payment),
        ("Payment on its way checkout.session.completed", payment),
    ]
    assert ("Payment arrived checkout.session.completed", payment) in told
    for _text, url in told:
        assert url is None or sold.open(url).status == 200


def names(page: Page) -> list[list[tuple[str, str | None]]]:
    """Return the names in each event of the page, with the address that each leads to."""
    heads = [row.first("th") for row in page.root.first("tbody").all("tr")]
    return [
        [
            (tidy(name.text), next((link["href"] for link in name.all("a")), None))
            for name in it.all("bdi", class_="named")
        ]
        for it in heads
    ]


def test_an_event_names_the_buyer_and_the_link_that_it_is_about(sold: Merchant) -> None:
    shop = sold.shop
    shop.press(shop.open(), "Continue to payment")
    opened, paid = shop.store.attempts_of_link("plink_honey")
    own, name = "/console/links/plink_honey", "Jar of honey"
    deliver(sold, "evt_1", "charge.refunded", {"object": "charge", "payment_intent": paid.payment_intent})
    deliver(sold, "evt_2", "checkout.session.expired", {"object": "checkout.session", "id": opened.checkout_session})
    deliver(sold, "evt_3", "payment_link.updated", {"id": "plink_honey", "object": "payment_link"})
    deliver(sold, "evt_4", "product.updated", {"id": "plink_honey", "object": "product"})
    page = sold.open(WEBHOOKS)
    assert names(page)[:4] == [
        [],
        [(name, None)],
        [(opened.reference, None), (name, own)],
        [(paid.customer_name, None), (name, own)],
    ]
    assert [url for _text, url in rows(page)[:4]] == [
        "/console/products/plink_honey",
        own,
        f"/console/payments/{opened.id}",
        f"/console/payments/{paid.id}",
    ]


def test_an_event_about_a_product_leads_to_it_whatever_its_id_is(ada: Merchant) -> None:
    deliver(ada, "evt_1", "product.updated", {"id": "honey", "object": "product"})
    assert rows(ada.open(WEBHOOKS)) == [("Product changed product.updated", "/console/products/honey")]


def test_an_event_about_a_payment_of_another_organization_leads_nowhere(sold: Merchant) -> None:
    (attempt,) = sold.shop.store.attempts(ORGANIZATION)[0]
    sold.shop.store.add_organization(an_organization(id="org_bakery"))
    about = {"id": attempt.checkout_session, "object": "checkout.session"}
    deliver(sold, "evt_1", "checkout.session.expired", about, organization="org_bakery")
    add_user(sold.shop, "bea@example.com", "org_bakery")
    page = Merchant(sold.shop).log_in(WEBHOOKS, email="bea@example.com")
    assert rows(page) == [("Payment not finished in time checkout.session.expired", None)]
    assert names(page) == [[]]


def test_an_event_about_a_product_that_was_deleted_later_leads_nowhere(ada: Merchant) -> None:
    product = {"id": "prod_1", "object": "product"}
    price = {"id": "price_1", "object": "price", "product": "prod_1"}
    deliver(ada, "evt_1", "product.updated", product)
    deliver(ada, "evt_2", "price.updated", price)
    deliver(ada, "evt_3", "product.updated", product | {"id": "prod_2"})
    deliver(ada, "evt_4", "product.deleted", product)
    deliver(ada, "evt_5", "product.deleted", product | {"id": "prod_2"}, organization="org_bakery")
    deliver(ada, "evt_6", "payment_link.updated", {"id": "plink_\0", "object": "payment_link"})
    urls = dict(
        zip(("evt_6", "evt_4", "evt_3", "evt_2", "evt_1"), (url for _, url in rows(ada.open(WEBHOOKS))), strict=True)
    )
    assert {id: url for id, url in urls.items() if url} == {"evt_3": "/console/products/prod_2"}


def test_a_full_page_of_events_takes_as_many_statements_as_few_events(sold: Merchant) -> None:
    (attempt,) = sold.shop.store.attempts(ORGANIZATION)[0]
    recorder = count_calls(sold.shop.app)

    def deliver_some(*numbers: int) -> None:
        for number in numbers:
            deliver(sold, f"evt_s{number}", "checkout.session.expired", {"id": attempt.checkout_session})
            deliver(sold, f"evt_p{number}", "product.updated", {"id": f"prod_{number}", "object": "product"})
            about = {"id": attempt.payment_link, "object": "payment_link"}
            deliver(sold, f"evt_l{number}", "payment_link.updated", about)

    def count() -> int:
        with recorder.record() as calls:
            shown = rows(sold.open(WEBHOOKS))
        assert all(url for _, url in shown)
        return calls.sql.total()

    deliver_some(0)
    sold.open(WEBHOOKS)
    few = count()
    deliver_some(*range(1, 7))
    assert count() == few


def test_an_event_that_could_not_be_read_is_listed(ada: Merchant) -> None:
    deliver(ada, "evt_1", "checkout.session.completed", {"id": "cs_1", "object": "checkout.session", "created": "soon"})
    page = ada.open(WEBHOOKS)
    ada.press(page, next(tidy(it.text) for it in page.root.all("button", class_="button-link")))
    assert "Cannot be read" in ada.open(WEBHOOKS).text


@pytest.mark.parametrize("type", [*inbox.TYPES, "charge.refund.updated"])
def test_every_event_that_changes_something_is_told_in_words(ada: Merchant, type: str) -> None:
    event = Event(id="evt_1", created=0, data=EventData(object={}), type=type)
    with ada.shop.app.test_request_context("/console/"):
        assert event_text(event)


@pytest.mark.parametrize(
    ("type", "about", "words"),
    [
        ("checkout.session.completed", {"payment_status": "paid"}, "Payment arrived"),
        ("checkout.session.completed", {"payment_status": "unpaid"}, "Payment on its way"),
        ("checkout.session.completed", {"payment_status": "no_payment_required"}, "Completed, nothing to pay"),
        ("checkout.session.completed", {"payment_status": ["paid"]}, "Completed, nothing to pay"),
        ("charge.refunded", {"amount": 1000, "amount_refunded": 100, "refunded": False}, "Payment refunded in part"),
        ("charge.refunded", {"amount": 1000, "amount_refunded": 1000, "refunded": True}, "Payment refunded"),
    ],
)
def test_the_words_say_whether_the_money_arrived_and_whether_all_of_it_was_refunded(
    ada: Merchant, type: str, about: dict[str, Any], words: str
) -> None:
    event = Event(id="evt_1", created=0, data=EventData(object=about), type=type)
    with ada.shop.app.test_request_context("/console/"):
        assert event_text(event) == words


def test_the_page_names_the_address_that_stripe_calls(ada: Merchant) -> None:
    page = ada.open(WEBHOOKS)
    assert page.field("Address that Stripe calls")["value"] == "http://localhost/webhooks/stripe"
    assert "The sandbox sends its events itself" in page.text


def test_older_events_follow_on_the_next_page(ada: Merchant) -> None:
    for number in range(60):
        deliver(ada, f"evt_{number}", f"price.updated{number}", {"id": "price_none", "object": "price"})
    page = ada.open(WEBHOOKS)
    assert "price.updated59" in page.text
    older = ada.open(page.link("Older")["href"])
    assert "price.updated59" not in older.text
    ends = ada.open(f"{WEBHOOKS}?starting_after=evt_0")
    assert "Nothing more was found." in ends.text
    assert "No event yet." not in ends.text
    assert "price.updated59" in ada.open(ends.link("Newer")["href"]).text
