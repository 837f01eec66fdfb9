"""The pay page of an invoice: its reference and its due date."""

from tests.support.build import NOW, a_link, an_organization
from tests.web.conftest import WebShop

DAY = 86_400


def test_an_invoice_is_headed_by_its_reference_and_due_date(shop: WebShop) -> None:
    shop.add(a_link(counterfoil={"reference": "2026-0042", "due_date": NOW + 5 * DAY}))
    page = shop.open()
    assert page.heading == "Invoice 2026-0042"
    assert page.title.startswith("Invoice 2026-0042, €12.50")
    assert "Due 26\u00a0September 2026" in page.text
    assert "includes the reference 2026-0042" in page.text
    assert page.root.first("summary").text == "Invoice details 1 item"


def test_an_invoice_is_overdue_from_the_next_day_on(shop: WebShop) -> None:
    shop.merchant(an_organization(timezone="Europe/Vienna"))
    shop.add(a_link(counterfoil={"reference": "2026-0042", "due_date": NOW}))
    shop.clock.now += 3600
    assert "Due 21\u00a0September 2026" in shop.open().text
    shop.clock.now += DAY
    page = shop.open()
    assert page.title.startswith("Overdue: Invoice 2026-0042")
    assert "Overdue since 21\u00a0September 2026" in page.text
    assert page.has_button("Continue to payment")
    assert page.rows() == {"Total": "€12.50"}


def test_the_word_invoice_is_not_repeated(shop: WebShop) -> None:
    shop.add(a_link(counterfoil={"reference": "Invoice no. 7"}))
    assert shop.open().heading == "Invoice no. 7"
