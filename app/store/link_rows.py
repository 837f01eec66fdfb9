"""What lists of links read about a link: columns of its row, and the words and amounts of its search."""

import json
from collections.abc import Iterator
from typing import Any, Final

from pydantic import ValidationError

from app.objects.currency import CURRENCIES
from app.objects.link_list import is_listed_as_invoice
from app.objects.payment_link import PaymentLink
from app.objects.price import Price, Product
from app.objects.search_words import WORDS_MAXIMUM, words_of
from app.pricing.unsold import unsold_part
from app.store.engine import Engine

LIST_COLUMNS: Final = ("archived", "due_date", "invoice")

_PAGE: Final = 500


def list_columns(link: PaymentLink) -> dict[str, Any]:
    """Return the columns of a link that lists read. The time does not matter, because an expired coupon closes no link."""
    return {
        "archived": int(unsold_part(link, 0) is not None),
        "due_date": link.counterfoil.due_date,
        "invoice": int(is_listed_as_invoice(link)),
    }


def amount_word(decimals: int, amount: int) -> str:
    """Return the word that stands for an amount in minor units. No search text contains it, because it begins with a sign."""
    return f"={decimals}:{amount}"


def change_words(engine: Engine, link: PaymentLink) -> None:
    """Store the words of a link's search, in place of the earlier ones."""
    rows = engine.rows("SELECT word FROM link_words WHERE payment_link = :id", {"id": link.id})
    stored, wanted = {row["word"] for row in rows}, _words(link)
    for word in sorted(stored - wanted):
        engine.execute(
            "DELETE FROM link_words WHERE payment_link = :id AND word = :word", {"id": link.id, "word": word}
        )
    new = {f"word_{index}": word for index, word in enumerate(sorted(wanted - stored))}
    if new:
        listed = ", ".join(f"(:{name})" for name in new)
        engine.execute(
            f"INSERT INTO link_words (organization, word, payment_link, sort_key, sequence) "  # noqa: S608
            f"WITH new (word) AS (VALUES {listed}) "
            "SELECT organization, word, id, sort_key, sequence FROM new CROSS JOIN payment_links WHERE id = :id",
            {**new, "id": link.id},
        )


def fill_links(engine: Engine) -> None:
    """Write the columns of links of earlier versions. A link that cannot be read keeps the defaults."""
    columns = ", ".join(f"{name} = :{name}" for name in LIST_COLUMNS)
    for link in _every_link(engine):
        engine.execute(
            f"UPDATE payment_links SET {columns} WHERE id = :id",  # noqa: S608
            {**list_columns(link), "id": link.id},
        )


def fill_words(engine: Engine) -> None:
    """Write the words of links of earlier versions."""
    for link in _every_link(engine):
        change_words(engine, link)


def _every_link(engine: Engine) -> Iterator[PaymentLink]:
    at = 0
    while rows := engine.rows(
        "SELECT sequence, document FROM payment_links WHERE sequence > :at ORDER BY sequence LIMIT :limit",
        {"at": at, "limit": _PAGE},
    ):
        at = rows[-1]["sequence"]
        for row in rows:
            try:
                yield PaymentLink.read_whole(json.loads(row["document"]))
            except (KeyError, ValidationError):
                continue


def _words(link: PaymentLink) -> set[str]:
    """Return the words of a link's names, its address and its reference, and the amounts of its items."""
    ours = link.counterfoil
    prices = list(_priced(link))
    products = [price.product.name for price, _quantity in prices if isinstance(price.product, Product)]
    words: dict[str, None] = {}
    for text in (ours.name, ours.title, ours.reference, ours.slug, ours.code, link.id, *products):
        found = words_of(text or "")
        words |= dict.fromkeys(found)
        if 1 < len(found) <= 4:
            # "INV-2041" is also found as "inv2041".
            words["".join(found)] = None
    return {*list(words)[:WORDS_MAXIMUM], *_amounts(prices)}


def _priced(link: PaymentLink) -> Iterator[tuple[Price, int]]:
    for item in link.line_items.data if link.line_items else ():
        if isinstance(item.price, Price):
            yield item.price, item.quantity or 1


def _amounts(prices: list[tuple[Price, int]]) -> set[str]:
    """Return the words of the amounts of each item, of one piece and of all its pieces, and of all items together."""
    words, total = set(), 0
    for price, quantity in prices[:WORDS_MAXIMUM]:
        if price.unit_amount is not None:
            decimals = _decimals(price.currency)
            words |= {amount_word(decimals, price.unit_amount), amount_word(decimals, price.unit_amount * quantity)}
            total += price.unit_amount * quantity
    return words | ({amount_word(_decimals(prices[0][0].currency), total)} if words else set())


def _decimals(currency: str) -> int:
    rule = CURRENCIES.get(currency)
    return rule.decimals if rule else 2
