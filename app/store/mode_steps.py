"""The migrations that separate live payments from test payments in lists and sums: a server that goes live keeps its database."""

from typing import Final

from app.store.engine import Engine
from app.store.link_sums import FILL_LINKS, FILL_LISTS
from app.store.migrations import Step
from app.store.order_rows import COMPLETED, NOT_FINISHED, fill_origins, fill_words
from app.store.order_sums import FILL, FILL_NOT_FINISHED

_SUMMED: Final = "currency, amount, amount_refunded, state"
"""The columns that the sum of a list needs, so that an index alone answers it."""

_LISTS: Final = {
    "orders_by_date": (f"organization, livemode, dated, sequence, {_SUMMED}", COMPLETED),
    "orders_of_link": (f"payment_link, livemode, dated, sequence, {_SUMMED}", COMPLETED),
    "orders_of_link_not_finished": ("payment_link, livemode, dated, sequence", NOT_FINISHED),
    "orders_by_amount": ("organization, livemode, amount, dated, sequence, currency", COMPLETED),
    "orders_by_currency": ("organization, livemode, currency, dated, sequence", COMPLETED),
    "orders_by_state": ("organization, livemode, state, dated, sequence", COMPLETED),
    "orders_not_finished": ("organization, livemode, dated, sequence", NOT_FINISHED),
    "orders_to_send": ("organization, livemode, dated, sequence", "delivery = 'to_send'"),
    "orders_sent": ("organization, livemode, dated, sequence", "delivery = 'sent'"),
    "orders_to_check": ("organization, livemode, dated, sequence", "to_check = 1"),
    "orders_disputed": ("organization, livemode, dated, sequence", "disputed = 1"),
    "orders_refunded": ("organization, livemode, dated, sequence", "refunded = 1"),
}
"""The indexes of the lists of orders: their columns and their condition."""


def _fill_origins(engine: Engine) -> None:
    """Write where the buyers of earlier versions came from, and add up what each link has taken."""
    fill_origins(engine)
    engine.execute(FILL_LINKS)


MODE_STEPS: Final = (
    Step(
        "lists of orders by mode",
        (
            *(f"DROP INDEX {name}" for name in _LISTS),
            *(
                f"CREATE INDEX {name} ON attempts ({columns}) WHERE {condition}"
                for name, (columns, condition) in _LISTS.items()
            ),
            "DROP INDEX attempt_words_by_word",
            "ALTER TABLE attempt_words ADD COLUMN livemode {integer} NOT NULL DEFAULT 0",
            "DELETE FROM attempt_words",
            "CREATE INDEX attempt_words_by_word ON attempt_words (organization, livemode, word, dated, sequence, attempt)",
        ),
        work=fill_words,
    ),
    Step(
        "sums of payments by mode",
        (
            "DROP TABLE order_sums",
            # payment_link: empty for all orders of the organization. period: its length in seconds, 0 for all time.
            """CREATE TABLE order_sums (
                organization TEXT NOT NULL,
                payment_link TEXT NOT NULL,
                livemode {integer} NOT NULL,
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
                PRIMARY KEY (
                    organization, payment_link, livemode, period, begins, currency, state, delivery, disputed, refunded, to_check
                )
            ) {strict}""",
            *FILL,
            "DROP TABLE link_list_sums",
            # links: how many links the view has, in the row without a currency. The other columns are about their payments.
            """CREATE TABLE link_list_sums (
                organization TEXT NOT NULL,
                active {integer} NOT NULL,
                invoice {integer} NOT NULL,
                livemode {integer} NOT NULL,
                currency TEXT NOT NULL,
                links {integer} NOT NULL,
                number {integer} NOT NULL,
                amount {integer} NOT NULL,
                amount_refunded {integer} NOT NULL,
                PRIMARY KEY (organization, active, invoice, livemode, currency)
            ) {strict}""",
            *FILL_LISTS,
        ),
    ),
    Step(
        "where the buyers of a link came from",
        (
            # came_from: see `app.objects.order.named_origin`. Empty: the address said nothing.
            "ALTER TABLE attempts ADD COLUMN came_from TEXT NOT NULL DEFAULT ''",
            "DROP TABLE link_sums",
            """CREATE TABLE link_sums (
                organization TEXT NOT NULL,
                payment_link TEXT NOT NULL REFERENCES payment_links (id),
                livemode {integer} NOT NULL,
                currency TEXT NOT NULL,
                came_from TEXT NOT NULL,
                number {integer} NOT NULL,
                amount {integer} NOT NULL,
                amount_refunded {integer} NOT NULL,
                PRIMARY KEY (organization, payment_link, livemode, currency, came_from)
            ) {strict}""",
            "CREATE INDEX link_sums_by_link ON link_sums (payment_link)",
        ),
        work=_fill_origins,
    ),
    Step("sums of attempts to check whose buyers did not complete Checkout", FILL_NOT_FINISHED),
)
