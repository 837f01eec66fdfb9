"""A merchant's payments in the console: listed by state, each with its details, and none of other merchants."""

from dataclasses import replace

import pytest

from app.objects.address import Address, ShippingDetails
from app.objects.attempt import Attempt, State
from app.web.http.context import EXTENSION
from tests.services.broken import Broken
from tests.support.build import NOW, a_link, a_shipping_rate, an_organization
from tests.support.page import Page, tidy
from tests.web.conftest import WebShop
from tests.web.console.conftest import Merchant

STATES: tuple[State, ...] = (
    "opened", "processing", "paid", "no_payment_required", "failed", "expired", "canceled", "refunded",
)  # fmt: skip


def a_try(shop: WebShop, state: State, id: str, like: Attempt | None = None, /, **changes: object) -> Attempt:
    """Add an attempt of `plink_honey` with this state. Without an attempt that it is like, every attempt of the link is read."""
    made = like or shop.store.attempts_of_link("plink_honey")[-1]
    unique = {
        "id": id,
        "form": id,
        "token": id,
        "checkout_session": None,
        "payment_intent": None,
        "reference": None,
        "version": 1,
    }
    attempt = made.model_copy(update={**unique, "state": state, **changes})
    assert shop.store.add_attempt(attempt, "opened")
    return attempt


@pytest.fixture
def sold(ada: Merchant) -> Merchant:
    """Return Ada, who has one paid order."""
    shop = ada.shop
    shop.sell()
    shop.press(shop.open(), "Continue to payment")
    shop.open(shop.pay_in_sandbox())
    assert shop.store.attempts_of_link("plink_honey")[0].state == "paid"
    return ada


def first(merchant: Merchant) -> Attempt:
    return merchant.shop.store.attempts_of_link("plink_honey")[-1]


def rows(page: Page) -> list[list[str]]:
    """Return state, payer and amount of every row."""
    return [[tidy(cell.text) for cell in row.all("td")] for body in page.root.all("tbody") for row in body.all("tr")]


def test_a_payment_is_listed_with_payer_state_and_amount(sold: Merchant) -> None:
    page = sold.open("/console/payments")
    reference = first(sold).reference
    assert rows(page) == [["Jar of honey 1 item", f"today, 14:13 {reference}", "Paid", "€12.50"]]
    assert tidy(page.root.first("tbody").first("th").text) == "Ada Lovelace ada@example.com"
    assert page.root.first("tbody").first("a")["href"] == f"/console/payments/{first(sold).id}"


@pytest.mark.parametrize("moment", [253402300799, 9_000_000_000_000, -9_000_000_000_000])
def test_a_stored_time_outside_the_calendar_breaks_neither_list_nor_page(sold: Merchant, moment: int) -> None:
    sold.shop.merchant(an_organization(timezone="Europe/Vienna"))
    odd = a_try(sold.shop, "paid", "att_odd", created=moment, paid_at=moment, token="t" * 32)
    assert len(rows(sold.open("/console/payments"))) == 2
    assert "unknown date" in sold.open("/console/payments").text
    assert sold.open(f"/console/payments/{odd.id}").status == 200
    assert sold.open("/console/links/plink_honey").status == 200
    assert sold.shop.open(f"/pay/honey/complete/{odd.token}").status == 200


def test_the_page_of_a_payment_says_who_ordered_and_where_to_deliver(sold: Merchant) -> None:
    address = Address(line1="Kirchplatz 1", postal_code="4020", city="Linz", country="AT")
    a_try(
        sold.shop,
        "paid",
        "att_parcel",
        customer_name="Mara <b>Lindqvist</b>",
        shipping_details=ShippingDetails(name="Parish of Saint Ambrose", address=address),
        shipping_rate=a_shipping_rate(display_name="DHL parcel"),
    )
    facts = sold.open("/console/payments/att_parcel").rows("facts")
    assert facts["Delivery"] == "DHL parcel"
    page = sold.open("/console/payments/att_parcel")
    assert page.heading == "Mara <b>Lindqvist</b>, €12.50"
    assert "Parish of Saint AmbroseKirchplatz 14020 Linz, Austria" in page.text


def test_a_payment_is_found_by_the_reference_on_its_receipt(sold: Merchant) -> None:
    reference = first(sold).reference
    assert reference is not None
    page = sold.open("/console/payments")
    assert reference in page.root.first("tbody").text
    for typed in (reference, reference.lower().replace("-", " "), first(sold).id):
        found = sold.client.get("/console/payments", query_string={"q": typed})
        assert (found.status_code, found.location) == (303, f"/console/payments/{first(sold).id}"), typed


def test_a_search_finds_no_payment_of_another_merchant(sold: Merchant) -> None:
    other = a_try(sold.shop, "paid", "att_other", organization="org_other", reference="CF-0000-0001")
    for typed in ("CF-0000-0001", other.id, "nothing like it"):
        page = sold.open(f"/console/payments?q={typed.replace(' ', '+')}")
        assert page.status == 200
        assert f"No payment matches “{typed}”." in page.text
        assert page.field("Search")["value"] == typed


SHOWN = {
    "All": {"processing", "paid", "no_payment_required", "failed", "refunded"},
    "Paid": {"paid", "no_payment_required"},
    "On its way": {"processing"},
    "Refunded": {"refunded"},
    "Failed": {"failed"},
    "Not finished": {"opened", "expired", "canceled"},
}


def test_a_link_without_a_name_is_called_by_its_product(sold: Merchant) -> None:
    link = sold.shop.link()
    listed = sold.open(f"/console/payments?payment_link={link.id}")
    assert "0 payments by the link “Jar of honey”" in tidy(listed.text)
    assert "Change “Jar of honey”" in tidy(sold.open(f"/console/links/{link.id}/edit").text)


def test_payments_are_filtered_by_state(sold: Merchant) -> None:
    for state in STATES:
        a_try(sold.shop, state, f"att_{state}")
    page = sold.open("/console/payments")
    for filter, states in SHOWN.items():
        html = sold.open(page.link(filter)["href"]).html
        assert {state for state in STATES if f"/console/payments/att_{state}" in html} == states, filter


def test_a_list_without_payments_says_so(ada: Merchant) -> None:
    assert "Nobody has paid yet." in ada.open("/console/payments").text
    assert "No payments match this filter." in ada.open("/console/payments?view=refunded").text


def test_payments_that_need_a_review_have_a_filter_and_an_explanation(sold: Merchant) -> None:
    page = sold.open(sold.open("/console/payments").link("To check")["href"])
    assert "No payments need a review" in page.text
    a_try(sold.shop, "processing", "att_odd", flags=("amount_mismatch",))
    page = sold.open("/console/payments?view=flagged")
    assert [row[2] for row in rows(page)] == ["On its way To check"]
    one = sold.open("/console/payments/att_odd")
    assert one.notice == "Needs review"
    assert "another amount than we asked for" in one.text


@pytest.mark.parametrize(
    "flag",
    ["over_limit", "partially_refunded", "currency_mismatch", "mode_mismatch", "livemode_mismatch", "link_mismatch"],
)
def test_every_flag_has_an_explanation(sold: Merchant, flag: str) -> None:
    a_try(sold.shop, "processing", "att_odd", flags=(flag,))
    page = sold.open("/console/payments/att_odd")
    assert page.notice == "Needs review"
    assert flag not in page.text


def test_the_page_of_a_payment_shows_everything_that_is_known(sold: Merchant) -> None:
    page = sold.open(f"/console/payments/{first(sold).id}")
    assert page.heading == "Ada Lovelace, €12.50"
    facts = page.rows("facts")
    assert facts["E-mail"] == "ada@example.com"
    assert facts["Paid with"] == "Visa ending in 4242"
    assert facts["Stripe's fee"] == "€0.44"
    assert f"Reference {first(sold).reference}" in page.text
    assert facts["Id"] == first(sold).id
    assert facts["Checkout Session"] == first(sold).checkout_session
    assert facts["Payment"] == first(sold).payment_intent
    assert page.rows()["Paid"] == "€12.50"
    assert steps(page) == ["Paid €12.50 with Visa ending in 4242 today, 14:13", "Went to Stripe's page today, 14:13"]
    assert first(sold).token not in page.html
    assert page.link("Jar of honey")["href"] == "/console/links/plink_honey"


@pytest.mark.parametrize(
    ("state", "label"),
    [(state, "Total") for state in ("opened", "processing", "failed", "expired", "canceled")]
    + [("paid", "Paid"), ("refunded", "Paid")],
)
def test_the_total_is_labelled_paid_only_after_a_payment(sold: Merchant, state: State, label: str) -> None:
    a_try(sold.shop, state, "att_odd")
    assert sold.open("/console/payments/att_odd").rows() == {label: "€12.50"}


def steps(page: Page) -> list[str]:
    """Return the lines of the history, newest first."""
    return [tidy(step.text) for step in page.root.first("ol").all("li")]


def test_payments_of_one_link_are_shown_on_its_page_and_in_a_list(sold: Merchant) -> None:
    sold.shop.add(a_link(id="plink_wax", counterfoil={"code": "wax"}))
    a_try(sold.shop, "paid", "att_wax", payment_link="plink_wax")
    chosen = sold.open("/console/payments?payment_link=plink_wax").field("Link")
    assert [option["value"] for option in chosen.all("option") if option.get("selected") is not None] == ["plink_wax"]
    for path in ("/console/links/plink_wax", "/console/payments?payment_link=plink_wax"):
        page = sold.open(path)
        assert "/console/payments/att_wax" in page.html
        assert first(sold).id not in page.html
    kept = sold.open("/console/payments?payment_link=plink_wax").link("Refunded")["href"]
    assert "payment_link=plink_wax" in kept
    assert "No payments match this filter" in sold.open(kept).text


def test_the_pages_of_older_payments_keep_the_filter(sold: Merchant) -> None:
    for number in range(30):
        a_try(sold.shop, "refunded", f"att_{number:02}")
        a_try(sold.shop, "failed", f"att_f{number:02}")
    page = sold.open("/console/payments?view=refunded")
    older = sold.open(page.link("Older")["href"])
    assert len(rows(page)) == 25
    assert [row[2] for row in rows(older)] == ["Refunded"] * 5
    assert len(rows(sold.open(older.link("Newer")["href"]))) == 25


def as_if_no_event_had_come(shop: WebShop, before: Attempt) -> None:
    """Restore the attempt and its place to their state before the payment."""
    then = before.model_copy(update={"version": shop.store.attempts_of_link("plink_honey")[0].version})
    engine = shop.store.engine  # type: ignore[attr-defined]
    engine.execute("UPDATE attempts SET state = 'opened', document = :then", {"then": then.model_dump_json()})
    engine.execute("UPDATE payment_links SET completed = 0")


def test_the_console_reads_a_payment_at_stripe_when_no_event_arrived(ada: Merchant) -> None:
    shop = ada.shop
    shop.sell()
    shop.press(shop.open(), "Continue to payment")
    attempt = first(ada)
    shop.pay_in_sandbox()
    as_if_no_event_had_come(shop, attempt)
    told = ada.pressed(ada.open(f"/console/payments/{attempt.id}"), "Ask Stripe now")
    assert steps(told)[0].startswith("Paid €12.50")
    assert first(ada).state == "paid"
    assert not [button for button in told.root.all("button") if tidy(button.text) == "Ask Stripe now"]


def test_the_console_says_when_nothing_has_changed_at_stripe(ada: Merchant) -> None:
    shop = ada.shop
    shop.sell()
    shop.press(shop.open(), "Continue to payment")
    address = f"/console/payments/{first(ada).id}"
    assert ada.pressed(ada.open(address), "Ask Stripe now").notice == "Nothing has changed at Stripe"
    assert "nothing new" not in ada.open(address).text


def test_the_console_says_when_stripe_does_not_answer(sold: Merchant) -> None:
    a_try(sold.shop, "processing", "att_odd", checkout_session="cs_odd")
    app = sold.shop.app
    app.extensions[EXTENSION] = replace(sold.shop.context, gateway=Broken())
    page = sold.pressed(sold.open("/console/payments/att_odd"), "Ask Stripe now")
    assert (page.status, page.heading) == (503, "Stripe cannot be reached")


def test_the_console_shows_stripes_message_of_a_refusal(sold: Merchant) -> None:
    a_try(sold.shop, "processing", "att_odd", checkout_session="cs_odd")
    page = sold.pressed(sold.open("/console/payments/att_odd"), "Ask Stripe now")
    assert (page.status, page.heading) == (409, "Stripe refused")
    assert "cs_odd" in page.text


def test_the_payments_of_another_organization_are_not_found(sold: Merchant) -> None:
    shop = sold.shop
    shop.store.add_organization(an_organization("org_other", "Other"))
    shop.add(a_link(id="plink_theirs", counterfoil={"code": "theirs", "organization": "org_other"}))
    a_try(shop, "paid", "att_theirs", organization="org_other", payment_link="plink_theirs")
    a_try(
        shop, "processing", "att_open", organization="org_other", payment_link="plink_theirs", checkout_session="cs_x"
    )
    token = sold.open("/console/account").values()["csrf_token"]
    assert "att_theirs" not in sold.open("/console/payments").html
    assert sold.open("/console/payments?payment_link=plink_theirs").status == 404
    assert sold.open("/console/payments/att_theirs").status == 404
    assert sold.post("/console/payments/att_open/ask", {"csrf_token": token}).status_code == 404
    assert sold.open("/console/payments?starting_after=att_theirs").status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/console/payments/none",
        "/console/payments/%00",
        "/console/payments?payment_link=%00",
        "/console/nowhere",
        "/console/links/none",
    ],
)
def test_unknown_addresses_of_the_console_are_not_found(ada: Merchant, path: str) -> None:
    page = ada.open(path)
    assert (page.status, page.heading) == (404, "Page not found")


def test_a_name_with_markup_in_it_stays_text(sold: Merchant) -> None:
    a_try(sold.shop, "paid", "att_odd", customer_email="<script>x</script>@shop.example")
    for path in ("/console/payments", "/console/payments/att_odd"):
        assert "<script>x" not in sold.open(path).html


def test_times_are_shown_in_the_merchants_time_zone(sold: Merchant) -> None:
    attempt = a_try(sold.shop, "paid", "att_late", created=NOW, paid_at=NOW)
    for zone, hour in (
        ("UTC", "14:13 (UTC)"),
        ("Asia/Tokyo", "23:13 (Tokyo time)"),
        ("CET", "16:13 (Central European Summer Time)"),
        ("Etc/GMT-3", "17:13 (UTC+3)"),
    ):
        sold.shop.merchant(an_organization(timezone=zone))
        assert sold.open(f"/console/payments/{attempt.id}").rows("facts")["Paid on"].endswith(hour)
        assert hour[:5] in sold.open("/console/payments").text
