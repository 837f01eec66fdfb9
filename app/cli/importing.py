"""`counterfoil links import`: copies Payment Links of a Stripe account, with progress and a report."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import click

from app.cli.common import (
    create_context,
    json_option,
    organization_of,
    organization_option,
    print_json,
    print_table,
    readable,
    with_current_urls,
)
from app.errors import GatewayError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.config import Config
    from app.services.links.importing.run import Outcome, Progress

SKIPPED: Final = 3
"""The exit status if a link was skipped."""

SECONDS_A_MINUTE: Final = 60


@click.command("import")
@organization_option
@click.option("--dry-run", is_flag=True, help="Say what would be imported, and store nothing.")
@click.option("--update", is_flag=True, help="Also take over what changed at Stripe in links that are here already.")
@click.option(
    "--only", metavar="ID", multiple=True, help="Import this link alone. Name it several times for several links."
)
@json_option
def links_import(organization: str | None, dry_run: bool, update: bool, only: tuple[str, ...], as_json: bool) -> None:
    """Copy the Payment Links of the Stripe account behind STRIPE_SECRET_KEY to this server.

    Each page of links is stored as it arrives, so another run continues after an interruption. A link that cannot be read is skipped:
    the report says why, and the exit status is 3.
    """
    from app.objects.change import COMMAND_LINE
    from app.services.links.importing.run import Choice, import_links

    context = create_context()
    owner = organization_of(context.store, organization)
    found = import_links(
        context.store,
        context.gateway,
        owner,
        context.clock(),
        actor=COMMAND_LINE,
        settings=context.link_settings,
        choice=Choice(only, update, dry_run),
    )
    outcomes: list[Outcome] = []
    try:
        for page in _with_progress(found):
            outcomes += page
            if not as_json:
                print_table(
                    _row(outcome, dry_run=dry_run) for outcome in page if outcome.kind in {"imported", "updated"}
                )
    except GatewayError:
        _report(outcomes, dry_run=dry_run)
        click.echo("The import stopped. Run it again: it continues after the links that are stored.", err=True)
        raise
    if as_json:
        print_json([_entry(outcome, context.config) for outcome in outcomes])
    _report(outcomes, dry_run=dry_run)
    if any(outcome.kind == "skipped" for outcome in outcomes):
        click.get_current_context().exit(SKIPPED)


def _with_progress(found: Iterator[Progress]) -> Iterator[Sequence[Outcome]]:
    """Yield the outcomes of each page. Print after each how many links are done, and about how long the rest takes."""
    began = time.monotonic()
    for progress in found:
        yield progress.outcomes
        left = progress.total - progress.done
        if left and progress.done:
            seconds = round((time.monotonic() - began) / progress.done * left)
            click.echo(f"{progress.done} of {progress.total} links, about {_duration(seconds)} left", err=True)


def _duration(seconds: int) -> str:
    """Return a time for people: `40 seconds`, `3 minutes`."""
    number, unit = (
        (seconds, "second") if seconds < 2 * SECONDS_A_MINUTE else (round(seconds / SECONDS_A_MINUTE), "minute")
    )
    return f"{number} {unit}{'' if number == 1 else 's'}"


def _row(outcome: Outcome, *, dry_run: bool) -> list[str]:
    """Return the columns of a link: its id, its address if it has one now, what changed, and notes."""
    address = readable(outcome.link.url) if outcome.link and (outcome.kind == "updated" or not dry_run) else "new"
    changed = f"updated: {', '.join(outcome.changed)}" if outcome.changed else ""
    return [column for column in (outcome.id, address, changed, " ".join(outcome.notes)) if column]


def _report(outcomes: Sequence[Outcome], *, dry_run: bool) -> None:
    """Print the links that were skipped, and how many links there are of each kind."""
    skipped = [outcome for outcome in outcomes if outcome.kind == "skipped"]
    if skipped:
        click.echo("Skipped:", err=True)
        print_table(
            ([outcome.id, outcome.param or "-", outcome.reason or ""] for outcome in skipped), indent=2, err=True
        )
    counts = {kind: sum(outcome.kind == kind for outcome in outcomes) for kind in ("imported", "updated", "skipped")}
    if not any(counts.values()):
        click.echo("Nothing new.", err=True)
        return
    noun = "link" if counts["imported"] == 1 else "links"
    would = " would be" if dry_run else ""
    rest = "".join(f", {counts[kind]} {kind}" for kind in ("updated", "skipped") if counts[kind])
    click.echo(f"{counts['imported']} {noun}{would} imported{rest}.", err=True)


def _entry(outcome: Outcome, config: Config) -> dict[str, Any]:
    return {
        "payment_link": outcome.id,
        "result": outcome.kind,
        "url": with_current_urls(outcome.link, config).url if outcome.link else None,
        "active": outcome.link.active if outcome.link else None,
        "changed": list(outcome.changed),
        "notes": list(outcome.notes),
        "param": outcome.param,
        "reason": outcome.reason,
    }
