"""An import that a merchant starts in the console. It runs outside of requests, and its progress and report are stored.

Each page of links is stored before its progress. So after a kill another process begins the import again, and finds the stored links
unchanged.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from app.errors import GatewayError, InvalidRequest
from app.gateway.protocol import Gateway
from app.objects.change import Actor
from app.objects.ids import new_id
from app.objects.import_run import ImportRun, LinkReport
from app.objects.organization import Organization
from app.services.accounts.keys import retrieve_organization
from app.services.links.answer import LinkSettings
from app.services.links.importing.run import Choice, Outcome, Progress, import_links
from app.store.protocol import Store

SILENT_SECONDS: Final = 600
"""After so long without progress, a running import counts as killed, and another one may be started."""

REPORTED: Final = 200
"""How many links a report names in each of its lists."""


def start_import(
    store: Store, gateway: Gateway, organization: Organization, now: int, *, actor: Actor, update: bool
) -> ImportRun | None:
    """Store a new import, which another thread runs. Return None while one is running. Raises `InvalidRequest` in the sandbox."""
    if gateway.sandbox:
        raise InvalidRequest("Importing reads a Stripe account: set STRIPE_SECRET_KEY.")
    run = ImportRun(
        id=new_id("imp"), actor=actor, created=now, organization=organization.id, update=update, updated=now
    )
    return run if store.add_import_run(run, now - SILENT_SECONDS) else None


def newest_import(store: Store, organization: Organization) -> ImportRun | None:
    """Return the newest import of the organization, running or over, or None."""
    return store.import_run(organization.id)


def continue_import(
    store: Store, gateway: Gateway, run: ImportRun, now: int, *, settings: LinkSettings
) -> Iterator[ImportRun]:
    """Import the links of a run. Yield the run after each page; the caller stores it with the time.

    The last one has `state` `ended`, or `stopped` if Stripe did not answer or refused.
    """
    organization = retrieve_organization(store, run.organization)
    pages = import_links(
        store, gateway, organization, now, actor=run.actor, settings=settings, choice=Choice(update=run.update)
    )
    try:
        for progress in pages:
            run = with_progress(run, progress)
            yield run
    except GatewayError as error:
        yield run.model_copy(update={"state": "stopped", "problem": error.message})
    else:
        yield run.model_copy(update={"state": "ended", "total": run.total or 0})


def with_progress(run: ImportRun, progress: Progress) -> ImportRun:
    """Return the run with one more page. A link that an earlier try left out is counted once."""
    left_out = [
        LinkReport(id=it.id, param=it.param, reason=it.reason or "") for it in progress.outcomes if it.kind == "skipped"
    ]
    noted = [LinkReport(id=it.id, reason=" ".join(it.notes)) for it in progress.outcomes if it.notes]
    again = {it.id for it in run.left_out} & {it.id for it in left_out}
    return run.model_copy(
        update={
            "done": progress.done,
            "imported": run.imported + _count(progress.outcomes, "imported"),
            "left_out": _merged(run.left_out, left_out),
            "noted": _merged(run.noted, noted),
            "problem": None,
            "skipped": run.skipped + len(left_out) - len(again),
            "total": progress.total,
            "updated_links": run.updated_links + _count(progress.outcomes, "updated"),
        }
    )


def _count(outcomes: Sequence[Outcome], kind: str) -> int:
    return sum(outcome.kind == kind for outcome in outcomes)


def _merged(old: Iterable[LinkReport], new: Iterable[LinkReport]) -> tuple[LinkReport, ...]:
    reports = {report.id: report for report in (*old, *new)}
    return tuple(reports.values())[:REPORTED]
