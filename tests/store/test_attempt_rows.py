"""An attempt in its row: prices and products are stored once for all attempts, and what never changes is written once."""

import json
from typing import Any

import pytest

from app.errors import StoreError
from app.objects.attempt import Attempt
from app.objects.checkout_session import TotalDetails
from app.objects.quote import Quote
from app.objects.selection import Answers, Selection
from app.objects.shipping_rate import ShippingRate
from app.pricing.quote import default_selection, quote
from app.store import Engine, Store, attempt_rows
from tests.store.build import an_attempt, later
from tests.support.build import NOW, a_line, a_link, a_price, a_product, a_promotion_code, a_tax_rate


def a_large_quote(lines: int = 20) -> Quote:
    """A quote with many products that have much to say."""
    items = [
        a_line(
            a_price(1250 + number, id=f"price_{number}", product=a_product(f"prod_{number}", description="d" * 2000)),
            id=f"li_{number}",
        )
        for number in range(lines)
    ]
    link = a_link(*items, tax_rates=[a_tax_rate("19")])
    return quote(link, default_selection(link), NOW)


def bytes_of(engine: Engine) -> int:
    """How many characters the rows of attempts have."""
    (row,) = engine.rows("SELECT SUM(LENGTH(document) + LENGTH(details)) AS size FROM attempts")
    return int(row["size"])


def stored(engine: Engine) -> int:
    (row,) = engine.rows("SELECT COUNT(*) AS number FROM snapshots")
    return int(row["number"])


def test_a_null_is_read_back_where_the_default_is_another_value(linked: Store) -> None:
    attempt = an_attempt(
        shipping_rate=ShippingRate(id="shr_1", tax_behavior=None), total_details=TotalDetails(amount_shipping=None)
    )
    assert linked.add_attempt(attempt, "opened")
    assert linked.attempt(attempt.id) == attempt


def test_a_price_and_a_product_are_stored_once_for_all_attempts(linked: Store, engine: Engine) -> None:
    large = a_large_quote()
    for number in range(10):
        assert linked.add_attempt(an_attempt(f"att_{number}", quote=large), "opened")
    assert stored(engine) == 2 * 20 + 1
    assert bytes_of(engine) / 10 < len(large.model_dump_json()) / 8
    assert [attempt.quote for attempt in linked.attempts("org_apiary")[0]] == [large] * 10


def test_what_never_changes_is_not_written_again(linked: Store, engine: Engine) -> None:
    attempt = an_attempt(quote=a_large_quote(), selection=Selection(promotion_code=a_promotion_code()))
    linked.add_attempt(attempt, "opened")
    (before,) = engine.rows("SELECT details FROM attempts")
    assert linked.save_attempt(later(attempt, checkout_session="cs_1"), "noted")
    (after,) = engine.rows("SELECT document, details FROM attempts")
    assert after["details"] == before["details"]
    assert not json.loads(after["document"]).keys() & attempt_rows.FROZEN
    assert linked.attempt("att_1") == later(attempt, checkout_session="cs_1")


@pytest.mark.parametrize("name", ["object", "snapshot"])
def test_names_that_a_merchant_chooses_are_never_taken_for_ours(linked: Store, name: str) -> None:
    answers = {name: "price"}
    params: dict[str, Any] = {"metadata": answers, "object": "price"}
    attempt = an_attempt(selection=Selection(answers=Answers(custom_fields=answers)), session_params=params)
    linked.add_attempt(attempt, "opened")
    assert linked.attempt("att_1") == attempt


def test_an_attempt_of_an_earlier_version_is_read_and_saved_whole(linked: Store, engine: Engine) -> None:
    attempt = an_attempt(quote=a_large_quote(2))
    linked.add_attempt(attempt, "opened")
    engine.execute("UPDATE attempts SET details = NULL, document = :document", {"document": attempt.model_dump_json()})
    assert linked.attempt("att_1") == attempt
    paid = later(attempt, state="paid")
    assert linked.save_attempt(paid, "evt_1")
    assert linked.attempt("att_1") == paid
    (row,) = engine.rows("SELECT document, details FROM attempts")
    assert row["details"] is None
    assert Attempt.read(json.loads(row["document"])) == paid


def test_a_snapshot_that_is_missing_is_said_to_be(linked: Store, engine: Engine) -> None:
    linked.add_attempt(an_attempt(quote=a_large_quote(1)), "opened")
    engine.execute(
        "UPDATE attempts SET details = :details",
        {"details": json.dumps({"quote": {"snapshot": "nowhere"}, "selection": {}, "session_params": {}})},
    )
    with pytest.raises(StoreError, match="missing"):
        linked.attempt("att_1")


def test_a_quote_that_several_attempts_have_is_read_once(linked: Store) -> None:
    large, other = a_large_quote(3), a_large_quote(2)
    for number, one in enumerate((large, large, other)):
        linked.add_attempt(an_attempt(f"att_{number}", form=f"f{number}", quote=one), "opened")
    first, second, third = (linked.attempt(f"att_{number}") for number in range(3))
    assert first is not None
    assert second is not None
    assert third is not None
    assert first.quote is second.quote
    assert (first.quote, third.quote) == (large, other)


def test_a_quote_that_is_written_again_stores_its_prices_and_products_again(linked: Store, engine: Engine) -> None:
    quote = a_large_quote(2)
    linked.add_attempt(an_attempt("att_1", quote=quote), "opened")
    engine.execute("DELETE FROM snapshots")
    second = an_attempt("att_2", quote=quote)
    linked.add_attempt(second, "opened")
    attempt_rows._cache.clear()
    assert linked.attempt("att_2") == second


def test_a_process_that_did_not_write_an_attempt_reads_it(linked: Store) -> None:
    attempt = an_attempt(quote=a_large_quote(5))
    linked.add_attempt(attempt, "opened")
    attempt_rows._cache.clear()
    assert linked.attempt("att_1") == attempt
