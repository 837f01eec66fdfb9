"""`counterfoil payments`: what it lists, shows and exports of an order that was paid in the sandbox."""

import csv
import json
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from app.application import assemble
from app.config import read_config
from app.objects.attempt import Attempt
from app.objects.charge import Dispute, EvidenceDetails, Refund
from app.objects.selection import Answers, Selection
from app.services.attempts import refunds_and_disputes
from app.store import open_store
from tests.cli.commands import Run, line_of
from tests.store.build import an_attempt
from tests.support.build import NOW, a_link, an_organization
from tests.support.buyer import CHECKOUT
from tests.support.shop import ApplicationShop, price_data

FIELDS = [
    {"key": "scent", "label": {"type": "custom", "custom": "Scent"}, "type": "text", "optional": True},
    {"key": "card", "label": {"type": "custom", "custom": "Card"}, "type": "text", "optional": True},
]


class OrderShop(ApplicationShop):
    """A shop in the sandbox, on the database that the commands read."""

    def __init__(self, database: str, folder: Path) -> None:
        super().__init__(assemble(read_config({"DATABASE_URL": database, "DATA_DIR": str(folder)}), now=lambda: NOW))
        self.store.add_organization(an_organization())
        self.link(
            line_items=[{"quantity": 2, "price_data": price_data(name="Wax")}],
            custom_fields=FIELDS,
            consent_collection={"promotions": "auto"},
            counterfoil={"name": "Honey", "slug": "honey", "reference": "2026-17"},
        )

    def open(self, **answers: str) -> str:
        """Open Checkout as a buyer does, with these answers to custom fields. Return the address of the session."""
        client = self.app.test_client()
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/pay/honey").text)
        assert token is not None
        fields = {f"custom_fields[{key}]": value for key, value in answers.items()}
        sent = {"csrf_token": token[1], "consent[promotions]": "on", **fields}
        return client.post("/pay/honey", data=sent).location

    def pay(self, **answers: str) -> Attempt:
        """Pay with these answers."""
        session = self.open(**answers)
        assert self.app.test_client().post(session, data=CHECKOUT).status_code == 303
        return self.newest()

    def newest(self) -> Attempt:
        """Return the newest attempt."""
        (attempt,), _ = self.store.attempts("org_apiary", limit=1)
        return attempt


@pytest.fixture
def shop(run: Run, database: str, tmp_path: Path) -> Iterator[OrderShop]:
    assert run("init").exit_code == 0
    shop = OrderShop(database, tmp_path)
    yield shop
    shop.store.close()


def test_payments_are_listed_newest_first_without_attempts_that_were_not_completed(run: Run, shop: OrderShop) -> None:
    first, second = shop.pay(), shop.pay()
    shop.open()
    lines = [line.split() for line in run("payments", "list").stdout.splitlines()]
    assert [line[:2] for line in lines] == [[second.id, "paid"], [first.id, "paid"]]
    assert lines[0][-3:] == ["25.00", "EUR", "ada@example.com"]
    assert run("payments", "list", "--state", "opened").stdout.split()[0] == shop.newest().id
    assert [attempt["id"] for attempt in json.loads(run("payments", "list", "--limit", "1", "--json").stdout)] == [
        second.id
    ]
    assert run("payments", "list", "--flagged").stdout == ""
    assert len(run("payments", "list", "--payment-link", "honey").stdout.splitlines()) == 2
    assert "plink_none" in line_of(run("payments", "list", "--payment-link", "plink_none"))


def test_an_unknown_state_is_refused_with_the_list_of_states(run: Run, shop: OrderShop) -> None:
    refused = run("payments", "list", "--state", "payed")
    assert refused.exit_code == 2
    assert "'no_payment_required'" in refused.stderr


def test_a_payment_is_shown_with_order_answers_and_history(run: Run, shop: OrderShop) -> None:
    attempt = shop.pay(scent="fir tree")
    shown = run("payments", "show", attempt.id).stdout
    lines = [line.split() for line in shown.splitlines()]
    for line in (
        ["state", "paid"],
        ["customer_email", "ada@example.com"],
        ["2", "×", "Wax", "25.00", "EUR"],
        ["amount_total", "25.00", "EUR"],
        ["scent", "fir", "tree"],
        ["consent", "promotions", "opt_in"],
    ):
        assert line in lines
    assert [line[3] for line in lines if line[2:3] == ["UTC"]][-2:] == ["opened", "paid"]


def test_a_payment_is_shown_with_its_refund_and_its_dispute(run: Run, shop: OrderShop) -> None:
    attempt = shop.pay()
    refund = Refund(id="re_1", amount=500, created=NOW, currency="eur", status="succeeded")
    dispute = Dispute(
        id="du_1",
        amount=2500,
        created=NOW,
        currency="eur",
        evidence_details=EvidenceDetails(due_by=NOW + 86_400),
        reason="fraudulent",
        status="needs_response",
    )
    refunds_and_disputes.apply_refund(shop.store, attempt, refund, NOW, cause="test")
    refunds_and_disputes.apply_dispute(shop.store, attempt, dispute, NOW, cause="test")
    shown = run("payments", "show", attempt.id).stdout
    assert "refunded 2026-09-21 14:13 UTC  -5.00 EUR" in shown
    assert "needs_response, fraudulent, answer by 2026-09-22 14:13 UTC" in shown
    assert "disputed" in run("payments", "list", "--flagged").stdout


def test_a_payment_is_shown_by_the_reference_on_its_receipt(run: Run, shop: OrderShop) -> None:
    attempt = shop.pay()
    assert attempt.reference is not None
    assert attempt.reference in run("payments", "list").stdout
    for named in (attempt.id, attempt.reference, attempt.reference.lower().removeprefix("cf-")):
        lines = [line.split() for line in run("payments", "show", named).stdout.splitlines()]
        assert ["id", attempt.id] in lines
        assert ["reference", attempt.reference] in lines
    (row,) = csv.DictReader(StringIO(run("payments", "export").stdout))
    assert (row["receipt_reference"], row["reference"]) == (attempt.reference, "2026-17")
    assert "CF-0000-0000" in line_of(run("payments", "show", "CF-0000-0000"))


def test_a_payment_is_shown_with_who_ordered_and_where_to_deliver(run: Run, shop: OrderShop) -> None:
    paid = shop.pay()
    delivery = {
        "name": "Ambrose",
        "address": {"line1": "Kirchplatz 1", "postal_code": "4020", "city": "Linz", "country": "AT"},
    }
    changes = {"customer_name": "Mara", "shipping_details": delivery, "version": paid.version + 1}
    assert shop.store.save_attempt(Attempt.model_validate({**paid.model_dump(), **changes}), "told")
    shown = [line.split(maxsplit=1) for line in run("payments", "show", paid.id).stdout.splitlines()]
    assert ["customer_name", "Mara"] in shown
    assert ["shipping_details", "Ambrose, Kirchplatz 1, 4020, Linz, AT"] in shown


def test_json_of_payments_has_no_secret_of_the_buyer(run: Run, shop: OrderShop) -> None:
    attempt = shop.pay()
    for said in (run("payments", "show", attempt.id, "--json").stdout, run("payments", "list", "--json").stdout):
        assert attempt.id in said
        assert attempt.token not in said
        assert "session_url" not in said
    shown = json.loads(run("payments", "show", attempt.id, "--json").stdout)
    assert [row["to_state"] for row in shown["history"]] == ["opened", "paid"]
    assert (shown["state"], shown["amount_total"]) == ("paid", 2500)


def test_another_organizations_payments_are_unknown(run: Run, shop: OrderShop) -> None:
    attempt = shop.pay()
    other = run("organizations", "create", "Other").stdout.strip()
    for id in (attempt.id, "att_none"):
        assert id in line_of(run("payments", "show", id, "--organization", other))
    assert run("payments", "list", "--organization", other).stdout == ""
    assert "--organization" in line_of(run("payments", "list"))
    exported = run("payments", "export", "--organization", other).stdout
    assert len(exported.splitlines()) == 1
    assert "scent" not in exported


def test_an_export_has_a_row_for_each_payment_and_a_column_for_each_custom_field(
    run: Run, shop: OrderShop, tmp_path: Path
) -> None:
    shop.pay(scent="=HYPERLINK(A1)", card="Zoë")
    file = tmp_path / "payments.csv"
    exported = run("payments", "export", str(file))
    assert exported.stdout == ""
    assert exported.stderr == "1 payments exported.\n"
    (row,) = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    expected = {
        "state": "paid",
        "livemode": "false",
        "paid_at": "2026-09-21T14:13:20Z",
        "payment_link_name": "Honey",
        "reference": "2026-17",
        "customer_email": "ada@example.com",
        "currency": "EUR",
        "amount_total": "25.00",
        "items": "2 × Wax",
        "promotions": "opt_in",
        "custom_fields[scent]": "'=HYPERLINK(A1)",
        "custom_fields[card]": "Zoë",
        "other_answers": "",
    }
    assert {name: row[name] for name in expected} == expected
    assert list(csv.DictReader(StringIO(run("payments", "export").stdout))) == [row]


def test_erasing_a_payment_leaves_nothing_of_the_buyer_in_the_database(run: Run, database: str) -> None:
    store = open_store(database)
    attempt = an_attempt(
        state="paid",
        customer_email="erika@home.example",
        selection=Selection(answers=Answers(custom_fields={"seat": "Balcony 7"})),
    )
    store.add_organization(an_organization())
    store.add_link(a_link())
    store.add_attempt(attempt, "paid")
    store.close()
    assert run("payments", "erase", "att_1").exit_code == 0
    shown = run("payments", "show", "att_1", "--json").stdout
    assert "erika" not in shown
    assert "Balcony" not in shown
    found = Path(database.removeprefix("sqlite:///")).read_bytes()
    assert b"att_1" in found
    assert b"erika" not in found
    assert b"Balcony 7" not in found


def test_a_payment_that_is_not_there_cannot_be_erased(run: Run, seed_file: str) -> None:
    run("seed", seed_file)
    assert "No such payment" in run("payments", "erase", "att_unknown").stderr


def test_a_payment_is_erased_by_its_reference_and_only_within_the_named_organization(run: Run, shop: OrderShop) -> None:
    attempt = shop.pay()
    assert attempt.reference is not None
    other = run("organizations", "create", "Other").stdout.strip()
    for named in (attempt.id, attempt.reference):
        assert "No such payment" in run("payments", "erase", named, "--organization", other).stderr
    shown = json.loads(run("payments", "show", attempt.id, "--json").stdout)
    assert shown["erased_at"] is None
    assert run("payments", "erase", attempt.reference, "--organization", attempt.organization).exit_code == 0
    shown = json.loads(run("payments", "show", attempt.id, "--json").stdout)
    assert shown["erased_at"] is not None


def test_a_payment_is_refunded_in_part_and_then_whole(run: Run, shop: OrderShop) -> None:
    attempt = shop.pay()
    assert run("payments", "refund", attempt.id, "--amount", "500").stdout == f"{attempt.id} refunded: 5.00 EUR\n"
    assert run("payments", "refund", str(attempt.reference)).stdout == f"{attempt.id} refunded: 20.00 EUR\n"
    assert shop.stored(attempt).state == "refunded"
    refused = run("payments", "refund", attempt.id)
    assert (refused.exit_code, "Nothing is left of this payment." in refused.stderr) == (1, True)
