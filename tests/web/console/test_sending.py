"""Orders to send, as the console helps with them: tokens, notices, what is next, and the months of the list."""

from tests.support.build import NOW
from tests.web.console.conftest import Merchant
from tests.web.console.test_orders import a_parcel, page_of, send_ticked
from tests.web.console.test_payments import a_try


def test_the_token_of_a_form_stands_in_no_address(sold: Merchant) -> None:
    order = a_parcel(sold)
    page = sold.open("/console/payments?view=to-send")
    form = page.form_of("Mark as sent")
    assert form["method"] == "get"
    assert not form.all("input", name="csrf_token")
    button = page.button("Mark as sent")
    assert button["formmethod"] == "post"
    sent = {button["name"]: button["value"], "payment[]": order.id}
    assert sold.post(button["formaction"], sent).status_code == 303
    assert sold.shop.stored(order).sent_at == NOW


def test_a_name_that_ends_with_a_full_stop_has_one(sold: Merchant) -> None:
    for number, name in enumerate(("Zoë Müller", "Ada Q.")):
        a_parcel(sold, f"att_{number}", customer_name=name)
    assert "Zoë Müller and Ada Q. Undo" in send_ticked(sold, "att_0", "att_1").text


def test_a_sent_order_leads_to_the_orders_that_are_next(sold: Merchant) -> None:
    orders = [a_parcel(sold, f"att_{number}") for number in range(3)]
    page = sold.pressed(page_of(sold, orders[0]), "Mark as sent")
    assert page.link("2 more orders to send")["href"] == "/console/payments?view=to-send"
    sold.pressed(page_of(sold, orders[1]), "Mark as sent")
    assert not sold.pressed(page_of(sold, orders[2]), "Mark as sent").has_link("0 more orders to send")


def test_this_month_and_the_last_one_are_filters_that_keep_the_search(sold: Merchant) -> None:
    a_try(sold.shop, "paid", "att_august", paid_at=NOW - 30 * 86400, customer_name="Mara Lindqvist")
    page = sold.open("/console/payments?q=lindqvist&from=2020-01-01")
    assert page.link("This month")["href"] == "/console/payments?q=lindqvist&from=2026-09-01&to=2026-09-30"
    last = sold.open(page.link("Last month")["href"])
    assert "1 payment, €12.50" in last.text
    assert last.link("Last month")["aria-current"] == "true"
