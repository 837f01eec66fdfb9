"""`counterfoil payments`: list, show and export what buyers paid."""

from __future__ import annotations

from itertools import islice
from typing import IO, TYPE_CHECKING, Any, get_args

import click

from app.cli.common import (
    json_option,
    open_command_store,
    organization_of,
    organization_option,
    print_json,
    print_table,
    read_command_config,
    utc,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.shell_completion import CompletionItem

    from app.objects.attempt import Attempt, State
    from app.objects.charge import Dispute, RefundReason
    from app.store.protocol import Store

INTERNAL = {"address", "fingerprint", "form", "session_params", "session_url", "token"}
"""What is left out of JSON: a buyer's secrets, and values that only the server uses."""


class StateName(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.5 alone
    """A state of an attempt. The table of states is imported when a value is checked, not when the command starts."""

    name = "state"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the state, or refuse it with the list of all."""
        return str(self._choice().convert(value, param, ctx))

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the states that begin with these letters."""
        return self._choice().shell_complete(ctx, param, incomplete)

    @staticmethod
    def _choice() -> click.Choice[str]:
        from app.objects.attempt import State

        return click.Choice(get_args(State))


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that choose payments."""
    for option in (
        click.option("--flagged", is_flag=True, help="Only payments with a flag: a merchant should look at them."),
        click.option("--payment-link", metavar="ID", help="Only payments of this link (id, code or slug)."),
        click.option("--state", multiple=True, type=StateName(), help="Only this state; can be given several times."),
        organization_option,
    ):
        command = option(command)
    return command


@click.group()
def payments() -> None:
    """Payments and other attempts to pay."""


@payments.command("list")
@filter_options
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True)
@json_option
def payments_list(
    organization: str | None,
    state: tuple[State, ...],
    payment_link: str | None,
    flagged: bool,
    limit: int,
    as_json: bool,
) -> None:
    """List payments, newest first. Without --state, list those whose buyer completed Checkout."""
    from app.pricing.money import format_amount_plain
    from app.services.attempts.export import list_all

    store = open_command_store()
    filters = _filters(store, organization, state, payment_link, flagged)
    found = list(islice(list_all(store, **filters), limit))
    if as_json:
        print_json([_rendered(attempt) for attempt in found])
        return
    print_table(
        [
            attempt.id,
            attempt.state,
            attempt.reference or "",
            utc(attempt.paid_at or attempt.created),
            f"{format_amount_plain(_total(attempt), attempt.currency, 'en')} {attempt.currency.upper()}",
            attempt.customer_email or attempt.selection.answers.email or "",
            " ".join(attempt.flags),
        ]
        for attempt in found
    )


@payments.command("show")
@click.argument("id", metavar="ID|REFERENCE")
@organization_option
@json_option
def payments_show(id: str, organization: str | None, as_json: bool) -> None:
    """Show a payment: order, answers and history. It is named by its id or by the reference on the buyer's receipt."""
    from app.services.attempts import payments as service

    store = open_command_store()
    attempt = _find(store, id, organization)
    if attempt is None:
        raise click.ClickException(f"There is no payment {id}.")
    history = service.history(store, attempt)
    if as_json:
        print_json(_rendered(attempt) | {"history": [row.model_dump(mode="json") for row in history]})
        return
    link = store.link(attempt.payment_link)
    print_table([name, value] for name, value in _facts(attempt, link.counterfoil.name if link else None) if value)
    click.echo("\nOrder")
    print_table(_order(attempt), indent=2)
    if answers := _answers(attempt):
        click.echo("\nAnswers")
        print_table(answers, indent=2)
    click.echo("\nHistory")
    print_table(([utc(row.created), row.to_state, row.cause] for row in history), indent=2)


@payments.command("export")
@click.argument("file", type=click.File("w", encoding="utf-8", lazy=True), default="-")
@filter_options
def payments_export(
    file: IO[str], organization: str | None, state: tuple[State, ...], payment_link: str | None, flagged: bool
) -> None:
    """Write payments as CSV to FILE or to standard output.

    A value that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    from app.services.attempts.export import write_payments

    store = open_command_store()
    count = write_payments(file, store, **_filters(store, organization, state, payment_link, flagged))
    click.echo(f"{count} payments exported.", err=True)


@payments.command("refund")
@click.argument("id", metavar="ID|REFERENCE")
@organization_option
@click.option(
    "--amount", type=click.IntRange(1), metavar="N", help="In the currency's minor unit. Left out: all that is left."
)
@click.option(
    "--reason",
    type=click.Choice(["duplicate", "fraudulent", "requested_by_customer"]),
    default="requested_by_customer",
    show_default=True,
)
def payments_refund(id: str, organization: str | None, amount: int | None, reason: RefundReason) -> None:
    """Refund a payment, or a part of it, and print the refunded amount."""
    from app import create_app
    from app.errors import GatewayError
    from app.objects.change import COMMAND_LINE
    from app.pricing.money import format_amount_plain
    from app.services.orders import refunds
    from app.services.orders.refunds import RefundRefused
    from app.web.http.context import EXTENSION

    app = create_app(read_command_config())
    context = app.extensions[EXTENSION]
    context.store.migrate(context.clock())
    attempt = _find(context.store, id, organization)
    if attempt is None:
        raise click.ClickException(f"There is no payment {id}.")
    try:
        after = refunds.refund(
            context.store,
            context.gateway,
            attempt.organization,
            attempt.id,
            context.clock(),
            actor=COMMAND_LINE,
            amount=amount,
            reason=reason,
        )
    except (GatewayError, RefundRefused) as error:
        raise click.ClickException(error.message) from error
    asked = after.refund_request
    if asked is not None:
        click.echo(
            f"{attempt.id} refunded: {format_amount_plain(asked.amount, asked.currency, 'en')} {asked.currency.upper()}"
        )


@payments.command("erase")
@click.argument("id", metavar="ID|REFERENCE")
@organization_option
def payments_erase(id: str, organization: str | None) -> None:
    """Erase what a payment says about a person: answers, e-mail, names, addresses, and stored events with them.

    It is named by its id or by the reference on the buyer's receipt. Amounts, states, times and ids stay. In sandbox mode the
    sandbox's copies are erased as well.
    """
    from app import create_app
    from app.server import erase_payment
    from app.store import checkpoint_database
    from app.web.http.context import EXTENSION

    app = create_app(read_command_config())
    context = app.extensions[EXTENSION]
    context.store.migrate(context.clock())
    attempt = _find(context.store, id, organization)
    if attempt is None:
        raise click.ClickException(f"No such payment: {id}.")
    erase_payment(app, attempt.id, context.clock())
    context.store.close()
    checkpoint_database(context.config.database_url)
    click.echo(f"{attempt.id} erased.", err=True)


def _find(store: Store, id: str, organization: str | None) -> Attempt | None:
    """Return the payment with this id or reference, or None, also where it is another organization's than the named one."""
    from app.services.attempts import payments as service

    attempt = store.attempt(id)
    if attempt is None:
        return service.find(store, organization_of(store, organization).id, id)
    if organization and attempt.organization != organization_of(store, organization).id:
        return None
    return attempt


def _filters(
    store: Store, organization: str | None, state: tuple[State, ...], payment_link: str | None, flagged: bool
) -> dict[str, Any]:
    from app.objects.attempt import CHECKOUT_COMPLETED

    owner = organization_of(store, organization)
    link = (store.link(payment_link) or store.link_by_code(payment_link)) if payment_link else None
    if payment_link and (link is None or link.counterfoil.organization != owner.id):
        raise click.ClickException(f"There is no payment link {payment_link}.")
    return {
        "organization_id": owner.id,
        "payment_link": link.id if link else None,
        "state": state or CHECKOUT_COMPLETED,
        "flagged": True if flagged else None,
    }


def _rendered(attempt: Attempt) -> dict[str, Any]:
    return attempt.model_dump(mode="json", exclude=INTERNAL)


def _total(attempt: Attempt) -> int:
    return attempt.quote.amount_total if attempt.amount_total is None else attempt.amount_total


def _facts(attempt: Attempt, link_name: str | None) -> list[tuple[str, str | None]]:
    return [
        ("id", attempt.id),
        ("reference", attempt.reference),
        ("state", attempt.state),
        ("flags", " ".join(attempt.flags)),
        ("payment_link", f"{attempt.payment_link} {link_name or ''}".strip()),
        ("customer_email", attempt.customer_email or attempt.selection.answers.email),
        ("customer_name", attempt.customer_name),
        ("shipping_details", _delivery(attempt)),
        ("shipping_rate", attempt.shipping_rate.display_name if attempt.shipping_rate else None),
        ("created", utc(attempt.created)),
        ("paid_at", utc(attempt.paid_at) if attempt.paid_at is not None else None),
        ("payment_method", attempt.payment_method),
        ("checkout_session", attempt.checkout_session),
        ("payment_intent", attempt.payment_intent),
        ("subscription", attempt.subscription),
        ("refund", attempt.refund),
        *(("dispute", _dispute(dispute)) for dispute in attempt.disputes),
    ]


def _dispute(dispute: Dispute) -> str:
    """Return a dispute in one line: "needs_response, fraudulent, answer by 2026-09-28 14:13 UTC"."""
    due_by = dispute.evidence_details.due_by
    answer = f"answer by {utc(due_by)}" if dispute.needs_answer and due_by is not None else None
    return ", ".join(part for part in (dispute.status, dispute.reason, answer) if part)


def _delivery(attempt: Attempt) -> str | None:
    """Return name and address of the delivery in one line."""
    delivery = attempt.shipping_details
    if delivery is None:
        return None
    address = delivery.address.model_dump(exclude_none=True) if delivery.address else {}
    order = ("line1", "line2", "postal_code", "city", "state", "country")
    return ", ".join(part for part in (delivery.name, *(address.get(name) for name in order)) if part)


def _order(attempt: Attempt) -> list[list[str]]:
    from app.pricing.money import format_amount_plain
    from app.pricing.refunds import refunded_parts

    quote = attempt.quote
    rows = [(f"{line.quantity} × {line.description}", line.amount_subtotal) for line in quote.lines if line.quantity]
    details = attempt.total_details or quote
    parts = (
        ("amount_discount", -details.amount_discount),
        ("amount_shipping", details.amount_shipping or 0),
        ("amount_tax", details.amount_tax),
    )
    rows += [(name, amount) for name, amount in parts if amount]
    rows.append(("amount_total", _total(attempt)))
    amounts = [(name, amount, attempt.currency) for name, amount in rows]
    amounts += [(f"refunded {utc(part.created)}", -part.amount, part.currency) for part in refunded_parts(attempt)]
    return [[name, f"{format_amount_plain(amount, code, 'en')} {code.upper()}"] for name, amount, code in amounts]


def _answers(attempt: Attempt) -> list[list[str]]:
    answers = attempt.selection.answers
    told = [[key, value] for key, value in answers.custom_fields.items()]
    told += [[f"consent {name}", value] for name, value in answers.consent.model_dump(exclude_none=True).items()]
    return told
