"""Stripe's search query language."""

from typing import Any

import pytest

from app.errors import InvalidRequest
from app.wire.search_query import MAXIMUM_CLAUSES, parse_query

FIELDS = {"active": bool, "amount": int, "name": str, "card.last4": str, "card.year": int, "email": str}
DOCUMENT: dict[str, Any] = {
    "active": True,
    "amount": 1250,
    "card": {"last4": "4242", "year": 2030},
    "email": None,
    "metadata": {"order": "6735", 'a "b"': "x"},
    "name": "Jar of Honey",
}


@pytest.mark.parametrize(
    "query",
    [
        'name:"jar of honey"',
        "name:'Jar of Honey'",
        'name~"HONEY"',
        'active:"true"',
        "active:true",
        "amount:1250",
        "amount=1250",
        "amount>1249",
        "amount>=1250",
        "amount<1251",
        "amount<=1250",
        "card.last4:4242",
        'card.last4:"4242"',
        "card.year>2029",
        'metadata["order"]:"6735"',
        "metadata['order']~'673'",
        r'metadata["a \"b\""]:"x"',
        "email:null",
        'metadata["none"]:null',
        '-metadata["order"]:null',
        '-name:"Wax"',
        'amount>1 AND name~"jar"',
        'amount>1 name~"jar"',
        'amount>9999 OR name~"jar"',
        'amount>9999 or amount>8888 or name~"jar"',
        "  amount : 1250  ",
    ],
)
def test_a_query_finds(query: str) -> None:
    assert parse_query(query, FIELDS)(DOCUMENT)


@pytest.mark.parametrize(
    "query",
    [
        'name:"honey"',
        'name~"wax"',
        'active:"false"',
        "amount>1250",
        "amount<1250",
        'card.last4:"42"',
        'metadata["order"]:"673"',
        'metadata["none"]:"6735"',
        'email:"a@b.example"',
        "-email:null",
        "-amount:1250",
        'amount>9999 AND name~"jar"',
        "amount>9999 OR amount>8888",
    ],
)
def test_a_query_does_not_find(query: str) -> None:
    assert not parse_query(query, FIELDS)(DOCUMENT)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("honey", "can't be read"),
        ("", "can't be read"),
        ('name:"a" AND', "can't be read"),
        ('name:"a"amount>1', "can't be read"),
        ('colour:"red"', "no field “colour”"),
        ("amount:many", "is a number"),
        ('amount~"125"', "is a number"),
        ('name>"a"', "compared by"),
        ('name~"ab"', "at least 3 characters"),
        ("active:maybe", "true or false"),
        ("amount>null", "null"),
        ('name:"a" AND amount>1 OR amount<1', "AND and OR"),
        (" OR ".join(["amount>1"] * (MAXIMUM_CLAUSES + 1)), "more than 10"),
    ],
)
def test_a_query_that_cannot_be_read_is_refused_with_the_reason(query: str, reason: str) -> None:
    with pytest.raises(InvalidRequest, match=reason) as refused:
        parse_query(query, FIELDS)
    assert refused.value.param == "query"


def test_a_long_query_is_read_in_short_time() -> None:
    with pytest.raises(InvalidRequest):
        parse_query('name:"' + "\\" * 4999, FIELDS)
