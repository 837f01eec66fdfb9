"""Many links and payments in a moment: one row of each is made by the store, and the database copies it with other values.

The sums and the search words of the copies are written by the statements of the migrations.
"""

from collections.abc import Iterator
from functools import partial
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

_NUMBERS: Final = "WITH RECURSIVE numbers (n) AS (SELECT CAST({first} AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < {last}) "
_PART: Final = 50_000
"""How many rows one transaction copies. SQLite writes a whole transaction into its log before it can shorten the log."""

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

    attempt = {name: sql.format(links=links) for name, sql in _ATTEMPT.items()}
    for part in _parts(links):
        engine.run(partial(_copy, engine, "payment_links", _LINK, part))
        engine.run(partial(_copy_words, engine, "link_words", "plink_", part, links))
    for part in _parts(attempts):
        engine.run(partial(_copy, engine, "attempts", attempt, part))
        engine.run(partial(_copy_words, engine, "attempt_words", "att_", part, attempts))
    for table, fill in _SUMS.items():
        engine.run(partial(_fill, engine, table, fill))
    if engine.dialect == "postgresql":
        # PostgreSQL does this by itself after a minute. Until then it plans as for small tables.
        engine.execute("ANALYZE")


def _parts(number: int) -> Iterator[str]:
    """Yield tables of the numbers from 1 on, in parts."""
    for first in range(1, number, _PART):
        yield _NUMBERS.format(first=first, last=min(first + _PART, number) - 1)


def _fill(engine: Engine, table: str, statements: tuple[str, ...]) -> None:
    engine.execute(f"DELETE FROM {table}")
    for statement in statements:
        engine.execute(statement)


def _copy(engine: Engine, table: str, changes: dict[str, str], numbers: str) -> None:
    (row,) = engine.rows(f"SELECT * FROM {table} ORDER BY sequence LIMIT 1")
    names = [name for name in row if name != "sequence"]
    values = ", ".join(changes.get(name, name) for name in names)
    engine.execute(
        f"INSERT INTO {table} ({', '.join(names)}) {numbers}"
        f"SELECT {values} FROM numbers CROSS JOIN {table} WHERE id = :id",
        {"id": row["id"]},
    )


def _copy_words(engine: Engine, table: str, prefix: str, numbers: str, number: int) -> None:
    """Give each copy the words of the first row, its number alone and behind another word, and old copies a word that new ones lack."""
    of, column, order, begin, is_old, has_words = _WORDS[table]
    words = [row["word"] for row in engine.rows(f"SELECT word FROM {table} WHERE {column} = :id", {"id": prefix + "0"})]
    every = [(f"'{word}'", "n > 0") for word in words]
    old = is_old.format(fifth=number // 5, rest=number - number // 5)
    for word, condition in (*every, ("CAST(n AS TEXT)", "n > 0"), (f"'{begin}' || n", "n > 0"), ("'old'", old)):
        engine.execute(
            f"INSERT INTO {table} (organization, word, {column}, {order}, sequence) {numbers}"
            f"SELECT organization, {word}, id, {order}, sequence FROM numbers CROSS JOIN {of} "
            f"WHERE id = '{prefix}' || n AND {condition} AND {has_words} ON CONFLICT DO NOTHING"
        )
