"""The CSV of payments: complete over all pages, and harmless in every spreadsheet."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.objects.address import Address, ShippingDetails
from app.objects.charge import Dispute, EvidenceDetails, Refund
from app.objects.checkout_session import TaxId, TotalDetails
from app.services.attempts.export import PAGE, defuse, list_all, write_payments
from app.store import Store
from tests.store.build import an_attempt
from tests.support.build import NOW, a_link, a_shipping_rate, an_organization

SIGNS = "=+-@＝＋－＠"
SEPARATORS = [",", ";", "\t"]
"""What spreadsheets take as the end of a cell, by the country that they are set to."""


def as_cells(text: str, separator: str) -> list[str]:
    """Return the cells that a spreadsheet finds in a file with this text between two others."""
    file = StringIO()
    csv.writer(file, lineterminator="\r\n").writerow(["before", defuse(text), "after"])
    return [cell for row in csv.reader(file.getvalue().splitlines(), delimiter=separator) for cell in row]


def is_formula(cell: str) -> bool:
    return cell[:1] in {"\t", "\r"} or cell.strip(' "\t\r\n\u200b\ufeff\xa0').startswith(tuple(SIGNS))


formulas = st.text(st.sampled_from([*SIGNS, *" \t\r\n;,\"'\u200b\ufeff\xa0", "A", "1"]), max_size=12)


@given(text=formulas | st.text(max_size=20), separator=st.sampled_from(SEPARATORS))
def test_no_cell_is_ever_a_formula_whatever_ends_a_cell(text: str, separator: str) -> None:
    cells = as_cells(text, separator)
    assert not [cell for cell in cells if is_formula(cell)]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+43 1 234", "'+43 1 234"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1+1", "'  =1+1"),
        ("＝1+1", "'＝1+1"),
        ("\t=1", "'\t'=1"),
        ("a;=1+1", "a;'=1+1"),
        ("a\n=1+1", "a\n'=1+1"),
        ("mary@post.example", "mary@post.example"),
        ("2026-0042", "2026-0042"),
        ("one = two, or - three", "one = two, or - three"),
        ("", ""),
    ],
)
def test_a_formula_gets_an_apostrophe_and_everything_else_stays(text: str, written: str) -> None:
    assert defuse(text) == written


def test_an_order_that_is_delivered_is_exported_with_its_address_and_the_amounts_of_checkout(store: Store) -> None:
    store.add_organization(an_organization("org_export"))
    store.add_link(a_link(id="plink_export", counterfoil={"code": "export", "organization": "org_export"}))
    address = Address(line1="Hill 1", line2="Floor 2", postal_code="1080", city="Wien", state="W", country="AT")
    paid = an_attempt(
        reference="CF-7K2M-94QX",
        payment_link="plink_export",
        organization="org_export",
        state="paid",
        amount_total=1930,
        customer_name="Mary Bee",
        customer_phone="+43 1 234",
        customer_tax_ids=(TaxId(type="eu_vat", value="ATU12345678"),),
        shipping_details=ShippingDetails(name="Mara Lindqvist", address=address),
        shipping_rate=a_shipping_rate(990, display_name="Express"),
        total_details=TotalDetails(amount_discount=500, amount_shipping=990, amount_tax=190),
    )
    assert store.add_attempt(paid, "test")
    file = StringIO()
    write_payments(file, store, "org_export")
    (row,) = csv.DictReader(StringIO(file.getvalue()))
    assert {name: row[name] for name in row if name.startswith(("shipping", "customer", "receipt"))} == {
        "receipt_reference": "CF-7K2M-94QX",
        "customer_email": "",
        "customer_name": "Mary Bee",
        "customer_phone": "'+43 1 234",
        "customer_tax_ids": "ATU12345678",
        "shipping_name": "Mara Lindqvist",
        "shipping_line1": "Hill 1",
        "shipping_line2": "Floor 2",
        "shipping_postal_code": "1080",
        "shipping_city": "Wien",
        "shipping_state": "W",
        "shipping_country": "AT",
        "shipping_rate": "Express",
    }
    amounts = [row[f"amount_{part}"] for part in ("subtotal", "discount", "shipping", "tax", "total")]
    assert amounts == ["12.50", "5.00", "9.90", "1.90", "19.30"]


def test_refunds_and_a_dispute_are_exported(store: Store) -> None:
    store.add_organization(an_organization("org_export"))
    store.add_link(a_link(id="plink_export", counterfoil={"code": "export", "organization": "org_export"}))
    refunds = tuple(
        Refund(id=f"re_{amount}", amount=amount, created=NOW, currency="eur", status=status)
        for amount, status in ((250, "succeeded"), (300, "pending"), (999, "failed"))
    )
    dispute = Dispute(
        id="du_1",
        amount=1250,
        created=NOW,
        currency="eur",
        evidence_details=EvidenceDetails(due_by=NOW + 7 * 86_400),
        reason="fraudulent",
        status="needs_response",
    )
    paid = an_attempt(
        payment_link="plink_export", organization="org_export", state="paid", refunds=refunds, disputes=(dispute,)
    )
    assert store.add_attempt(paid, "test")
    file = StringIO()
    write_payments(file, store, "org_export")
    (row,) = csv.DictReader(StringIO(file.getvalue()))
    assert (row["amount_refunded"], row["dispute_status"]) == ("5.50", "needs_response")
    assert row["dispute_due_by"] == "2026-09-28T14:13:20Z"


def test_every_page_is_exported_once_newest_first(store: Store) -> None:
    link = a_link(id="plink_export", counterfoil={"code": "export", "organization": "org_export"})
    store.add_organization(an_organization("org_export"))
    store.add_link(link)
    ids = [f"att_{number:04}" for number in range(PAGE + 2)]
    for id in ids:
        kept = an_attempt(
            id, payment_link=link.id, organization="org_export", state="paid", form=id, token=f"token_{id}"
        )
        assert store.add_attempt(kept, "test")
    file = StringIO()
    assert write_payments(file, store, "org_export", state=("paid",)) == len(ids)
    rows = list(csv.DictReader(StringIO(file.getvalue())))
    assert [row["id"] for row in rows] == ids[::-1]
    assert [attempt.id for attempt in list_all(store, "org_export")] == ids[::-1]
    assert list(list_all(store, "org_export", state=("refunded",))) == []
