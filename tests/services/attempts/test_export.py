"""The CSV of payments: complete over all pages, and harmless in every spreadsheet."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.attempts.export import PAGE, defuse, list_all, write_payments
from app.store import Store
from tests.store.build import an_attempt
from tests.support.build import a_link, an_organization

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
