"""Orders are marked as sent and as looked at, and get notes. Each act is stored with its user and can be undone."""

import pytest

from app.errors import InvalidRequest, ResourceMissing
from app.objects.attempt import Attempt
from app.objects.change import Actor
from app.objects.charge import Dispute
from app.objects.order import OrderFilter, View
from app.services.attempts.erasure import erase
from app.services.attempts.refunds_and_disputes import apply_dispute
from app.services.attempts.state_machine import add_flag
from app.services.orders import details, handling, listing, refunds
from tests.services.broken import Broken
from tests.services.shop import ServiceShop

ADA = Actor(kind="user", id="user_ada", name="ada@example.com")
DELIVERY = {"name": "Mara Lindqvist", "address": {"line1": "Am Deich 3", "city": "Oldenburg", "country": "DE"}}


@pytest.fixture
def org(shop: ServiceShop) -> str:
    return shop.organization.id


def parcel(shop: ServiceShop, form: str = "form_1") -> Attempt:
    """Sell something that must be sent."""
    links = shop.store.links(shop.organization.id)[0]
    link = links[0] if links else shop.link(shipping_address_collection={"allowed_countries": ["DE"]})
    attempt = shop.start(link, form)
    shop.pay(attempt, delivery=DELIVERY)
    shop.receive_all()
    return shop.stored(attempt)


def listed(shop: ServiceShop, view: View) -> list[str]:
    return [attempt.id for attempt in shop.store.orders(shop.organization.id, OrderFilter(view))[0]]


def acts(shop: ServiceShop, attempt: Attempt) -> list[tuple[str, str | None, str | None]]:
    return [(entry.act, entry.actor, entry.text) for entry in shop.store.entries(attempt.id)]


def test_an_order_is_sent_with_a_tracking_number_and_can_be_unsent(shop: ServiceShop, org: str) -> None:
    order = parcel(shop)
    (sent,) = handling.mark_sent(
        shop.store, org, [order.id], shop.now, actor=ADA, tracking_numbers={order.id: " JD014 "}
    )
    assert (sent.sent_at, sent.tracking_number) == (shop.now, "JD014")
    assert (listed(shop, "to-send"), listed(shop, "sent")) == ([], [order.id])
    assert handling.mark_sent(shop.store, org, [order.id], shop.now, actor=ADA) == []
    assert len(handling.mark_not_sent(shop.store, org, [order.id], shop.now, actor=ADA)) == 1
    assert listed(shop, "to-send") == [order.id]
    assert acts(shop, order) == [("sent", ADA.name, "JD014"), ("not_sent", ADA.name, None)]


def test_many_orders_are_sent_together_and_others_stay_as_they_are(shop: ServiceShop, org: str) -> None:
    orders = [parcel(shop, f"form_{number}") for number in range(3)]
    unpaid = shop.start(shop.link(), "unpaid")
    ids = [order.id for order in orders]
    sent = handling.mark_sent(shop.store, org, [*ids, ids[0], unpaid.id], shop.now, actor=ADA)
    assert [order.id for order in sent] == ids
    assert shop.stored(unpaid).sent_at is None
    with pytest.raises(ResourceMissing):
        handling.mark_not_sent(shop.store, org, [ids[0], "att_none"], shop.now, actor=ADA)
    assert len(listed(shop, "sent")) == 3


def test_nothing_is_sent_of_another_organization(shop: ServiceShop) -> None:
    order = parcel(shop)
    for act in (handling.mark_sent, handling.mark_not_sent):
        with pytest.raises(ResourceMissing):
            act(shop.store, "org_other", [order.id], shop.now, actor=ADA)
    assert shop.stored(order) == order


def test_a_flag_that_was_looked_at_leaves_the_list_until_another_one_comes(shop: ServiceShop, org: str) -> None:
    order = add_flag(shop.store, parcel(shop), "amount_differs", shop.now, cause="test")
    assert listed(shop, "flagged") == [order.id]
    handling.mark_checked(shop.store, org, order.id, shop.now, actor=ADA)
    assert listed(shop, "flagged") == []
    assert shop.stored(order).flags == ("amount_differs",)
    add_flag(shop.store, shop.stored(order), "refund_failed", shop.now, cause="test")
    assert listed(shop, "flagged") == [order.id]
    handling.mark_checked(shop.store, org, order.id, shop.now, actor=ADA)
    handling.mark_not_checked(shop.store, org, order.id, shop.now, actor=ADA)
    assert listed(shop, "flagged") == [order.id]
    assert [act for act, _, _ in acts(shop, order)] == ["checked", "checked", "not_checked"]


def test_news_of_a_dispute_brings_it_back(shop: ServiceShop, org: str) -> None:
    dispute = Dispute(
        id="dp_1", amount=1250, created=shop.now, currency="eur", reason="fraudulent", status="needs_response"
    )
    order = apply_dispute(shop.store, parcel(shop), dispute, shop.now, cause="evt_1")
    handling.mark_checked(shop.store, org, order.id, shop.now, actor=ADA)
    assert listed(shop, "disputed") == []
    lost = dispute.model_copy(update={"status": "lost"})
    apply_dispute(shop.store, shop.stored(order), lost, shop.now, cause="evt_2")
    assert listed(shop, "disputed") == [order.id]


def test_notes_are_kept_removed_and_restored(shop: ServiceShop, org: str) -> None:
    order = parcel(shop)
    note = handling.add_note(shop.store, org, order.id, "  Leave it with the neighbour.\n", shop.now, actor=ADA)
    assert acts(shop, order) == [("note", ADA.name, "Leave it with the neighbour.")]
    handling.remove_note(shop.store, org, order.id, note.id, shop.now, actor=ADA)
    assert shop.store.entries(order.id)[0].removed_at == shop.now
    handling.restore_note(shop.store, org, order.id, note.id, shop.now, actor=ADA)
    assert shop.store.entries(order.id)[0].removed_at is None
    with pytest.raises(ResourceMissing):
        handling.remove_note(shop.store, org, parcel(shop, "other").id, note.id, shop.now, actor=ADA)


@pytest.mark.parametrize(("text", "code"), [(" \u200b\n", "empty"), ("x" * 2001, "too_long")])
def test_a_note_without_text_or_with_too_much_is_refused(shop: ServiceShop, org: str, text: str, code: str) -> None:
    order = parcel(shop)
    with pytest.raises(InvalidRequest) as refused:
        handling.add_note(shop.store, org, order.id, text, shop.now, actor=ADA)
    assert (refused.value.code, acts(shop, order)) == (code, [])


def test_erasing_an_order_removes_notes_tracking_number_and_what_checkout_learned(shop: ServiceShop, org: str) -> None:
    order = parcel(shop)
    handling.add_note(shop.store, org, order.id, "Mara called", shop.now, actor=ADA)
    handling.mark_sent(shop.store, org, [order.id], shop.now, actor=ADA, tracking_numbers={order.id: "JD014"})
    erase(shop.store, order.id, shop.now)
    rows = str(shop.engine.rows("SELECT document, details FROM attempts")) + str(
        shop.engine.rows("SELECT * FROM attempt_words")
    )
    rows += str(shop.engine.rows("SELECT * FROM order_entries"))
    for text in ("Mara", "JD014", "Deich", "mary", "mara", "jd014"):
        assert text not in rows
    assert [act for act, _, _ in acts(shop, order)] == ["note", "sent"]


def test_what_checkout_learned_is_kept_and_the_fee_is_read_when_the_order_is_opened(shop: ServiceShop) -> None:
    order = parcel(shop)
    assert (order.details_known, order.balance_transaction) == (True, None)
    opened = details.complete_details(shop.store, shop.gateway, order, shop.now)
    assert opened.balance_transaction is not None
    assert opened.balance_transaction.fee == 44
    assert shop.stored(order) == opened
    assert details.complete_details(shop.store, Broken(), opened, shop.now) == opened


def test_an_order_of_an_earlier_version_learns_its_details_when_it_is_opened(shop: ServiceShop) -> None:
    order = parcel(shop)
    forgotten = {"details_known": False, "shipping_details": None, "customer_name": None, "version": order.version + 1}
    shop.store.save_attempt(order.model_copy(update=forgotten), "test")
    opened = details.complete_details(shop.store, shop.gateway, shop.stored(order), shop.now)
    assert (opened.customer_name, opened.details_known) == ("Mary Bee", True)
    assert opened.shipping_details is not None


def test_an_order_is_shown_where_stripe_does_not_answer(shop: ServiceShop) -> None:
    order = parcel(shop)
    assert details.complete_details(shop.store, Broken(), order, shop.now) == order


@pytest.mark.parametrize(
    ("text", "words", "amounts"),
    [
        ("19.00", ("19", "00"), ((2, 1900), (3, 19000))),
        ("€ 1,250", ("1", "250"), ((0, 1250), (2, 125000), (3, 1250000))),
        ("19 EUR", ("19", "eur"), ((0, 19), (2, 1900), (3, 19000))),
        ("CF-7K2M-94QX", ("cf", "7k2m", "94qx"), ()),
        ("Jana Novák", ("jana", "novak"), ()),
        ("  \u200b ", (), ()),
    ],
)
def test_a_search_text_is_read_as_words_or_as_an_amount(
    text: str, words: tuple[str, ...], amounts: tuple[tuple[int, int], ...]
) -> None:
    found = listing.search_filter(text)
    assert (found.words, set(found.amounts)) == (words, set(amounts))


def test_a_shop_that_ships_nothing_never_sees_to_send(shop: ServiceShop, org: str) -> None:
    attempt = shop.start(shop.link())
    shop.pay(attempt)
    shop.receive_all()
    assert listing.count_views(shop.store, org, livemode=False) == {"flagged": 0, "disputed": 0}


def test_a_shop_with_parcels_sees_how_many_wait(shop: ServiceShop, org: str) -> None:
    order = parcel(shop)
    assert listing.count_views(shop.store, org, livemode=False)["to-send"] == 1
    handling.mark_sent(shop.store, org, [order.id], shop.now, actor=ADA)
    assert listing.count_views(shop.store, org, livemode=False)["to-send"] == 0


def test_every_act_stands_in_the_log_of_changes_without_the_buyers_data(shop: ServiceShop, org: str) -> None:
    order = parcel(shop)
    note = handling.add_note(shop.store, org, order.id, "Mara called", shop.now, actor=ADA)
    handling.remove_note(shop.store, org, order.id, note.id, shop.now, actor=ADA)
    handling.mark_sent(shop.store, org, [order.id], shop.now, actor=ADA, tracking_numbers={order.id: "JD014"})
    refunds.refund(shop.store, shop.gateway, org, order.id, shop.now, actor=ADA, amount=100)
    handling.erase(shop.store, org, order.id, shop.now, actor=ADA, erase_session=lambda _session: None)
    logged, _more = shop.store.changes(org, about=order.id)
    assert [change.what.removeprefix("payment.") for change in logged] == [
        "erased", "refunded", "sent", "note_removed", "note_added",
    ]  # fmt: skip
    assert {change.actor for change in logged} == {ADA}
    assert "Mara" not in str(logged)
    assert "JD014" not in str(logged)
