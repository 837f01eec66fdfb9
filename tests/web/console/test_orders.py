"""The order desk in the console: a merchant sends, checks, annotates, refunds and erases orders, prints slips and exports the list."""

import csv
import io
from dataclasses import replace
from typing import Any

import pytest

from app.errors import GatewayRefused, GatewayUnavailable
from app.objects.address import Address, ShippingDetails
from app.objects.attempt import Attempt
from app.objects.selection import Answers, ShownConsent
from app.web.http.context import EXTENSION
from tests.services.orders.test_refunds import Watched
from tests.support.build import NOW, a_link, an_organization
from tests.support.page import Page, tidy
from tests.web.conftest import WebShop
from tests.web.console.conftest import Merchant
from tests.web.console.test_payments import a_try, first, rows, steps

PARCEL = ShippingDetails(
    name="Mara Lindqvist", address=Address(line1="Am Deich 3", postal_code="26121", city="Oldenburg", country="DE")
)


def page_of(merchant: Merchant, attempt: Attempt) -> Page:
    return merchant.open(f"/console/payments/{attempt.id}")


def a_parcel(merchant: Merchant, id: str = "att_parcel", **changes: object) -> Attempt:
    return a_try(
        merchant.shop, "paid", id, **{"customer_name": "Mara Lindqvist", "shipping_details": PARCEL, **changes}
    )


def with_gateway(shop: WebShop, gateway: Any) -> None:
    shop.app.extensions[EXTENSION] = replace(shop.context, gateway=gateway)


def views(page: Page) -> list[str]:
    return [tidy(link.text) for link in page.by_id("views").all("a")]


def refunds_of(shop: WebShop) -> int:
    engine = shop.store.engine  # type: ignore[attr-defined]
    return len(engine.rows("SELECT id FROM sandbox_objects WHERE object = 'refund'"))


# refunds


def test_a_whole_refund_is_seen_by_merchant_and_buyer_at_once(sold: Merchant) -> None:
    page = sold.pressed(page_of(sold, first(sold)), "Refund")
    assert page.notice == "€12.50 is refunded"
    assert steps(page)[:2] == [
        "Refunded €12.50: the buyer asked for it today, 14:13, ada@example.com",
        "All of it is refunded today, 14:13",
    ]
    assert not page.has_button("Refund")
    buyer = sold.shop.open(f"/pay/honey/complete/{first(sold).token}")
    assert "Refunded" in buyer.text


def test_a_part_is_refunded_with_a_reason_and_the_rest_stays(sold: Merchant) -> None:
    page = sold.pressed(page_of(sold, first(sold)), "Refund", amount="4,50", reason="duplicate", refund="all")
    assert page.rows()["Paid after refund"] == "€8.00"
    assert page.rows("facts")["Refunded"] == "€4.50"
    assert "All of it: €8.00" in page.text
    assert rows(sold.open("/console/payments?view=refunded"))[0][3] == "€12.50 €4.50 refunded"


def test_the_same_form_sent_twice_and_an_older_page_refund_once(sold: Merchant) -> None:
    older, page = page_of(sold, first(sold)), page_of(sold, first(sold))
    for _ in range(2):
        assert sold.press(page, "Refund", amount="5").status_code == 303
    refused = sold.pressed(older, "Refund", amount="5")
    assert (refused.status, refunds_of(sold.shop)) == (422, 1)
    assert "Another refund was made since you opened this page. €7.50 is left now." in refused.text
    assert sold.press(refused, "Refund", amount="5").status_code == 303
    assert refunds_of(sold.shop) == 2


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"amount": "12.51"}, "At most €12.50 can be refunded"),
        ({"amount": "five"}, "Write an amount with digits, for example 12.50"),
        ({"amount": "0"}, "Write an amount above zero"),
        ({"amount": "-3"}, "Write an amount with digits, for example 12.50"),
        ({"refund": "part"}, "Write how much to refund"),
    ],
)
def test_a_wrong_amount_is_refused_at_the_field_and_kept(sold: Merchant, typed: dict[str, str], says: str) -> None:
    page = sold.pressed(page_of(sold, first(sold)), "Refund", **typed)
    assert (page.status, refunds_of(sold.shop)) == (422, 0)
    assert page.error_at("Amount in EUR") == says
    assert page.field("Amount in EUR").get("value") == typed.get("amount", "")
    assert page.root.first("details", class_="confirm").get("open") is not None


def test_a_key_without_the_right_to_refund_is_named(sold: Merchant) -> None:
    page = page_of(sold, first(sold))
    refusal = GatewayRefused("The provided key 'rk_test_…' does not have the required permissions.", status=403)
    with_gateway(sold.shop, Watched(sold.shop.context.gateway, refusal=refusal))  # type: ignore[arg-type]
    refused = sold.pressed(page, "Refund")
    assert "Stripe's key may not refund. It needs the right “Refunds: write”." in refused.text
    # The next page says it beforehand, and offers no refund.
    next_page = page_of(sold, first(sold))
    assert "Stripe's key may not change this. It needs the right “Charges and Refunds: write”." in next_page.text
    assert not next_page.has_button("Refund")
    assert first(sold).state == "paid"


def test_a_refused_refund_quotes_the_words_of_stripe_alone(sold: Merchant) -> None:
    page, gateway = page_of(sold, first(sold)), sold.shop.context.gateway
    for message, says in {
        "Stripe refused the request.": "Stripe refused the request.",
        "No.": "Stripe says: “No.”",
    }.items():
        with_gateway(sold.shop, Watched(gateway, refusal=GatewayRefused(message, status=400)))  # type: ignore[arg-type]
        assert f"Stripe refused, and nothing was refunded. {says}" in sold.pressed(page, "Refund").text


def test_a_refund_without_an_answer_is_finished_by_a_button_and_made_once(sold: Merchant) -> None:
    page = page_of(sold, first(sold))
    with_gateway(sold.shop, Watched(sold.shop.context.gateway, lost=1))  # type: ignore[arg-type]
    lost = sold.pressed(page, "Refund", amount="5")
    assert lost.status == 503
    assert "Send it again: it is never made twice." in lost.text
    waiting = page_of(sold, first(sold))
    assert waiting.notice == "A refund of €5.00 has no answer yet"
    assert sold.pressed(waiting, "Ask Stripe again").notice == "€5.00 is refunded"
    assert refunds_of(sold.shop) == 1


def test_an_empty_amount_and_no_other_field_refund_all_that_is_left(sold: Merchant) -> None:
    token = page_of(sold, first(sold)).values()["csrf_token"]
    address = f"/console/payments/{first(sold).id}/refund"
    assert sold.post(address, {"csrf_token": token, "amount": "2.50"}).status_code == 303
    assert sold.post(address, {"csrf_token": token, "amount": ""}).status_code == 303
    assert sorted(refund.amount for refund in first(sold).refunds) == [250, 1000]
    assert sold.post(address, {"csrf_token": token, "amount": ""}).status_code == 422


# sent, checked, notes


def test_a_shop_with_no_shipping_never_sees_to_send(sold: Merchant) -> None:
    page = sold.open("/console/payments")
    assert "To send" not in page.text
    assert "Mark as sent" not in page_of(sold, first(sold)).text


def test_an_order_is_marked_as_sent_and_the_way_back_works(sold: Merchant) -> None:
    order = a_parcel(sold)
    assert "To send 1" in views(sold.open("/console/payments"))
    page = sold.pressed(page_of(sold, order), "Mark as sent", tracking_number="JD0140")
    assert page.notice == "The order is marked as sent"
    assert page.rows("facts")["Tracking number"] == "JD0140"
    assert steps(page)[0] == "Marked as sent, tracking number JD0140 today, 14:13, ada@example.com"
    assert "Every order is sent." in sold.open("/console/payments?view=to-send").text
    back = sold.pressed(page, "Undo")
    assert back.has_button("Mark as sent")
    assert sold.shop.stored(order).sent_at is None


def test_a_tracking_number_that_is_too_long_is_refused_and_kept(sold: Merchant) -> None:
    page = sold.pressed(page_of(sold, a_parcel(sold)), "Mark as sent", tracking_number="x" * 101)
    assert (page.status, page.error_at("Tracking number (optional)")) == (422, "Write at most 100 characters")
    assert page.field("Tracking number (optional)")["value"] == "x" * 101


def send_ticked(merchant: Merchant, *ids: str, **more: str) -> Page:
    """Tick orders in the list and press the button."""
    values = merchant.open("/console/account").values()
    fields: list[tuple[str, str]] = [
        ("csrf_token", values["csrf_token"]),
        *(("payment[]", id) for id in ids),
        *more.items(),
    ]
    answer = merchant.client.post(
        "/console/payments/sent",
        base_url=merchant.base_url,
        data=_multi(fields),
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    return merchant.open(answer.location)


def _multi(fields: list[tuple[str, str]]) -> dict[str, list[str]]:
    sent: dict[str, list[str]] = {}
    for name, value in fields:
        sent.setdefault(name, []).append(value)
    return sent


def test_many_orders_are_sent_together_and_come_back_together(sold: Merchant) -> None:
    orders = [a_parcel(sold, f"att_{number}", paid_at=NOW - number) for number in range(4)]
    listed = sold.open("/console/payments?view=to-send")
    assert [box["value"] for box in listed.root.all("input", name="payment[]")] == ["att_3", "att_2", "att_1", "att_0"]
    assert "4 orders to send, €50.00" in tidy(listed.text)
    page = send_ticked(sold, "att_0", "att_1", "att_2")
    assert page.notice == "3 orders are marked as sent"
    assert "Mara Lindqvist, Mara Lindqvist and 1 more Undo" in page.text
    undo = page.form_of("Undo")
    assert [it["value"] for it in undo.all("input", name="payment[]")] == ["att_0", "att_1", "att_2"]
    assert "1 order to send" in page.text
    token = page.values(undo)["csrf_token"]
    sold.client.post(
        "/console/payments/unsent",
        base_url=sold.base_url,
        data=_multi([("csrf_token", token), ("payment[]", "att_0"), ("payment[]", "att_1")]),
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert [sold.shop.stored(order).sent_at for order in orders] == [None, None, NOW, None]


def test_many_orders_are_sent_with_a_tracking_number_each(sold: Merchant) -> None:
    orders = [a_parcel(sold, f"att_{number}") for number in range(2)]
    page = sold.open("/console/payments/sent?payment%5B%5D=att_0&payment%5B%5D=att_1")
    names = {field["name"]: f"JD{number}" for number, field in enumerate(page.root.all("input", type="text"))}
    assert set(names) == {"tracking_number[att_0]", "tracking_number[att_1]"}
    send_ticked(sold, "att_0", "att_1", **names)
    assert {sold.shop.stored(order).tracking_number for order in orders} == {"JD0", "JD1"}


def test_nothing_ticked_is_said(sold: Merchant) -> None:
    a_parcel(sold)
    assert send_ticked(sold).notice == "Tick the orders first"
    assert sold.open("/console/payments/sent").notice == "Tick the orders first"


def test_a_flag_is_dismissed_as_looked_at_and_comes_back(sold: Merchant) -> None:
    a_try(sold.shop, "paid", "att_odd", flags=("amount_differs",))
    page = sold.pressed(sold.open("/console/payments/att_odd"), "Mark as checked")
    assert page.notice == "The payment is marked as checked"
    assert "To check" not in [tidy(tag.text) for tag in page.root.all("span", class_="tag")]
    assert "No payments need a review." in sold.open("/console/payments?view=flagged").text
    back = sold.pressed(page, "Undo")
    assert back.notice == "Needs review"


def test_notes_are_written_removed_and_restored(sold: Merchant) -> None:
    page = sold.pressed(page_of(sold, first(sold)), "Save note", note="Leave it with <b>the neighbour</b>.")
    assert "Leave it with <b>the neighbour</b>." in page.text
    assert "<b>the neighbour" not in page.html
    removed = sold.pressed(page, "Undo")
    assert removed.notice == "The note is removed"
    assert "neighbour" not in removed.text
    assert "neighbour" in sold.pressed(removed, "Undo").text


def test_an_empty_note_is_refused_at_the_field(sold: Merchant) -> None:
    page = sold.pressed(page_of(sold, first(sold)), "Save note", note=" ")
    assert (page.status, page.error_at("New note")) == (422, "Write the note first")


def test_erasing_asks_first_and_then_removes_the_buyer(sold: Merchant) -> None:
    asked = sold.pressed(page_of(sold, first(sold)), "Erase")
    assert asked.notice == "Nothing was erased"
    page = sold.pressed(page_of(sold, first(sold)), "Erase", sure="true")
    assert page.notice == "The buyer's data is erased"
    assert page.heading == "Erased buyer, €12.50"
    assert "Ada Lovelace" not in page.text
    assert "The buyer's data is erased." in page.text


# what the page tells


def test_each_consent_stands_in_its_words_language_and_time(sold: Merchant) -> None:
    consents = (
        ShownConsent(
            name="terms_of_service",
            created=NOW,
            given=True,
            locale="de",
            text="Ich akzeptiere die [AGB](https://a.example/agb).",
        ),
        ShownConsent(name="promotions", created=NOW, given=False, locale="de", text="Neuigkeiten per E-Mail"),
    )
    a_try(sold.shop, "paid", "att_told", consents=consents, locale="de")
    page = sold.open("/console/payments/att_told")
    facts = page.rows("facts")
    assert facts["Terms: accepted"].startswith("Ich akzeptiere die AGB.")
    assert facts["Terms: accepted"].endswith("2026, 14:13 (UTC), in these words, in German")
    assert facts["News: not given"].startswith("Neuigkeiten per E-Mail")
    assert page.link("AGB")["href"] == "https://a.example/agb"


def test_the_words_of_a_consent_are_kept_as_the_buyer_read_them(ada: Merchant) -> None:
    shop = ada.shop
    shop.merchant(an_organization(terms_of_service_url="https://apiary.example/terms"))
    shop.sell(a_link(consent_collection={"terms_of_service": "required", "promotions": "auto"}))
    page = shop.open("/pay/honey")
    words = tidy(page.by_id("terms_of_service").parent.text)  # type: ignore[union-attr]
    shop.press(page, "Continue to payment", {words: True})
    terms, news = first(ada).consents
    assert terms.text == "I agree to the [terms of service](https://apiary.example/terms) of Hillside Apiary"
    assert (terms.given, terms.locale, terms.created) == (True, "en", NOW)
    assert (news.given, news.text) == (False, "Send me news and offers by e-mail")


def test_answers_of_checkout_and_of_questions_that_are_gone_are_shown(sold: Merchant) -> None:
    answered = first(sold).selection.model_copy(update={"answers": Answers(custom_fields={"scent": "Hay"})})
    a_try(sold.shop, "paid", "att_told", selection=answered, checkout_answers=Answers(custom_fields={"size": "XL"}))
    facts = sold.open("/console/payments/att_told").rows("facts")
    assert (facts["scent"], facts["size"]) == ("Hay", "XL")


def test_a_packing_slip_names_items_and_address_and_no_price(sold: Merchant) -> None:
    a_parcel(sold)
    page = sold.open("/console/payments/att_parcel/slip")
    assert "Mara LindqvistAm Deich 326121 Oldenburg, Germany" in page.text
    assert "Jar of honey" in page.text
    assert "12.50" not in page.text
    several = sold.open(f"/console/payments/slips?payment%5B%5D=att_parcel&payment%5B%5D={first(sold).id}")
    assert len(several.root.all("div", class_="packing-slip")) == 2


# search and export


def test_the_search_finds_by_name_mail_and_amount_and_htmx_gets_the_rows_alone(sold: Merchant) -> None:
    a_try(
        sold.shop,
        "paid",
        "att_novak",
        customer_name="Jana Novák",
        customer_email="jana@post.example",
        amount_total=7447,
    )
    for typed in ("novak", "jana@post", "74.47", "€74.47"):
        page = Page(sold.client.get("/console/payments", query_string={"q": typed}))
        assert [row[-1] for row in rows(page)] == ["€74.47"], typed
    part = Page(sold.client.get("/console/payments?q=novak", headers={"HX-Request": "true"}))
    assert [row[-1] for row in rows(part)] == ["€74.47"]
    assert "<html" not in part.html
    assert "q=novak" in part.by_id("views").first("a")["href"]


def test_the_list_is_narrowed_by_day_in_the_merchants_zone_and_keeps_it(sold: Merchant) -> None:
    sold.shop.merchant(an_organization(timezone="Asia/Tokyo"))
    a_try(sold.shop, "paid", "att_late", paid_at=NOW + 3600)
    page = sold.open("/console/payments?from=2026-09-22&to=2026-09-22")
    assert len(rows(page)) == 1
    assert "from=2026-09-22" in page.link("Paid")["href"]
    assert len(rows(sold.open("/console/payments?from=nonsense"))) == 2


def exported(merchant: Merchant, query: str = "") -> list[dict[str, str]]:
    answer = merchant.get(f"/console/payments.csv{query}")
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))


def test_the_export_has_exactly_what_the_list_shows_without_formulas(sold: Merchant) -> None:
    a_parcel(sold, "att_evil", customer_name='=HYPERLINK("http://x.example")', tracking_number="+1")
    a_parcel(sold, "att_two", paid_at=NOW - 5)
    a_try(sold.shop, "expired", "att_gone")
    assert {row["id"] for row in exported(sold)} == {"att_evil", "att_two", first(sold).id}
    assert [row["id"] for row in exported(sold, "?view=to-send")] == ["att_two", "att_evil"]
    (evil,) = exported(sold, "?q=hyperlink")
    assert (evil["customer_name"][0], evil["tracking_number"]) == ("'", "'+1")
    assert exported(sold, "?currency=usd") == []


def test_the_export_has_a_byte_order_mark_where_it_is_asked_for(sold: Merchant) -> None:
    page = sold.open("/console/payments?view=paid")
    plain = sold.get(page.link("CSV, UTF-8")["href"]).get_data()
    excel = sold.get(page.link("CSV for Excel")["href"])
    assert plain[:2] == b"id"
    assert excel.get_data()[:5] == b"\xef\xbb\xbfid"
    assert excel.headers["Content-Disposition"] == 'attachment; filename="payments-paid-2026-09-21.csv"'


def test_the_export_is_sent_page_by_page(sold: Merchant) -> None:
    like = first(sold)
    for number in range(250):
        a_try(sold.shop, "paid", f"att_{number}", like, paid_at=NOW - number)
    answer = sold.client.get("/console/payments.csv", base_url=sold.base_url, buffered=False)
    parts = list(answer.iter_encoded())
    assert len(parts) >= 3
    assert len(b"".join(parts).splitlines()) == 252


def test_a_gateway_that_is_silent_does_not_keep_the_page_away(sold: Merchant) -> None:
    class Silent:
        livemode, sandbox = False, True

        def __getattr__(self, name: str) -> Any:
            raise GatewayUnavailable

    attempt = first(sold)
    with_gateway(sold.shop, Silent())
    assert page_of(sold, attempt).status == 200
