"""The import of Stripe's links: the button that starts it, its progress and its report."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.objects.import_run import ImportRun, LinkReport
from app.services.links.importing import background
from app.web.console.auth import Visitor, blueprint, needs, require_visitor
from app.web.console.connection.file_texts import notes_text
from app.web.console.messages.translate import sentence_text, stripe_text
from app.web.display.moments import short_moment
from app.web.display.translation import gettext as _
from app.web.display.translation import ngettext
from app.web.states.render import is_htmx

ALREADY_RUNNING: Final = "already running"


@dataclass(frozen=True)
class Report:
    """The newest import in words. `left_out_more` is how many links were left out and are not named."""

    state: str
    done: int
    total: int | None
    text: str
    when: str
    problem: str | None
    left_out: Sequence[LinkReport]
    left_out_more: int
    noted: Sequence[LinkReport]
    skipped: int


@blueprint.post("/settings/stripe/import")
@needs("manager")
def start_import() -> ResponseReturnValue:
    """Start an import, which goes on without this request. While one is running, no other one starts."""
    visitor = require_visitor()
    context = visitor.context
    run = background.start_import(
        context.store,
        context.gateway,
        visitor.organization,
        visitor.now,
        actor=visitor.actor,
        update=request.form.get("update") == "true",
    )
    if run is None:
        flash(ALREADY_RUNNING, "import")
    context.import_wanted.set()
    return redirect(url_for("console.stripe_page", _anchor="import"), 303)


@blueprint.get("/settings/stripe/import")
@needs("viewer")
def import_progress() -> ResponseReturnValue:
    """Answer htmx with the progress. A browser goes to the page that shows it."""
    if not is_htmx():
        return redirect(url_for("console.stripe_page", _anchor="import"), 303)
    return render_template("console/connection/_import.html", report=import_report(require_visitor()))


def import_report(visitor: Visitor) -> Report | None:
    """Return the newest import of the organization, or None."""
    run = background.newest_import(visitor.context.store, visitor.organization)
    if run is None:
        return None
    return Report(
        state=run.state,
        done=run.done,
        total=run.total,
        text=_text(run),
        when=short_moment(run.updated, visitor.organization.timezone, visitor.now),
        problem=stripe_text(run.problem) if run.problem else None,
        left_out=[link.model_copy(update={"reason": sentence_text(link.reason)}) for link in run.left_out],
        left_out_more=run.skipped - len(run.left_out),
        noted=[link.model_copy(update={"reason": notes_text(link.reason)}) for link in run.noted],
        skipped=run.skipped,
    )


def _text(run: ImportRun) -> str:
    if run.state == "running":
        if run.total is None:
            return _("Reading Stripe’s list of links. You can leave this page, it goes on.")
        return ngettext(
            "%(done)s of %(total)s link read. You can leave this page, it goes on.",
            "%(done)s of %(total)s links read. You can leave this page, it goes on.",
            run.total,
            done=run.done,
            total=run.total,
        )
    imported = ngettext("One link was imported.", "%(num)s links were imported.", run.imported)
    updated = ngettext("One link was updated.", "%(num)s links were updated.", run.updated_links)
    nothing = _("Nothing was new.")
    parts = [imported] * bool(run.imported) + [updated] * bool(run.updated_links)
    return " ".join(parts) or nothing
