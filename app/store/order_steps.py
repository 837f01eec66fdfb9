"""The migrations of the order desk: the columns that its lists read, the words of its search, and merchants' entries."""

from typing import Final

from app.store.migrations import Step
from app.store.order_rows import COMPLETED, NOT_FINISHED, fill_columns

_SUMMED: Final = "currency, amount, amount_refunded, state"
"""The columns that the sum of a list needs, so that an index alone answers it."""

ORDER_STEPS: Final = (
    Step(
        "lists of orders",
        (
            # dated: time of the payment, else of the start. delivery: none, to_send or sent. to_check: has a flag other than a dispute.
            "ALTER TABLE attempts ADD COLUMN amount {integer} NOT NULL DEFAULT 0",
            "ALTER TABLE attempts ADD COLUMN amount_refunded {integer} NOT NULL DEFAULT 0",
            "ALTER TABLE attempts ADD COLUMN currency TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE attempts ADD COLUMN dated {integer} NOT NULL DEFAULT 0",
            "ALTER TABLE attempts ADD COLUMN delivery TEXT NOT NULL DEFAULT 'none'",
            "ALTER TABLE attempts ADD COLUMN disputed {integer} NOT NULL DEFAULT 0",
            "ALTER TABLE attempts ADD COLUMN refunded {integer} NOT NULL DEFAULT 0",
            "ALTER TABLE attempts ADD COLUMN to_check {integer} NOT NULL DEFAULT 0",
            # words_hash: hash of the words in attempt_words and of their place in the list, so that they are written only if they change.
            "ALTER TABLE attempts ADD COLUMN words_hash TEXT NOT NULL DEFAULT ''",
            """CREATE TABLE attempt_words (
                organization TEXT NOT NULL,
                word {word} NOT NULL,
                attempt TEXT NOT NULL REFERENCES attempts (id),
                PRIMARY KEY (attempt, word)
            ) {strict}""",
            "CREATE INDEX attempt_words_by_word ON attempt_words (organization, word, attempt)",
            """CREATE TABLE order_entries (
                sequence {sequence},
                id TEXT NOT NULL UNIQUE,
                attempt TEXT NOT NULL REFERENCES attempts (id),
                document TEXT NOT NULL
            ) {strict}""",
            "CREATE INDEX order_entries_by_attempt ON order_entries (attempt, sequence)",
        ),
        work=fill_columns,
    ),
    Step(
        "indexes of the lists of orders",
        (
            f"CREATE INDEX orders_by_date ON attempts (organization, dated, sequence, {_SUMMED}) WHERE {COMPLETED}",
            f"CREATE INDEX orders_of_link ON attempts (payment_link, dated, sequence, {_SUMMED}) WHERE {COMPLETED}",
            f"CREATE INDEX orders_by_amount ON attempts (organization, amount) WHERE {COMPLETED}",
            "CREATE INDEX orders_by_currency ON attempts (organization, currency, amount, amount_refunded, state) "
            f"WHERE {COMPLETED}",
            f"CREATE INDEX orders_by_state ON attempts (organization, state, dated, sequence) WHERE {COMPLETED}",
            f"CREATE INDEX orders_not_finished ON attempts (organization, dated, sequence) WHERE {NOT_FINISHED}",
            "CREATE INDEX orders_to_send ON attempts (organization, dated, sequence) WHERE delivery = 'to_send'",
            "CREATE INDEX orders_sent ON attempts (organization, dated, sequence) WHERE delivery = 'sent'",
            "CREATE INDEX orders_to_check ON attempts (organization, dated, sequence) WHERE to_check = 1",
            "CREATE INDEX orders_disputed ON attempts (organization, dated, sequence) WHERE disputed = 1",
            "CREATE INDEX orders_refunded ON attempts (organization, dated, sequence) WHERE refunded = 1",
        ),
    ),
    Step(
        "words of orders in the order of the list",
        (
            # dated, sequence: those of the order, so that a search reads one page of a word that many orders have.
            "DROP TABLE attempt_words",
            """CREATE TABLE attempt_words (
                organization TEXT NOT NULL,
                word {word} NOT NULL,
                attempt TEXT NOT NULL REFERENCES attempts (id),
                dated {integer} NOT NULL,
                sequence {integer} NOT NULL,
                PRIMARY KEY (attempt, word)
            ) {strict}""",
            "CREATE INDEX attempt_words_by_word ON attempt_words (organization, word, dated, sequence, attempt)",
            "DROP INDEX orders_by_amount",
            f"CREATE INDEX orders_by_amount ON attempts (organization, amount, dated, sequence, currency) WHERE {COMPLETED}",
        ),
    ),
    Step(
        "sums of the lists of orders",
        (
            # payment_link: empty for all orders of the organization. period: its length in seconds, 0 for all time.
            """CREATE TABLE order_sums (
                organization TEXT NOT NULL,
                payment_link TEXT NOT NULL,
                period {integer} NOT NULL,
                begins {integer} NOT NULL,
                currency TEXT NOT NULL,
                state TEXT NOT NULL,
                delivery TEXT NOT NULL,
                disputed {integer} NOT NULL,
                refunded {integer} NOT NULL,
                to_check {integer} NOT NULL,
                number {integer} NOT NULL,
                total {integer} NOT NULL,
                PRIMARY KEY (organization, payment_link, period, begins, currency, state, delivery, disputed, refunded, to_check)
            ) {strict}""",
            "DROP INDEX orders_by_currency",
            f"CREATE INDEX orders_by_currency ON attempts (organization, currency, dated, sequence) WHERE {COMPLETED}",
        ),
    ),
    Step(
        "refunds that are not finished",
        (
            # refunding: a refund is stored, and Stripe's answer is not known.
            "ALTER TABLE attempts ADD COLUMN refunding {integer} NOT NULL DEFAULT 0",
            "UPDATE attempts SET refunding = 1 WHERE {text:refund_request.status} = 'pending'",
            "CREATE INDEX attempts_refunding ON attempts (livemode, sequence) WHERE refunding = 1",
        ),
    ),
    Step(
        "payments that were not finished, by link",
        (f"CREATE INDEX orders_of_link_not_finished ON attempts (payment_link, dated, sequence) WHERE {NOT_FINISHED}",),
    ),
)
