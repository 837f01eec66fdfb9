"""The migrations of the list of links: the columns that it reads, the words of its search, and the sums of each link."""

from typing import Final

from app.store.link_rows import fill_links, fill_words
from app.store.migrations import Step

NOT_USED_UP: Final = "(places_limit IS NULL OR completed < places_limit)"
"""Links with a place left. An index has the same condition, so statements must contain it as it is."""

LINK_STEPS: Final = (
    Step(
        "lists of links",
        (
            # archived: Stripe refuses an item, a rate or the coupon. invoice: the link has a reference or a due date.
            "ALTER TABLE payment_links ADD COLUMN archived {integer} NOT NULL DEFAULT 0",
            "ALTER TABLE payment_links ADD COLUMN due_date {integer}",
            "ALTER TABLE payment_links ADD COLUMN invoice {integer} NOT NULL DEFAULT 0",
            """CREATE TABLE link_words (
                organization TEXT NOT NULL,
                word {word} NOT NULL,
                payment_link TEXT NOT NULL REFERENCES payment_links (id),
                PRIMARY KEY (payment_link, word)
            ) {strict}""",
            "CREATE INDEX link_words_by_word ON link_words (organization, word, payment_link)",
        ),
        work=fill_links,
    ),
    Step(
        "indexes of the lists of links",
        (
            # Every column of a condition is in the key, so that SQLite prefers these to payment_links_by_active.
            "CREATE INDEX links_archived ON payment_links (organization, active, archived) WHERE archived = 1",
            "CREATE INDEX links_due ON payment_links (organization, active, due_date) "
            f"WHERE due_date IS NOT NULL AND {NOT_USED_UP}",
            "CREATE INDEX links_invoices ON payment_links (organization, sort_key, sequence) WHERE invoice = 1",
        ),
    ),
    Step(
        "what each link has taken",
        (
            """CREATE TABLE link_sums (
                organization TEXT NOT NULL,
                payment_link TEXT NOT NULL REFERENCES payment_links (id),
                currency TEXT NOT NULL,
                number {integer} NOT NULL,
                amount {integer} NOT NULL,
                amount_refunded {integer} NOT NULL,
                PRIMARY KEY (organization, payment_link, currency)
            ) {strict}""",
            "CREATE INDEX link_sums_by_link ON link_sums (payment_link)",
            "CREATE INDEX link_sums_by_currency ON link_sums (organization, currency, number, amount, amount_refunded)",
        ),
    ),
    Step(
        "words of links in the order of the list",
        (
            # sort_key, sequence: those of the link, so that a search reads one page of a word that many links have.
            "DROP TABLE link_words",
            """CREATE TABLE link_words (
                organization TEXT NOT NULL,
                word {word} NOT NULL,
                payment_link TEXT NOT NULL REFERENCES payment_links (id),
                sort_key {integer} NOT NULL,
                sequence {integer} NOT NULL,
                PRIMARY KEY (payment_link, word)
            ) {strict}""",
            "CREATE INDEX link_words_by_word ON link_words (organization, word, sort_key, sequence, payment_link)",
        ),
        work=fill_words,
    ),
    Step(
        "sums of the lists of links",
        (
            # links: how many links the view has, in the row without a currency. The other columns are about their payments.
            """CREATE TABLE link_list_sums (
                organization TEXT NOT NULL,
                active {integer} NOT NULL,
                invoice {integer} NOT NULL,
                currency TEXT NOT NULL,
                links {integer} NOT NULL,
                number {integer} NOT NULL,
                amount {integer} NOT NULL,
                amount_refunded {integer} NOT NULL,
                PRIMARY KEY (organization, active, invoice, currency)
            ) {strict}""",
            "DROP INDEX link_sums_by_currency",
        ),
    ),
    Step(
        "links that need attention in the order of the list",
        (
            # The conditions of a page are all in the index, because reading a row behind its document takes long.
            "DROP INDEX links_archived",
            "DROP INDEX links_due",
            "CREATE INDEX links_due ON payment_links (organization, active, due_date, closes_at, completed, places_limit, id) "
            f"WHERE due_date IS NOT NULL AND {NOT_USED_UP}",
            "CREATE INDEX links_archived ON payment_links (organization, active, archived, sort_key, sequence, id) WHERE archived = 1",
            "CREATE INDEX links_open_invoices ON payment_links "
            "(organization, active, sort_key, sequence, due_date, closes_at, completed, places_limit, id) "
            f"WHERE due_date IS NOT NULL AND {NOT_USED_UP}",
        ),
    ),
)
