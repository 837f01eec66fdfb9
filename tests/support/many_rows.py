"""Many links and payments in a moment: one row of each is made by the store, and the database copies it with other values.

The sums and the search words of the copies are written by the statements of the migrations.
"""

from typing import Final

from app.objects.address import Address, ShippingDetails
from app.store import Engine, Store, order_sums
from app.store.link_sums import FILL_LINKS, FILL_LISTS
from app.store.order_rows import COMPLETED
from app.store.taken import FILL
from tests.store.build import an_attempt
from tests.support.build import NOW, a_link

ORGANIZATION: Final = "org_apiary"

_SUMS: Final = {
    "taken": (FILL,),
    "link_sums": (FILL_LINKS,),
    "link_list_sums": FILL_LISTS,
    "order_sums": (*order_sums.FILL, *order_sums.FILL_NOT_FINISHED),
}
"""Tables of sums, and the statements that fill them."""

_NUMBERS: Final = (
    "WITH RECURSIVE numbers (n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < {last}) "
)

_LINK: Final = {
    "id": "'plink_' || n",
    "document": "REPLACE(REPLACE(document, 'plink_0', 'plink_' || n), '\"code\":\"c0\"', '\"code\":\"c' || n || '\"')",
    "sort_key": "sort_key + n * 4294967296",
    "active": "CASE WHEN n % 10 = 0 THEN 0 ELSE 1 END",
    "invoice": "CASE WHEN n % 5 = 0 THEN 1 ELSE 0 END",
    "due_date": f"CASE WHEN n % 20 = 1 THEN {NOW - 10**6} END",
    "archived": "CASE WHEN n % 50 = 7 THEN 1 ELSE 0 END",
}
"""The columns of link `n` that differ from those of the first one."""

_WORDS: Final = {
    "link_words": ("payment_links", "payment_link", "sort_key", "honey", "n <= {fifth}", "1 = 1"),
    "attempt_words": ("attempts", "attempt", "dated", "buyer", "n > {rest}", COMPLETED),
}
"""Tables of words: the table and the column that they refer to, its order, the beginning of a word, which rows are old,
and which ones have words."""

_ATTEMPT: Final = {
    "id": "'att_' || n",
    "document": "REPLACE(document, 'att_0', 'att_' || n)",
    "form": "'form ' || n",
    "token": "'token ' || n",
    "payment_link": "CASE WHEN n % 2 = 0 THEN payment_link ELSE 'plink_' || (n % {links}) END",
    "created": f"{NOW} - n * 600",
    "dated": f"{NOW} - n * 600",
    "state": "CASE WHEN n % 20 = 3 THEN 'processing' WHEN n % 20 = 5 THEN 'failed' WHEN n % 20 = 7 THEN 'expired' "
    "WHEN n % 20 = 9 THEN 'refunded' ELSE 'paid' END",
    "refunded": "CASE WHEN n % 20 = 9 THEN 1 ELSE 0 END",
    "amount_refunded": "CASE WHEN n % 20 = 9 THEN amount ELSE 0 END",
    "delivery": "CASE WHEN n % 20 IN (3, 5, 7, 9) THEN 'none' WHEN n % 3 = 0 THEN 'to_send' ELSE 'sent' END",
    "to_check": "CASE WHEN n % 25 = 0 THEN 1 ELSE 0 END",
    "disputed": "CASE WHEN n % 50 = 1 THEN 1 ELSE 0 END",
    "currency": "CASE WHEN n % 10 = 4 THEN 'jpy' WHEN n % 1000 = 6 THEN 'chf' ELSE currency END",
}


def add_many(store: Store, engine: Engine, links: int, attempts: int) -> None:
    """Add links `plink_0`, `plink_1`, … and payments `att_0`, `att_1`, … of the organization. Half of the payments are by `plink_0`."""
    store.add_link(a_link(id="plink_0", counterfoil={"code": "c0"}))
    parcel = ShippingDetails(name="Mara Lindqvist", address=Address(line1="Am Deich 3", city="Oldenburg", country="DE"))
    first = an_attempt(
        "att_0", state="paid", paid_at=NOW, amount_total=1250, payment_link="plink_0", customer_name="Mara Lindqvist",
        shipping_details=parcel,
    )  # fmt: skip
    assert store.add_attempt(first, "paid")

    def copy() -> None:
        _copy(engine, "payment_links", _LINK, links)
        _copy(engine, "attempts", {name: sql.format(links=links) for name, sql in _ATTEMPT.items()}, attempts)
        _copy_words(engine, "link_words", "plink_", links)
        _copy_words(engine, "attempt_words", "att_", attempts)
        for table, fill in _SUMS.items():
            engine.execute(f"DELETE FROM {table}")
            for statement in fill:
                engine.execute(statement)

    engine.run(copy)
    if engine.dialect == "postgresql":
        # PostgreSQL does this by itself after a minute. Until then it plans as for small tables.
        engine.execute("ANALYZE")


def _copy(engine: Engine, table: str, changes: dict[str, str], number: int) -> None:
    (row,) = engine.rows(f"SELECT * FROM {table}")
    names = [name for name in row if name != "sequence"]
    values = ", ".join(changes.get(name, name) for name in names)
    engine.execute(
        f"INSERT INTO {table} ({', '.join(names)}) {_NUMBERS.format(last=number - 1)}"
        f"SELECT {values} FROM numbers CROSS JOIN {table} WHERE id = :id",
        {"id": row["id"]},
    )


def _copy_words(engine: Engine, table: str, prefix: str, number: int) -> None:
    """Give each copy the words of the first row, its number alone and behind another word, and old copies a word that new ones lack."""
    of, column, order, begin, is_old, has_words = _WORDS[table]
    words = [row["word"] for row in engine.rows(f"SELECT word FROM {table} WHERE {column} = :id", {"id": prefix + "0"})]
    every = [(f"'{word}'", "n > 0") for word in words]
    old = is_old.format(fifth=number // 5, rest=number - number // 5)
    for word, condition in (*every, ("CAST(n AS TEXT)", "n > 0"), (f"'{begin}' || n", "n > 0"), ("'old'", old)):
        engine.execute(
            f"INSERT INTO {table} (organization, word, {column}, {order}, sequence) {_NUMBERS.format(last=number - 1)}"
            f"SELECT organization, {word}, id, {order}, sequence FROM numbers CROSS JOIN {of} "
            f"WHERE id = '{prefix}' || n AND {condition} AND {has_words} ON CONFLICT DO NOTHING"
        )
